"""Replicates of a scan on circles: cases that fall by chance, and the greatest ratio of each."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from douse.kernels.scan import Circles, Lanes, Means, Sought, best_of_counts
from douse.kernels.scan_draws import deal, scatter

_HOPE = 0.75  # nearly all maxima lie above this part of their mean


@njit(cache=True, error_model="numpy")
def fill_words(cells: NDArray[np.int32], days: int, lanes: Lanes, words: NDArray[np.uint64]) -> None:
    """Count cases by zone in lanes: `cells` holds zone * days + day of each case, or -1 where no window has it."""
    words[:] = np.uint64(0)
    for cell in cells:
        if cell >= 0:
            zone, day = cell // days, cell % days
            for group in range(words.shape[0]):
                for word in range(4):
                    words[group, zone, word] += lanes.add[day, group, word]


@njit(cache=True, error_model="numpy")
def dealt_maxima(  # noqa: PLR0913, PLR0917  the tables of one scan
    pool: NDArray[np.int32],
    slots: NDArray[np.int32],
    seeds: NDArray[np.uint64],
    days: int,
    circles: Circles,
    means: Means,
    test: Sought,
    lanes: Lanes,
) -> NDArray[np.float64]:
    """Greatest ratio of each replicate in which members of `pool` are dealt to `slots` (see `deal`); shape (seeds,)."""
    best = np.empty(len(seeds))
    dealt = np.empty(len(slots), np.int32)
    words = np.empty((lanes.add.shape[1], len(means.share), 4), np.uint64)
    for r in range(len(seeds)):
        deal(pool.copy(), slots, seeds[r], dealt)
        fill_words(dealt, days, lanes, words)
        best[r] = best_of_counts(words, circles, means, test, lanes, _HOPE * best[:r].mean() if r else 0.0)
    return best


@njit(cache=True, error_model="numpy")
def scattered_maxima(  # noqa: PLR0913, PLR0917  the tables of one scan
    weight: tuple[NDArray[np.float64], NDArray[np.int32]],
    cases: int,
    seeds: NDArray[np.uint64],
    days: int,
    circles: Circles,
    means: Means,
    test: Sought,
    lanes: Lanes,
) -> NDArray[np.float64]:
    """Greatest ratio of each replicate in which `cases` fall into cells by chance (see `scatter`); shape (seeds,).

    The last cell of the alias table holds all that lies in no window.
    """
    best = np.empty(len(seeds))
    dealt = np.empty(cases, np.int32)
    words = np.empty((lanes.add.shape[1], len(means.share), 4), np.uint64)
    outside = len(means.share) * days
    for r in range(len(seeds)):
        scatter(weight[0], weight[1], seeds[r], dealt)
        for i in range(cases):
            if dealt[i] >= outside:
                dealt[i] = -1
        fill_words(dealt, days, lanes, words)
        best[r] = best_of_counts(words, circles, means, test, lanes, _HOPE * best[:r].mean() if r else 0.0)
    return best


@njit(cache=True, error_model="numpy")
def counted_maxima(  # noqa: PLR0913, PLR0917  the tables of one scan
    counts: NDArray[np.int64],
    days: int,
    circles: Circles,
    means: Means,
    test: Sought,
    lanes: Lanes,
) -> NDArray[np.float64]:
    """Greatest ratio of each replicate whose counts are given, shape (replicates, Z * days); shape (replicates,)."""
    best = np.empty(len(counts))
    words = np.empty((lanes.add.shape[1], len(means.share), 4), np.uint64)
    for r in range(len(counts)):
        words[:] = np.uint64(0)
        for cell in range(counts.shape[1]):
            if counts[r, cell]:
                add = lanes.add[cell % days]
                for group in range(words.shape[0]):
                    for word in range(4):
                        words[group, cell // days, word] += np.uint64(counts[r, cell]) * add[group, word]
        best[r] = best_of_counts(words, circles, means, test, lanes, _HOPE * best[:r].mean() if r else 0.0)
    return best
