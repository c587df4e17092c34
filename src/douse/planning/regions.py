"""Areas that goods and crews are planned for: whole districts (or communities), few enough to be solved fast."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from douse.kernels.earth import great_circle
from douse.records.codes import ZONE_KINDS
from douse.records.zone_tree import ZoneTree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Regions:
    """Zones, none within another, that part the area.

    Attributes
    ----------
    zones : ZoneTree
    at : numpy.ndarray[int64], shape (R,)
        Position of the zone of each region; one of -1 where no zone is on record.
    """

    zones: ZoneTree
    at: Ints

    def __len__(self) -> int:
        return len(self.at)

    @cached_property
    def of(self) -> Ints:
        """Region of each zone; -1 for a zone around several. Shape (Z,)."""
        found = np.full(len(self.zones), -1, dtype=np.int64)
        there = self.at >= 0
        found[self.at[there]] = np.flatnonzero(there)
        for zone, parent in enumerate(self.zones.parent):
            if found[zone] < 0 and parent >= 0:
                found[zone] = found[parent]
        return found

    @property
    def ids(self) -> list[str | None]:
        """Zone of each region; None: no zone is on record."""
        return [self.zones.ids[at] if at >= 0 else None for at in self.at]

    @property
    def latitude(self) -> Floats:
        """Of the middle of each region; NaN where it is not known. Shape (R,)."""
        return self._values(self.zones.latitude)

    @property
    def longitude(self) -> Floats:
        """Of the middle of each region; NaN where it is not known. Shape (R,)."""
        return self._values(self.zones.longitude)

    @cached_property
    def weight(self) -> Floats:
        """Share of each region in the residents; one without a number counts as the mean of the others. Shape (R,)."""
        people = self._values(self.zones.population)
        known = people[~np.isnan(people)]
        return _shares(np.where(np.isnan(people), known.mean() if known.sum() > 0 else 1.0, people))

    def gather(self, values: Floats) -> Floats:
        """Sums by region of values by zone; those of a zone around several are shared by residents.

        Parameters
        ----------
        values : numpy.ndarray[float64], shape (Z, ...)
        """
        sums = np.zeros((len(self.at), *values.shape[1:]))
        inside = self.of >= 0
        np.add.at(sums, self.of[inside], values[inside])
        for zone in np.flatnonzero(~inside & (values != 0).any(axis=tuple(range(1, values.ndim)))):
            within = np.array([r for r, at in enumerate(self.at) if zone in self.zones.ancestors(int(at))])
            share = _shares(self.weight[within])
            sums[within] += share.reshape(-1, *[1] * (values.ndim - 1)) * values[zone]
        return sums

    def kilometres_from(self, latitude: Floats, longitude: Floats, usual: float) -> Floats:
        """Km from each point to the middle of each region, shape (N, R); `usual` where a place is not known."""
        return kilometres(latitude, longitude, self.latitude, self.longitude, usual)

    def _values(self, by_zone: Floats) -> Floats:
        return np.array([by_zone[at] if at >= 0 else np.nan for at in self.at])


def _shares(weights: Floats) -> Floats:
    """Parts of the sum; all alike where there is none."""
    shares: Floats = weights / weights.sum() if weights.sum() > 0 else np.full(len(weights), 1 / len(weights))
    return shares


def kilometres(lat: Floats, lon: Floats, to_lat: Floats, to_lon: Floats, usual: float) -> Floats:
    """Great-circle distance of N from M points, shape (N, M); `usual` where a place is not known."""
    far = great_circle(lat[:, None], lon[:, None], to_lat[None, :], to_lon[None, :])
    found: Floats = np.where(np.isnan(far), usual, far)
    return found


def regions(zones: ZoneTree, finest: str, most: int) -> Regions:
    """Part the area into zones as fine as `finest`, as far as there are no more than `most`.

    Parameters
    ----------
    zones : ZoneTree
        The tree; zones without a parent are regions at least, however many.
    finest : str
        Kind of zone below which nothing is parted.
    most : int
        Number of regions that parting must not pass.
    """
    rank, stop = zones.rank, ZONE_KINDS.index(finest)
    parts = [zone for zone in range(len(zones)) if zones.parent[zone] < 0]
    while parts:
        coarse = [z for z in parts if rank[z] > stop and zones.children[z]]
        fits = [z for z in coarse if len(parts) - 1 + len(zones.children[z]) <= most]
        if not fits:
            return Regions(zones, np.array(sorted(parts), dtype=np.int64))
        first = min(fits, key=lambda z: (-rank[z], zones.ids[z]))
        parts.remove(first)
        parts += zones.children[first]
    return Regions(zones, np.array([-1], dtype=np.int64))
