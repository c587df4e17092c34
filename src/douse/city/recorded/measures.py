"""Measures that the department has put in force: levels on a few zones, a closure, screening, information."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from douse.city.outbreak.files import NEVER
from douse.city.recorded.casebook import Casebook, day_of
from douse.records.codes import PLACE_KINDS, ZONE_KINDS
from douse.units import HOURS_PER_DAY

_OFFICE = "City epidemic control office"
_KINDS = ("building", "estate", "community", "district", "city")
_DECIDED = 18  # hour of the day
_STAYS_CLEAR = 1  # days more than the lift rule asks, so that the demo shows a level that can be lifted
_ORDER = ("control", "lockdown", "precaution")  # in which a level that can be lifted is looked for


@dataclass(frozen=True)
class Level:
    """A level on one zone, still in force; `zone` numbered within its kind, `start` a day of the run."""

    level: str
    kind: str
    zone: int
    start: int
    reason: str


@dataclass(frozen=True)
class _Entry:
    """One row of the table; days of the run, NEVER for none; `zone` numbered within its kind."""

    kind: str
    zone_kind: str
    zone: int
    start: int
    reason: str
    level: str | None = None
    review_on: int = NEVER
    expires_on: int = NEVER
    ended_on: int = NEVER


@dataclass(frozen=True)
class Measures:
    """The table of measures; levels that last; screening rounds without a case: day and people."""

    frame: pl.DataFrame
    levels: tuple[Level, ...]
    clean_rounds: tuple[tuple[int, np.ndarray], ...]


def decide(book: Casebook) -> Measures:
    """What the department has decided up to the last day."""
    alert = book.course.files.alert_on
    if not len(book.people) or alert >= book.scene.days:
        return Measures(_frame(book, ()), (), ())
    old, new = _can_be_lifted(book), _must_be_kept(book)
    if old and new and (old.kind, old.zone) == (new.kind, new.zone):
        new = None
    levels = tuple(level for level in (_around(book), old, new) if level)
    return Measures(_frame(book, levels), levels, _clean_rounds(book, old))


def residents_of(book: Casebook, level: Level) -> np.ndarray:
    """Numbers of the residents of the zone of a level."""
    town = book.scene.town
    return np.flatnonzero(town.zoning.within[level.kind][town.residents.building] == level.zone)


def _zone_kind(wanted: str) -> str:
    """The smallest kind of the city's zones that is not smaller than the one wanted."""
    return next((k for k in _KINDS if ZONE_KINDS.index(k) >= ZONE_KINDS.index(wanted)), "city")


