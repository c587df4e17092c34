"""Which zones a bulletin may name, and the areas that its counts are parted by."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from douse.outputs.bulletin.values import ELSEWHERE
from douse.records.codes import ZONE_KINDS
from douse.records.zone_tree import ZoneTree

MOST_AREAS = 60
ADDRESSES = ZONE_KINDS[: ZONE_KINDS.index("estate")]  # kinds of zone that are never named in public


def is_public(zones: ZoneTree) -> np.ndarray:
    """Whether each zone may be named: no building or less, nor a zone of unknown kind, which may be one; shape (Z,)."""
    return np.array([kind is not None and kind not in ADDRESSES for kind in zones.kinds], dtype=np.bool_)


def public_ancestor(zones: ZoneTree) -> np.ndarray:
    """The nearest zone around each that may be named, itself included; -1: none. Shape (Z,)."""
    public, parents = is_public(zones), zones.parent.tolist()
    nearest = np.full(len(zones), -1, dtype=np.int64)
    for zone in range(len(zones)):
        nearest[zone] = zone if public[zone] else nearest[parents[zone]] if parents[zone] >= 0 else -1
    return nearest


def areas(zones: ZoneTree, before: Sequence[str]) -> tuple[str, ...]:
    """Zones that part the counts: the roots; where there is one, its children, and so on down.

    They follow the map and never the cases, and those of earlier bulletins stay while they may be named, so that the
    list tells nothing. Beyond `MOST_AREAS` those with most residents.
    """
    public = is_public(zones)
    found = [zone for zone in range(len(zones)) if public[zone] and zones.parent[zone] < 0]
    while len(found) == 1 and (inner := [zone for zone in zones.children[found[0]] if public[zone]]):
        found = inner
    people = np.nan_to_num(zones.population)
    found.sort(key=lambda zone: (-people[zone], zones.ids[zone]))
    kept = [zone for zone in before if zone in zones.position and public[zones.position[zone]]]
    nested = {inner for zone in kept for inner in _around_and_within(zones, zones.position[zone])}
    fresh = [zones.ids[zone] for zone in found if zone not in nested]
    return (*kept, *fresh[: max(MOST_AREAS - len(kept), 0)])


def by_area(cases: pl.DataFrame, zones: ZoneTree, rows: Sequence[str]) -> dict[str, set[str]]:
    """Row -> the cases in it; those in none of the areas are `ELSEWHERE`."""
    position = {zones.position[row]: row for row in rows}
    area: list[str] = []
    for zone, parent in enumerate(zones.parent.tolist()):
        area.append(position.get(zone) or (area[parent] if parent >= 0 else ELSEWHERE))
    found: dict[str, set[str]] = {row: set() for row in (*rows, ELSEWHERE)}
    for case, at in zip(cases["case_id"].to_list(), zones.index(cases["zone"]).tolist(), strict=True):
        found[area[at] if at >= 0 else ELSEWHERE].add(case)
    return found


def _around_and_within(zones: ZoneTree, zone: int) -> set[int]:
    return {*zones.ancestors(zone), *zones.subtree(zone)}
