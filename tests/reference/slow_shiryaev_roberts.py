"""The chance of the statistic, by walking through every pair of counts."""

import math

import numpy as np
from scipy.stats import nbinom


def slow_chance(before: int | None, count: int, mean: float, phi: float) -> float:
    """Mid-p chance of a pair of counts that ranks as high; without `before`, of the count alone."""
    usual = nbinom(mean / (phi - 1), 1 / phi)
    risen = mean + 2.5 * math.sqrt(phi * mean)
    raised = nbinom(mean / (phi - 1), 1 / (1 + (phi - 1) * risen / mean))
    most = max(int(usual.isf(1e-12)), count, before or 0) + 2
    counts = np.arange(most)
    chance = usual.pmf(counts)
    log_ratio = raised.logpmf(counts) - usual.logpmf(counts)
    given = np.log1p(4 * np.minimum(np.exp(np.minimum(log_ratio, 50)), 5))
    if before is None:
        given, before, share = np.zeros(most), 0, np.eye(1, most)[0]
    else:
        share = chance
    seen, total = log_ratio[count] + given[before], 0.0
    for y0 in range(most):
        for y1 in range(most):
            at = log_ratio[y1] + given[y0]
            if (y1 > mean) != (count > mean):
                weight = float(y1 > mean)
            else:
                weight = 0.5 if abs(at - seen) < 1e-8 else float(at > seen)
            total += share[y0] * chance[y1] * weight
    if count > mean:
        return float(total)
    return float(max(total, usual.sf(count) + usual.pmf(count) / 2))
