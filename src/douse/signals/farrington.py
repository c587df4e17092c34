"""Farrington 1996: a count above what the same weeks of earlier years lead to expect."""

import numpy as np
import polars as pl
from scipy.special import ndtri

from douse.kernels.farrington_bounds import power_bound
from douse.signals.farrington_baseline import (
    EXPONENTS,
    Options,
    answer,
    predict,
    series_for,
    steps_judged,
    years_back,
)

P_OF_A_TREND = 0.05  # Farrington 1996, section 3.3
WEIGHTED_DOWN_ABOVE = 1.0  # Farrington 1996, section 3.4


def farrington(  # noqa: PLR0913 (the settings of the method)
    counts: pl.DataFrame,
    *,
    b: int = 5,
    w: int = 3,
    reweight: bool = True,
    alpha: float = 0.05,
    trend: bool = True,
    limit54: tuple[int, int] = (5, 4),
    power_transform: str = "2/3",
    population_offset: bool = False,
    by_date: bool = False,
    last: int | None = None,
) -> pl.DataFrame:
    """Farrington's detector on a tidy frame of counts; equal to ``farrington`` of R's surveillance.

    The reference counts of a step are those of the same time of `b` years before, `w` steps to either side. A
    quasi-Poisson model with a trend is fitted to them; past outbreaks are weighted down (standardised Anscombe residual
    above 1) and it is fitted again. The trend stays where it is significant (0.05), where there are at least three
    years, and where it does not lead above every reference count. The bound is a normal one of a power of the count,
    two-sided: a count above it has a nominal chance of alpha / 2.

    Parameters
    ----------
    counts : polars.DataFrame
        Columns zone, date, count (and population): one row a zone and date, in days, weeks or months (see
        `series_of`). Send steps without cases as 0. A step that is absent or without a count is left out of the
        reference counts.
    b : int, default 5
        Years back.
    w : int, default 3
        Half width of the window in steps; the windows of two years may not overlap.
    reweight : bool, default True
        Whether past outbreaks are weighted down.
    alpha : float, default 0.05
        Chance outside the two-sided interval whose upper end is the bound.
    trend : bool, default True
        Whether a trend is tried.
    limit54 : (int, int), default (5, 4)
        Cases that there must be in so many steps, the one judged among them, before it can alarm; else its bound
        and score are 0.
    power_transform : {"2/3", "1/2", "none"}
        Power of the count that is taken as normal.
    population_offset : bool, default False
        Whether rates are modelled, by the column population; a population that is empty or 0 is not known, and
        neither is the count then.
    by_date : bool, default False
        How far a year is: False takes 52 weeks (365 days, 12 months), True the week nearest to the same date, as R
        does for series with dates.
    last : int, optional
        Judge only the latest steps; by default all from b years less w steps after the first of the calendar, as R
        does. A window that begins before the series is shorter then, and so is the baseline of a zone that begins
        later than the first zone of the frame: alone it would not be judged as early.

    Returns
    -------
    polars.DataFrame
        zone, date, count, expected, bound, score, p, phi, trend, alarm; one row a row given, sorted by zone and
        date. score is how far the count is on the way from expected (0) to bound (1) and alarms above 1; p is the
        chance of a count of at least this size; phi the dispersion (variance over mean, at least 1); trend the
        change of the log mean a step, null where there is none. All are null where a step is not judged: too early,
        fewer reference counts than the model needs, no count, or gaps that hide whether there are enough recent
        cases.

    Raises
    ------
    UsageError
        When a column is missing, a zone has two rows of a date, a count is negative or a setting out of range.

    References
    ----------
    Farrington et al. 1996, doi 10.2307/2983331; Salmon et al. 2016, doi 10.18637/jss.v070.i10.
    """
    options = Options(
        b=b,
        w=w,
        reweight=reweight,
        weights_threshold=WEIGHTED_DOWN_ABOVE,
        trend=trend,
        p_threshold_trend=P_OF_A_TREND,
        alpha=alpha,
        limit54=limit54,
        power_transform=power_transform,
        population_offset=population_offset,
        by_date=by_date,
        last=last,
    )
    series = series_for(counts, options)
    steps = steps_judged(series, series.steps_per_year * b - w - 1, last)
    back, design = np.unique(years_back(series, steps, options), axis=0, return_inverse=True)
    lag = (back[:, :, None] + np.arange(-w, w + 1)).reshape(len(back), b * (2 * w + 1))
    found = predict(
        series, options, steps=steps, design=design, lag=lag, level=np.zeros_like(lag), levels=1, flexible=False
    )
    expected = found.mean
    bound, chance = power_bound(
        expected,
        found.error * expected,
        found.phi,
        found.count,
        exponent=EXPONENTS[power_transform],
        z=-float(ndtri(alpha / 2)),
    )
    score = np.where(found.enough, (found.count - expected) / (bound - expected), 0.0)
    bound = np.where(found.enough, bound, 0.0)
    figures = {"expected": expected, "bound": bound, "score": score, "p": chance}
    return answer(series, found, score > 1, **figures, phi=found.phi, trend=found.trend)
