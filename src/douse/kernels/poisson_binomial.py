"""Number of events that happen, of many independent ones with chances of their own."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(cache=True)
def chances(p: Floats) -> Floats:
    """Chance of 0 .. len(p) events; shape (len(p) + 1,)."""
    total = np.zeros(len(p) + 1)
    total[0] = 1.0
    for n, one in enumerate(p):
        for k in range(n + 1, 0, -1):
            total[k] = total[k] * (1 - one) + total[k - 1] * one
        total[0] *= 1 - one
    return total


@njit(cache=True)
def summary(start: Ints, p: Floats, low: float, high: float, more_than: int) -> Floats:
    """Mean, two quantiles, and the chance of more than so many events, for groups of events.

    Parameters
    ----------
    start : numpy.ndarray[int64], shape (G + 1,)
        Events of each group in `p`.
    p : numpy.ndarray[float64], shape (L,)
    low, high : float
        Of the quantiles: the least number with at least that chance of no more.
    more_than : int

    Returns
    -------
    numpy.ndarray[float64], shape (G, 4)
    """
    groups = len(start) - 1
    answer = np.zeros((groups, 4))
    for g in range(groups):
        own = p[start[g] : start[g + 1]]
        upto = np.cumsum(chances(own))
        answer[g, 0] = own.sum()
        for column, wanted in ((1, low), (2, high)):
            k = 0
            while k < len(upto) - 1 and upto[k] < wanted - 1e-12:
                k += 1
            answer[g, column] = k
        answer[g, 3] = max(1.0 - upto[more_than], 0.0) if more_than < len(upto) else 0.0
    return answer
