"""Counts that a scan window must reach before its log likelihood ratio can beat a given one, as packed tables."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from douse.kernels.scan_score import BERNOULLI, log_ratio

_FINE = math.log(1.005)  # distance of two expected counts of the table by expected count


@njit(cache=True, error_model="numpy")
def _ratio(model: int, count: int, expected: float, cases: float, people: float) -> float:
    """Log likelihood ratio; a window has at least as many persons as cases."""
    if model == BERNOULLI:
        expected = max(expected, count * cases / people)
    return log_ratio(model, float(count), expected, cases, people)


@njit(cache=True, error_model="numpy")
def _least(  # noqa: PLR0913, PLR0917  the terms of one ratio
    model: int, bar: float, means: NDArray[np.float64], cases: float, people: float, never: int, fewest: int
) -> NDArray[np.int64]:
    """Least count above the mean whose ratio exceeds `bar`, for rising means."""
    found = np.full(len(means), never, np.int64)
    count = fewest
    for i in range(len(means)):
        count = max(count, int(means[i]) + 1)
        while count < never and count <= cases and _ratio(model, count, means[i], cases, people) <= bar:
            count += 1
        if count >= never or count > cases:
            break
        found[i] = count
    return found


@njit(cache=True, error_model="numpy")
def _most(  # noqa: PLR0913, PLR0917  the terms of one ratio
    model: int, bar: float, means: NDArray[np.float64], cases: float, people: float, fewest: int
) -> NDArray[np.int64]:
    """One more than the greatest count below the mean whose ratio exceeds `bar`, for rising means; 0 where none."""
    found = np.zeros(len(means), np.int64)
    count = fewest
    for i in range(len(means)):
        if means[i] >= cases:
            found[i] = int(cases) + 1
            continue
        while count < means[i] and log_ratio(model, float(count), means[i], cases, people) > bar:
            count += 1
        found[i] = count if count > fewest else 0
    return found


@njit(cache=True, error_model="numpy")
def packed(  # noqa: PLR0913, PLR0917  the terms of one ratio
    model: int,
    low: bool,  # noqa: FBT001
    shares: NDArray[np.float64],
    rates: NDArray[np.float64],
    bars: NDArray[np.float64],
    bits: int,
    cases: float,
    people: float,
    fewest: int,
) -> NDArray[np.uint64]:
    """Counts to reach (high), or to stay below (low), a table a rung, a group of windows and a level of share.

    Parameters
    ----------
    model : int
        See `log_ratio`.
    low : bool
        Whether windows with too few cases are sought, else those with too many.
    shares : numpy.ndarray[float64], shape (L,)
        Rising shares of the expected cases that a set of zones holds: a level is all shares from one to the next.
    rates : numpy.ndarray[float64], shape (W,)
        Expected cases of each time window over all zones, for a share of 1.
    bars : numpy.ndarray[float64], shape (R,)
        Ratios to beat, rising from 0: a table each.
    bits : int
        Bits of a lane: 16 or 32.
    cases, people : float
        All cases, all persons.
    fewest : int
        Fewest cases that a window may have.

    Returns
    -------
    numpy.ndarray[uint64], shape (R, groups, L, 4)
        Four words hold the lanes of 256 / bits windows; `fewest` applies to the high table.
    """
    lanes = 64 // bits
    groups = (len(rates) + 4 * lanes - 1) // (4 * lanes)
    never = (1 << (bits - 1)) - 1
    top = math.log(max(shares[-1] * rates.max(), 1e-12) * 1.02)
    bottom = math.log(max(shares[0] * rates.max() * 1e-3, 1e-9))
    fine = np.exp(np.arange(bottom, top + 2 * _FINE, _FINE))
    table = np.zeros((len(bars), groups, len(shares), 4), np.uint64)
    for rung in range(len(bars)):
        line = (
            _most(model, bars[rung], fine, cases, people, fewest)
            if low
            else _least(model, bars[rung], fine, cases, people, never, fewest)
        )
        for w in range(groups * 4 * lanes):
            group, word, lane = w // (4 * lanes), (w // lanes) % 4, w % lanes
            for level in range(len(shares)):
                need = 0 if low else never
                if w < len(rates) and rates[w] > 0:
                    at = (math.log(max(shares[level] * rates[w], 1e-300)) - bottom) / _FINE
                    # low tables look at the greatest mean of the level, high ones at the least
                    cell = math.ceil(at) if low else math.floor(at)
                    least = 0 if low else fewest
                    need = least if cell < 0 else min(line[min(cell, len(fine) - 1)], never)
                elif w < len(rates) and not low:
                    need = fewest
                table[rung, group, level, word] |= np.uint64(need) << np.uint64(lane * bits)
    return table
