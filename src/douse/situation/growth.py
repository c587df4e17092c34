"""Growth a day and doubling time."""

import math

import numpy as np
import polars as pl

from douse.kernels import log_linear
from douse.situation.situation import Interval
from douse.units import DAYS_PER_WEEK

# Slower than this, per day, the doubling time is longer than any outbreak.
_LEVEL = 1e-5


def growth_per_day(
    daily: pl.DataFrame, *, days: int = 14, least_days: int = DAYS_PER_WEEK, level: float = 0.95
) -> Interval:
    """Growth rate of new cases: slope of a quasi-Poisson log-linear fit over the latest days.

    Parameters
    ----------
    daily : polars.DataFrame
        As from `daily_counts`, one series up to the last complete day; imports count too.
    days : int
        Latest days that are used, or all since the first case where there are fewer.
    least_days : int
        Days since the first case that it takes; at least 3.
    level : float
        Of the interval.
    """
    counts = daily.sort("date").tail(days).select(pl.col("local") + pl.col("imported"))["local"].to_numpy()
    if not len(counts):
        return Interval(None, why_not="There are no cases yet.")
    if len(counts) < max(3, least_days):
        return Interval(None, why_not="There are too few days since the first case.")
    if np.count_nonzero(counts) < 2:
        return Interval(None, why_not="The latest complete days hold cases on fewer than two days.")
    return Interval(*log_linear.slope(counts.astype(np.float64), level))


def doubling_days(growth: Interval) -> Interval:
    """Days in which new cases double; negative: halve.

    A bound is None where the interval of the growth reaches zero or beyond: doubling (or halving) may take for
    ever.
    """
    if growth.estimate is None:
        return growth
    if abs(growth.estimate) < _LEVEL:
        return Interval(None, why_not="New cases neither rise nor fall.")
    rising = growth.estimate > 0
    return Interval(
        math.log(2) / growth.estimate, _doubling(growth.upper, rising=rising), _doubling(growth.lower, rising=rising)
    )


def _doubling(rate: float | None, *, rising: bool) -> float | None:
    if rate is None or abs(rate) < _LEVEL or (rate > 0) != rising:
        return None
    return math.log(2) / rate
