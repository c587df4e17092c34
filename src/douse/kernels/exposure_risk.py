"""Infectiousness by day and the risk of single exposures: arrays in, arrays out."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def difference(later: Floats, earlier: Floats) -> tuple[int, Floats]:
    """Distribution of ``X - Y`` for independent whole numbers from 0 on.

    Parameters
    ----------
    later, earlier : numpy.ndarray[float64], shape (n,), (m,)
        Probabilities of X = 0, 1, ... and Y = 0, 1, ...

    Returns
    -------
    first : int
        The lowest difference, ``1 - m``.
    weights : numpy.ndarray[float64], shape (n + m - 1,)
        Probability of each difference from `first` on.
    """
    return 1 - len(earlier), np.convolve(later, earlier[::-1])


def with_share_below_zero(first: int, weights: Floats, share: float) -> Floats:
    """Weights scaled on either side so that days before 0 sum to `share` and the others to the rest.

    Where a side that should have weight has none, its day next to 0 gets all of it.

    Parameters
    ----------
    first : int
        Day of ``weights[0]``, at most -1.
    weights : numpy.ndarray[float64], shape (n,)
        Not negative; longer than ``-first``.
    share : float
        From 0 to 1.
    """
    zero = -first
    scaled = np.zeros_like(weights)
    for side, wanted, nearest in ((slice(0, zero), share, zero - 1), (slice(zero, None), 1 - share, zero)):
        total = weights[side].sum()
        if total > 0:
            scaled[side] = weights[side] * (wanted / total)
        else:
            scaled[nearest] += wanted
    return scaled


def mean_over_days(values: Floats, first: int, since: Ints, until: Ints) -> Floats:
    """Mean of a daily value over the days from `since` to `until`, both included; 0 on days without a value.

    Parameters
    ----------
    values : numpy.ndarray[float64], shape (d,)
        Value of day ``first``, ``first + 1``, ...
    first : int
        Day of ``values[0]``.
    since, until : numpy.ndarray[int64], shape (n,)
        ``since <= until``.

    Returns
    -------
    numpy.ndarray[float64], shape (n,)
    """
    summed = np.concatenate([[0.0], np.cumsum(values)])
    low = np.clip(since - first, 0, len(values))
    high = np.clip(until - first + 1, 0, len(values))
    mean: Floats = (summed[high] - summed[low]) / (until - since + 1)
    return mean


def infection_probability(rate: Floats, hours: Floats, factor: Floats) -> Floats:
    """Saturating risk ``1 - exp(-rate hours factor)``; shapes broadcast.

    Parameters
    ----------
    rate : numpy.ndarray[float64]
        Infections an hour.
    hours, factor : numpy.ndarray[float64]
        Time together, and all that makes it more or less risky.
    """
    chance: Floats = -np.expm1(-rate * hours * factor)
    return chance
