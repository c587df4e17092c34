"""How far somebody sees: the zones of their roles with all that lies within, and the zone of every row.

The zone of a row is its own zone; else that of its place, facility, case or person. A row whose zone nobody knows is
seen by those who see the whole area, and by nobody else.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from douse.console.ground import Ground
from douse.console.permissions import Actor
from douse.console.policy import EVERYWHERE, ROLES
from douse.console.remembered import Remembered
from douse.records.ledger import Snapshot
from douse.records.ledger_tables import LEDGER_TABLES
from douse.records.records import case_person

ZONE = "zone_of_row"
OPEN = frozenset({"zones"})  # the map of the land is no secret
# Without a zone these are about the whole area, and everybody who may read them sees them.
OF_ALL = frozenset({"measures", "indicators", "decisions", "verdicts"})
# Where a row without a zone of its own gets one: columns tried in order.
_LOOK_UP = {
    "contacts": ("case_id", "person_id"),
    "visits": ("place_id",),
    "tests": ("person_id",),
    "stays": ("facility_id", "person_id"),
    "arrivals": ("person_id",),
    "stock": ("facility_id",),
    "shipments": ("to_facility", "from_facility"),
    "crews": ("facility_id",),
    "production": ("to_facility",),
    "follow_ups": ("case_id", "person_id"),
    "tasks": ("case_id", "person_id"),
    "merges": ("into", "person_id"),
    "holds": ("subject",),
    "erasures": ("subject",),
}
_OWN = {"zones": "zone_id", "shipments": "to_zone"}
_SOURCES = ("people", "cases", "contacts", "facilities", "places")

_grounds: Remembered[Ground] = Remembered(4)
_homes: Remembered[pl.DataFrame] = Remembered(8)
_zoned: Remembered[pl.Series] = Remembered(64)


@dataclass(frozen=True)
class Reach:
    """Zones within which something may be done."""

    everywhere: bool
    zones: frozenset[str]

    def holds(self, zone: str | None) -> bool:
        """Whether a row of a zone is within reach."""
        return self.everywhere or (zone is not None and zone in self.zones)

    def rows(self, zones: pl.Series) -> pl.Series:
        """Which rows are within reach, by their zones."""
        if self.everywhere:
            return pl.repeat(value=True, n=len(zones), dtype=pl.Boolean, eager=True)
        return zones.is_in(pl.Series(sorted(self.zones), dtype=pl.String).implode()).fill_null(value=False)


NOWHERE = Reach(everywhere=False, zones=frozenset())


def ground_of(snapshot: Snapshot) -> Ground:
    """The tree of zones in force."""
    zones = snapshot.current("zones")
    return _grounds.get("ground", (zones,), lambda: Ground(zones))


def reach(actor: Actor, right: str, ground: Ground) -> Reach:
    """Where somebody has a right. Broken glass widens what is read, never what is written."""
    zones = [grant.zone for grant in actor.grants_with(right)]
    if zones and (right.startswith("read ") or right == "see_names"):
        zones += actor.glass
    return _within(zones, ground)


def personal_reach(actor: Actor, table: str, ground: Ground) -> Reach:
    """Where somebody sees the personal columns of a table."""
    granted = actor.grants_with(f"read {table}")
    zones = [grant.zone for grant in granted if ROLES[grant.role].personal]
    return _within([*zones, *(actor.glass if zones else ())], ground)


def _within(zones: list[str], ground: Ground) -> Reach:
    if EVERYWHERE in zones:
        return Reach(everywhere=True, zones=frozenset())
    return Reach(everywhere=False, zones=frozenset[str]().union(*(ground.subtree(zone) for zone in zones)))


def zones_of(snapshot: Snapshot, table: str) -> pl.Series:
    """Zone of each row in force of a table; null where nobody knows it."""
    frame = snapshot.current(table)
    used = (frame, *(snapshot.current(source) for source in _SOURCES if table in _LOOK_UP))
    return _zoned.get(table, used, lambda: zones_of_rows(snapshot, table, frame))


def zones_of_rows(
    snapshot: Snapshot, table: str, rows: pl.DataFrame, beside: Mapping[str, pl.DataFrame] | None = None
) -> pl.Series:
    """Zone of each of some rows of a table, which need not be in the ledger yet.

    Parameters
    ----------
    beside : Mapping[str, pl.DataFrame], optional
        Rows of other tables that come together with them, where a person, case or facility may be told of.
    """
    own = _OWN.get(table, "zone")
    zone = rows[own] if own in LEDGER_TABLES[table].column_names() else pl.Series([None] * len(rows), dtype=pl.String)
    zone = zone.cast(pl.String).alias(ZONE)
    for column in _LOOK_UP.get(table, ()):
        if zone.null_count() == 0:
            break
        home, lacking = homes(snapshot, column, beside), zone.is_null()
        keys = rows[column].filter(lacking).cast(pl.String).alias("key").to_frame()
        found = keys.join(home, on="key", how="left", maintain_order="left")[ZONE]
        zone = found if lacking.all() else zone.scatter(lacking.arg_true(), found)
    return zone


_HOMES: dict[str, tuple[tuple[str, pl.Expr], ...]] = {
    "facility": (("facilities", pl.col("facility_id")),),
    "place": (("places", pl.col("place_id")),),
    "case": (("cases", pl.col("case_id")),),
    # A person is where the table of people says, else where their case is, else where they live as a contact.
    "person": (
        ("people", pl.col("person_id")), ("cases", case_person()), ("cases", pl.col("case_id")),
        ("contacts", pl.col("person_id")),
    ),
}  # fmt: skip
_KINDS = {
    "facility_id": "facility", "to_facility": "facility", "from_facility": "facility", "place_id": "place",
    "case_id": "case",
}  # fmt: skip


def homes(snapshot: Snapshot, column: str, beside: Mapping[str, pl.DataFrame] | None = None) -> pl.DataFrame:
    """Zone of every facility, place, case or person: key, zone_of_row; each key once."""
    kind = _KINDS.get(column, "person")
    tables = tuple(dict.fromkeys(table for table, _ in _HOMES[kind]))
    sources = tuple(snapshot.current(table) for table in tables)
    known = _homes.get(kind, sources, lambda: _homes_in(kind, dict(zip(tables, sources, strict=True))))
    if not beside or not set(tables) & set(beside):
        return known
    told = _homes_in(kind, {table: beside[table] for table in tables if table in beside})
    return pl.concat([known, told]).unique("key", keep="first", maintain_order=True)


def _homes_in(kind: str, frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    parts = [_keyed(frames[table], key) for table, key in _HOMES[kind] if table in frames]
    if kind == "person" and {"cases", "contacts"} <= set(frames):  # else where the case is that they were exposed to
        contacts = frames["contacts"].filter(pl.col("zone").is_null()).select("person_id", "case_id")
        exposed = contacts.join(
            frames["cases"].select("case_id", "zone"), on="case_id", how="inner", maintain_order="left"
        )
        parts.append(_keyed(exposed, pl.col("person_id")))
    return pl.concat(parts).unique("key", keep="first", maintain_order=True)


def _keyed(frame: pl.DataFrame, key: pl.Expr) -> pl.DataFrame:
    return (
        frame.select(key=key.cast(pl.String), zone_of_row=pl.col("zone").cast(pl.String))
        .drop_nulls()
        .unique("key", keep="first", maintain_order=True)
    )
