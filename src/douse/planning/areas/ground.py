"""The smallest areas: what lives in each zone beside its parts, and evidence put down to them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from douse.kernels.tree import preorder
from douse.records.zone_tree import ZoneTree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_SOMEBODY = 0.5  # residents from which the rest of a zone is an area of its own


@dataclass(frozen=True)
class Ground:
    """Areas (A): zones without zones within them, and of each other zone the rest that its parts do not hold.

    Attributes
    ----------
    zones : ZoneTree
        The tree; Z zones.
    people : numpy.ndarray[float64], shape (Z,)
        Residents of a zone itself, without those of zones within it. Where nobody knows them: see `own_people`.
    at : numpy.ndarray[int64], shape (A,)
        Position of the zone of each area, ascending.
    counted : bool
        False: no zone has residents on record, and each area counts as one person.
    """

    zones: ZoneTree
    people: Floats
    at: Ints
    counted: bool

    @cached_property
    def area(self) -> Ints:
        """Area of each zone; -1 for a zone that is none. Shape (Z,)."""
        area = np.full(len(self.zones), -1, dtype=np.int64)
        area[self.at] = np.arange(len(self.at))
        return area

    def put_down(self, zone: Ints) -> csr_array:
        """Share of what is known to some zones (n) that falls to each area: by residents within. Shape (n, A).

        An area takes what is known to its own zone only where no area lies within that zone.
        """
        first, past = preorder(self.zones.parent)
        order = np.argsort(first[self.at], kind="stable")  # areas in depth-first order
        number = first[self.at][order]
        rows, columns, shares = [], [], []
        for row, at in enumerate(zone.tolist()):
            start, stop = np.searchsorted(number, [first[at], past[at]])
            within = order[start:stop]
            weight = self.people[self.at[within]]
            weight = weight if weight.sum() > 0 else np.ones(len(within))
            rows.append(np.full(len(within), row))
            columns.append(within)
            shares.append(weight / weight.sum() if len(within) else weight)
        return _sparse(rows, columns, shares, (len(zone), len(self.at)))


def ground_of(zones: ZoneTree) -> Ground:
    """Areas of a tree."""
    people, counted = own_people(zones)
    inner = np.zeros(len(zones), dtype=np.bool_)
    inner[zones.parent[zones.parent >= 0]] = True
    at = np.flatnonzero(~inner | (people >= _SOMEBODY))
    return Ground(zones, people, at, counted)


def own_people(zones: ZoneTree) -> tuple[Floats, bool]:
    """Residents of each zone itself, and whether any are on record; shape (Z,).

    Zones without residents on record share alike what the zone around them holds beyond its other parts; where that
    is not known, or nothing (a zone without a number of its own has the sum of its parts), each has the mean of the
    others of its kind, else of all.
    """
    total = zones.population.copy()
    has_parts = np.zeros(len(zones), dtype=np.bool_)
    has_parts[zones.parent[zones.parent >= 0]] = True
    if np.isnan(total).all():
        return np.where(has_parts, 0.0, 1.0), False
    for around in np.flatnonzero(has_parts).tolist():  # a zone before its parts
        parts = np.array(zones.children[around])
        unknown = parts[np.isnan(total[parts])]
        left = total[around] - np.nansum(total[parts])
        if len(unknown) and left > 0:
            total[unknown] = left / len(unknown)
    known = ~np.isnan(total) & ~has_parts
    for kind in np.unique(zones.rank[np.isnan(total)]).tolist():
        like = known & (zones.rank == kind)
        mean = total[like].mean() if like.any() else total[known].mean() if known.any() else 1.0
        total[np.isnan(total) & ~has_parts & (zones.rank == kind)] = mean
    within = np.zeros(len(zones))
    np.add.at(within, zones.parent[zones.parent >= 0], np.nan_to_num(total)[zones.parent >= 0])
    rest = np.where(np.isnan(total), 0.0, np.maximum(np.nan_to_num(total) - within, 0.0))
    return np.where(has_parts, rest, np.nan_to_num(total)), True


def _sparse(rows: list[Ints], columns: list[Ints], shares: list[Floats], shape: tuple[int, int]) -> csr_array:
    if not rows:
        return csr_array(shape, dtype=np.float64)
    entries = (np.concatenate(rows), np.concatenate(columns))
    return csr_array((np.concatenate(shares), entries), shape=shape)
