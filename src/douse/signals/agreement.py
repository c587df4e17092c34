"""Which signals speak of the same place and time."""

from collections.abc import Iterable
from datetime import date
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from douse.kernels.earth import great_circle
from douse.records import ZoneTree

# A zone and one that holds it agree up to so many steps of the tree apart.
STEPS_APART = 2
# Zones of one kind are neighbours up to so many times the way from each of them to its nearest: on a square grid that
# takes in the four sides and the four corners, and a zone far off has no neighbours.
NEIGHBOUR_RATIO = 1.5
# A root that holds more than this share of all zones is the whole area: some zones may be missing from the tree.
MOST_OF_ALL = 0.5


class Places:
    """How some zones lie to each other.

    Parameters
    ----------
    zones : ZoneTree
        The tree; a zone that it does not know agrees with itself only.
    named : Iterable[str]
        The zones that are asked about.
    """

    def __init__(self, zones: ZoneTree, named: Iterable[str]) -> None:
        self._zones = zones
        self._lines: dict[int, list[int]] = {}
        self._rows = sorted({zones.position[zone] for zone in named if zone in zones.position})
        self._neighbours = _neighbours(zones, self._rows)
        held = zones.roll_up(np.ones(len(zones)))
        whole = (zones.parent < 0) & (held > len(zones) * MOST_OF_ALL) & (held > 1)
        self._whole = {zones.ids[row] for row in np.flatnonzero(whole).tolist()}

    def is_whole_area(self, zone: str | None) -> bool:
        """True for no zone, and for a root that holds most zones: it agrees with all of them, which says nothing."""
        return zone is None or zone in self._whole

    def pairs(self) -> list[tuple[int, str, str]]:
        """All pairs of different zones that agree: steps apart (neighbours last), the upper or first, the other."""
        named, ids = set(self._rows), self._zones.ids
        held = [
            (steps, ids[above], ids[row])
            for row in self._rows
            for steps, above in enumerate(self._line(row))
            if steps and above in named
        ]
        return held + [(STEPS_APART + 1, ids[a], ids[b]) for a, b in sorted(self._neighbours)]

    def agree(self, one: str, other: str) -> bool:
        """Whether two zones are the same, one holds the other at most `STEPS_APART` below, or they are neighbours."""
        if one == other:
            return True
        if one not in self._zones.position or other not in self._zones.position:
            return False
        upper, lower = sorted((self._zones.position[one], self._zones.position[other]))  # parents come first
        return upper in self._line(lower) or (upper, lower) in self._neighbours

    def are_one_place(self, zones: set[str]) -> bool:
        """Whether an event may have just these zones.

        One of them holds all others, or every two of them agree: so no chain of neighbours runs over the whole map.
        """
        lines = [self._line(self._zones.position[zone]) for zone in zones if zone in self._zones.position]
        holders = set(lines[0]).intersection(*lines[1:]) if len(lines) == len(zones) else set()
        if any(self._zones.ids[row] in zones for row in holders):
            return True
        return all(self.agree(one, other) for one, other in combinations(sorted(zones), 2))

    def common(self, zones: set[str]) -> str | None:
        """Smallest zone that holds all of them; None where there is none."""
        if len(zones) == 1 or not zones <= self._zones.position.keys():
            return next(iter(zones)) if len(zones) == 1 else None
        lines = [self._zones.ancestors(self._zones.position[zone]) for zone in sorted(zones)]
        shared = set(lines[0]).intersection(*lines[1:])
        return next((self._zones.ids[row] for row in lines[0] if row in shared), None)

    def _line(self, row: int) -> list[int]:
        """A zone and those that hold it, as far up as they agree."""
        if row not in self._lines:
            self._lines[row] = self._zones.ancestors(row)[: STEPS_APART + 1]
        return self._lines[row]


def days_between(one: tuple[date, date], other: tuple[date, date]) -> int:
    """Days between two spells, each by first and last day; 0 where they overlap."""
    return max((max(one[0], other[0]) - min(one[1], other[1])).days, 0)


def _neighbours(zones: ZoneTree, rows: list[int]) -> set[tuple[int, int]]:
    """Pairs of rows, the smaller first, of one kind whose points lie near each other."""
    at = np.array(rows, dtype=np.int64)
    away = [_km_from(zones, row) for row in rows]
    nearest = np.array([_nearest(zones.rank, row, km) for row, km in zip(rows, away, strict=True)])
    found = set()
    for n, row in enumerate(rows):
        reach = NEIGHBOUR_RATIO * np.minimum(nearest[n], nearest[n + 1 :])
        others = at[n + 1 :]
        near = (zones.rank[others] == zones.rank[row]) & (away[n][others] <= reach)
        found |= {(row, other) for other in others[near].tolist()}
    return found


def _nearest(rank: NDArray[np.int64], row: int, km: NDArray[np.float64]) -> float:
    """Way to the nearest zone of the same kind at another point; 0 where there is none."""
    others = km[(rank == rank[row]) & (km > 0) & np.isfinite(km)]
    return float(others.min()) if len(others) else 0.0


def _km_from(zones: ZoneTree, row: int) -> NDArray[np.float64]:
    """Way from a zone to every zone, in km; infinite where a point is not known."""
    km = great_circle(zones.latitude[row], zones.longitude[row], zones.latitude, zones.longitude)
    return np.where(np.isnan(km), np.inf, km)
