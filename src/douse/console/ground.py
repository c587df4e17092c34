"""The tree of zones as the console needs it: what lies within a zone, and which coarse zone a zone lies in."""

from functools import cache, cached_property

import polars as pl

from douse.records.codes import ZONE_KINDS

COARSE = "district"  # outside one's zones nothing smaller is shown


class Ground:
    """Zones by identifier.

    Parameters
    ----------
    zones : pl.DataFrame
        Rows of the table of zones in force.

    Notes
    -----
    A zone that records name but the table does not hold lies in no other zone: only who sees the whole area, or was
    given that very zone, sees it. A loop of parents is cut where it closes.
    """

    def __init__(self, zones: pl.DataFrame) -> None:
        rows = list(zones.select("zone_id", "parent_zone", "kind", "name", "latitude", "longitude").iter_rows())
        self.parent: dict[str, str | None] = {row[0]: row[1] for row in rows}
        self.kind: dict[str, str | None] = {row[0]: row[2] for row in rows}
        self.names: dict[str, str] = {row[0]: row[3] or row[0] for row in rows}
        self.points: dict[str, tuple[float, float]] = {
            row[0]: (row[4], row[5]) for row in rows if row[4] is not None and row[5] is not None
        }
        self.subtree = cache(self._subtree)
        self.coarse = cache(self._coarse)

    @cached_property
    def children(self) -> dict[str, list[str]]:
        """Zones right within a zone."""
        found: dict[str, list[str]] = {}
        for zone, parent in self.parent.items():
            if parent is not None and parent != zone:
                found.setdefault(parent, []).append(zone)
        return found

    @cached_property
    def roots(self) -> list[str]:
        """Zones that lie in no other."""
        return sorted(zone for zone, parent in self.parent.items() if parent is None or parent not in self.parent)

    def line(self, zone: str) -> list[str]:
        """The zone itself, its parent, … up to the root."""
        line: list[str] = []
        at: str | None = zone
        while at is not None and at not in line:
            line.append(at)
            at = self.parent.get(at)
        return line

    def _subtree(self, zone: str) -> frozenset[str]:
        """The zone and all that lies within it."""
        found, queue = {zone}, [zone]
        while queue:
            for child in self.children.get(queue.pop(), ()):
                if child not in found:
                    found.add(child)
                    queue.append(child)
        return frozenset(found)

    def _coarse(self, zone: str) -> str | None:
        """The smallest zone around a zone that is coarse enough to be shown to anybody who works here."""
        least = ZONE_KINDS.index(COARSE)
        line = self.line(zone)
        for at in line:
            kind = self.kind.get(at)
            if kind is not None and ZONE_KINDS.index(kind) >= least:
                return at
        return line[-1] if line[-1] in self.parent and self.kind.get(line[-1]) is None else None

    def in_order(self) -> list[tuple[str, int]]:
        """All zones, each after the one that it lies in, with its depth: for lists to choose from."""
        found: list[tuple[str, int]] = []
        queue = [(zone, 0) for zone in reversed(self.roots)]
        while queue:
            zone, depth = queue.pop()
            found.append((zone, depth))
            inner = sorted(self.children.get(zone, ()), key=lambda z: self.names[z])
            queue += [(child, depth + 1) for child in reversed(inner)]
        return found
