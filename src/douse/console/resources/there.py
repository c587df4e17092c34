"""What there is within reach: facilities, stock by its last counts, shipments, crews."""

from typing import Any

import polars as pl

from douse.console.permissions import Actor
from douse.console.reading import visible
from douse.records.ledger import Snapshot

LABORATORY = "laboratory"


def facilities(actor: Actor, snapshot: Snapshot) -> list[dict[str, Any]]:
    """Facilities, by kind and name."""
    rows = visible(actor, snapshot, "facilities").with_columns(order=pl.col("kind").to_physical())
    return rows.sort("order", "name", "facility_id").drop("order").to_dicts()


def has_beds(row: dict[str, Any]) -> bool:
    """Whether a facility has beds or rooms, other than a laboratory."""
    return row["kind"] != LABORATORY and any(row[name] is not None for name in ("beds", "icu_beds", "rooms"))


def names(facilities: list[dict[str, Any]]) -> dict[str, str]:
    """Facility -> its name, else its identifier."""
    return {row["facility_id"]: row["name"] or row["facility_id"] for row in facilities}


def last_counts(actor: Actor, snapshot: Snapshot) -> pl.DataFrame:
    """The last count of each item at each facility: facility_id, item, counted_at, quantity, zone of none."""
    rows = visible(actor, snapshot, "stock").sort("counted_at", "recorded_at", maintain_order=True)
    return rows.unique(["facility_id", "item"], keep="last", maintain_order=True).sort("item", "facility_id")


def on_the_way(actor: Actor, snapshot: Snapshot) -> pl.DataFrame:
    """Shipments that have not arrived, those due first."""
    rows = visible(actor, snapshot, "shipments").filter(pl.col("received_at").is_null())
    return rows.sort("due_at", "sent_at", nulls_last=True)
