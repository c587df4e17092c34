"""The tree of zones: who contains whom, and sums over subtrees."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from douse.records.codes import ZONE_KINDS
from douse.records.records import Records

# A zone of unknown kind is taken for a district: too coarse for the restrictive levels.
UNKNOWN_KIND = "district"
_NAMING_TABLES = (
    "zones",
    "cases",
    "contacts",
    "people",
    "places",
    "facilities",
    "measures",
    "visits",
    "tests",
    "indicators",
    "requests",
    "crews",
)


class ZoneTree:
    """Zones in parent-before-child order, as arrays.

    Built from an as-of view. Zones that records name but no table of zones holds are roots of their own.
    A loop of parents is cut at its first member.

    Attributes
    ----------
    ids : list[str]
        Zone identifiers, parents before children, else in order of identifier; length Z.
    parent : numpy.ndarray[int64], shape (Z,)
        Position of the parent; -1 for a root.
    population : numpy.ndarray[float64], shape (Z,)
        Residents: as recorded, else the sum of the children's; NaN where neither is known.
    postcodes : list[tuple[str, ...]]
        By which residents find it; length Z.
    """

    def __init__(self, records: Records) -> None:
        rows: dict[str, dict[str, Any]] = {row["zone_id"]: row for row in records.table("zones").iter_rows(named=True)}
        named = set(rows)
        for table in _NAMING_TABLES[1:]:
            frame = records.table(table)
            named.update(frame["zone"].drop_nulls().unique())
        named.update(row["parent_zone"] for row in rows.values() if row["parent_zone"])
        parents = {zone: rows[zone]["parent_zone"] if zone in rows else None for zone in named}
        self.ids = _parents_first(parents)
        self.position = {zone: i for i, zone in enumerate(self.ids)}
        self.parent = np.array([self.position.get(parents[z] or "", -1) for z in self.ids], dtype=np.int64)
        self.parent[self.parent >= np.arange(len(self.ids))] = -1
        facts = [rows.get(zone, {}) for zone in self.ids]
        self.names: list[str] = [f.get("name") or z for z, f in zip(self.ids, facts, strict=True)]
        self.kinds: list[str | None] = [f.get("kind") for f in facts]
        self.postcodes: list[tuple[str, ...]] = [tuple((f.get("postcode") or "").split()) for f in facts]
        self.boundaries: list[str | None] = [f.get("boundary") for f in facts]
        self.population = self._sum_where_empty(_floats(facts, "population"))
        self.households = self._sum_where_empty(_floats(facts, "households"))
        self.latitude = self._mean_where_empty(_floats(facts, "latitude"))
        self.longitude = self._mean_where_empty(_floats(facts, "longitude"))

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def rank(self) -> np.ndarray:
        """Rank of each zone's kind, 0 = household; shape (Z,)."""
        return np.array([ZONE_KINDS.index(kind or UNKNOWN_KIND) for kind in self.kinds], dtype=np.int64)

    @cached_property
    def children(self) -> list[list[int]]:
        """Positions of the children of each zone."""
        found: list[list[int]] = [[] for _ in self.ids]
        for child, parent in enumerate(self.parent):
            if parent >= 0:
                found[parent].append(child)
        return found

    @cached_property
    def depth(self) -> np.ndarray:
        """Steps from the root; shape (Z,)."""
        depth = np.zeros(len(self), dtype=np.int64)
        for child, parent in enumerate(self.parent):
            if parent >= 0:
                depth[child] = depth[parent] + 1
        return depth

    def index(self, zones: pl.Series) -> np.ndarray:
        """Positions of zone identifiers; -1 where empty or unknown. Shape (len(zones),)."""
        return zones.replace_strict(self.position, default=-1, return_dtype=pl.Int64).fill_null(-1).to_numpy()

    def roll_up(self, values: np.ndarray) -> np.ndarray:
        """Sum over each zone's subtree. `values` has shape (Z, ...), one row a zone; so has the result."""
        total = np.array(values, copy=True)
        for child in range(len(self) - 1, -1, -1):
            if self.parent[child] >= 0:
                total[self.parent[child]] += total[child]
        return total

    def ancestors(self, zone: int) -> list[int]:
        """The zone itself, its parent, ... up to the root."""
        line = []
        while zone >= 0:
            line.append(zone)
            zone = int(self.parent[zone])
        return line

    def subtree(self, zone: int) -> list[int]:
        """The zone and all zones within it, parents first."""
        found, queue = [], [zone]
        while queue:
            at = queue.pop(0)
            found.append(at)
            queue.extend(self.children[at])
        return found

    def _sum_where_empty(self, values: np.ndarray) -> np.ndarray:
        filled = values.copy()
        for zone in range(len(self) - 1, -1, -1):
            if np.isnan(filled[zone]) and self.children[zone]:
                parts = filled[self.children[zone]]
                if not np.isnan(parts).all():
                    filled[zone] = np.nansum(parts)
        return filled

    def _mean_where_empty(self, values: np.ndarray) -> np.ndarray:
        filled = values.copy()
        for zone in range(len(self) - 1, -1, -1):
            if np.isnan(filled[zone]) and self.children[zone]:
                parts = filled[self.children[zone]]
                if not np.isnan(parts).all():
                    filled[zone] = np.nanmean(parts)
        return filled


def _floats(facts: Sequence[dict[str, object]], column: str) -> np.ndarray:
    return np.array([np.nan if f.get(column) is None else f[column] for f in facts], dtype=np.float64)


def _parents_first(parents: dict[str, str | None]) -> list[str]:
    """Zones by depth, then identifier; members of a loop count as roots."""
    depth: dict[str, int] = {}
    for zone in parents:
        line: list[str] = []
        at: str | None = zone
        while at is not None and at not in depth and at not in line:
            line.append(at)
            at = parents.get(at)
        if at is not None and at in line:
            for member in line[line.index(at) :]:
                depth[member] = 0
            line = line[: line.index(at)]
        base = depth[at] + 1 if at is not None else 0
        for steps, member in enumerate(reversed(line)):
            depth[member] = base + steps
    return sorted(parents, key=lambda zone: (depth[zone], zone))
