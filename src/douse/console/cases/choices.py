"""What the references of a form may name: zones, facilities and places that somebody may use."""

import polars as pl

from douse.console.cases.fields import Options
from douse.console.permissions import Actor, may
from douse.console.reach import ground_of, reach
from douse.console.reading import visible
from douse.records.ledger import Snapshot
from douse.records.tables import TABLES, column_facts

MOST_TO_CHOOSE = 400  # beyond that a list to choose from is no help: one types, and is offered what fits
MOST_OFFERED = 2_000
_INDENT = "\u00a0" * 3


def references(actor: Actor, snapshot: Snapshot, table: str, column: str, right: str) -> Options:
    """What a column may name, with words; nothing where it names no zone, facility or place."""
    other = str(column_facts(TABLES[table], column).get("references", "")).partition(".")[0]
    if other == "zones":
        return zones(actor, snapshot, right if column == "zone" else "read zones")
    if other in {"facilities", "places"}:
        return _named(actor, snapshot, other, laboratories=column == "laboratory")
    return ()


def zones(actor: Actor, snapshot: Snapshot, right: str) -> Options:
    """Zones within which somebody has a right, each after the one that it lies in; indented where there are few."""
    ground = ground_of(snapshot)
    if right == "read zones":
        listed = ground.in_order()
    else:
        allowed = reach(actor, right, ground)
        listed = [(zone, depth) for zone, depth in ground.in_order() if allowed.holds(zone)]
    top = min((depth for _, depth in listed), default=0)
    many = len(listed) > MOST_TO_CHOOSE
    return [
        (zone, ground.names[zone] if many else _INDENT * (depth - top) + ground.names[zone])
        for zone, depth in listed[:MOST_OFFERED]
    ]


def _named(actor: Actor, snapshot: Snapshot, table: str, *, laboratories: bool) -> Options:
    if not may(actor, f"read {table}"):
        return ()
    rows = visible(actor, snapshot, table)
    key = TABLES[table].key[0]
    if laboratories:
        rows = rows.filter(pl.col("kind") == "laboratory")
    some = rows.select(key, pl.coalesce("name", key).alias("name")).sort("name").head(MOST_OFFERED)
    return list(some.iter_rows())
