"""Three families of delays: distribution, first moment below a point, density, quantiles; points lie above 0.

A family is two numbers, both broadcast against the points:

lognormal  mean and standard deviation of the log (meanlog, sdlog)
gamma      shape, rate
weibull    shape, scale
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gamma, gammainc, gammaincc, gammaincinv, gammaln, ndtr, ndtri

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]


@dataclass(frozen=True)
class Family:
    """What the likelihood needs to know of a family; all functions take (points, first, second).

    Attributes
    ----------
    below : callable
        Probability below a point above 0, and the integral of t f(t) up to it.
    above : callable
        The same beyond the point; told apart because 1 - F has no digits left far out.
    log_density : callable
        Log density at a point above 0.
    quantile : callable
        Takes probabilities for points.
    moments : callable
        Takes (first, second): mean and standard deviation.
    """

    below: Callable[[Floats, Floats, Floats], Pair]
    above: Callable[[Floats, Floats, Floats], Pair]
    log_density: Callable[[Floats, Floats, Floats], Floats]
    quantile: Callable[[Floats, Floats, Floats], Floats]
    moments: Callable[[Floats, Floats], Pair]


def _lognormal_below(x: Floats, meanlog: Floats, sdlog: Floats) -> Pair:
    z = (np.log(x) - meanlog) / sdlog
    return ndtr(z), np.exp(meanlog + sdlog**2 / 2) * ndtr(z - sdlog)


def _lognormal_above(x: Floats, meanlog: Floats, sdlog: Floats) -> Pair:
    z = (np.log(x) - meanlog) / sdlog
    return ndtr(-z), np.exp(meanlog + sdlog**2 / 2) * ndtr(sdlog - z)


def _lognormal_log_density(x: Floats, meanlog: Floats, sdlog: Floats) -> Floats:
    logged = np.log(x)
    answer: Floats = -(((logged - meanlog) / sdlog) ** 2) / 2 - np.log(sdlog) - logged - np.log(2 * np.pi) / 2
    return answer


def _lognormal_quantile(p: Floats, meanlog: Floats, sdlog: Floats) -> Floats:
    answer: Floats = np.exp(meanlog + sdlog * ndtri(p))
    return answer


def _lognormal_moments(meanlog: Floats, sdlog: Floats) -> Pair:
    mean = np.exp(meanlog + sdlog**2 / 2)
    return mean, mean * np.sqrt(np.expm1(sdlog**2))


def _gamma_below(x: Floats, shape: Floats, rate: Floats) -> Pair:
    return gammainc(shape, x * rate), shape / rate * gammainc(shape + 1, x * rate)


def _gamma_above(x: Floats, shape: Floats, rate: Floats) -> Pair:
    return gammaincc(shape, x * rate), shape / rate * gammaincc(shape + 1, x * rate)


def _gamma_log_density(x: Floats, shape: Floats, rate: Floats) -> Floats:
    answer: Floats = shape * np.log(rate) + (shape - 1) * np.log(x) - rate * x - gammaln(shape)
    return answer


def _gamma_quantile(p: Floats, shape: Floats, rate: Floats) -> Floats:
    answer: Floats = gammaincinv(shape, p) / rate
    return answer


def _gamma_moments(shape: Floats, rate: Floats) -> Pair:
    return shape / rate, np.sqrt(shape) / rate


def _weibull_below(x: Floats, shape: Floats, scale: Floats) -> Pair:
    raised, more = (x / scale) ** shape, 1 + 1 / shape
    return -np.expm1(-raised), scale * gamma(more) * gammainc(more, raised)


def _weibull_above(x: Floats, shape: Floats, scale: Floats) -> Pair:
    raised, more = (x / scale) ** shape, 1 + 1 / shape
    return np.exp(-raised), scale * gamma(more) * gammaincc(more, raised)


def _weibull_log_density(x: Floats, shape: Floats, scale: Floats) -> Floats:
    logged = np.log(x / scale)
    answer: Floats = np.log(shape / scale) + (shape - 1) * logged - np.exp(shape * logged)
    return answer


def _weibull_quantile(p: Floats, shape: Floats, scale: Floats) -> Floats:
    answer: Floats = scale * (-np.log1p(-p)) ** (1 / shape)
    return answer


def _weibull_moments(shape: Floats, scale: Floats) -> Pair:
    first, second = gamma(1 + 1 / shape), gamma(1 + 2 / shape)
    return scale * first, scale * np.sqrt(second - first**2)


FAMILIES = {
    "lognormal": Family(
        _lognormal_below, _lognormal_above, _lognormal_log_density, _lognormal_quantile, _lognormal_moments
    ),
    "gamma": Family(_gamma_below, _gamma_above, _gamma_log_density, _gamma_quantile, _gamma_moments),
    "weibull": Family(_weibull_below, _weibull_above, _weibull_log_density, _weibull_quantile, _weibull_moments),
}
