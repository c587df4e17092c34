"""The slow twins of the nowcast's kernels: hazards cell by cell, modes of curve and trend by a general optimiser."""

import math

import numpy as np
from scipy.optimize import minimize
from scipy.stats import nbinom


def slow_hazards(counts, last, memory, pull, before):
    """Counts: list of lists by date and delay."""
    hazards = [1.0]
    for d in range(1, len(counts[0])):
        came, seen = pull * before[d], pull
        for t, row in enumerate(counts):
            if t + d <= last:
                weight = math.exp(-(last - t - d) / memory)
                came += weight * row[d]
                seen += weight * sum(row[: d + 1])
        hazards.append(min(came / seen, 0.98))
    return hazards


def slow_trend(counts, last, memory, pull, before, lean, centre, sd):
    """Log odds by delay at `centre` and their common trend, by maximising the penalised likelihood."""
    delays = len(counts[0])

    def cost(x):
        total = (x[-1] * delays / sd) ** 2 / 2
        for d in range(1, delays):
            base = 1 / (1 + math.exp(-x[d - 1]))
            total -= pull * (before[d] * math.log(base) + (1 - before[d]) * math.log(1 - base))
            for t in range(last - d + 1):
                g = 1 / (1 + math.exp(-x[d - 1] - x[-1] * lean[d] * (t - centre[d])))
                weight = math.exp(-(last - t - d) / memory)
                total -= weight * (counts[t][d] * math.log(g) + sum(counts[t][:d]) * math.log(1 - g))
        return total

    found = minimize(cost, np.zeros(delays), method="BFGS", options={"gtol": 1e-8, "maxiter": 5000}).x
    return found[:-1], found[-1]


def slow_level(counts, offset, size, sd, carry):
    """Mode of the log level: negative binomial counts, autoregressive increments."""
    centre = math.log((sum(counts) + 0.5) / (sum(math.exp(o) for o in offset) + 0.5))

    def cost(level):
        mean = np.exp(level + offset)
        fit = nbinom.logpmf(counts, size, size / (size + mean)).sum()
        steps = np.diff(level)
        prior = ((level[0] - centre) / 3) ** 2 + (1 - carry**2) * (steps[0] / sd) ** 2
        prior += (((steps[1:] - carry * steps[:-1]) / sd) ** 2).sum()
        return prior / 2 - fit

    return minimize(cost, np.full(len(counts), centre), method="BFGS", options={"gtol": 1e-8, "maxiter": 5000}).x
