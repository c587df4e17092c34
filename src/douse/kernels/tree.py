"""Loops over a tree of zones, a generation at a time: parents as positions (-1: root), depth 0 at the roots."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def smallest_units(  # noqa: PLR0913  a kernel takes its arrays one by one
    parent: Ints, depth: Ints, evidence: Floats, covered: Bools, *, need: Floats, forced: Bools, counts: Bools
) -> tuple[Bools, Floats, Bools]:
    """Place a level on the smallest zones where a rule holds and some of its evidence is covered by no zone within.

    Parameters
    ----------
    parent, depth : numpy.ndarray[int64], shape (Z,)
        The tree.
    evidence : numpy.ndarray[float64], shape (Z, R)
        Evidence known to each zone itself; one column a rule.
    covered : numpy.ndarray[bool], shape (Z,)
        Zones whose own evidence is covered by a higher level.
    need : numpy.ndarray[float64], shape (Z, R)
        Evidence in a zone and all zones within it that suffices there; infinite where the rule cannot hold.
    forced : numpy.ndarray[bool], shape (Z,)
        Zones that have the level whatever the evidence.
    counts : numpy.ndarray[bool], shape (R,)
        Rules whose evidence is zones, for which a zone with this level counts as one.

    Returns
    -------
    tuple
        Zones with the level, shape (Z,); evidence of each zone's subtree, and whether the rule holds, both (Z, R).
    """
    total = evidence.astype(np.float64, copy=True)
    left = np.where(covered[:, np.newaxis], 0.0, total)  # not covered yet
    placed, holds = forced.copy(), np.zeros(total.shape, dtype=np.bool_)
    for generation in range(int(depth.max(initial=-1)), -1, -1):
        here = np.flatnonzero(depth == generation)
        holds[here] = (total[here] >= need[here]) & (left[here] > 0)
        placed[here] |= holds[here].any(axis=1)
        inner = here[parent[here] >= 0]
        has_it = placed[inner, np.newaxis]
        np.add.at(total, parent[inner], np.where(has_it & counts, 1.0, total[inner]))
        np.add.at(left, parent[inner], np.where(has_it, counts.astype(np.float64), left[inner]))
    return placed, total, holds


def inherit(parent: Ints, depth: Ints, own: Ints) -> tuple[Ints, Ints]:
    """Highest level of each zone and the zones that contain it, and the zone that it comes from.

    Parameters
    ----------
    parent, depth : numpy.ndarray[int64], shape (Z,)
        The tree.
    own : numpy.ndarray[int64], shape (Z,)
        Level put on each zone itself; 0 for none.

    Returns
    -------
    tuple of numpy.ndarray[int64], each of shape (Z,)
        Level, and position of the outermost zone that gives it (the zone itself where none gives one).
    """
    level, source = own.copy(), np.arange(len(own), dtype=np.int64)
    for generation in range(1, int(depth.max(initial=-1)) + 1):
        here = np.flatnonzero(depth == generation)
        above = parent[here]
        outer = (level[above] >= own[here]) & (level[above] > 0)
        level[here[outer]] = level[above[outer]]
        source[here[outer]] = source[above[outer]]
    return level, source


def nearest_marked(parent: Ints, depth: Ints, marked: Bools) -> Ints:
    """Position of the nearest marked zone that strictly contains each zone; -1 for none. Shape (Z,)."""
    nearest = np.full(len(parent), -1, dtype=np.int64)
    for generation in range(1, int(depth.max(initial=-1)) + 1):
        here = np.flatnonzero(depth == generation)
        above = parent[here]
        nearest[here] = np.where(marked[above], above, nearest[above])
    return nearest


def preorder(parent: Ints) -> tuple[Ints, Ints]:
    """First and past-the-last number of each zone's subtree in depth-first order; parents must come before children.

    A zone lies within another where its first number lies in the other's range. Each of shape (Z,).
    """
    size = np.ones(len(parent), dtype=np.int64)
    for child in range(len(parent) - 1, -1, -1):
        if parent[child] >= 0:
            size[parent[child]] += size[child]
    first = np.zeros(len(parent), dtype=np.int64)
    free = np.zeros(len(parent), dtype=np.int64)
    next_root = 0
    for zone, above in enumerate(parent):
        if above < 0:
            first[zone], next_root = next_root, next_root + int(size[zone])
        else:
            first[zone] = free[above]
            free[above] += size[zone]
        free[zone] = first[zone] + 1
    return first, first + size
