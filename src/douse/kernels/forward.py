"""Days ahead: the renewal equation forward, census from arrivals, ranges of counts."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtr

Floats = NDArray[np.float64]


def renew(history: Floats, r: Floats, weights: Floats, days: int, residents: float) -> Floats:
    """Expected new cases on the days after a series, for each of several reproduction numbers.

    Parameters
    ----------
    history : numpy.ndarray[float64], shape (T,)
        Cases a day, the latest last.
    r : numpy.ndarray[float64], shape (P,)
        Reproduction numbers.
    weights : numpy.ndarray[float64], shape (K,)
        Weight of serial intervals of 0 .. K - 1 days; that of 0 is not used.
    days : int
        Days ahead.
    residents : float
        Upper bound of all cases; infinite for none. R falls in proportion to those not yet counted.

    Returns
    -------
    numpy.ndarray[float64], shape (P, days)
        The day after the series first.
    """
    past = len(history)
    series = np.concatenate([np.broadcast_to(history, (len(r), past)), np.zeros((len(r), days))], axis=1)
    total = np.full(len(r), history.sum())
    for day in range(past, past + days):
        lags = min(day, len(weights) - 1)
        force = series[:, day - lags : day] @ weights[lags:0:-1] if lags > 0 else np.zeros(len(r))
        left = np.maximum(1 - total / residents, 0) if np.isfinite(residents) else 1.0
        series[:, day] = r * left * force
        total += series[:, day]
    ahead: Floats = series[:, past:]
    return ahead


def census(arrivals: Floats, stays: Floats) -> Floats:
    """People present each day, from arrivals a day.

    Parameters
    ----------
    arrivals : numpy.ndarray[float64], shape (P, T)
        Earliest day first.
    stays : numpy.ndarray[float64], shape (T,)
        Share still present 0, 1, ... days after arrival.

    Returns
    -------
    numpy.ndarray[float64], shape (P, T)
    """
    days = arrivals.shape[1]
    present = np.zeros_like(arrivals)
    for since in range(min(days, len(stays))):
        present[:, since:] += stays[since] * arrivals[:, : days - since]
    return present


def poisson_mixture_quantile(means: Floats, probability: float) -> Floats:
    """Smallest count whose probability of not being exceeded is enough, over an equal mixture of Poisson counts.

    Parameters
    ----------
    means : numpy.ndarray[float64], shape (P, T)
        Mean of each part of the mixture.
    probability : float
        Between 0 and 1.

    Returns
    -------
    numpy.ndarray[float64], shape (T,)
        Whole numbers.
    """
    top = means.max(axis=0, initial=0.0)
    low = np.full(means.shape[1], -1.0)  # below: not enough
    high: Floats = np.ceil(top + 10 * np.sqrt(top) + 20)  # beyond any quantile of use
    middle = np.floor((low + high) / 2)
    moves = (low < middle) & (middle < high)
    while moves.any():
        enough = pdtr(np.maximum(middle, 0), means).mean(axis=0) >= probability
        high = np.where(moves & enough, middle, high)
        low = np.where(moves & ~enough, middle, low)
        middle = np.floor((low + high) / 2)
        moves = (low < middle) & (middle < high)  # also ends where numbers are too large to differ by one
    return high
