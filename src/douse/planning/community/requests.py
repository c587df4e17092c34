"""Open requests as arrays, and the trips of crews that can meet them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.planning.basis import Basis
from douse.planning.crews import STILL_OPEN, Crew, crew_rules, request_rules
from douse.planning.regions import Regions, kilometres
from douse.records.codes import REQUEST_KINDS
from douse.units import HOURS_PER_DAY

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DAYS = 3  # after now, for which crews are sent
MOST_TRIPS = 1_000  # of one crew in a day: a capacity beyond it is a slip of the pen
# Ends of the slots that trips are counted in, in hours after now: fine at first, where clocks are short.
SLOTS = np.array([0, 1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, *range(28, DAYS * HOURS_PER_DAY + 1, 4)], np.float64)


@dataclass(frozen=True)
class Open:
    """Open requests (N), the most urgent first: medical ones, then by when they are due, then by identifier.

    Attributes
    ----------
    ids : list[str]
    zone : list[str or None]
    kind : numpy.ndarray[int64], shape (N,)
        As in `codes.REQUEST_KINDS`.
    area : numpy.ndarray[int64], shape (N,)
        Region; -1: not known.
    asked, due : numpy.ndarray[float64], shape (N,)
        Hours after now; negative: before it.
    """

    ids: list[str]
    zone: list[str | None]
    kind: Ints
    area: Ints
    asked: Floats
    due: Floats

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Trips:
    """Trips (T) of crews in the days after now, by when they end.

    Attributes
    ----------
    crew : numpy.ndarray[int64], shape (T,)
        Position of the crew.
    ends : numpy.ndarray[float64], shape (T,)
        Hours after now.
    slot : numpy.ndarray[int64], shape (T,)
    """

    crew: Ints
    ends: Floats
    slot: Ints


def now_of(basis: Basis) -> datetime:
    """The moment that the plan is made: that up to which records are known."""
    return basis.known.known_at or datetime.combine(basis.as_of, time.max)


def open_requests(basis: Basis, parts: Regions) -> Open:
    """Requests still to be met, with the time by which each is due: its own, else by the protocol's clock."""
    rules, now = request_rules(basis.protocol), now_of(basis)
    table = basis.known.table("requests").filter(STILL_OPEN)
    clock = {kind: pl.duration(minutes=round(rules.clock[kind].value * 60)) for kind in REQUEST_KINDS}  # type: ignore[index]
    kind = pl.col("kind").cast(pl.String)
    due = pl.coalesce(
        "wanted_by", pl.coalesce(*(pl.when(kind == name).then(pl.col("requested_at") + clock[name]) for name in clock))
    )
    rows = table.select(
        "request_id",
        "zone",
        kind=kind.replace_strict({name: n for n, name in enumerate(REQUEST_KINDS)}, return_dtype=pl.Int64),
        medical=kind.is_in(list(rules.medical)),
        asked=_hours(pl.col("requested_at"), now),
        due=_hours(due, now),
    ).sort(pl.col("medical").not_(), "due", "request_id")
    at = basis.zones.index(rows["zone"])
    return Open(
        ids=rows["request_id"].to_list(),
        zone=rows["zone"].to_list(),
        kind=rows["kind"].to_numpy().astype(np.int64),
        area=np.where(at >= 0, parts.of[np.maximum(at, 0)] if len(parts.of) else -1, -1),
        asked=rows["asked"].to_numpy().astype(np.float64),
        due=rows["due"].to_numpy().astype(np.float64),
    )


def trips_of(basis: Basis, crews: Sequence[Crew]) -> Trips:
    """Trips that begin after now, evenly over the hours of work of each crew."""
    start = now_of(basis)
    passed = (start - datetime.combine(basis.as_of, time.min)).total_seconds() / 3600
    who, when = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for number, crew in enumerate(crews):
        trips = min(crew.whole_trips, MOST_TRIPS)
        first, last = crew.works
        takes = min(crew_rules(basis.protocol).trip.value, last - first)
        ends = first + (last - first) * np.arange(1, trips + 1) / max(trips, 1)
        for ahead in range(DAYS + 1):
            after = ahead * HOURS_PER_DAY + ends - passed
            begins = np.maximum(after - takes, ahead * HOURS_PER_DAY + first - passed)
            when.append(after[(begins >= -1e-3) & (after <= SLOTS[-1])])
            who.append(np.full(len(when[-1]), number, dtype=np.int64))
    ends = np.concatenate(when)
    return Trips(
        crew=np.concatenate(who),
        ends=ends,
        slot=np.maximum(np.searchsorted(SLOTS, ends - 1e-6, side="left") - 1, 0),
    )


def crew_areas(crews: Sequence[Crew], parts: Regions) -> Ints:
    """Region of each crew: that of its zone, else the nearest to it; -1: not known. Shape (C,)."""
    found = np.full(len(crews), -1, dtype=np.int64)
    for number, crew in enumerate(crews):
        if crew.zone >= 0:
            found[number] = parts.of[crew.zone]
        if found[number] < 0 and not np.isnan(crew.latitude):
            far = parts.kilometres_from(np.array([crew.latitude]), np.array([crew.longitude]), np.inf)[0]
            found[number] = int(np.argmin(far)) if np.isfinite(far).any() else -1
    return found


def area_distance(basis: Basis, parts: Regions) -> Floats:
    """Km between regions; the last row and column are for what has no known place. Shape (R + 1, R + 1)."""
    usual = crew_rules(basis.protocol).usual_distance.value
    lat, lon = (np.append(values, np.nan) for values in (parts.latitude, parts.longitude))
    far = kilometres(lat, lon, lat, lon, usual)
    size = np.arange(len(parts))
    far[size, size] = 0.0
    return far


def _hours(moment: pl.Expr, now: datetime) -> pl.Expr:
    return (moment - pl.lit(now)).dt.total_seconds(fractional=True) / 3600
