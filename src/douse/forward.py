"""The verbs that look forward: a city in the machine, and the outbreak in it; one short function a verb."""

import time
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from douse.city.city import City
from douse.city.made import build_city, margins, totals_of
from douse.city.made.make import Made
from douse.city.records_of import write_records
from douse.city.saved import save_city
from douse.deciding import ARRAYS, kept_city
from douse.library import Pathogen, Protocol, load
from douse.main import DEMO_PATHOGEN, Progress, look, no_progress
from douse.question import DEFAULT_PROTOCOL, Knowledge, Question, open_data
from douse.readers.measures import read_measures
from douse.readers.plain_table import read_table
from douse.records import ZoneTree
from douse.simulation.by_protocol import response_of, zoning_of
from douse.simulation.capacity import Capacity
from douse.simulation.contacts import usual_contacts
from douse.simulation.course import course_of
from douse.simulation.line_list import infections, line_list
from douse.simulation.outbreak import Outbreak
from douse.simulation.outcome import outcome_of
from douse.simulation.rates import make_rates
from douse.simulation.run_tables import age_table, daily_table, zone_table
from douse.simulation.scenario import Scenario
from douse.simulation.seeds import make_seeds
from douse.simulation.simulate import Outlook, Simulated, simulate
from douse.situation import estimate

_WARM_PEOPLE = 2_000


@dataclass(frozen=True)
class NewCity:
    """A city that was made: where it is, and how it compares with its totals."""

    folder: Path
    city: City
    margins: pl.DataFrame  # zone, margin, wanted, got, difference
    seconds: float


def new_city(  # noqa: PLR0913  (what the command may say)
    people: int, out: Path, *, as_of: date, visit_days: int | None, seed: int, progress: Progress = no_progress
) -> NewCity:
    """Make a city of so many people whose zones nobody counted, with the records that a department would have."""
    return _make(totals_of(people, seed), None, out, as_of, visit_days, seed, progress)


def city_from(  # noqa: PLR0913  (what the command may say)
    zones: Path,
    out: Path,
    *,
    commuting: Path | None,
    as_of: date,
    visit_days: int | None,
    seed: int,
    progress: Progress = no_progress,
) -> NewCity:
    """Make a city from the totals of its zones."""
    flows = None if commuting is None else read_table(commuting)
    return _make(read_table(zones), flows, out, as_of, visit_days, seed, progress)


@dataclass(frozen=True)
class Ahead:
    """The days ahead as simulated, and one run of the middle in full."""

    found: Simulated
    zones: ZoneTree
    knowledge: Knowledge
    example: dict[str, pl.DataFrame]


def simulate_ahead(  # noqa: PLR0913  (what the command may say)
    question: Question,
    *,
    days: int,
    runs: int,
    measures: Path | None = None,
    by_rule: bool = False,
    seed: int = 1,
    executor: Executor | None = None,
    progress: Progress = no_progress,
) -> Ahead:
    """From today's records to the days ahead: many runs of the city, weighed by the reports of the last weeks."""
    progress("Reading the records")
    opened = open_data(question)
    scene = look(opened, opened.day)
    estimates = estimate(scene.known, scene.situation, scene.zones, scene.pathogen)
    progress("Simulating (the first time on a machine compiles for half a minute)")
    orders = () if measures is None else read_measures(measures)
    outlook = Outlook(days, runs, orders, by_rule=by_rule, seed=seed, peopled=kept_city(question.data))
    found = simulate(scene, estimates, outlook, executor=executor)
    progress("Writing down one run")
    run = found.likeliest()
    real = found.peopled.person_ids is not None
    example = {
        "example-cases": line_list(run, found.first, real=real),
        "example-infections": infections(run, found.first, real=real),
        "example-daily": daily_table(run, found.first),
        "example-zones": zone_table(run, found.first),
        "example-ages": age_table(run, found.first),
    }
    return Ahead(found, scene.zones, opened.knowledge, example)


def warm() -> float:
    """Compile what a simulation runs on, so that the first one starts at once; the seconds that it took."""
    began = time.perf_counter()
    pathogen, protocol = load(Pathogen, DEMO_PATHOGEN), load(Protocol, DEFAULT_PROTOCOL)
    city = build_city(totals_of(_WARM_PEOPLE, 1)).city
    course = course_of(pathogen)
    response = response_of(protocol, pathogen, course, Capacity())
    scenario = Scenario(
        city, make_rates(city, course, usual_contacts()), response, zoning_of(protocol, pathogen, city), days=60
    )
    outcome_of(Outbreak(scenario, make_seeds(np.arange(20))).run())
    return time.perf_counter() - began


def _make(  # noqa: PLR0913, PLR0917
    totals: pl.DataFrame,
    commuting: pl.DataFrame | None,
    out: Path,
    as_of: date,
    visit_days: int | None,
    seed: int,
    progress: Progress,
) -> NewCity:
    progress("Making the city")
    began = time.perf_counter()
    made: Made = build_city(totals, seed=seed, commuting=commuting)
    seconds = time.perf_counter() - began
    progress("Writing the records")
    write_records(made.city, out, as_of=as_of, days=visit_days, seed=seed, group_zone=made.group_zone)
    progress("Writing the city")
    save_city(made.city, out / ARRAYS)
    return NewCity(out, made.city, margins(made.city, totals, made.jobs), seconds)
