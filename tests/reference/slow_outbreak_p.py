"""OutbreakP in the plainest form: the best mean that never falls, by the max-min formula, after each step."""

from math import exp, log


def slow_outbreak_p(counts):
    """Likelihood ratio after each step."""
    return [ratio(counts[: step + 1]) for step in range(len(counts))]


def ratio(counts):
    steps = range(len(counts))
    fit = [max(min(mean(counts[a : b + 1]) for b in steps[j:]) for a in steps[: j + 1]) for j in steps]
    level = mean(counts)
    return exp(sum(x * log(y / level) for x, y in zip(counts, fit, strict=True) if x > 0))


def mean(values):
    return sum(values) / len(values)
