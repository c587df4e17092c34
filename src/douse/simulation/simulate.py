"""From the records of a day to the days ahead: the city, today's start, the weights, the forecast."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.city.from_records import Peopled
from douse.errors import UsageError
from douse.records.measure import Because, Measure
from douse.signals.scene import Scene
from douse.simulation.fit import fit, fitted
from douse.simulation.forecast import Forecast, Run, forecast_of
from douse.simulation.outbreak import Outbreak
from douse.simulation.past import Past
from douse.simulation.scenario import Scenario
from douse.simulation.simulate_notes import notes_of, shorter
from douse.simulation.stage import ground_of, notes_of_ground, stage_of, usual_back
from douse.simulation.standing_city import standing_city
from douse.simulation.transmission import unknowns_of
from douse.simulation.vary import Variation, begun
from douse.simulation.weigh import Diagnostics
from douse.situation.estimates import Estimates

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LEAST_RUNS = 12
SHORT_BACK = 10  # days back, where runs that begin earlier do not lead to the reports


@dataclass(frozen=True)
class Today:
    """Runs that lead to the reports of the last weeks, weighted by how well they agree with them.

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
        What came of them, on known days at least.
    weights : numpy.ndarray[float64], shape (M,)
        Of the runs; sum 1.
    fitted : polars.DataFrame
        As from `fitted`.
    diagnostics : Diagnostics
        Whether the weights can be trusted.
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
    notes: tuple[Because, ...]

    def likeliest(self) -> Outbreak:
        """The run with most weight, once more and in full: for its line list, or who infected whom."""
        return begun(self.scenario, self.variations[int(np.argmax(self.weights))]).run()


@dataclass(frozen=True)
class Simulated(Today):
    """The same runs, gone on with to the last day, and what comes of it.

    Attributes
    ----------
    forecast : Forecast
        The days ahead.
    """

    forecast: Forecast

    @property
    def forecast_cases(self) -> Ints:
        """Cases reported on each day ahead, by run; shape (M, days)."""
        return np.array([run.outcome.of("cases") for run in self.runs])[:, self.past.back :]


@dataclass(frozen=True)
class Outlook:
    """How far runs look, how many, from which day on, and what else is to come.

    Attributes
    ----------
    days : int
        Days ahead.
    runs : int
        In three rounds of as many each, and as many again where they begin too early.
    orders : sequence of Measure
        Measures to come, beside those of the table of measures: a plan.
    by_rule : bool
        Levels also come and go by the rules of the protocol as cases come, on known days too. If not, they are those on
        record and of `orders`.
    seed : int
        The same seed gives the same answer.
    back_days : int, optional
        Days back, the as-of day among them, on which the runs begin. If not given: see `begin_day_back`; and
        `SHORT_BACK` where such runs do not lead to the reports.
    peopled : Peopled, optional
        A city that was made before of the same zones; see `standing_city`.
    """

    days: int = 28
    runs: int = 200
    orders: Sequence[Measure] = ()
    by_rule: bool = False
    seed: int = 1
    back_days: int | None = None
    peopled: Peopled | None = None


def simulate(
    scene: Scene,
    estimates: Estimates,
    outlook: Outlook,
    *,
    executor: Executor | None = None,
    workers: int | None = None,
) -> Simulated:
    """Simulate the outbreak from today's records, weigh the runs by the reports of the last weeks, and look ahead.

    Parameters
    ----------
    scene : Scene
        What is known as of a day; course of the illness; what is done about it, from the start of the runs on.
    estimates : Estimates
        Of the same day.
    outlook : Outlook
        How far to look.
    executor, workers
        As for `run_all`.

    Raises
    ------
    UsageError
        When there is no case, the city has fewer people than there are cases, or a number is out of range.
    """
    found = today(scene, estimates, outlook, ahead=True, executor=executor, workers=workers)
    ahead = forecast_of(found.runs, found.weights, found.peopled.city, found.as_of, found.past.back)
    return Simulated(**vars(found), forecast=ahead)


def today(  # noqa: PLR0913  as for `simulate`
    scene: Scene,
    estimates: Estimates,
    outlook: Outlook,
    *,
    ahead: bool = False,
    executor: Executor | None = None,
    workers: int | None = None,
) -> Today:
    """The runs of `simulate`, on known days only unless `ahead`: for further runs that go on from them."""
    situation, days, runs = scene.situation, outlook.days, outlook.runs
    if runs < LEAST_RUNS or days < 1:
        raise UsageError(
            f"A forecast of {days} days from {runs} runs is not possible.",
            allowed=f"1 day and more; {LEAST_RUNS} runs and more",
            next_step="Choose larger numbers.",
        )
    if situation.cases.is_empty():
        raise UsageError(
            "There is no case on record, so there is no outbreak to simulate.",
            next_step="Add the first reports to the records, or name a later day with --as-of.",
        )
    notes = list[Because]()
    peopled = outlook.peopled
    if peopled is None:
        peopled, told = standing_city(scene.known, scene.zones, situation.cases, outlook.seed)
        notes.extend(told)
    ground = ground_of(scene, peopled, outlook.orders, by_rule=outlook.by_rule)
    notes.extend(notes_of_ground(ground))
    back = outlook.back_days or usual_back(ground)
    while True:
        stage = stage_of(ground, back=back, days=days)
        unknowns = unknowns_of(estimates, stage.past, ground.rates.course, stage.scenario.days)
        upto = None if ahead else back
        done = fit(stage, unknowns, runs=runs, seed=outlook.seed, upto=upto, executor=executor, workers=workers)
        if outlook.back_days is not None or done.diagnostics.tempered == 1 or back <= SHORT_BACK:
            break
        notes.append(shorter(back, SHORT_BACK))
        back = SHORT_BACK
    notes.extend(notes_of(stage.past, done.begun, done.diagnostics, by_rule=outlook.by_rule))
    return Today(
        as_of=situation.as_of,
        first=stage.past.first,
        days=days,
        peopled=peopled,
        past=stage.past,
        scenario=replace(stage.scenario, scale=float(np.exp(done.weights @ np.log(done.scale)))),
        variations=done.variations,
        runs=done.runs,
        weights=done.weights,
        fitted=fitted(stage, done),
        diagnostics=done.diagnostics,
        notes=tuple(notes),
    )
