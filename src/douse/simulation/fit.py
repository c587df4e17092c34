"""`Fit`: runs in rounds, each drawn from what the rounds before it say, and their weights."""

from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.simulation.ensemble import Draw
from douse.simulation.forecast import Run
from douse.simulation.outbreak import Outbreak
from douse.simulation.outcome import outcome_of
from douse.simulation.rates import people_infected
from douse.simulation.scenario import HISTORY
from douse.simulation.stage import Stage
from douse.simulation.start import Start, found_share, starts
from douse.simulation.transmission import LOG_HIDDEN, LOG_SCALE, Unknowns
from douse.simulation.vary import Variation, read_varied
from douse.simulation.weigh import (
    Diagnostics,
    Prior,
    Proposal,
    diagnostics,
    log_importance,
    log_likelihood,
    parts_of,
    tempered,
    weighted_quantiles,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ROUNDS = 3


@dataclass(frozen=True)
class Fit:
    """M weighted runs.

    Attributes
    ----------
    parameters : numpy.ndarray[float64], shape (M, d)
        As in `Unknowns`.
    seeks : numpy.ndarray[float64], shape (M,)
        Share of people with symptoms who come for a test.
    variations, begun, runs
        How each was run, what it began with, what came of it.
    weights : numpy.ndarray[float64], shape (M,)
        Sum 1.
    diagnostics : Diagnostics
        Whether they can be trusted.
    """

    parameters: Floats
    seeks: Floats
    variations: tuple[Variation, ...]
    begun: tuple[Start, ...]
    runs: tuple[Run, ...]
    weights: Floats
    diagnostics: Diagnostics

    @property
    def scale(self) -> Floats:
        """Factor on transmission in the last known week; shape (M,)."""
        factor: Floats = np.exp(self.parameters[:, LOG_SCALE])
        return factor


@dataclass(frozen=True)
class _Made:
    """Runs of one round or more."""

    parameters: Floats
    seeks: Floats
    variations: tuple[Variation, ...]
    begun: tuple[Start, ...]
    runs: tuple[Run, ...]

    def with_more(self, other: "_Made") -> "_Made":
        return _Made(
            np.concatenate([self.parameters, other.parameters]),
            np.concatenate([self.seeks, other.seeks]),
            self.variations + other.variations,
            self.begun + other.begun,
            self.runs + other.runs,
        )


def fit(  # noqa: PLR0913  what is run, and by whom
    stage: Stage,
    unknowns: Unknowns,
    *,
    runs: int,
    seed: int,
    upto: int | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
) -> Fit:
    """Run in three rounds and weigh by the reports of the known days.

    Parameters
    ----------
    stage : Stage
        What all runs share.
    unknowns : Unknowns
        What they are drawn from.
    runs : int
        In all.
    seed : int
        The same call gives the same answer.
    upto : int, optional
        Days that each run goes on for; all of them by default.
    executor, workers
        As for `run_all`.
    """
    rng = np.random.default_rng([seed, 1])
    reported, parts = stage.past.counts, parts_of(stage.past.back, stage.scenario.response.result_days + 1)
    source: Prior | Proposal = unknowns.prior
    rounds = list[tuple[int, Prior | Proposal]]()
    made: _Made | None = None
    for many in np.diff(np.linspace(0, runs, ROUNDS + 1).round().astype(int)):
        more = _run(stage, unknowns, source.draw(int(many), rng), rng, upto, executor, workers)
        made = more if made is None else made.with_more(more)
        rounds.append((int(many), source))
        cases = np.array([run.outcome.of("cases") for run in made.runs])
        like = log_likelihood(reported, cases, parts)
        ratio = log_importance(made.parameters, unknowns.prior, rounds)
        weights, power = tempered(ratio, like)
        source = Proposal(unknowns.prior, made.parameters, weights)
    if made is None:
        raise ValueError("a round at least")
    figures = diagnostics(reported, cases, parts, weights, ratio, like, power)
    return Fit(made.parameters, made.seeks, made.variations, made.begun, made.runs, weights, figures)


def fitted(stage: Stage, done: Fit) -> pl.DataFrame:
    """what, mean, q05, q50, q95 of what was drawn, by weight.

    scale (factor on transmission in the last known week), reproduction_number (people whom one would infect in the city
    by that scale if nobody were immune, careful or isolated), seek_share, found_share, hidden_factor, hidden_infections
    (at the start).
    """
    steps = np.quantile(done.scale, np.linspace(0, 1, 5))
    city, rates = stage.scenario.city, stage.scenario.rates
    infected = [people_infected(city, rates, scale=float(step), sample=5_000).sum() for step in steps]
    values = {
        "scale": done.scale,
        "reproduction_number": np.interp(done.scale, steps, infected),
        "seek_share": done.seeks,
        "found_share": np.array([found_share(stage.past, rates.course, float(seek)) for seek in done.seeks]),
        "hidden_factor": np.exp(done.parameters[:, LOG_HIDDEN]),
        "hidden_infections": np.array([start.hidden for start in done.begun], np.float64),
    }
    rows = []
    for what, value in values.items():
        low, middle, high = weighted_quantiles(value, done.weights, np.array([0.05, 0.5, 0.95]))
        rows.append((what, float(done.weights @ value), float(low), float(middle), float(high)))
    return pl.DataFrame(rows, schema=["what", "mean", "q05", "q50", "q95"], orient="row")


def _run(  # noqa: PLR0913, PLR0917
    stage: Stage, unknowns: Unknowns, parameters: Floats, rng: np.random.Generator, upto: int | None,
    executor: Executor | None, workers: int | None,
) -> _Made:  # fmt: skip
    """Run a round."""
    base, seeks = stage.scenario, unknowns.seeks(parameters)
    scale, season = unknowns.transmission(parameters)
    begun = starts(
        stage.past, base.city, base.rates.course, base.response, stage.entry, days=base.days,
        seeds=rng.integers(1, 1 << 40, len(parameters)), hidden=np.exp(parameters[:, LOG_HIDDEN]), seeks=seeks,
    )  # fmt: skip
    variations = [
        Variation(Draw(start.seed, start.seeds, float(one)), float(seek), path)
        for start, one, seek, path in zip(begun, scale, seeks, season, strict=True)
    ]
    read = partial(_read, back=stage.past.back)
    runs = read_varied(base, variations, read, upto=upto, executor=executor, workers=workers)
    return _Made(parameters, seeks, tuple(variations), tuple(begun), tuple(runs))


def _read(run: Outbreak, back: int) -> Run:
    after = run.by_zone[:, 1, HISTORY + back : run.day].sum(axis=(0, 1), dtype=np.int64)
    return Run(outcome_of(run), after)
