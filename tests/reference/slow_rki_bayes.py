"""RKI and Bayes rules in the plainest form: one series, one step at a time."""

from math import floor
from statistics import mean, stdev

from scipy.stats import nbinom

UPPER = (
    3.285,
    5.323,
    6.686,
    8.102,
    9.598,
    11.177,
    12.817,
    13.765,
    14.921,
    16.768,
    17.633,
    19.05,
    20.335,
    21.364,
)  # means below 14


def baseline(counts, step, b, w, act_y, period):
    """Known counts of the baseline; None where the series does not go back far enough."""
    if step - b * period - w < 0:
        return None
    at = [step - year * period + off for year in range(1, b + 1) for off in range(-w, w + 1)]
    at += range(step - w, step) if act_y else []
    return [counts[i] for i in at if counts[i] is not None] or None


def slow_rki(counts, step, b, w, act_y, period):
    before = baseline(counts, step, b, w, act_y, period)
    if before is None:
        return None
    level = mean(before)
    if level > 20:
        return level + 2 * stdev(before) if len(before) > 1 else None
    return UPPER[floor(level)]


def slow_bayes(counts, step, b, w, act_y, period, alpha):
    """Bound, and chance of a count of at least this size."""
    before = baseline(counts, step, b, w, act_y, period)
    if before is None or counts[step] is None:
        return None
    following = nbinom(sum(before) + 0.5, len(before) / (len(before) + 1))
    return following.ppf(1 - alpha), following.sf(counts[step] - 1)
