"""The demo city on disk: tables as a health department would have them on the as-of day."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from douse.city.movement import habits, visits_of_day
from douse.city.outbreak.course import Course, Scene, truth
from douse.city.outbreak.illness import fall_ill
from douse.city.outbreak.imports import RUN_DAYS
from douse.city.outbreak.risk import calibrate
from douse.city.outbreak.run import run
from douse.city.recorded.casebook import open_casebook
from douse.city.recorded.cases import case_frame
from douse.city.recorded.contacts import contact_frame
from douse.city.recorded.dirt import Dirt, soil
from douse.city.recorded.follow_ups import follow_up_frame
from douse.city.recorded.indicators import indicator_frame
from douse.city.recorded.measures import decide
from douse.city.recorded.preparedness import (
    crew_frame,
    facility_frame,
    production_frame,
    request_frame,
    shipment_frame,
    stock_frame,
)
from douse.city.recorded.samples import sample_frame
from douse.city.recorded.stays import stay_frame
from douse.city.recorded.travel import arrivals_frame
from douse.city.recorded.visits import visit_frame
from douse.city.town import Town, build, town_frames
from douse.errors import UsageError
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records.codes import PLACE_KINDS

Progress = Callable[[str], None]
AS_OF = date(2026, 4, 1)
FEWEST_PEOPLE, MOST_PEOPLE = 100, 2_000_000
SHORTEST, LONGEST = 21, 120  # days
_FULL_CITY = 200_000  # people of the city that the numbers of wanted cases are meant for
_LARGE = ("people", "places", "visits")  # tables written as Parquet
_NOTE, _TITLE = "README.md", "# An invented city"
_WEEK = 7
_GIVEN_UP = 1.5  # times the most cases wanted: a run beyond is not finished


@dataclass(frozen=True)
class DemoCity:
    """Where the tables are, and what only tests may know: every infection, and the mistakes put in on purpose."""

    path: Path
    as_of: date
    truth: pl.DataFrame = field(repr=False)
    dirt: tuple[Dirt, ...] = field(repr=False, default=())


def make_demo(  # noqa: PLR0913  # each is a choice of the caller, by keyword
    out: Path,
    *,
    people: int = _FULL_CITY,
    days: int = RUN_DAYS,
    seed: int = 1,
    pathogen: Pathogen,
    protocol: Protocol,
    progress: Progress | None = None,
) -> DemoCity:
    """Write the tables of an invented city with an imported outbreak.

    The tables depend on the arguments alone: two runs write the same bytes. An earlier demo in the folder is
    replaced.

    Parameters
    ----------
    out : Path
        Folder; made where it is missing.
    people : int
        Residents, 100 to 2,000,000.
    days : int
        Length of the run up to the as-of day, 21 to 120.
    seed : int
        Another seed, another city and another outbreak.
    pathogen, protocol : Pathogen, Protocol
        How the illness runs; how contacts, quarantine and levels are handled.
    progress : callable, optional
        Told the name of each stage.

    Returns
    -------
    DemoCity
        The folder, the as-of day, and for tests the truth, which is not in the folder.

    Raises
    ------
    UsageError
        When the size or the length makes no city or no outbreak, or the folder holds something else.
    """
    _refuse_nonsense(out, people, days)
    tell = progress or (lambda _: None)
    tell("Building the city")
    scene = stage(build(people, seed), pathogen, protocol, days)
    tell("Letting the outbreak run")
    course, luck = _outbreak(scene)
    tell("Writing the records")
    dirt = _write(out, _frames(scene, course, luck))
    (out / _NOTE).write_text(_note(people, days, seed, dirt), encoding="utf-8")
    return DemoCity(out, AS_OF, truth(scene, course), dirt)


def _refuse_nonsense(out: Path, people: int, days: int) -> None:
    if not FEWEST_PEOPLE <= people <= MOST_PEOPLE:
        raise UsageError(
            f"A demo city of {people} people cannot be made.",
            allowed=f"{FEWEST_PEOPLE} to {MOST_PEOPLE} people",
            next_step="Choose a number in between; 200000 is the usual one.",
        )
    if not SHORTEST <= days <= LONGEST:
        raise UsageError(
            f"A demo outbreak of {days} days cannot be made.",
            allowed=f"{SHORTEST} to {LONGEST} days",
            next_step="Choose a number in between; 35 is the usual one.",
        )
    if out.exists() and not _is_free(out):
        raise UsageError(
            f"{out.name} holds something that is not a demo city; real records might be lost.",
            allowed="a new or empty folder, or one with an earlier demo city",
            next_step="Name another folder for the demo city.",
        )


def _is_free(out: Path) -> bool:
    """Whether a demo city may be written to a path that exists."""
    if not out.is_dir():
        return False
    note = out / _NOTE
    earlier = note.is_file() and note.read_text(encoding="utf-8", errors="replace").startswith(_TITLE)
    return earlier or not any(out.iterdir())


def stage(town: Town, pathogen: Pathogen, protocol: Protocol, days: int) -> Scene:
    """Make what an outbreak of so many days, up to the as-of day, needs: visits, illness, hazards."""
    first_day = AS_OF - timedelta(days=days - 1)
    usual = habits(town)
    visits = [visits_of_day(town, usual, first_day + timedelta(days=day)) for day in range(days)]
    illness = fall_ill(town, pathogen)
    return Scene(town, illness, calibrate(town, illness, visits[:_WEEK]), pathogen, protocol, first_day, visits)


def _outbreak(scene: Scene) -> tuple[Course, int]:
    """The first course that is fit to be shown, or of those tried the one that comes nearest."""
    wanted = scene.town.numbers.wanted
    most = _GIVEN_UP * wanted.cases_high.value * _scale(scene)
    misfits: list[float] = []
    for luck in range(int(wanted.attempts.value)):
        course = run(scene, luck, most)
        misfits.append(_misfit(scene, course))
        if misfits[-1] == 0:
            return course, luck
    nearest = misfits.index(min(misfits))
    return run(scene, nearest), nearest


def _scale(scene: Scene) -> float:
    """Cases to be shown in a smaller city, as a share; a small city has more for its size."""
    return min(1.0, float(np.sqrt(len(scene.town) / _FULL_CITY)))


def _misfit(scene: Scene, course: Course) -> float:
    """How far a course is from what a demo should show, in factors; 0 when it fits, far more when given up."""
    wanted, files = scene.town.numbers.wanted, course.files
    if len(course.present) < scene.days:
        return float(scene.days + scene.days - len(course.present))
    known, scale = course.known_cases(scene.days), _scale(scene)
    weeks = np.bincount((scene.days - 1 - files.confirmed_on[known]) // _WEEK, minlength=2)
    place = course.place[known]
    place = place[place >= 0]
    grown_up = place[scene.town.places.kind[place] != PLACE_KINDS.index("school")]
    cluster = np.bincount(grown_up, minlength=1).max()
    late_found = all(files.confirmed_on[t.person] < scene.days for t in course.travellers if t.how == "late")
    return (
        _outside(len(known), wanted.cases_low.value * scale, wanted.cases_high.value * scale)
        + _outside(weeks[0] / max(1, weeks[1]), wanted.rise_low.value, wanted.rise_high.value)
        + _outside(cluster, wanted.cluster.value * scale, float("inf"))
        + float(not late_found)
    )


def _outside(value: float, low: float, high: float) -> float:
    """Distance of a value from a range, in factors."""
    return abs(float(np.log(max(value, 0.1) / np.clip(max(value, 0.1), low, high))))


def _frames(scene: Scene, course: Course, luck: int) -> dict[str, pl.DataFrame]:
    book = open_casebook(scene, course, luck)
    measures = decide(book)
    cases, contacts = case_frame(book), contact_frame(book)
    return {
        **town_frames(scene.town),
        "facilities": facility_frame(scene.town),
        "cases": cases,
        "contacts": contacts,
        "follow_ups": follow_up_frame(
            contacts,
            cases,
            scene.first_day + timedelta(days=scene.days - 1),
            round(scene.pathogen.max_incubation.value),
        ),
        "visits": visit_frame(book),
        "tests": sample_frame(book, measures),
        "stays": stay_frame(book),
        "measures": measures.frame,
        "arrivals": arrivals_frame(book),
        "indicators": indicator_frame(book),
        "stock": stock_frame(book),
        "requests": request_frame(book, measures),
        "shipments": shipment_frame(book),
        "crews": crew_frame(scene.town),
        "production": production_frame(scene.town),
    }


def _write(out: Path, frames: dict[str, pl.DataFrame]) -> tuple[Dirt, ...]:
    small = {name: _as_text(frame) for name, frame in frames.items() if name not in _LARGE}
    soiled, dirt = soil(small)
    out.mkdir(parents=True, exist_ok=True)
    for name, frame in soiled.items():
        frame.write_csv(out / f"{name}.csv")
    for name in _LARGE:
        frames[name].write_parquet(out / f"{name}.parquet", compression="zstd", statistics=True)
    return dirt


def _note(people: int, days: int, seed: int, dirt: tuple[Dirt, ...]) -> str:
    """What the folder holds, for whoever finds it."""
    mistakes = [f"- {d.table}, row {d.row}{', ' + d.column if d.column else ''}: {d.what}" for d in dirt]
    lines = [
        _TITLE,
        "",
        f"{people} invented residents and {days} days of an invented outbreak up to {AS_OF}, from seed {seed}.",
        "No person, place or journey in these tables is real. A few mistakes were put in on purpose:",
        "",
        *(mistakes or ["- none"]),
        "",
    ]
    return "\n".join(lines)


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """All columns as text; columns without a value are left out."""
    full = [column.name for column in frame if column.null_count() < len(column) or frame.is_empty()]
    return (
        frame.select(full)
        .with_columns(pl.col(pl.Datetime).dt.strftime("%Y-%m-%dT%H:%M"), pl.col(pl.Date).dt.strftime("%Y-%m-%d"))
        .cast(pl.String)
    )
