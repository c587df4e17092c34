"""The epidemic curve behind partly reported counts: a smooth log level, by Laplace's method."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NEWTON_STEPS = 40
LARGEST_STEP = 3.0
TOLERANCE = 1e-6
# Standard deviation of the first log level around that of the mean count: wide.
FIRST_SD = 3.0


@njit(cache=True)
def prior_bands(size: int, sd: float, carry: float) -> Floats:
    """Precision of a random walk whose increments are an autoregression of order 1, as three bands.

    Parameters
    ----------
    size : int
        Dates.
    sd : float
        Standard deviation of the innovations of the increments, log scale a step.
    carry : float
        Share of an increment that carries on to the next, 0 (a plain random walk) to below 1.

    Returns
    -------
    numpy.ndarray[float64], shape (3, size)
        Main diagonal, first and second lower diagonals.
    """
    bands = np.zeros((3, size))
    bands[0, 0] = 1.0 / FIRST_SD**2
    if size > 1:
        precision = (1.0 - carry**2) / sd**2
        bands[0, 0] += precision
        bands[0, 1] += precision
        bands[1, 0] -= precision
    row = np.array([carry, -(1.0 + carry), 1.0])
    for t in range(2, size):
        for i in range(3):
            for j in range(i + 1):
                bands[i - j, t - 2 + j] += row[i] * row[j] / sd**2
    return bands


@njit(cache=True)
def factor(bands: Floats) -> Floats:
    """Cholesky factor of a positive definite matrix with two bands below the diagonal, in the same layout."""
    size = bands.shape[1]
    low = np.zeros((3, size))
    for t in range(size):
        second = low[2, t - 2] if t >= 2 else 0.0
        first = low[1, t - 1] if t >= 1 else 0.0
        low[0, t] = math.sqrt(bands[0, t] - first**2 - second**2)
        if t + 1 < size:
            low[1, t] = (bands[1, t] - (low[2, t - 1] * low[1, t - 1] if t >= 1 else 0.0)) / low[0, t]
        if t + 2 < size:
            low[2, t] = bands[2, t] / low[0, t]
    return low


@njit(cache=True)
def solve(low: Floats, right: Floats) -> Floats:
    """Solution x of L L' x = right for a factor from `factor`."""
    size = low.shape[1]
    x = right.copy()
    for t in range(size):
        if t >= 1:
            x[t] -= low[1, t - 1] * x[t - 1]
        if t >= 2:
            x[t] -= low[2, t - 2] * x[t - 2]
        x[t] /= low[0, t]
    for t in range(size - 1, -1, -1):
        if t + 1 < size:
            x[t] -= low[1, t] * x[t + 1]
        if t + 2 < size:
            x[t] -= low[2, t] * x[t + 2]
        x[t] /= low[0, t]
    return x


@njit(cache=True)
def smooth_level(counts: Floats, offset: Floats, size: Floats, sd: float, carry: float) -> tuple[Floats, Floats, float]:
    """Most likely log level of negative binomial counts on a smooth curve, with the factor of its precision.

    count(t) is negative binomial with mean exp(level(t) + offset(t)) and dispersion parameter `size(t)`; the level
    has the prior of `prior_bands`. Newton's method; both terms are concave.

    Parameters
    ----------
    counts : numpy.ndarray[float64], shape (T,)
        Reported so far, oldest first.
    offset : numpy.ndarray[float64], shape (T,)
        Logarithm of the share reported times the weekday's factor.
    size : numpy.ndarray[float64], shape (T,)
        Dispersion parameter of each count; its variance is mean + mean**2 / size.
    sd, carry : float
        Prior of the level.

    Returns
    -------
    level : numpy.ndarray[float64], shape (T,)
    low : numpy.ndarray[float64], shape (3, T)
        Factor of the precision at `level`.
    evidence : float
        Laplace's approximation of the log marginal likelihood.

    References
    ----------
    Rue, Martino and Chopin 2009, doi 10.1111/j.1467-9868.2008.00700.x; McGough et al. 2020 (the smooth curve as a
    prior of a nowcast), doi 10.1371/journal.pcbi.1007735.
    """
    steps = len(counts)
    bands = prior_bands(steps, sd, carry)
    shown = 0.0
    for t in range(steps):
        shown += math.exp(offset[t])
    centre = math.log((counts.sum() + 0.5) / (shown + 0.5))
    level = np.full(steps, centre)
    hessian = bands.copy()
    low = bands
    for _ in range(NEWTON_STEPS):
        slope = -_times(bands, level - centre)
        for t in range(steps):
            mean = math.exp(level[t] + offset[t])
            slope[t] += counts[t] - (counts[t] + size[t]) * mean / (size[t] + mean)
            hessian[0, t] = bands[0, t] + (counts[t] + size[t]) * size[t] * mean / (size[t] + mean) ** 2
        low = factor(hessian)
        move = solve(low, slope)
        largest = np.abs(move).max()
        level += move * min(1.0, LARGEST_STEP / max(largest, 1e-300))
        if largest < TOLERANCE:
            break
    away = level - centre
    evidence = -0.5 * (away * _times(bands, away)).sum() + _log_determinant(factor(bands)) - _log_determinant(low)
    for t in range(steps):
        eta = level[t] + offset[t]
        evidence += (
            counts[t] * eta - (counts[t] + size[t]) * math.log(size[t] + math.exp(eta)) + size[t] * math.log(size[t])
        )
        evidence += math.lgamma(counts[t] + size[t]) - math.lgamma(size[t])
    return level, low, evidence


@njit(cache=True)
def last_covariance(low: Floats, wanted: int) -> Floats:
    """Covariance of the last levels from the factor of their precision, shape (wanted, wanted)."""
    size = low.shape[1]
    covariance = np.empty((wanted, wanted))
    unit = np.zeros(size)
    for i in range(wanted):
        unit[size - wanted + i] = 1.0
        covariance[i] = solve(low, unit)[size - wanted :]
        unit[size - wanted + i] = 0.0
    return covariance


@njit(cache=True)
def _times(bands: Floats, x: Floats) -> Floats:
    size = len(x)
    y: Floats = bands[0] * x
    for t in range(size - 1):
        y[t] += bands[1, t] * x[t + 1]
        y[t + 1] += bands[1, t] * x[t]
    for t in range(size - 2):
        y[t] += bands[2, t] * x[t + 2]
        y[t + 2] += bands[2, t] * x[t]
    return y


@njit(cache=True)
def _log_determinant(low: Floats) -> float:
    """Half the log determinant."""
    return float(np.log(low[0]).sum())
