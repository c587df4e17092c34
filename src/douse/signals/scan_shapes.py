"""Candidate zones that are no circles: connected sets of neighbours, and the subtrees of a zone tree."""

from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.signals.scan_inputs import Study, named_zones
from douse.signals.scan_zones import nearest

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_BIGGEST = 20  # places in a flexible cluster at most: the number of sets doubles with each


class Shapes(NamedTuple):
    """Sets of places; see `Sets` of the kernel.

    Attributes
    ----------
    first_set, parent, start, member : numpy.ndarray
        As there.
    """

    first_set: Ints
    parent: NDArray[np.int32]
    start: Ints
    member: NDArray[np.int32]

    def sites(self, which: int) -> Ints:
        """Places of a set, those of the set that it extends first."""
        parts: list[Any] = []
        while which >= 0:
            parts.insert(0, self.member[self.start[which] : self.start[which + 1]])
            which = int(self.parent[which])
        return np.concatenate(parts).astype(np.int64)

    def total(self, values: Floats) -> Floats:
        """Sum of each set; `values` has shape (Z, ...), the result (S, ...)."""
        total = np.add.reduceat(values[self.member], self.start[:-1], axis=0)
        for s in np.flatnonzero(self.parent >= 0):
            total[s] += total[self.parent[s]]
        return total

    def within(self, keep: NDArray[np.bool_]) -> "Shapes":
        """Those sets that are kept; a set can only be kept with the set that it extends."""
        number = np.cumsum(keep) - 1
        sizes = np.diff(self.start)
        parent = self.parent[keep]
        return Shapes(
            np.concatenate([[0], np.cumsum(keep)])[self.first_set].astype(np.int64),
            np.where(parent >= 0, number[parent], -1).astype(np.int32),
            np.concatenate([[0], np.cumsum(sizes[keep])]).astype(np.int64),
            self.member[np.repeat(keep, sizes)],
        )


def subtrees(study: Study, zones: pl.DataFrame) -> Shapes:
    """Every zone with all zones within it (tree-based scan, Kulldorff, Fang & Walsh 2003).

    Parameters
    ----------
    study : Study
        Zones of the counts and of `zones`.
    zones : polars.DataFrame
        Columns zone (or zone_id) and parent_zone.

    Returns
    -------
    Shapes
        One set a zone. A loop of parents ends at the zone where it began.
    """
    frame = named_zones(zones)
    if "parent_zone" not in frame.columns:
        raise UsageError("The zones have neither coordinates nor a tree.", allowed="a column parent_zone")
    above = dict(frame.select("zone", pl.col("parent_zone").cast(pl.String)).iter_rows())
    order = {zone: i for i, zone in enumerate(study.zones)}
    within: list[list[int]] = [[i] for i in range(len(order))]
    for zone, i in order.items():
        seen, up = {zone}, above.get(zone)
        while up is not None and up not in seen:
            if up in order:
                within[order[up]].append(i)
            seen.add(up)
            up = above.get(up)
    sizes = [len(part) for part in within]
    flat = np.array([i for part in within for i in part], dtype=np.int32)
    return Shapes(
        np.arange(len(order) + 1),
        np.full(len(order), -1, np.int32),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        flat,
    )


def connected_sets(study: Study, neighbours: pl.DataFrame | None, most: int) -> Shapes:
    """Connected sets of up to `most` places round each place, among its nearest (Tango & Takahashi 2005).

    Parameters
    ----------
    study : Study
        Places.
    neighbours : polars.DataFrame, optional
        Columns zone and neighbour: which zones touch. Without it, the Gabriel graph: two places are neighbours where
        no third lies in the circle that has them as ends of a diameter.
    most : int
        Places in a set at most: the centre and its `most` - 1 nearest are combined.

    Returns
    -------
    Shapes
        For each centre all connected sets that hold it, smaller ones first.
    """
    from douse.kernels.scan_sets import connected  # noqa: PLC0415  numba takes half a second

    if not 1 <= most <= _BIGGEST:
        raise UsageError("The largest flexible cluster is out of range.", allowed=f"max_zones of 1 to {_BIGGEST}")
    near = nearest(study.positions, min(most, len(study.positions)))
    touch = _touching(study, neighbours) if neighbours is not None else gabriel(study.positions)
    parents, members, sizes = [], [], []
    room = 2 ** (near.shape[1] - 1)
    parent, added = np.empty(room, np.int32), np.empty(room, np.int32)
    done = 0
    for places in near:
        bits = touch[np.ix_(places, places)] @ (np.uint64(1) << np.arange(len(places), dtype=np.uint64))
        number = connected(bits.astype(np.uint64), parent, added)
        parents.append(np.where(parent[:number] >= 0, parent[:number] + done, -1))
        members.append(places[added[:number]])
        sizes.append(number)
        done += number
    return Shapes(
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        np.concatenate(parents).astype(np.int32),
        np.arange(done + 1),
        np.concatenate(members).astype(np.int32),
    )


def gabriel(positions: Floats) -> NDArray[np.uint64]:
    """Gabriel graph of places (Gabriel & Sokal 1969, doi 10.2307/2412323); 1 for neighbours, shape (S, S)."""
    square = np.square(positions[:, None, :] - positions[None, :, :]).sum(-1)
    found = np.zeros(square.shape, np.uint64)
    for i in range(len(positions)):
        # a third place lies in the circle where the two squared sides are less than the squared diameter
        between = (square[i][None, :] + square < square[i][:, None]).any(axis=1)
        found[i] = ~between
        found[i, i] = 0
    return found


def _touching(study: Study, neighbours: pl.DataFrame) -> NDArray[np.uint64]:
    if not {"zone", "neighbour"} <= set(neighbours.columns):
        raise UsageError("The neighbours need two columns.", allowed="zone and neighbour")
    order = {zone: int(study.site[i]) for i, zone in enumerate(study.zones)}
    touch = np.zeros((len(study.positions),) * 2, np.uint64)
    for zone, other in neighbours.select("zone", "neighbour").cast(pl.String).iter_rows():
        if zone in order and other in order and order[zone] != order[other]:
            touch[order[zone], order[other]] = touch[order[other], order[zone]] = 1
    return touch
