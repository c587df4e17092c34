"""Delays the slow way: average over 200 moments of the first event, one row at a time."""

import itertools
import math

import numpy as np
from scipy.stats import gamma, lognorm, weibull_min

NODES, SHARES = np.polynomial.legendre.leggauss(200)


def distribution(family, first, second):
    if family == "lognormal":
        return lognorm(second, scale=math.exp(first))
    return gamma(first, scale=1 / second) if family == "gamma" else weibull_min(first, scale=second)


def chance_between(delay, left, right, width):
    """Chance that the second event comes in (left, right], the first lying anywhere in (0, width)."""

    def between(u):  # far out 1 - F has no digits, so the survival function is used there
        below = delay.cdf(right - u) - delay.cdf(left - u)
        return np.where(delay.cdf(left - u) < 0.5, below, delay.sf(left - u) - delay.sf(right - u))

    if width == 0:
        return float(between(np.array([0.0]))[0])
    edges = sorted({0.0, width, *(turn for turn in (left, right) if 0 < turn < width)})
    total = 0.0
    for start, end in itertools.pairwise(edges):
        total += (end - start) / 2 * SHARES @ between(start + (end - start) * (NODES + 1) / 2)
    return total / width


def log_likelihood(family, first, second, rows):
    """Of rows (left, right, width, limit, times)."""
    delay, total = distribution(family, first, second), 0.0
    for left, right, width, limit, times in rows:
        chance = delay.pdf(right) if left == right else chance_between(delay, left, min(right, limit), width)
        if not math.isinf(limit):
            chance /= chance_between(delay, -1.0, limit, width)
        total += times * math.log(max(chance, 1e-300))
    return total
