"""Bounds of the Farrington detectors: the count that is exceeded with a chance of alpha, from a predicted mean."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammainc, gammaincc, ndtr, ndtri

Floats = NDArray[np.float64]

MOST_SEARCHES = 100  # doublings or halvings; more than enough for any number that has whole neighbours
MOST_MEAN = 1e150  # a mean beyond it (of an uncertain fit) has no quantile: its variance is no number


def power_bound(  # noqa: PLR0913 (a mean, its uncertainty, a count, and the two settings of the bound)
    mean: Floats, error: Floats, phi: Floats, count: Floats, *, exponent: float, z: float
) -> tuple[Floats, Floats]:
    """Normal bound of a power of the count that takes away its skewness.

    Parameters
    ----------
    mean, error, phi, count : numpy.ndarray[float64], all of one shape
        Predicted mean, its standard error, dispersion, and the count judged; NaN where there is none.
    exponent : float
        1, 1/2 (stabilises the variance of Poisson counts) or 2/3 (takes away their skewness).
    z : float
        Bound in standard deviations.

    Returns
    -------
    bound, chance : numpy.ndarray[float64]
        Upper bound, and chance of a count of at least this size.

    References
    ----------
    Farrington et al. 1996, section 3.5, doi 10.2307/2983331.
    """
    middle = mean**exponent
    spread = exponent * mean ** (exponent - 0.5) * np.sqrt(phi + error**2 / mean)
    edge: Floats = np.maximum(middle + z * spread, middle - z * spread)
    bound: Floats = edge ** (1 / exponent)
    return bound, ndtr((middle - count**exponent) / spread)


def count_bound(mean: Floats, phi: Floats, count: Floats, *, alpha: float) -> tuple[Floats, Floats]:
    """Quantile of the negative binomial distribution of a mean and a dispersion; Poisson where that is 1.

    Parameters
    ----------
    mean, phi, count : numpy.ndarray[float64], all of one shape
        Mean, variance over mean (at least 1), and the count judged; NaN where there is none.
    alpha : float
        Chance that a count exceeds the bound, at most.

    Returns
    -------
    bound, chance : numpy.ndarray[float64]
        Smallest count that is exceeded with a chance of at most alpha, and chance of a count of at least this size.

    References
    ----------
    Noufaily et al. 2013, section 2.3, doi 10.1002/sim.5595.
    """
    bound, chance = np.full(mean.shape, np.nan), np.full(mean.shape, np.nan)
    at = (mean < MOST_MEAN) & np.isfinite(phi) & np.isfinite(count)
    bound[at] = _quantile(mean[at], phi[at], 1 - alpha)
    chance[at] = _at_least(count[at], mean[at], phi[at])
    return bound, chance


def _quantile(mean: Floats, phi: Floats, share: float) -> Floats:
    """Smallest whole number of which the distribution function reaches `share`: bracket it, then halve."""
    z = ndtri(share)
    guess = mean + np.sqrt(mean * phi) * z + (2 * phi - 1) * (z * z - 1) / 6  # Cornish and Fisher
    high = np.maximum(np.floor(guess), 0)
    low = high - 1
    for doubling in range(MOST_SEARCHES):
        short = _at_most(high, mean, phi) < share
        if not short.any():
            break
        low = np.where(short, high, low)
        high = np.where(short, high + 2.0**doubling, high)
    for doubling in range(MOST_SEARCHES):
        far = (low >= 0) & (_at_most(low, mean, phi) >= share)
        if not far.any():
            break
        high = np.where(far, low, high)
        low = np.where(far, np.maximum(low - 2.0**doubling, -1), low)
    for _ in range(MOST_SEARCHES):
        if not (high - low > 1).any():
            break
        middle = np.floor((low + high) / 2)
        reaches = _at_most(middle, mean, phi) >= share
        high, low = np.where(reaches, middle, high), np.where(reaches, low, middle)
    found: Floats = high
    return found


def _at_most(count: Floats, mean: Floats, phi: Floats) -> Floats:
    """Distribution function."""
    over = phi > 1
    size = mean / np.where(over, phi - 1, 1.0)
    k = np.maximum(count, 0) + 1
    share: Floats = np.where(over, betainc(size, k, 1 / phi), gammaincc(k, mean))
    known: Floats = np.where(count >= 0, share, 0.0)
    return known


def _at_least(count: Floats, mean: Floats, phi: Floats) -> Floats:
    over = phi > 1
    size = mean / np.where(over, phi - 1, 1.0)
    k = np.maximum(count, 1)
    share: Floats = np.where(over, betainc(k, size, 1 - 1 / phi), gammainc(k, mean))
    chance: Floats = np.where(count >= 1, share, 1.0)
    return chance
