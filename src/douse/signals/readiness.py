"""Readiness: figures of the records that the checks of hazards ask for."""

import math

import numpy as np
import polars as pl

from douse.library.hazard import Figure
from douse.library.protocol import Protocol
from douse.records import Records, ZoneTree
from douse.situation.situation import Situation
from douse.units import PER_100K

_PER_10K = 10_000
_HOSPITALS = ("hospital", "clinic")


def readiness(known: Records, situation: Situation, zones: ZoneTree, protocol: Protocol) -> dict[Figure, float | None]:
    """Each figure as of the day, in the unit of `FIGURE_UNITS`; None where the records do not tell.

    Beds, rooms and laboratories are those open now, for the residents of all zones. ``tracers`` is as many as the
    busiest day on record shows: that many there were at least. ``reporting_delay`` is the one that nearly all cases
    keep within.
    """
    residents = _residents(zones)
    beds, icu = _open(known, "beds", _HOSPITALS), _open(known, "icu_beds")
    return {
        "hospital_beds": _rate(beds, residents, PER_100K),
        "icu_beds": _rate(icu, residents, PER_100K),
        "quarantine_rooms": _rate(_open(known, "rooms"), residents, _PER_10K),
        "tests_per_day": _rate(_open(known, "tests_per_day"), residents, PER_100K),
        "protective_sets": _days_of_sets(known, protocol, beds, icu),
        "tracers": _rate(_tracers(known, protocol), residents, PER_100K),
        "contacts_reached": situation.contacts.reached_48h_share,
        "reporting_delay": next((float(d.days) for d in situation.reporting if d.basis == "onset" and d.n), None),
    }


def _residents(zones: ZoneTree) -> float | None:
    roots = zones.population[zones.parent < 0]
    total = float(np.nansum(roots))
    return total if total > 0 else None


def _rate(amount: float | None, residents: float | None, per: int) -> float | None:
    return None if amount is None or residents is None else amount / residents * per


def _open(known: Records, column: str, kinds: tuple[str, ...] | None = None) -> float | None:
    """Sum over the facilities that state it and are open; None where none states it."""
    stated = known.table("facilities").filter(pl.col(column).is_not_null())
    if kinds is not None:
        stated = stated.filter(pl.col("kind").cast(pl.String).is_in(kinds))
    if stated.is_empty():
        return None
    return float(stated.filter(pl.col("lead_time_days").fill_null(0) == 0)[column].sum())


def _days_of_sets(known: Records, protocol: Protocol, beds: float | None, icu: float | None) -> float | None:
    """Days that the protective sets in stock last with every bed filled."""
    counts = known.table("stock").filter(pl.col("item") == "protective_set").sort("facility_id", "counted_at")
    in_stock = counts.unique("facility_id", keep="last", maintain_order=True)["quantity"]
    ratios = protocol.resources
    a_day = (beds or 0) * ratios.sets_per_hospital_day.value + (icu or 0) * ratios.sets_per_icu_day.value
    return float(in_stock.sum()) / a_day if len(in_stock) and a_day > 0 else None


def _tracers(known: Records, protocol: Protocol) -> float | None:
    """Tracers that the day with most contacts reached took."""
    busiest = known.table("contacts").group_by(pl.col("reached_at").dt.date()).len().drop_nulls()["len"].max()
    if not isinstance(busiest, int):
        return None
    return math.ceil(busiest / protocol.resources.contacts_per_tracer_day.value)
