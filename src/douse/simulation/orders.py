"""Measures as a run takes them: levels, closures and rounds of screening on zones, from a day to another."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.city.city import City
from douse.errors import DataError
from douse.kernels.epidemic_layout import SCHOOLS_CLOSED, WORK_CLOSED
from douse.library.codes import LEVELS
from douse.records.measure import Measure
from douse.simulation.scenario import MOST_DAYS
from douse.simulation.zoning import Order

ON_ZONES = ("level", "screening", "closure")  # kinds of measures that a run is told; others follow from its cases
_CLOSED = {"school": SCHOOLS_CLOSED, "workplace": WORK_CLOSED}


def orders_of(measures: Sequence[Measure], city: City, first: date) -> tuple[Order, ...]:
    """Measures of a plan that concern zones, by the days of a run that begins on `first`; without those that have ended.

    Measures on persons follow from the protocol in a run, case by case, and are passed over.

    Raises
    ------
    DataError
        When a measure names a zone that the city does not have.
    """  # noqa: E501
    made = []
    for measure in measures:
        if measure.kind not in ON_ZONES or measure.action == "lift":
            continue
        bits = bits_of(measure.kind, measure.level, measure.closed)
        screening = measure.kind == "screening"
        made.append(_order(city, first, measure.zone, bits, (measure.start, measure.expires_on), screening=screening))
    return tuple(order for order in made if order is not None)


def orders_in(table: pl.DataFrame, city: City, first: date) -> tuple[Order, ...]:
    """The same of the table of measures: levels, screening, closures (column `closed`: school or workplace).

    A measure without an end goes on to the end of the run.
    """
    made = []
    for row in table.filter(pl.col("kind").is_in(ON_ZONES)).iter_rows(named=True):
        bits = bits_of(row["kind"], row["level"], row["closed"])
        days = (
            row["start"],
            min((day for day in (row["ended_on"], row["expires_on"]) if day is not None), default=None),
        )
        made.append(_order(city, first, row["zone"], bits, days, screening=row["kind"] == "screening"))
    return tuple(order for order in made if order is not None)


def bits_of(kind: str, level: str | None, closed: str | None) -> int:
    """What a zone is told: a level, or what is closed."""
    if kind == "level":
        return LEVELS.index(level or "open")
    return _CLOSED.get(closed or "", SCHOOLS_CLOSED | WORK_CLOSED) if kind == "closure" else 0


def _order(  # noqa: PLR0913
    city: City, first: date, zone: str | None, bits: int, days: tuple[date, date | None], *, screening: bool
) -> Order | None:
    start = (days[0] - first).days
    end = MOST_DAYS if days[1] is None else (days[1] - first).days
    if (start if screening else end) < 0:
        return None
    return Order(zones_within(city, zone), bits, max(start, 0), end, screening=screening)


def zones_within(city: City, zone: str | None) -> NDArray[np.int64]:
    """Positions of the zones of residence within a zone; all of them where none is named."""
    if zone is None:
        return np.arange(len(city.zone_ids))
    parent = dict(city.zones.select("zone_id", "parent_zone").rows())
    if zone not in parent and zone not in city.zone_ids:
        raise DataError(
            f"A measure names the zone {zone}, which the city does not have.",
            allowed="zones of the table of zones",
            next_step="Correct the zone, or add it to the table of zones.",
        )
    found = []
    for at, home in enumerate(city.zone_ids):
        above: str | None = home
        seen: set[str] = set()
        while above is not None and above != zone and above not in seen:
            seen.add(above)
            above = parent.get(above)
        if above == zone:
            found.append(at)
    if found:
        return np.array(found, np.int64)
    # The zone is smaller than those that people are known to live in: nothing smaller can be told apart in the city.
    larger = parent.get(zone)
    while larger is not None and larger not in city.zone_ids:
        larger = parent.get(larger)
    return np.array([city.zone_ids.index(larger)] if larger else [], np.int64)
