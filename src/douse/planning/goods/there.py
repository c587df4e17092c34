"""What there is: latest counts of stock, goods on the way and production, by where they lie and when they come."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.planning.basis import Basis

Floats = NDArray[np.float64]
# Kind of facility -> whom its own goods serve.
OWNERS = {
    "hospital": "care",
    "clinic": "care",
    "shelter_hospital": "care",
    "quarantine_site": "care",
    "laboratory": "laboratory",
    "sampling_site": "testing",
}


@dataclass(frozen=True)
class Store:
    """One item at one facility.

    Attributes
    ----------
    facility : str or None
        None: a shipment or production that names none.
    stock : float
        Latest count; 0 where nothing was counted.
    coming : numpy.ndarray[float64], shape (H,)
        Goods that come on each day of the horizon and can be used on it.
    """

    facility: str | None
    item: str
    stock: float = 0.0
    coming: Floats = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True)
class OnTheWay:
    """Totals of one item: stock (None: never counted), on the way (None: nothing), and what comes a day, shape (H,)."""

    stock: float | None
    on_the_way: float | None
    shipments: Floats
    production: Floats


def stores(basis: Basis) -> tuple[Store, ...]:
    """Everything that lies or comes somewhere, in order of facility and item.

    Goods on the way come on the day they are due, those overdue tomorrow; without a day they are not counted on.
    """
    found: dict[tuple[str | None, str], tuple[float, Floats]] = {}

    def add(facility: str | None, item: str, stock: float, coming: Floats) -> None:
        before = found.get((facility, item), (0.0, np.zeros(basis.horizon_days)))
        found[facility, item] = (before[0] + stock, before[1] + coming)

    for facility, item, quantity in _counts(basis).iter_rows():
        add(facility, item, quantity, np.zeros(basis.horizon_days))
    for facility, item, ahead, quantity in _shipments(basis).iter_rows():
        add(facility, item, 0.0, _on_day(basis, ahead, quantity))
    for facility, item, coming in production(basis):
        add(facility, item, 0.0, coming)
    ordered = sorted(found.items(), key=lambda entry: (entry[0][0] or "", entry[0][1]))
    return tuple(Store(facility, item, stock, coming) for (facility, item), (stock, coming) in ordered)


def production(basis: Basis) -> list[tuple[str | None, str, Floats]]:
    """Facility, item and what comes a day, for each row of production; an order of today comes after its lead time."""
    found = []
    for row in basis.known.table("production").sort("production_id").iter_rows(named=True):
        ahead = np.arange(basis.horizon_days)
        there = ahead >= (row["lead_time_days"] or 0)
        for name, sign in (("first_day", 1), ("last_day", -1)):
            if row[name] is not None:
                there &= sign * ahead >= sign * (row[name] - basis.as_of).days
        found.append((row["to_facility"], str(row["item"]), np.where(there, row["quantity_per_day"], 0.0)))
    return found


def on_the_way(basis: Basis) -> Mapping[str, OnTheWay]:
    """Totals by item, of items that are on record in any of the tables."""
    counted = dict(_counts(basis).group_by("item", maintain_order=True).agg(pl.col("quantity").sum()).iter_rows())
    shipments = _shipments(basis)
    made = production(basis)
    items = sorted({*counted, *shipments["item"], *(item for _, item, _ in made)})
    found = {}
    for item in items:
        sent = shipments.filter(pl.col("item") == item)
        days: Floats = sum(
            (_on_day(basis, ahead, quantity) for ahead, quantity in sent.select("ahead", "quantity").iter_rows()),
            start=np.zeros(basis.horizon_days),
        )
        daily: Floats = sum((coming for _, one, coming in made if one == item), start=np.zeros(basis.horizon_days))
        found[item] = OnTheWay(counted.get(item), float(sent["quantity"].sum()) if sent.height else None, days, daily)
    return found


def _counts(basis: Basis) -> pl.DataFrame:
    """Latest count of each item in each facility: facility_id, item, quantity."""
    counts = basis.known.table("stock").sort("facility_id", "item", "counted_at")
    latest = counts.unique(["facility_id", "item"], keep="last", maintain_order=True)
    return latest.select("facility_id", pl.col("item").cast(pl.String), "quantity")


def _shipments(basis: Basis) -> pl.DataFrame:
    """Goods sent and not received: to_facility, item, ahead (days; null: no day is known), quantity."""
    sent = basis.known.table("shipments").filter(pl.col("received_at").is_null()).sort("due_at", "shipment_id")
    ahead = (pl.col("due_at").dt.date() - pl.lit(basis.as_of)).dt.total_days()
    late = pl.when(ahead < 0).then(1).otherwise(ahead)
    return sent.select("to_facility", pl.col("item").cast(pl.String), late.cast(pl.Int64).alias("ahead"), "quantity")


def _on_day(basis: Basis, ahead: int | None, quantity: float) -> Floats:
    days = np.zeros(basis.horizon_days)
    if ahead is not None and ahead < basis.horizon_days:
        days[ahead] = quantity
    return days
