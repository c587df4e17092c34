"""Levels on a tree at a price for what they do not cover: the best choice, its value, and what a choice would lose."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@njit(cache=True)
def best_levels(parent: Ints, own: Floats, fixed: Floats) -> tuple[Floats, Floats, Ints]:
    """Cheapest levels of all zones, each at least as high as that of the zone around it.

    Parameters
    ----------
    parent : numpy.ndarray[int64], shape (Z,)
        Parents come before children; -1 for a root.
    own : numpy.ndarray[float64], shape (Z, K)
        Cost of each zone itself at level 0 .. K - 1.
    fixed : numpy.ndarray[float64], shape (Z, K)
        Cost of putting a level on a zone where the zone around has a lower one; infinite where it cannot be put.

    Returns
    -------
    at_least : numpy.ndarray[float64], shape (Z, K)
        Least cost of a zone and all within it, where the zone around has level k.
    held : numpy.ndarray[float64], shape (Z, K)
        The same where the zone itself ends at level k.
    level : numpy.ndarray[int64], shape (Z,)
        The level of each zone in the cheapest choice; of two that cost the same the lower one.
    """
    zones, levels = own.shape
    held = own.copy()
    at_least = np.zeros((zones, levels))
    choice = np.zeros((zones, levels), np.int64)
    for zone in range(zones - 1, -1, -1):
        for around in range(levels):
            best, which = held[zone, around], around
            for level in range(around + 1, levels):
                value = held[zone, level] + fixed[zone, level]
                if value < best:
                    best, which = value, level
            at_least[zone, around] = best
            choice[zone, around] = which
            if parent[zone] >= 0:
                held[parent[zone], around] += best
    level_of = np.zeros(zones, np.int64)
    for zone in range(zones):
        around = level_of[parent[zone]] if parent[zone] >= 0 else 0
        level_of[zone] = choice[zone, around]
    return at_least, held, level_of


@njit(cache=True)
def forced(parent: Ints, at_least: Floats, held: Floats, fixed: Floats) -> Floats:
    """Least cost of all zones where a level is put on a zone; shape (Z, K), infinite where it cannot be.

    Parameters as from `best_levels`.
    """
    zones, levels = held.shape
    total = 0.0
    for zone in range(zones):
        if parent[zone] < 0:
            total += at_least[zone, 0]
    outside = np.full((zones, levels), np.inf)  # of all that does not lie within, where the zone around has level k
    ends = np.full((zones, levels), np.inf)  # of the same, where the zone itself ends at level k
    least = np.full((zones, levels), np.inf)
    for zone in range(zones):
        above = parent[zone]
        for around in range(levels):
            if above < 0:
                outside[zone, around] = total - at_least[zone, 0] if around == 0 else np.inf
            else:
                outside[zone, around] = ends[above, around] + held[above, around] - at_least[zone, around]
        lower = np.inf
        for level in range(levels):
            put = lower + fixed[zone, level]
            least[zone, level] = put + held[zone, level]
            ends[zone, level] = min(outside[zone, level], put)
            lower = min(lower, outside[zone, level])
    return least
