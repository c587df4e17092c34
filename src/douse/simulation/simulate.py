"""From the records of a day to the days ahead: the city, today's start, the weights, the forecast."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.city.city import City
from douse.city.from_records import Peopled
from douse.errors import UsageError
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records.measure import Because, Measure
from douse.records.records import Records
from douse.records.zone_tree import ZoneTree
from douse.simulation.by_protocol import response_of, zoning_of
from douse.simulation.capacity import capacity_of
from douse.simulation.contacts import usual_contacts
from douse.simulation.course import Course, course_of
from douse.simulation.ensemble import Draw
from douse.simulation.entry import EntryRule, entry_of
from douse.simulation.forecast import Forecast, Run, forecast_of
from douse.simulation.orders import orders_in, orders_of
from douse.simulation.outbreak import Outbreak
from douse.simulation.outcome import outcome_of
from douse.simulation.past import NOT_KNOWN, Past, past_of
from douse.simulation.rates import make_rates, people_infected
from douse.simulation.response import Response
from douse.simulation.scenario import HISTORY, MOST_DAYS, Scenario
from douse.simulation.standing_city import standing_city
from douse.simulation.start import Start, begin_day_back, found_share, old_immunity, starts
from douse.simulation.transmission import LOG_HIDDEN, LOG_SCALE, Unknowns, unknowns_of
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
from douse.situation.estimates import Estimates
from douse.situation.situation import Situation

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ROUNDS = 3
LEAST_RUNS = 12
_QUANTILES = 1024


@dataclass(frozen=True)
class Simulated:
    """What was simulated, how well it agrees with the reports, and what comes of it.

    Attributes
    ----------
    as_of, first : date
        Last day that is known; first day of the runs.
    days : int
        Days ahead.
    peopled : Peopled
        The city.
    past : Past
        The cases as the runs saw them.
    scenario : Scenario
        Of the runs, with the values in the middle: for further runs with other measures.
    variations : tuple[Variation, ...]
        Starts, seeds, transmission and tests of all runs: for the same runs with other measures (`read_varied`).
    runs : tuple[Run, ...]
        What came of them.
    weights : numpy.ndarray[float64], shape (M,)
        Of the runs; sum 1.
    fitted : pl.DataFrame
        what (scale, reproduction_number, seek_share, found_share, hidden_factor, hidden_infections), mean, q05, q50,
        q95, by weight.
    diagnostics : Diagnostics
        Whether the weights can be trusted.
    forecast : Forecast
        The days ahead.
    notes : tuple[Because, ...]
        What stood in, and what the runs could not represent.
    """

    as_of: date
    first: date
    days: int
    peopled: Peopled
    past: Past
    scenario: Scenario
    variations: tuple[Variation, ...]
    runs: tuple[Run, ...]
    weights: Floats
    fitted: pl.DataFrame
    diagnostics: Diagnostics
    forecast: Forecast
    notes: tuple[Because, ...]

    @property
    def forecast_cases(self) -> Ints:
        """Cases reported on each day ahead, by run; shape (M, days)."""
        return np.array([run.outcome.of("cases") for run in self.runs])[:, self.past.back :]


@dataclass(frozen=True)
class _Stage:
    """Everything that all runs share."""

    past: Past
    entry: EntryRule
    scenario: Scenario


@dataclass(frozen=True)
class _Runs:
    """Runs, with what they were drawn with."""

    parameters: Floats  # (M, d)
    seeks: Floats  # (M,)
    variations: tuple[Variation, ...]
    begun: tuple[Start, ...]
    runs: tuple[Run, ...]


def simulate(  # noqa: PLR0913  what is known, what holds, and how far to look
    known: Records,
    situation: Situation,
    estimates: Estimates,
    zones: ZoneTree,
    pathogen: Pathogen,
    protocol: Protocol,
    *,
    days: int = 28,
    runs: int = 200,
    orders: Sequence[Measure] = (),
    seed: int = 1,
    back_days: int | None = None,
    peopled: Peopled | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
) -> Simulated:
    """Simulate the outbreak from today's records, weigh the runs by the reports of the last weeks, and look ahead.

    Parameters
    ----------
    known, situation, estimates, zones
        As of a day.
    pathogen, protocol
        Course of the illness; what is done about it, from the start of the runs on.
    days : int
        Days ahead.
    runs : int
        In three rounds of as many each.
    orders : sequence of Measure
        Measures to come, beside those of the table of measures: a plan.
    seed : int
        The same call gives the same answer.
    back_days : int, optional
        Days before the as-of day, itself included, on which the runs begin; see `begin_day_back`.
    peopled : Peopled, optional
        A city that was made before of the same zones; see `standing_city`.
    executor, workers
        As for `run_all`.

    Raises
    ------
    UsageError
        When there is no case, the city has fewer people than there are cases, or a number is out of range.
    """
    if runs < LEAST_RUNS or days < 1:
        raise UsageError(
            f"A forecast of {days} days from {runs} runs is not possible.",
            allowed=f"1 day and more; {LEAST_RUNS} runs and more",
            next_step="Choose larger numbers.",
        )
    if situation.cases.is_empty():
        raise UsageError(
            "There is no case on record, so there is no outbreak to simulate.",
            next_step="Simulate a made city with infections of your own, or wait for the first report.",
        )
    notes: list[Because] = []
    if peopled is None:
        peopled, told = standing_city(known, zones, situation.cases, seed)
        notes.extend(told)
    stage = _stage(known, situation, estimates, zones, pathogen, protocol, peopled, orders, days, back_days, notes)
    rng = np.random.default_rng([seed, 1])
    unknowns = unknowns_of(estimates, stage.past, stage.scenario.rates.course, stage.scenario.days)
    parts = parts_of(stage.past.back, stage.scenario.response.result_days + 1)
    source: Prior | Proposal = unknowns.prior
    done: _Runs | None = None
    rounds = list[tuple[int, Prior | Proposal]]()
    for many in np.diff(np.linspace(0, runs, ROUNDS + 1).round().astype(int)):
        made = _run(stage, unknowns, source.draw(int(many), rng), rng, executor, workers)
        done = made if done is None else _joined(done, made)
        rounds.append((int(many), source))
        like = log_likelihood(stage.past.counts, _cases(done), parts)
        ratio = log_importance(done.parameters, unknowns.prior, rounds)
        weights, power = tempered(ratio, like)
        source = Proposal(unknowns.prior, done.parameters, weights)
    assert done is not None  # noqa: S101  there is a round at least
    figures = diagnostics(stage.past.counts, _cases(done), parts, weights, ratio, like, power)
    notes.extend(_told(stage, done, figures))
    return Simulated(
        as_of=situation.as_of,
        first=stage.past.first,
        days=days,
        peopled=peopled,
        past=stage.past,
        scenario=replace(stage.scenario, scale=float(np.exp(weights @ done.parameters[:, LOG_SCALE]))),
        variations=done.variations,
        runs=done.runs,
        weights=weights,
        fitted=_fitted(stage, done, weights),
        diagnostics=figures,
        forecast=forecast_of(done.runs, weights, peopled.city, situation.as_of, stage.past.back),
        notes=tuple(notes),
    )


def _stage(  # noqa: PLR0913, PLR0917
    known: Records, situation: Situation, estimates: Estimates, zones: ZoneTree, pathogen: Pathogen, protocol: Protocol,
    peopled: Peopled, orders: Sequence[Measure], days: int, back_days: int | None, notes: list[Because],
) -> _Stage:  # fmt: skip
    city, course = peopled.city, course_of(pathogen)
    response = response_of(protocol, pathogen, course, capacity_of(known, protocol, len(city)))
    if course.assumed:
        notes.append(Because(ASSUMED, {"keys": ", ".join(course.assumed)}))
    as_of = situation.as_of
    early = past_of(known, situation, zones, peopled, response, first=as_of - timedelta(days=HISTORY - 1))
    back = back_days or begin_day_back(course, early.delays, response.result_days)
    first = as_of - timedelta(days=back - 1)
    past = past_of(known, situation, zones, peopled, response, first=first)
    response = _as_reported(response, past)
    if back + days > MOST_DAYS:
        raise UsageError(
            f"A run of {back + days} days is not possible.", allowed=f"at most {MOST_DAYS - back} days ahead"
        )
    measures = known.table("measures")
    there = pl.col("zone").is_null() | pl.col("zone").is_in(sorted({*city.zone_ids, *city.zones["zone_id"]}))
    elsewhere = measures.filter(~there.fill_null(value=False) & pl.col("kind").is_in(["level", "closure"]))
    if elsewhere.height:
        notes.append(Because(MEASURES_ELSEWHERE, {"n": elsewhere.height}))
    # Whom past rounds found is among the cases on record; run again they would find those whom they missed.
    past_round = ((pl.col("kind") == "screening") & (pl.col("start") <= as_of)).fill_null(value=False)
    if measures.filter(past_round).height:
        notes.append(Because(PAST_ROUNDS, {"n": measures.filter(past_round).height}))
    in_force = orders_in(measures.filter(there & ~past_round), city, first)
    zoning = zoning_of(protocol, pathogen, city, (*in_force, *orders_of(orders, city, first)))
    scenario = Scenario(
        city, make_rates(city, course, usual_contacts()), response, zoning, back + days, weekday=first.weekday(),
        immunity=old_immunity(past, course, city, response.seek_share), masks_from=0,
    )  # fmt: skip
    return _Stage(past, entry_of(protocol, pathogen), scenario)


def _as_reported(response: Response, past: Past) -> Response:
    """People come for tests as late as the cases on record did."""
    if not past.delays_on_record:
        return response
    at = (np.arange(_QUANTILES) * len(past.delays)) // _QUANTILES
    return replace(response, seek_delay=np.maximum(past.delays[at] - response.result_days, 0).astype(np.uint8))


def _run(  # noqa: PLR0913, PLR0917
    stage: _Stage, unknowns: Unknowns, parameters: Floats, rng: np.random.Generator, executor: Executor | None,
    workers: int | None,
) -> _Runs:  # fmt: skip
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
    runs = read_varied(base, variations, partial(_read, back=stage.past.back), executor=executor, workers=workers)
    return _Runs(parameters, seeks, tuple(variations), tuple(begun), tuple(runs))


def _read(run: Outbreak, back: int) -> Run:
    after = run.by_zone[:, 1, HISTORY + back : run.day].sum(axis=(0, 1), dtype=np.int64)
    return Run(outcome_of(run), after)


def _cases(done: _Runs) -> Ints:
    return np.array([run.outcome.of("cases") for run in done.runs])


def _joined(one: _Runs, other: _Runs) -> _Runs:
    return _Runs(
        np.concatenate([one.parameters, other.parameters]),
        np.concatenate([one.seeks, other.seeks]),
        one.variations + other.variations,
        one.begun + other.begun,
        one.runs + other.runs,
    )


def _fitted(stage: _Stage, done: _Runs, weights: Floats) -> pl.DataFrame:
    scale = np.exp(done.parameters[:, LOG_SCALE])
    steps = np.quantile(scale, [0.0, 0.25, 0.5, 0.75, 1.0])
    city, rates = stage.scenario.city, stage.scenario.rates
    infected = [people_infected(city, rates, scale=float(step), sample=5_000).sum() for step in steps]
    course = rates.course
    values = {
        "scale": scale,
        "reproduction_number": np.interp(scale, steps, infected),
        "seek_share": done.seeks,
        "found_share": np.array([found_share(stage.past, course, float(seek)) for seek in done.seeks]),
        "hidden_factor": np.exp(done.parameters[:, LOG_HIDDEN]),
        "hidden_infections": np.array([start.hidden for start in done.begun], np.float64),
    }
    rows = []
    for what, value in values.items():
        low, middle, high = weighted_quantiles(value, weights, np.array([0.05, 0.5, 0.95]))
        rows.append((what, float(weights @ value), float(low), float(middle), float(high)))
    return pl.DataFrame(rows, schema=["what", "mean", "q05", "q50", "q95"], orient="row")


ASSUMED = "The file of the pathogen leaves out {keys}; estimates stand in."
MEASURES_ELSEWHERE = "{n} measures in force name a zone that the city does not have; the runs do without them."
PAST_ROUNDS = (
    "{n} rounds of screening on record are not run again: whom they found is among the cases, and whom they missed is "
    "hidden."
)
NO_VACCINES = "Who is vaccinated is not on record: the runs protect nobody by a vaccine."
NO_ZONE = "{n} cases name no zone of the city: each run puts them anywhere in it."
NO_DELAYS = "Too few cases have an onset: the time from onset to report is that of the library."
NO_ONSET = "{n} cases have no onset: it is drawn from the report, less a delay like those of the others."
NO_IMPORTS = "No imported case of the last two weeks is on record: nobody infected arrives in the runs."
NOT_PLACED = "Up to {n} cases found no place in the city: nobody was free in their zone."
IN_HOUSEHOLDS = (
    "Cases who are not in the table of people are put on people of their zone by chance: which households, schools and "
    "workplaces are hit now is not as on record."
)
CONTACTS_LEFT_OUT = (
    "Contacts in quarantine who are not infected, and tests and tracing under way on the first day, are not in the runs."
)
CHANGES = "Transmission outside the home changes by chance from week to week, and R is drawn back to a little below 1 after the as-of day."
TEMPERED = (
    "Few runs agree with the reports of the last weeks: their weights were evened out (power {power} of the likelihood), "
    "so the forecast leans on what was assumed beforehand. More runs may help."
)
LATER_ARRIVALS = "As long as infected people arrive, the outbreak does not count as over."


def _told(stage: _Stage, done: _Runs, figures: Diagnostics) -> list[Because]:
    """What stood in, and what could not be represented."""
    past = stage.past
    notes = [Because(NO_VACCINES)]
    if past.without_zone:
        notes.append(Because(NO_ZONE, {"n": past.without_zone}))
    if not past.delays_on_record:
        notes.append(Because(NO_DELAYS))
    undated = int((past.onset == NOT_KNOWN).sum())
    if undated:
        notes.append(Because(NO_ONSET, {"n": undated}))
    if (past.person < 0).any():
        notes.append(Because(IN_HOUSEHOLDS))
    notes.append(Because(NO_IMPORTS if past.imports[0] == 0 else LATER_ARRIVALS))
    unplaced = max(start.unplaced for start in done.begun)
    if unplaced:
        notes.append(Because(NOT_PLACED, {"n": unplaced}))
    notes.extend((Because(CONTACTS_LEFT_OUT), Because(CHANGES)))
    if figures.tempered < 1:
        notes.append(Because(TEMPERED, {"power": round(figures.tempered, 2)}))
    return notes
