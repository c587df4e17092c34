"""How far somebody sees: the zones of their roles with all that lies within, and the zone of every row.

The zone of a row is its own zone; else that of its place, facility, case or person. A row whose zone nobody knows is
seen by those who see the whole area, and by nobody else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from douse.console.ground import Ground
from douse.console.permissions import Actor
from douse.console.policy import EVERYWHERE, ROLES
from douse.console.remembered import Following, Remembered
from douse.records.growth import Change, Grown, without
from douse.records.ledger import Snapshot
from douse.records.ledger_tables import LEDGER_TABLES
from douse.records.records import case_person

ZONE = "zone_of_row"
OPEN = frozenset({"zones"})  # the map of the land is no secret
# Without a zone these are about the whole area, and everybody who may read them sees them.
OF_ALL = frozenset({"measures", "indicators", "decisions", "verdicts", "claims", "bulletins"})
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
    "self_reports": ("person_id",),
    "offers": ("case_id",),
    "erasures": ("subject",),
}
_OWN = {"zones": "zone_id", "shipments": "to_zone"}
_FEW = 10  # rows are few where there are so many times as many homes

_grounds: Remembered[Ground] = Remembered(4)
_homes = Following(8)
_zoned = Following(64)


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


def zoned(snapshot: Snapshot, table: str) -> Grown:
    """Rows in force of a table with a column more, `zone_of_row`: null where nobody knows it."""
    looked_up = _LOOK_UP.get(table, ())
    sources = (snapshot.grown(table), *(_homes_grown(snapshot, _kind(column)) for column in looked_up))
    return _zoned.get(
        table, sources, (),
        lambda: Grown(_with_zone(snapshot, table, sources[0].frame)),
        lambda before, changes: before.changed(_zones_changed(snapshot, table, before.frame, changes)),
    )  # fmt: skip


def _with_zone(snapshot: Snapshot, table: str, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(zones_of_rows(snapshot, table, rows))


def _zones_changed(snapshot: Snapshot, table: str, zoned: pl.DataFrame, changes: Sequence[Change]) -> Change:
    """Rows that came or went, and rows that lie elsewhere since a person, case or facility they name does."""
    own, *homes = changes
    gone, new = own.gone, own.new
    if not all(change.is_empty for change in homes):
        again = without(zoned[_moved(table, zoned, homes)].drop(ZONE), gone, "record_id")
        gone, new = pl.concat([gone, again]), pl.concat([new, again])
    return Change(gone, _with_zone(snapshot, table, new))


def _moved(table: str, zoned: pl.DataFrame, homes: Sequence[Change]) -> pl.Series:
    """Positions of the rows that may lie elsewhere since homes changed; most rows are not looked at."""
    columns, zone = _LOOK_UP.get(table, ()), _OWN.get(table, "zone")
    rows = zoned[[name for name in (*columns, zone, ZONE) if name in zoned.columns]].with_row_index("at")  # no copy
    if zone in zoned.columns and rows[zone].null_count() < len(rows):
        rows = rows.filter(pl.col(zone).is_null())
    found = [rows["at"].clear()]
    for column, change in zip(columns, homes, strict=True):
        if change.is_empty:
            continue
        named = rows
        if change.gone.is_empty() and column == columns[-1]:  # new homes only: where nothing told the zone so far
            named = named.filter(pl.col(ZONE).is_null())
        elif named[column].null_count():
            named = named.filter(pl.col(column).is_not_null())
        keys = pl.concat([change.gone["key"], change.new["key"]]).implode()
        found.append(named.filter(pl.col(column).cast(pl.String).is_in(keys))["at"])
    return pl.concat(found).unique()


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
        if len(keys) < len(home) // _FEW:  # a join would make a table of every home there is
            home = home.filter(pl.col("key").is_in(keys["key"].implode()))
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
    kind = _kind(column)
    known, tables = _homes_grown(snapshot, kind).frame, _tables(kind)
    if not beside or not set(tables) & set(beside):
        return known
    told = _homes_in(kind, {table: beside[table] for table in tables if table in beside})
    return pl.concat([known, told]).unique("key", keep="first", maintain_order=True)


def _kind(column: str) -> str:
    return _KINDS.get(column, "person")


def _tables(kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(table for table, _ in _HOMES[kind]))


def _homes_grown(snapshot: Snapshot, kind: str) -> Grown:
    tables = _tables(kind)
    sources = {table: snapshot.grown(table) for table in tables}
    frames = {table: source.frame for table, source in sources.items()}
    return _homes.get(
        kind, tuple(sources.values()), (),
        lambda: Grown(_homes_in(kind, frames), "key"),
        lambda before, changes: before.changed(
            _homes_changed(kind, before.frame, frames, dict(zip(tables, changes, strict=True)))
        ),
    )  # fmt: skip


def _homes_changed(
    kind: str, before: pl.DataFrame, frames: Mapping[str, pl.DataFrame], changes: Mapping[str, Change]
) -> Change:
    """Keys that lie elsewhere, or were not known, since some rows came or went."""
    rows = {table: pl.concat([change.gone, change.new]) for table, change in changes.items()}
    named = [rows[table].select(key=key.cast(pl.String)) for table, key in _HOMES[kind]]
    if kind == "person":  # contacts may lie where their case does
        exposed = pl.col("case_id").is_in(rows["cases"]["case_id"].implode())
        named.append(frames["contacts"].filter(exposed).select(key="person_id"))
    keys = pl.concat(named).unique()["key"].implode()
    of_table = {table: [key.cast(pl.String).is_in(keys) for of, key in _HOMES[kind] if of == table] for table in rows}
    some = {table: frames[table].filter(pl.any_horizontal(named)) for table, named in of_table.items()}
    if kind == "person":
        met = pl.col("case_id").is_in(some["contacts"]["case_id"].implode())
        some["cases"] = pl.concat([some["cases"], frames["cases"].filter(met)])
    of_keys = pl.col("key").is_in(keys)
    then, now = before.filter(of_keys), _homes_in(kind, some).filter(of_keys)
    return Change(_not_in(then, now), _not_in(now, then))


def _not_in(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    return one.join(other, on=["key", ZONE], how="anti", maintain_order="left")


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