def _homes(book: Casebook, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Zone of a kind where each case on file lives, and the day on which the case was confirmed."""
    town = book.scene.town
    zone = town.zoning.within[kind][town.residents.building[book.people]]
    return zone, day_of(book.confirmed)


def _can_be_lifted(book: Casebook) -> Level | None:
    """A level put on early where there has been no case for as long as the protocol asks."""
    protocol, pathogen, days = book.scene.protocol, book.scene.pathogen, book.scene.days
    for name in _ORDER:
        rule = protocol.level_rule(name)
        if rule.lift is None:
            continue
        asked = rule.lift.days_without_case
        clear = math.ceil(pathogen.max_incubation.value if asked == "max_incubation" else asked.value) + _STAYS_CLEAR
        kind = _zone_kind(rule.smallest)
        zone, day = _homes(book, kind)
        last, cases = np.full(int(zone.max()) + 1, -1), np.bincount(zone)
        np.maximum.at(last, zone, day)
        # The infection must be over in truth as well: nobody waits there to be found.
        fit = np.flatnonzero((last >= 0) & (last < days - 1 - clear))
        if fit.size:
            chosen = int(fit[np.lexsort((last[fit], -cases[fit]))[0]])
            reason = "Cases among residents; contacts are in quarantine."
            return Level(name, kind, chosen, int(day[zone == chosen].min()), reason)
    return None


def _must_be_kept(book: Casebook) -> Level | None:
    """The zone with most cases of the last week, under control."""
    rule = book.scene.protocol.level_rule("control")
    kind = _zone_kind(rule.smallest)
    zone, day = _homes(book, kind)
    recent = np.bincount(zone[day >= book.scene.days - 8])
    if not recent.size or recent.max() < 2:
        return None
    chosen = int(recent.argmax())
    second = np.sort(day[zone == chosen])[1]
    start = max(int(second), book.scene.days - 1 - int(rule.review_days.value))
    return Level("control", kind, chosen, min(start, book.scene.days - 2), "Several cases among residents in a week.")


def _around(book: Casebook) -> Level | None:
    """The district where the outbreak was found first, under precaution since the day after."""
    zone, day = _homes(book, "district")
    alert = book.course.files.alert_on
    first = zone[day >= alert]
    if not first.size:
        return None
    reason = "First cases without a known source."
    return Level("precaution", "district", int(np.bincount(first[:5]).argmax()), alert + 1, reason)


def _clean_rounds(book: Casebook, level: Level | None) -> tuple[tuple[int, np.ndarray], ...]:
    """Whole-area rounds in the zone that can be lifted, as the lift rule asks."""
    if level is None:
        return ()
    people = residents_of(book, level)
    people = people[(book.course.infected_on[people] == NEVER)]
    return tuple((book.scene.days - back, people) for back in (4, 2))


def _frame(book: Casebook, levels: Sequence[Level]) -> pl.DataFrame:
    town, days = book.scene.town, book.scene.days
    alert = book.course.files.alert_on
    rows = [_Entry("border", "city", 0, 0, "Arrivals are tested on the day after arrival.")]
    if alert < days:
        rows.append(
            _Entry("information", "city", 0, alert, "Residents are told of cases and of the places they visited.")
        )
    rows += [row for level in levels for row in _level_rows(book, level)]
    for day, community in book.course.files.screened:
        rows.append(_Entry("screening", "community", community, day, "Most cases of the city live here.", ended_on=day))
    closed = _closure(book)
    if closed is not None:
        rows.append(closed)
    frame = pl.DataFrame(rows).filter(pl.col("start") < days)
    zone = [town.zoning.ids[kind][number] for kind, number in frame.select("zone_kind", "zone").iter_rows()]
    dates = {
        name: book.scene.dates(frame[name].to_numpy()) for name in ("start", "review_on", "expires_on", "ended_on")
    }
    return frame.select(
        pl.format("m{}", pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(2)).alias("measure_id"),
        "kind",
        pl.Series("zone", zone, dtype=pl.String),
        "level",
        *(values.alias(name) for name, values in dates.items()),
        "reason",
        pl.lit(_OFFICE).alias("approved_by"),
        pl.lit(book.scene.protocol.id).alias("protocol"),
        book.moments(frame["start"].to_numpy() * float(HOURS_PER_DAY) + _DECIDED).alias("recorded_at"),
    )


def _level_rows(book: Casebook, level: Level) -> list[_Entry]:
    """The level and its renewals: at each review it is ended and put on again."""
    rule = book.scene.protocol.level_rule(level.level)
    every, lasts = max(1, round(rule.review_days.value)), round(rule.expiry_days.value)
    rows: list[_Entry] = []
    for start in range(level.start, book.scene.days, every):
        review = start + every
        ended = review if review < book.scene.days else NEVER
        reason = "Reviewed and renewed." if rows else level.reason
        entry = _Entry("level", level.kind, level.zone, start, reason, level.level, review, start + lasts, ended)
        rows.append(entry)
    return rows


def _closure(book: Casebook) -> _Entry | None:
    """The venue or workplace where most linked cases were infected, closed for a week."""
    places = [name for name in book.links.cluster if name]
    if not places:
        return None
    town = book.scene.town
    name = max(sorted(set(places)), key=places.count)
    place = town.places.names.index(name)
    found = [int(d) for d, c in zip(day_of(book.recorded), book.links.cluster, strict=True) if c == name]
    start = sorted(found)[min(1, len(found) - 1)]
    end = start + 7
    what = PLACE_KINDS[town.places.kind[place]]
    reason = f"Several cases were infected at this {what}; it is closed and cleaned."
    ended = end if end < book.scene.days else NEVER
    return _Entry(
        "closure", "building", int(town.places.building[place]), start, reason, expires_on=end, ended_on=ended
    )
