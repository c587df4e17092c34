"""How long it takes from home to a bed."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.kernels.earth import great_circle
from douse.library.placing import Transfer
from douse.library.protocol import Protocol
from douse.library.stand_in import part_of
from douse.records.codes import ZONE_KINDS
from douse.records.zone_tree import ZoneTree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MOST_AREAS = 120
_FIRST_CELL = 0.02  # degrees


@dataclass(frozen=True)
class Spots:
    """Where things are; n of them.

    Attributes
    ----------
    zone : numpy.ndarray[int64], shape (n,)
        Position in the tree; -1: not known.
    latitude, longitude : numpy.ndarray[float64], shape (n,)
        Degrees; NaN where not known.
    """

    zone: Ints
    latitude: Floats
    longitude: Floats

    def take(self, which: Ints) -> "Spots":
        """Some of them."""
        return Spots(self.zone[which], self.latitude[which], self.longitude[which])


def transfer_rules(protocol: Protocol) -> Transfer:
    """The protocol's, else those of who-generic."""
    return part_of(protocol, lambda rules: rules.transfer)


def spots_of(tree: ZoneTree, zones: Ints) -> Spots:
    """Central points of zones."""
    there = zones >= 0
    points = [np.where(there, values[zones], np.nan) if len(tree) else np.full(len(zones), np.nan)
              for values in (tree.latitude, tree.longitude)]  # fmt: skip
    return Spots(zones, *points)


def facility_spots(tree: ZoneTree, facilities: pl.DataFrame) -> Spots:
    """Points of facilities; that of their zone where they have none of their own."""
    of_zone = spots_of(tree, tree.index(facilities["zone"]))
    own = [facilities[name].cast(pl.Float64).to_numpy() for name in ("latitude", "longitude")]
    known = ~np.isnan(own[0]) & ~np.isnan(own[1])
    return Spots(of_zone.zone, np.where(known, own[0], of_zone.latitude), np.where(known, own[1], of_zone.longitude))


def hours_between(tree: ZoneTree, homes: Spots, facilities: Spots, rules: Transfer) -> Floats:
    """Hours from every home to every facility, see `hours_of_pairs`; shape (homes, facilities)."""
    n, m = len(homes.zone), len(facilities.zone)
    pairs = hours_of_pairs(
        tree, homes.take(np.repeat(np.arange(n), m)), facilities.take(np.tile(np.arange(m), n)), rules
    )
    return pairs.reshape(n, m)


def hours_of_pairs(tree: ZoneTree, homes: Spots, facilities: Spots, rules: Transfer) -> Floats:
    """Hours from the order until each person is in the facility beside them; shape (n,).

    By points where both are known: straight line x detour / speed. Else by the smallest zone that contains both; and
    where nothing is known as within a city.
    """
    km = great_circle(homes.latitude, homes.longitude, facilities.latitude, facilities.longitude)
    way = km * rules.detour.value / rules.speed.value
    open_ = np.flatnonzero(np.isnan(way))
    if len(open_):
        ends = np.stack([homes.zone[open_], facilities.zone[open_]])
        pairs, which = np.unique(ends, axis=1, return_inverse=True)
        way[open_] = _by_tree(tree, pairs, rules)[which.ravel()]
    hours: Floats = rules.ready.value + way
    return hours


def areas(tree: ZoneTree, zones: Ints, most: int = MOST_AREAS) -> tuple[Ints, Ints]:
    """Few areas that stand for many zones: which area each zone is in, and the zone of each area (-1: not known).

    Zones are put together into ever larger ones of the tree until they are at most `most`; then, where there is no
    tree to climb, by cells of a grid.

    Returns
    -------
    tuple of numpy.ndarray[int64]
        Shapes (len(zones),) and (areas,); an area's zone is one of the tree that stands for it.
    """
    up = zones.copy()
    for rank in range(len(ZONE_KINDS)):
        if len(np.unique(up)) <= most:
            break
        up = _climb(tree, up, rank)
    cell = _FIRST_CELL
    stands, where = np.unique(up, return_inverse=True)
    while len(stands) > most:
        stands, where = _by_cell(tree, up, cell)
        cell *= 2
    return where.astype(np.int64), stands.astype(np.int64)


def _climb(tree: ZoneTree, zones: Ints, rank: int) -> Ints:
    """The first zone above (or itself) of at least a rank; the root where there is none."""
    up = zones.copy()
    while True:
        lower = (up >= 0) & (tree.rank[up] < rank) & (tree.parent[up] >= 0)
        if not lower.any():
            return up
        up[lower] = tree.parent[up[lower]]


def _by_cell(tree: ZoneTree, zones: Ints, cell: float) -> tuple[Ints, Ints]:
    spots = spots_of(tree, zones)
    corner = np.floor(np.nan_to_num(np.stack([spots.latitude, spots.longitude]), nan=1e6) / cell)
    _, first, where = np.unique(corner, axis=1, return_index=True, return_inverse=True)
    return zones[first], where.ravel()


def _by_tree(tree: ZoneTree, pairs: Ints, rules: Transfer) -> Floats:
    """Hours on the way within the smallest common zone of each pair, shape (2, n); shape (n,)."""
    steps, in_city = _hours_by_rank(rules), rules.hours_within["city"].value
    lines = {zone: tree.ancestors(zone) for zone in np.unique(pairs).tolist() if zone >= 0}
    above = {zone: set(line) for zone, line in lines.items()}
    way = []
    for home, to in pairs.T.tolist():
        if home < 0 or to < 0:
            way.append(in_city)
            continue
        common = next((zone for zone in lines[home] if zone in above[to]), -1)
        way.append(steps[int(tree.rank[common])] if common >= 0 else steps[-1])
    return np.array(way, dtype=np.float64)


def _hours_by_rank(rules: Transfer) -> list[float]:
    """Hours within a zone of each kind: those of the next larger kind that the protocol names, else of the largest."""
    named = {ZONE_KINDS.index(kind): hours.value for kind, hours in rules.hours_within.items()}
    largest = named[max(named)]
    ranks = range(len(ZONE_KINDS))
    return [next((named[r] for r in ranks[rank:] if r in named), largest) for rank in ranks]
