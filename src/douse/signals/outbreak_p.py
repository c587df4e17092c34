"""OutbreakP: have the counts risen, from whatever constant level they had."""

import math

import numpy as np
import polars as pl

from douse.errors import UsageError
from douse.signals.series import series_of

MOST_CASES = 1e12  # no bound above; R's surveillance gives up at 100,000
LARGEST_LOG = math.log(np.finfo(np.float64).max)


def outbreak_p(counts: pl.DataFrame, *, k: float = 100.0, last: int | None = None) -> pl.DataFrame:
    """Semiparametric detection of a rise; equal to ``outbreakP`` of R's surveillance.

    The score of a step is the likelihood of the counts so far under the Poisson mean that fits them best and never
    falls, over that under the best constant mean. No level, season or size of the outbreak has to be known; a
    season of its own makes scores rise, so use it within one season or for a disease without one.

    Parameters
    ----------
    counts : polars.DataFrame
        Columns zone, date, count: one row a zone and date (see `series_of`); send the steps without cases as 0. A
        step without a count is left out.
    k : float, default 100
        Threshold of the score, 1 or more (Frisen and Andersson 2009). The chart is not set back by an alarm.
    last : int, optional
        Judge only so many steps at the end; those before still count. Default: all.

    Returns
    -------
    polars.DataFrame
        zone, date, count, expected (mean of the counts so far), bound, score, p (null: the score has none), alarm;
        one row a row given, sorted by zone and date. bound is the least count that would alarm; at the first
        step, where none would, it and alarm are null. A score beyond the largest number there is, is that number.

    Raises
    ------
    UsageError
        When a column is missing, a zone has two rows of a date, a count is negative or an argument out of range.

    References
    ----------
    Frisen, Andersson and Schioeler 2009, Statistics in Medicine 28:476-493; Frisen and Andersson 2009, Sequential
    Analysis 28:434-454.
    """
    if not k >= 1:
        raise UsageError("The threshold of outbreakP is too small.", allowed="1 or more")
    if last is not None and last < 1:
        raise UsageError("The number of steps to judge is too small.", allowed="1 or more")
    from douse.kernels.outbreak_p import outbreak_p as outbreak_p_kernel  # noqa: PLC0415  numba takes half a second

    series = series_of(counts)
    log_ratio, bound, mean = outbreak_p_kernel(series.counts, math.log(k), MOST_CASES)
    steps = series.shape[1]
    judged = np.arange(steps) >= steps - (last or steps)
    figures = (mean, bound, np.exp(np.minimum(log_ratio, LARGEST_LOG)), np.full_like(mean, np.nan))
    expected, bound, score, nothing = (np.where(judged, figure, np.nan) for figure in figures)
    return series.answer(alarm=log_ratio > math.log(k), expected=expected, bound=bound, score=score, p=nothing)
