"""A delay of the library as chances of whole days."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import gammaln

from douse.kernels.delay_families import FAMILIES
from douse.library.pathogen import Delay

Floats = NDArray[np.float64]
_TAIL = 1e-6


def by_day(delay: Delay, at_most: int) -> Floats:
    """Chance of 0, 1, ... days, to the nearest day, cut after `at_most` days and summing to 1.

    Returns
    -------
    numpy.ndarray[float64], shape (at_most + 1,) or less
        Without the days in the tail beyond one in a million.
    """
    first, second = parameters(delay)
    edges = np.arange(at_most + 1, dtype=np.float64) + 0.5
    below = FAMILIES[delay.family].below(edges, np.asarray(first), np.asarray(second))[0]
    chance = np.diff(below, prepend=0.0)
    kept: Floats = chance[: int(np.searchsorted(below, 1 - _TAIL)) + 1]
    total = float(kept.sum())
    if total == 0:  # all of it lies beyond
        kept, total = np.zeros(at_most + 1), 1.0
        kept[at_most] = 1.0
    shares: Floats = kept / total
    return shares


def parameters(delay: Delay) -> tuple[float, float]:
    """The two numbers of the family (see `kernels/delay_families.py`), from mean and standard deviation."""
    mean, sd = delay.mean.value, delay.sd.value
    if delay.family == "lognormal":
        sigma = math.sqrt(math.log1p((sd / mean) ** 2))
        return math.log(mean) - sigma**2 / 2, sigma
    if delay.family == "gamma":
        return (mean / sd) ** 2, mean / sd**2
    shape = brentq(lambda k: _weibull_spread(k) - (sd / mean) ** 2, 0.1, 100.0)
    return shape, mean / math.gamma(1 + 1 / shape)


def _weibull_spread(shape: float) -> float:
    """Squared ratio of standard deviation to mean."""
    return float(np.expm1(gammaln(1 + 2 / shape) - 2 * gammaln(1 + 1 / shape)))
