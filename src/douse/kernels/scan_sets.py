"""Scan statistic on any sets of zones: a set is an earlier set and some more zones.

Connected sets of neighbours (flexibly shaped clusters) and subtrees of a zone tree are given in this way.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from douse.kernels.scan import Sought, judged, list_apart
from douse.kernels.scan_draws import deal, scatter


class Sets(NamedTuple):
    """Candidate zones.

    Attributes
    ----------
    first_set : numpy.ndarray[int64], shape (centres + 1,)
        Where the sets of each centre begin.
    parent : numpy.ndarray[int32], shape (S,)
        Earlier set that a set contains, or -1.
    start : numpy.ndarray[int64], shape (S + 1,)
        Where the zones that a set adds begin in `member`.
    member : numpy.ndarray[int32], shape (M,)
        Zones added.
    expected : numpy.ndarray[float64], shape (S, W)
        Expected cases of each set and window.
    zone_expected : numpy.ndarray[float64], shape (Z, W)
        Expected cases of each zone and window.
    alone : float
        A set counts only where each zone of it alone has a mid-p below this; 1 for no such restriction
        (Tango 2008, doi 10.2333/jbhmk.29.75; Tango & Takahashi 2012, doi 10.1002/sim.5478).
    """

    first_set: NDArray[np.int64]
    parent: NDArray[np.int32]
    start: NDArray[np.int64]
    member: NDArray[np.int32]
    expected: NDArray[np.float64]
    zone_expected: NDArray[np.float64]
    alone: float


@njit(cache=True, error_model="numpy")
def connected(adjacent: NDArray[np.uint64], parent: NDArray[np.int32], added: NDArray[np.int32]) -> int:
    """All connected sets of up to 63 places that hold place 0, each once, as a tree.

    Parameters
    ----------
    adjacent : numpy.ndarray[uint64], shape (K,)
        Neighbours of each place, a bit each.
    parent, added : numpy.ndarray[int32]
        Filled in: the set that a set extends (-1 for the first), and the place that it adds. A set that does not fit
        is left out.

    Returns
    -------
    int
        Number of sets.
    """
    one = np.uint64(1)
    room = len(parent)
    growth = np.zeros(room, np.uint64)
    seen = np.zeros(room, np.uint64)
    parent[0], added[0] = -1, 0
    growth[0], seen[0] = adjacent[0] & ~one, adjacent[0] | one
    number, at = 1, 0
    while at < number:
        # breadth first: smaller sets come first
        left = growth[at]
        place = 0
        while left and number < room:
            bit = one << np.uint64(place)
            if left & bit:
                left &= ~bit
                new = adjacent[place] & ~seen[at]
                parent[number], added[number] = at, place
                growth[number], seen[number] = left | new, seen[at] | new
                number += 1
            place += 1
        at += 1
    return number


@njit(cache=True, error_model="numpy")
def mid_p(count: int, mean: float) -> float:
    """Chance of more cases than counted, plus half that of as many, under a Poisson mean."""
    if count == 0:
        return 1.0
    term = math.exp(-mean)
    below = 0.0
    for k in range(count):
        below += term
        term *= mean / (k + 1)
    return 1.0 - below - term / 2


@njit(cache=True, error_model="numpy")
def _add_up(counts: NDArray[np.int64], sets: Sets, inside: NDArray[np.int64]) -> None:
    """Cases of each set and window; -1 where a zone of it does not stand out alone."""
    for s in range(len(sets.parent)):
        for w in range(counts.shape[1]):
            total = inside[sets.parent[s], w] if sets.parent[s] >= 0 else 0
            for k in range(sets.start[s], sets.start[s + 1]):
                zone = sets.member[k]
                if (
                    total >= 0
                    and sets.alone < 1.0
                    and mid_p(counts[zone, w], sets.zone_expected[zone, w]) >= sets.alone
                ):
                    total = -1
                if total >= 0:
                    total += counts[zone, w]
            inside[s, w] = total


@njit(cache=True, error_model="numpy")
def best_of_sets(  # type: ignore[no-untyped-def]  # noqa: PLR0913, PLR0917  the tables of one scan
    counts: NDArray[np.int64], first: NDArray[np.int64], last: NDArray[np.int64], least: float, sets: Sets, test: Sought
):
    """Most likely windows of each centre; as `best_of_centres`, with the number of the set for the size."""
    centres, windows = len(sets.first_set) - 1, counts.shape[1]
    most = centres * ((last.max() - first.min() + 3) // 2)
    found = np.empty((most, 3), np.int64)
    ratio = np.empty(most)
    inside = np.empty(sets.expected.shape, np.int64)
    _add_up(counts, sets, inside)
    number = 0
    for i in range(centres):
        best = np.zeros(windows)
        which = np.zeros(windows, np.int64)
        for s in range(sets.first_set[i], sets.first_set[i + 1]):
            for w in range(windows):
                higher = judged(test, inside[s, w], sets.expected[s, w], best[w]) if inside[s, w] >= 0 else best[w]
                if higher > best[w]:
                    best[w], which[w] = higher, s
        number = list_apart(i, best, which, first, last, least, found, ratio, number)
    return found[:number], ratio[:number]


@njit(cache=True, error_model="numpy")
def _greatest(counts: NDArray[np.int64], sets: Sets, test: Sought, inside: NDArray[np.int64]) -> float:
    _add_up(counts, sets, inside)
    best = 0.0
    for s in range(inside.shape[0]):
        for w in range(inside.shape[1]):
            if inside[s, w] >= 0:
                best = judged(test, inside[s, w], sets.expected[s, w], best)
    return best


@njit(cache=True, error_model="numpy")
def set_maxima(  # noqa: PLR0913, PLR0917  the tables of one scan
    pool: NDArray[np.int32],
    slots: NDArray[np.int32],
    weight: tuple[NDArray[np.float64], NDArray[np.int32]],
    seeds: NDArray[np.uint64],
    in_window: NDArray[np.int64],
    sets: Sets,
    test: Sought,
) -> NDArray[np.float64]:
    """Greatest ratio of each replicate, shape (seeds,).

    Parameters
    ----------
    pool, slots : numpy.ndarray[int32]
        See `deal`; where `pool` is empty the cases, as many as slots, are scattered by `weight` (see `scatter`).
    in_window : numpy.ndarray[int64], shape (days, W)
        1 where a window holds a day.
    """
    best = np.empty(len(seeds))
    dealt = np.empty(len(slots), np.int32)
    days, windows = in_window.shape
    zones = sets.zone_expected.shape[0]
    inside = np.empty(sets.expected.shape, np.int64)
    for r in range(len(seeds)):
        if len(pool):
            deal(pool.copy(), slots, seeds[r], dealt)
        else:
            scatter(weight[0], weight[1], seeds[r], dealt)
        counts = np.zeros((zones, windows), np.int64)
        for cell in dealt:
            if 0 <= cell < zones * days:
                for w in range(windows):
                    counts[cell // days, w] += in_window[cell % days, w]
        best[r] = _greatest(counts, sets, test, inside)
    return best
