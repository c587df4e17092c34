"""Records of a zone and all that lies within it. Where a row names no zone, that of its place or person counts."""

import polars as pl

from douse.records import Records, ZoneTree
from douse.records.ledger_tables import zone_column
from douse.records.records import case_person
from douse.records.tables import REFERENCE_TABLES

ZONE = "zone_of_row"
# Whence a row without a zone of its own has one: columns tried in order.
_BY: dict[str, tuple[str, ...]] = {
    "contacts": ("case_id", "person_id"),
    "follow_ups": ("case_id", "person_id"),
    "visits": ("place_id",),
    "tests": ("person_id",),
    "stays": ("facility_id", "person_id"),
    "arrivals": ("person_id",),
    "stock": ("facility_id",),
    "shipments": ("to_facility",),
}


def subtree(zones: ZoneTree, zone: str) -> frozenset[str]:
    """A zone and all that lies within it; of a zone that nobody knows, itself."""
    at = zones.position.get(zone)
    if at is None:
        return frozenset({zone})
    return frozenset(zones.ids[place] for place in zones.subtree(at))


def zones_of_kind(zones: ZoneTree, kind: str, within: frozenset[str] | None = None) -> tuple[str, ...]:
    """Zones of a kind, in order of their identifiers."""
    found = (zone for zone, of in zip(zones.ids, zones.kinds, strict=True) if of == kind)
    return tuple(sorted(zone for zone in found if within is None or zone in within))


def around(zones: ZoneTree, kind: str) -> dict[str, str]:
    """Zone -> the zone of a kind that it lies in, or is."""
    found: dict[str, str] = {}
    for place, zone in enumerate(zones.ids):
        parent = int(zones.parent[place])
        if zones.kinds[place] == kind:
            found[zone] = zone
        elif parent >= 0 and zones.ids[parent] in found:
            found[zone] = found[zones.ids[parent]]
    return found


class Homes:
    """Zones of cases, persons, places and facilities, looked up only where a row names no zone of its own."""

    def __init__(self, known: Records) -> None:
        self._known, self._kept = known, dict[str, pl.DataFrame]()

    def zone_of_rows(self, table: str) -> pl.Series:
        """The zone of each row of a table; null where nothing tells it."""
        rows, own = self._known.table(table), zone_column(table)
        zone = rows[own] if own else pl.Series([None] * rows.height, dtype=pl.String)
        zone = zone.cast(pl.String).alias(ZONE)
        for column in _BY.get(table, ()):
            lacking = zone.is_null()
            if not lacking.any():
                break
            keys = rows[column].filter(lacking).cast(pl.String).alias("key").to_frame()
            found = keys.join(self._of(column), on="key", how="left", maintain_order="left")[ZONE]
            zone = found if lacking.all() else zone.scatter(lacking.arg_true(), found)
        return zone.alias(ZONE)

    def _of(self, column: str) -> pl.DataFrame:
        """Key and zone, each key once; of several that tell it the first counts."""
        if column not in self._kept:
            parts = [
                rows.select(key=key.cast(pl.String), zone_of_row=pl.col("zone").cast(pl.String)).drop_nulls()
                for rows, key in self._sources(column)
            ]
            self._kept[column] = pl.concat(parts).unique("key", keep="first", maintain_order=True)
        return self._kept[column]

    def _sources(self, column: str) -> list[tuple[pl.DataFrame, pl.Expr]]:
        known = self._known
        if column in {"facility_id", "to_facility"}:
            return [(known.table("facilities"), pl.col("facility_id"))]
        if column == "place_id":
            return [(known.table("places"), pl.col("place_id"))]
        if column == "case_id":
            return [(known.cases, pl.col("case_id"))]
        contacts = known.table("contacts").select("person_id", "case_id", "zone")
        exposed = contacts.select("person_id", "case_id").join(
            known.cases.select("case_id", "zone"), on="case_id", how="inner"
        )
        person = pl.col("person_id")
        return [
            (known.table("people"), person), (known.cases, case_person()), (known.cases, pl.col("case_id")),
            (contacts, person), (exposed, person),
        ]  # fmt: skip


def zone_of_rows(known: Records, table: str) -> pl.Series:
    """The zone of each row of a table; null where nothing tells it."""
    return Homes(known).zone_of_rows(table)


def within(known: Records, inside: frozenset[str]) -> Records:
    """The records of some zones, from an as-of view. Zones, places and the like stay whole."""
    return within_zoned(known, inside)[0]


def within_zoned(known: Records, inside: frozenset[str]) -> tuple[Records, dict[str, pl.Series]]:
    """The records of some zones, and the zone of each row by table; see `within`."""
    wanted = pl.Series(sorted(inside), dtype=pl.String).implode()
    homes, frames, zones = Homes(known), dict[str, pl.DataFrame](), dict[str, pl.Series]()
    for name, rows in known.frames.items():
        if name in REFERENCE_TABLES:
            frames[name] = rows
            continue
        zone = homes.zone_of_rows(name)
        kept = zone.is_in(wanted).fill_null(value=False)
        frames[name], zones[name] = rows.filter(kept), zone.filter(kept)
    return Records(frames, known.sent, known.known_at), zones
