"""Records of a zone and all that lies within it. Where a row names no zone, that of its place or person counts."""

from collections.abc import Iterator

import polars as pl

from douse.records import Records, ZoneTree
from douse.records.ledger_tables import zone_column
from douse.records.records import case_person
from douse.records.tables import REFERENCE_TABLES

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


def zone_of_rows(known: Records, table: str) -> pl.Series:
    """The zone of each row of a table; null where nothing tells it."""
    rows = known.table(table)
    own = zone_column(table)
    zone = rows[own] if own else pl.Series([None] * rows.height, dtype=pl.String)
    for column in _BY.get(table, ()):
        homes = dict(_homes(known, column))
        found = rows[column].replace_strict(homes, default=None, return_dtype=pl.String)
        zone = zone.zip_with(zone.is_not_null(), found)
    return zone.alias("zone_of_row")


def _homes(known: Records, column: str) -> Iterator[tuple[str, str]]:
    """Key and zone, the surest last: a dict keeps the last of a key."""
    if column in {"facility_id", "to_facility"}:
        sources = [(known.table("facilities"), pl.col("facility_id"))]
    elif column == "place_id":
        sources = [(known.table("places"), pl.col("place_id"))]
    elif column == "case_id":
        sources = [(known.cases, pl.col("case_id"))]
    else:
        sources = [
            (known.table("contacts"), pl.col("person_id")), (known.cases, pl.col("case_id")),
            (known.cases, case_person()), (known.table("people"), pl.col("person_id")),
        ]  # fmt: skip
    for rows, key in sources:
        yield from rows.select(key, pl.col("zone")).drop_nulls().iter_rows()


def within(known: Records, inside: frozenset[str]) -> Records:
    """The records of some zones, from an as-of view. Zones, places and the like stay whole."""
    wanted = pl.Series(sorted(inside), dtype=pl.String).implode()
    frames = {}
    for name, rows in known.frames.items():
        kept = rows
        if name not in REFERENCE_TABLES:
            kept = rows.filter(zone_of_rows(known, name).is_in(wanted).fill_null(value=False))
        frames[name] = kept
    return Records(frames, known.sent, known.known_at)
