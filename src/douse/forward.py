"""The verbs that look forward: a city in the machine, and the outbreak in it; one short function a verb."""

import time
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
from douse.errors import DataError
from douse.library import Pathogen, Protocol, load
from douse.main import DEMO_PATHOGEN, Progress, no_progress
from douse.question import DEFAULT_PROTOCOL
from douse.simulation.by_protocol import response_of, zoning_of
from douse.simulation.capacity import Capacity
from douse.simulation.contacts import usual_contacts
from douse.simulation.course import course_of
from douse.simulation.outbreak import Outbreak
from douse.simulation.outcome import outcome_of
from douse.simulation.rates import make_rates
from douse.simulation.scenario import Scenario
from douse.simulation.seeds import make_seeds

ARRAYS = "city"  # folder beside the records of a made city
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
    flows = None if commuting is None else _table(commuting)
    return _make(_table(zones), flows, out, as_of, visit_days, seed, progress)


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


def _table(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise DataError(f"There is no file {path.name}.", next_step="Name a CSV or Parquet file.")
    if path.suffix == ".parquet":
        return pl.read_parquet(path)
    try:
        return pl.read_csv(path, infer_schema_length=None)
    except pl.exceptions.PolarsError as error:
        raise DataError(
            f"{path.name} cannot be read as a table.",
            allowed="CSV with commas and a header, or Parquet",
            next_step="Write it again as CSV in UTF-8.",
        ) from error
