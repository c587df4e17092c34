"""`Past`: what the records say of who is infected, in days of a run and places of a city."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.city.city import City
from douse.city.from_records import Peopled
from douse.errors import UsageError
from douse.kernels.person_word import AGE_STEP, AGES
from douse.records.records import Records
from douse.records.zone_tree import ZoneTree
from douse.simulation.course import Course
from douse.simulation.response import Response
from douse.simulation.scenario import HISTORY
from douse.situation.arrivals import from_outside
from douse.situation.situation import Situation
from douse.units import DAYS_PER_WEEK

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
NOT_KNOWN = -1000  # a day that is not on record
IMPORTS_DAYS = 14  # days whose imported cases tell how many more will come
LEAST_DELAYS = 10  # cases with onset and report that it takes to read the delay from them
LATEST_DELAYS = 300  # of them, the latest ones
_LONGEST_DELAY = 60
_SOUGHT = ("contact_tracing", "screening")


@dataclass(frozen=True)
class Past:
    """n cases known on the as-of day; days are counted from the first of the run.

    Attributes
    ----------
    first, as_of : date
        First day of the run, and the last that is known.
    person : numpy.ndarray[int64], shape (n,)
        Position in the city of cases who are people of the records; -1: somebody of the zone.
    homes : numpy.ndarray[int64], shape (n,)
        List of ranges of people among whom the case lives; see `ranges`.
    ranges : tuple of 3 numpy.ndarray[int64]
        First range of each list; first person of each range; people up to its end within the list.
    age : numpy.ndarray[int64], shape (n,)
        Band; -1 unknown.
    onset, told, arrived, quarantined, over : numpy.ndarray[int64], shape (n,)
        Days, NOT_KNOWN where there is none: of onset, of the first report, of arrival in the area (imports), of
        quarantine before the report, of recovery or death.
    imported, away : numpy.ndarray[bool], shape (n,)
        Infected elsewhere; found in a quarantine away from home.
    delays : numpy.ndarray[int64]
        Days from onset to report, each as likely as the others.
    delays_on_record : int
        Cases that they are read from; 0: those of the response stand in.
    sought : float
        Share of local cases that were looked for: found as contacts, in quarantine or by screening.
    counts : numpy.ndarray[int64], shape (B,)
        Cases told on each day of the run until the as-of day.
    imports : tuple[int, int]
        Imported cases of the last `IMPORTS_DAYS`; those of them who were found in quarantine.
    without_zone : int
        Cases whose zone is not on record, or not in the city.
    """

    first: date
    as_of: date
    person: Ints
    homes: Ints
    ranges: tuple[Ints, Ints, Ints]
    age: Ints
    onset: Ints
    told: Ints
    arrived: Ints
    quarantined: Ints
    over: Ints
    imported: NDArray[np.bool_]
    away: NDArray[np.bool_]
    delays: Ints
    delays_on_record: int
    sought: float
    counts: Ints
    imports: tuple[int, int]
    without_zone: int

    def __len__(self) -> int:
        return len(self.told)

    @property
    def back(self) -> int:
        """Days of the run that are known."""
        return (self.as_of - self.first).days + 1


def past_of(  # noqa: PLR0913  what is known, where, and what stands in
    known: Records,
    situation: Situation,
    zones: ZoneTree,
    peopled: Peopled,
    response: Response,
    *,
    first: date,
) -> Past:
    """Cases of the situation as a run that begins on `first` sees them.

    Raises
    ------
    UsageError
        When there is no case, when the city has fewer people than there are cases, or the run begins too early or late.
    """
    cases, city = situation.cases, peopled.city
    _check(cases, city, first, situation.as_of)
    onset, told = (_days(cases[name], first) for name in ("onset", "told_on"))
    person = _persons(cases, peopled)
    homes, ranges, lost = _homes(cases["zone"].to_list(), city, zones)
    delays, on_record = _delays(cases, response)
    recent = cases.filter(
        (pl.col("link") == "imported") & (pl.col("told_on") > situation.as_of - timedelta(days=IMPORTS_DAYS))
    )
    sought = pl.col("found_by").cast(pl.String).is_in(_SOUGHT).fill_null(value=False) | pl.col("in_quarantine")
    local = cases.filter(pl.col("link") != "imported")
    back = (situation.as_of - first).days + 1
    return Past(
        first=first,
        as_of=situation.as_of,
        person=person,
        homes=homes,
        ranges=ranges,
        age=np.where(
            cases["age"].is_null().to_numpy(),
            -1,
            np.minimum(cases["age"].fill_null(0).to_numpy() // AGE_STEP, AGES - 1),
        ).astype(np.int64),
        onset=onset,
        told=told,
        arrived=_days(_arrivals(cases, known), first),
        quarantined=_days(cases["quarantined_on"], first),
        over=_days(cases["outcome_on"], first),
        imported=(cases["link"] == "imported").to_numpy(),
        away=cases["found_away"].to_numpy(),
        delays=delays,
        delays_on_record=on_record,
        sought=_share(local.select(sought).to_series()),
        counts=np.bincount(told[(told >= 0) & (told < back)], minlength=back).astype(np.int64),
        imports=(recent.height, int(recent["in_quarantine"].sum())),
        without_zone=lost,
    )


def _check(cases: pl.DataFrame, city: City, first: date, as_of: date) -> None:
    if cases.is_empty():
        raise UsageError(
            "There is no case on record, so there is no outbreak to simulate.",
            next_step="Add the first reports to the records, or name a later day with --as-of.",
        )
    if cases.height > len(city):
        raise UsageError(
            f"The city has {len(city):,} people, fewer than the {cases.height:,} cases on record.",
            allowed="a city of all people among whom the cases live",
            next_step="Send the table of people of the whole area, or the populations of its zones.",
        )
    back = (as_of - first).days + 1
    if not DAYS_PER_WEEK <= back <= HISTORY:
        raise UsageError(
            f"The run would begin {back} days back.",
            allowed=f"{DAYS_PER_WEEK} to {HISTORY} days",
            next_step="Choose a number in between.",
        )


def _days(dates: pl.Series, first: date) -> Ints:
    days = (dates.cast(pl.Date) - first).dt.total_days().fill_null(NOT_KNOWN)
    whole: Ints = np.maximum(days.to_numpy(), NOT_KNOWN).astype(np.int64)
    return whole


def _persons(cases: pl.DataFrame, peopled: Peopled) -> Ints:
    if peopled.person_ids is None:
        return np.full(cases.height, -1, np.int64)
    position = pl.DataFrame({"person": peopled.person_ids}).with_row_index("at").unique("person", keep="first")
    found = cases.select("person").join(position, on="person", how="left", maintain_order="left")["at"]
    person = found.cast(pl.Int64).fill_null(-1).to_numpy().copy()
    person[found.is_duplicated().to_numpy() & ~found.is_first_distinct().to_numpy()] = -1  # a person is infected once
    return person.astype(np.int64)


def _homes(named: list[str | None], city: City, zones: ZoneTree) -> tuple[Ints, tuple[Ints, Ints, Ints], int]:
    """Among whom each case lives: the zones of residence within its zone, else of the smallest one around it."""
    parent = {zone: zones.ids[up] if up >= 0 else None for zone, up in zip(zones.ids, zones.parent, strict=True)}
    parent.update(city.zones.select("zone_id", "parent_zone").iter_rows())
    within: dict[str | None, list[int]] = {None: list(range(len(city.zone_ids)))}
    for position, home in enumerate(city.zone_ids):
        for above in _line(home, parent):
            within.setdefault(above, []).append(position)
    homes, lists, lost = [], dict[str | None, int](), 0
    for zone in named:
        at: str | None = next((above for above in _line(zone, parent) if above in within), None) if zone else None
        lost += at is None
        homes.append(lists.setdefault(at, len(lists)))
    starts = city.zone_start.astype(np.int64)
    first, low, upto = [0], list[int](), list[int]()
    for zone in lists:
        people = 0
        for at_zone in within[zone]:
            people += int(starts[at_zone + 1] - starts[at_zone])
            low.append(int(starts[at_zone]))
            upto.append(people)
        first.append(len(low))
    return np.array(homes, np.int64), (np.array(first), np.array(low), np.array(upto)), lost


def _line(zone: str | None, parent: dict[str, str | None]) -> list[str]:
    """A zone and those above it; a circle is cut."""
    line: list[str] = []
    while zone is not None and zone not in line:
        line.append(zone)
        zone = parent.get(zone)
    return line


def _delays(cases: pl.DataFrame, response: Response) -> tuple[Ints, int]:
    """Days from onset to report of the latest cases, else of the response."""
    dated = cases.drop_nulls(["onset", "told_on"]).sort("told_on", maintain_order=True).tail(LATEST_DELAYS)
    days = dated.select((pl.col("told_on") - pl.col("onset")).dt.total_days()).to_series()
    days = days.filter(days.is_between(0, _LONGEST_DELAY))
    if len(days) >= LEAST_DELAYS:
        return np.sort(days.to_numpy()).astype(np.int64), len(days)
    return response.seek_delay.astype(np.int64) + response.result_days, 0


def _arrivals(cases: pl.DataFrame, known: Records) -> pl.Series:
    """Day of the latest arrival of each case before it was told."""
    rows = cases.with_row_index("row").select("row", "told_on", key=pl.concat_list("person", "case_id")).explode("key")
    came = from_outside(known).select(key="person_id", arrived=pl.col("arrived_at").dt.date())
    latest = (
        rows.join(came, on="key")
        .filter(pl.col("arrived") <= pl.col("told_on"))
        .group_by("row")
        .agg(pl.col("arrived").max())
    )
    return (
        cases.with_row_index("row").select("row").join(latest, on="row", how="left", maintain_order="left")["arrived"]
    )


def _share(flags: pl.Series) -> float:
    return float(flags.mean() or 0.0) if len(flags) else 0.0  # type: ignore[arg-type]


def upto(days: Ints, length: int) -> Floats:
    """Share of delays of at most 0, 1, ... days; shape (length,)."""
    return np.cumsum(np.bincount(np.minimum(days, length), minlength=length + 1)[:length]) / max(1, len(days))


def known_after(course: Course, delays: Ints, length: int = 2 * HISTORY) -> Floats:
    """Chance that an infection with symptoms which comes to be known is so after 0, 1, ... days; shape (length,)."""
    incubation = np.bincount(course.incubation, minlength=HISTORY) / len(course.incubation)
    waits = np.bincount(delays, minlength=HISTORY) / max(1, len(delays))
    both = np.convolve(incubation, waits)[:length]
    return np.cumsum(np.pad(both, (0, length - len(both))))
