"""CUSUM: counts above the usual level, summed until they are too many."""

from typing import Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.kernels.cusum import cusum as cusum_kernel
from douse.kernels.standardise import Transformation, count_bounds, standardised
from douse.signals.in_control import phase_of, seasonal_mean, usual_mean
from douse.signals.series import Series, series_of

Floats = NDArray[np.float64]


def cusum(  # noqa: PLR0913 (the chart has these settings; each has a default)
    counts: pl.DataFrame,
    *,
    k: float = 1.04,
    h: float = 2.26,
    trans: Transformation = "standard",
    m: Literal["glm"] | float | None = None,
    alpha: float = 0.1,
    train: int | None = None,
    last: int | None = None,
) -> pl.DataFrame:
    """CUSUM of standardised counts; equal to ``algo.cusum`` of R's surveillance.

    Each count is standardised with the mean of the in-control phase; what it exceeds `k` by is added to a sum that
    is never below 0. The step alarms while the sum is `h` or more; the sum is not set back by an alarm.

    Parameters
    ----------
    counts : polars.DataFrame
        Columns zone, date, count: one row a zone and date (see `series_of`); send the steps without cases as 0. At
        a step without a count the sum stays as it is, and the step is not judged.
    k, h : float, default 1.04 and 2.26
        Reference value and decision interval in standard deviations. The defaults, as in R, are for 500 steps
        between false alarms and 7 steps to find a mean that is 2 k higher, with normal scores.
    trans : {"standard", "rossi", "anscombe", "anscombe2nd", "pearsonNegBin", "anscombeNegBin", "none"}
        How counts are standardised (Rossi 1999); "none" sums the counts less `k` themselves.
    m : "glm" or float, optional
        The mean: a number; "glm" for a Poisson regression with one sine and cosine a year, on the in-control phase
        (constant where that holds less than a year of counts); default the mean of the in-control phase.
    alpha : float, default 0.1
        Dispersion for the two negative binomial transformations: the variance is m + alpha m^2.
    train : int, optional
        Steps of the in-control phase, from the first known count of a zone on. Default: all before the `last` steps
        where that is given, else two years, but at most half of the series: below four years of counts, and with
        `last`, later rows then change the in-control phase and with it what was said of a step. Give it for an answer
        that stays.
    last : int, optional
        Judge only so many steps at the end; the sum starts from 0 there. Default: all after the in-control phase.

    Returns
    -------
    polars.DataFrame
        zone, date, count, expected (m), bound, score (the sum), p (null: the sum has none), alarm; one row a row
        given, sorted by zone and date. bound is the count at which the step alarms, as R gives it (rounded up for
        "standard"; for "anscombeNegBin" and "none" what is left of `h` instead). Steps that are not judged have
        null. Where m is 0 any case alarms, bound is 0 and score null (not so for "none").

    Raises
    ------
    UsageError
        When a column is missing, a zone has two rows of a date, a count is negative or an argument out of range.

    References
    ----------
    Rossi, Lampugnani and Marchi 1999, doi 10.1002/(SICI)1097-0258(19990830)18:16<2111::AID-SIM171>3.0.CO;2-Q;
    Salmon et al. 2016, doi 10.18637/jss.v070.i10.
    """
    _check_arguments(k, h, trans, m, alpha)
    series = series_of(counts)
    phase = phase_of(series, train, last)
    mean = _mean(series, phase.training, m)
    seen = np.where(phase.judged & ~np.isnan(mean), series.counts, np.nan)
    steady = np.where(mean > 0, mean, np.nan)
    scores = seen if trans == "none" else standardised(seen, steady, trans, alpha)
    before, after = cusum_kernel(scores, k)
    if trans in {"none", "anscombeNegBin"}:
        bound = np.maximum(h - after, 0)
    else:
        bound = count_bounds(h + k - before, steady, trans, alpha)
    unjudged, scored = np.isnan(seen), ~np.isnan(scores)
    return series.answer(
        alarm=np.where(scored, after >= h, seen > 0),
        expected=np.where(unjudged, np.nan, mean),
        bound=np.where(unjudged, np.nan, np.where(scored, bound, 0.0)),
        score=np.where(scored, after, np.nan),
        p=np.full_like(seen, np.nan),
    )


def _mean(series: Series, training: NDArray[np.bool_], m: str | float | None) -> Floats:
    if m is None:
        return usual_mean(series.counts, training)
    if isinstance(m, str):
        return seasonal_mean(series, training, harmonics=1, trend=False, alpha=0.0)[0]
    return np.array([[float(m)]])


def _check_arguments(k: float, h: float, trans: str, m: str | float | None, alpha: float) -> None:
    if trans not in get_args(Transformation):
        raise UsageError("CUSUM has no transformation of that name.", allowed=", ".join(get_args(Transformation)))
    if not (k >= 0 and h > 0):
        raise UsageError("The CUSUM k or h is out of range.", allowed="k of 0 or more, h above 0")
    if not (m is None or m == "glm" or (not isinstance(m, str) and m >= 0)):
        raise UsageError("The CUSUM mean is out of range.", allowed="glm, or a number of 0 or more")
    if not alpha >= 0:
        raise UsageError("The CUSUM dispersion is negative.", allowed="0 or more")
