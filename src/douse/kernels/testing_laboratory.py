"""The testing day in the laboratories: queues, plates, results, and positive pools tested again."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from douse.kernels.scan_draws import mixed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_STEP = np.uint64(0x9E3779B97F4A7C15)
_S11 = np.uint64(11)
_TO_ONE = 2.0**-53


@njit(cache=True, inline="always", error_model="numpy")
def share_of(state: np.uint64) -> np.float64:
    """Number from 0 to 1, without 1, of a state."""
    return np.float64(mixed(state) >> _S11) * _TO_ONE


@njit(cache=True, nogil=True, error_model="numpy")
def by_laboratory(laboratory: Ints, arrivals: Floats, count: int) -> tuple[Ints, Ints]:
    """Trips of each laboratory, the earliest first, equal ones in their order; and the first of each laboratory.

    Parameters
    ----------
    laboratory : numpy.ndarray[int64], shape (N,)
        Of each trip.
    arrivals : numpy.ndarray[float64], shape (N,)
        Hours.
    count : int
        Laboratories.
    """
    first = np.zeros(count + 1, np.int64)
    for trip in range(len(laboratory)):
        first[laboratory[trip] + 1] += 1
    first = np.cumsum(first)
    order, filled = np.empty(len(laboratory), np.int64), first[:-1].copy()
    for trip in range(len(laboratory)):
        order[filled[laboratory[trip]]] = trip
        filled[laboratory[trip]] += 1
    for at in range(count):
        own = order[first[at] : first[at + 1]]
        order[first[at] : first[at + 1]] = own[np.argsort(arrivals[own], kind="mergesort")]
    return order, first


@njit(cache=True, nogil=True, error_model="numpy")
def next_free(begun: float, turn: float, before: float, after: float) -> float:
    """Hour at which the next tube may be taken in: `before` hours after the last one, `after` hours from a turn on."""
    if begun + before <= turn:
        return begun + before
    if begun >= turn:
        return begun + after
    return turn + (1.0 - (turn - begun) / before) * after


@njit(cache=True, nogil=True, error_model="numpy")
def taken_in(  # noqa: PLR0913, PLR0917  arrays in
    order: Ints, arrivals: Floats, loads: Ints, turn: float, before: float, after: float, begun: Floats
) -> tuple[float, float]:
    """Hour at which each tube of a laboratory is taken in: first come, first served.

    Parameters
    ----------
    order : numpy.ndarray[int64], shape (N,)
        Its trips, the earliest first.
    arrivals, loads
        See `carried`.
    turn, before, after : float
        See `next_free`.
    begun : numpy.ndarray[float64], shape (tubes,)
        Filled in. Earlier arrivals or shorter gaps make no entry later.

    Returns
    -------
    tuple[float, float]
        Longest wait, hours; and the hour at which the line is free again after the last tube.
    """
    free, at, longest = 0.0, 0, 0.0
    for trip in order:
        for _ in range(loads[trip]):
            begun[at] = max(arrivals[trip], free)
            longest = max(longest, begun[at] - arrivals[trip])
            free = next_free(begun[at], turn, before, after)
            at += 1
    return longest, free


@njit(cache=True, nogil=True, error_model="numpy")
def plates(begun: Floats, size: int, every: float, hours: float, results: Floats) -> None:
    """Hour of the result of each tube: a plate starts when it is full, or with the next run, whatever is first.

    Parameters
    ----------
    begun : numpy.ndarray[float64], shape (N,)
        Hour at which a tube is taken in, ascending.
    size : int
        Tubes of a plate.
    every : float
        Hours from one run to the next, from hour 0.
    hours : float
        From the start of the plate to the result.
    results : numpy.ndarray[float64], shape (N,)
        Filled in.
    """
    for tube in range(len(begun)):
        full = begun[min((tube // size + 1) * size, len(begun)) - 1]
        run = max(np.ceil(begun[tube] / every) * every, begun[tube])  # the product may round to a little before
        results[tube] = min(run, full) + hours


@njit(cache=True, nogil=True, error_model="numpy")
def second_tests(  # noqa: PLR0913, PLR0917  arrays in
    results: Floats,
    chance: float,
    cumulated: Floats,
    sites: Ints,
    back: Floats,
    key: np.uint64,
) -> tuple[Floats, Ints]:
    """Hour at which the single swabs of each positive pool come in, the earliest first, and the site of the pool.

    Which results are positive is a function of the key and of their rank, not of the tube: so whatever makes results
    earlier makes second tests earlier.

    Parameters
    ----------
    results : numpy.ndarray[float64], shape (N,)
        Hours of first results, by rank.
    chance : float
        That a tube is a positive pool.
    cumulated, sites : numpy.ndarray, shape (K,)
        Sites of the laboratory with their cumulated shares of positive pools.
    back : numpy.ndarray[float64], shape (S,)
        Hours from a positive pool to its single swabs in the laboratory, by site.
    key : numpy.uint64
        Address of the laboratory's luck.
    """
    hours, where = np.empty(len(results)), np.empty(len(results), np.int64)
    found = 0
    for rank in range(len(results)):
        state = mixed(key + np.uint64(rank) * _STEP)
        if share_of(state) < chance:
            which = np.searchsorted(cumulated, share_of(state + _STEP), side="right")
            which = min(which, np.int64(len(sites) - 1))
            where[found] = sites[which]
            hours[found] = results[rank] + back[sites[which]]
            found += 1
    order = np.argsort(hours[:found], kind="mergesort")
    return hours[:found][order], where[:found][order]
