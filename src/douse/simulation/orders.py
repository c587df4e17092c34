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
        if measure.kind not in {"level", "screening"} or measure.action == "lift":
            continue
        level = 0 if measure.kind == "screening" else LEVELS.index(measure.level or "open")
        made.append(
            _order(city, first, measure.zone, level, measure.start, measure.expires_on, measure.kind == "screening")
        )
    return tuple(order for order in made if order is not None)


def orders_in(table: pl.DataFrame, city: City, first: date) -> tuple[Order, ...]:
    """The same of the table of measures: levels, screening, closures (column `closed`: school or workplace).

    A measure without an end goes on to the end of the run.
    """
    made = []
    for row in table.iter_rows(named=True):
        if row["kind"] not in {"level", "screening", "closure"}:
            continue
        bits = LEVELS.index(row["level"]) if row["kind"] == "level" else 0
        if row["kind"] == "closure":
            bits = _CLOSED.get(row.get("closed") or "", SCHOOLS_CLOSED | WORK_CLOSED)
        ends = [day for day in (row["ended_on"], row["expires_on"]) if day is not None]
        made.append(
            _order(
                city, first, row["zone"], bits, row["start"], min(ends) if ends else None, row["kind"] == "screening"
            )
        )
    return tuple(order for order in made if order is not None)


def _order(  # noqa: PLR0913, PLR0917  a column each
    city: City,
    first: date,
    zone: str | None,
    bits: int,
    start: date,
    end: date | None,
    screening: bool,  # noqa: FBT001
) -> Order | None:
    begins = (start - first).days
    ends = MOST_DAYS if end is None else (end - first).days
    if (begins if screening else ends) < 0:
        return None
    return Order(_within(city, zone), bits, max(begins, 0) if not screening else begins, ends, screening=screening)


def _within(city: City, zone: str | None) -> NDArray[np.int64]:
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
