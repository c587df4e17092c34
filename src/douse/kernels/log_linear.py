"""Quasi-Poisson regression of counts on time, with a log link."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import stdtrit

Floats = NDArray[np.float64]


def slope(counts: Floats, level: float) -> tuple[float, float, float]:
    """Slope of log counts a day, with its interval.

    Given the sum of the counts, the intercept drops out of the Poisson likelihood: the slope is where the mean
    day under weights exp(slope x day) equals the mean day of the counts, one monotone equation. Its variance is
    that of the full model, times the Pearson dispersion, taken as 1 where the counts vary less than Poisson
    counts. The interval uses Student's t with T - 2 degrees of freedom.

    Parameters
    ----------
    counts : numpy.ndarray[float64], shape (T,)
        Cases a day, earliest first; T >= 3, above zero on two days or more (else the slope has no bound).
    level : float
        Probability that the interval should hold.

    Returns
    -------
    tuple of float
        Slope, lower and upper bound, all a day.

    References
    ----------
    McCullagh and Nelder 1989, Generalized Linear Models, sections 6.4 and 9.2, doi 10.1201/9780203753736.
    """
    days = np.arange(len(counts)) - (len(counts) - 1) / 2
    total = counts.sum()
    wanted = float(days @ counts / total)

    def weights(rate: float) -> Floats:
        exponent = rate * days
        raised: Floats = np.exp(exponent - exponent.max())
        scaled: Floats = raised / raised.sum()
        return scaled

    bound = 1.0
    while abs(float(days @ weights(bound))) < abs(wanted):
        bound *= 2
    rate = float(brentq(lambda b: float(days @ weights(b)) - wanted, -bound, bound, xtol=1e-14, rtol=1e-14))
    fitted = total * weights(rate)
    information = float(fitted @ (days - wanted) ** 2)
    freedom = len(counts) - 2
    # A fitted value that underflows to zero has an observed zero beside it: it adds nothing.
    parts = np.divide((counts - fitted) ** 2, fitted, out=np.zeros_like(fitted), where=fitted > 0)
    dispersion = max(1.0, float(parts.sum()) / freedom)
    half = float(stdtrit(freedom, (1 + level) / 2)) * (dispersion / information) ** 0.5
    return rate, rate - half, rate + half
