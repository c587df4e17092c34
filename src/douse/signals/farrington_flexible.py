"""Farrington flexible (Noufaily 2013): all counts of earlier years, by season, against the count of a step."""

from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from douse.errors import UsageError
from douse.kernels.farrington_bounds import count_bound, power_bound
from douse.signals.farrington_baseline import (
    EXPONENTS,
    Options,
    Prediction,
    answer,
    predict,
    series_for,
    steps_judged,
    years_back,
)
from douse.signals.series import Series

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ThresholdMethod = Literal["delta", "nbPlugin", "muan"]

THRESHOLD_METHODS = ("delta", "nbPlugin", "muan")


def farrington_flexible(  # noqa: PLR0913 (the settings of the method)
    counts: pl.DataFrame,
    *,
    b: int = 5,
    w: int = 3,
    periods: int = 10,
    weights_threshold: float = 2.58,
    past_weeks_not_included: int | None = 26,
    trend: bool = True,
    p_threshold_trend: float = 1.0,
    threshold_method: ThresholdMethod = "delta",
    alpha: float = 0.05,
    limit54: tuple[int, int] = (5, 4),
    power_transform: str = "2/3",
    reweight: bool = True,
    population_offset: bool = False,
    by_date: bool = False,
    last: int | None = None,
) -> pl.DataFrame:
    """Farrington flexible on a tidy frame of counts; equal to ``farringtonFlexible`` of R's surveillance.

    The reference counts of a step are all those of `b` years before, less the latest `past_weeks_not_included`. A
    quasi-Poisson model with a trend and `periods` seasonal levels is fitted to them (one level is the window of `w`
    steps to either side of the same time of each year, the others share the rest of the year); past outbreaks are
    weighted down and it is fitted again. The trend stays where its p is below `p_threshold_trend`, where there
    are at least three years, and where it does not lead above every reference count.

    The defaults are those that Noufaily 2013 recommends. R's own are ``periods=1, past_weeks_not_included=None,
    p_threshold_trend=0.05``; the form of Farrington 1996 adds ``weights_threshold=1`` to these.

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
    periods : int, default 10
        Seasonal levels; 1 for none, where only the windows are reference counts.
    weights_threshold : float, default 2.58
        Standardised Anscombe residual above which a reference count is weighted down.
    past_weeks_not_included : int or None, default 26
        Latest steps before the one judged that are no reference counts, so that a slow outbreak does not raise its own
        bound; None for `w`. In steps of the series, as in R, whatever their length.
    trend : bool, default True
        Whether a trend is tried.
    p_threshold_trend : float, default 1
        Significance that a trend needs to stay.
    threshold_method : {"delta", "nbPlugin", "muan"}
        The bound: "delta", a normal one of a power of the count; "nbPlugin", the negative binomial quantile at the
        predicted mean; "muan", that at the 1 - alpha quantile of the predicted mean.
    alpha : float, default 0.05
        Nominal chance of a false alarm a step.
    limit54 : (int, int), default (5, 4)
        Cases that there must be in so many steps, the one judged among them, before it can alarm; else expected and
        bound are null and alarm is False.
    power_transform : {"2/3", "1/2", "none"}
        Power of the count that is taken as normal by "delta".
    reweight : bool, default True
        Whether past outbreaks are weighted down.
    population_offset : bool, default False
        Whether rates are modelled, by the column population; a population that is empty or 0 is not known, and
        neither is the count then.
    by_date : bool, default False
        How far a year is: False takes 52 weeks (365 days, 12 months), True the week nearest to the same date, as R
        does for series with dates. (There R predicts for too early a date where the first reference count is a
        gap; this does not.)
    last : int, optional
        Judge only the latest steps; by default all from b years and w steps after the first of the calendar, as R
        does. A zone that begins later than the first zone of the frame is judged by the counts it has then: alone it
        would not be judged as early.

    Returns
    -------
    polars.DataFrame
        zone, date, count, expected, bound, score, p, mu0, phi, trend, alarm; one row a row given, sorted by zone
        and date. score is how far the count is on the way from expected (0) to bound (1) and alarms above 1 (with
        nbPlugin and muan R measures from the log of expected); p is the chance of a count of at least this size; phi
        the dispersion (variance over mean, at least 1); trend the change of the log mean a step, null where there
        is none. mu0 is R's mu0Vector: the mean of nbPlugin, the quantile of the mean of muan; of no meaning with
        delta, where R takes the exponential twice. All are null where a step is not judged: too early, fewer
        reference counts than the model needs, a fit that does not converge (as in R, where none of more than about
        a hundred reference counts has a case), no count, or gaps that hide whether there are enough recent cases.

    Raises
    ------
    UsageError
        When a column is missing, a zone has two rows of a date, a count is negative or a setting out of range.

    References
    ----------
    Noufaily et al. 2013, doi 10.1002/sim.5595; Salmon et al. 2016, doi 10.18637/jss.v070.i10.
    """
    options = Options(
        b=b,
        w=w,
        reweight=reweight,
        weights_threshold=weights_threshold,
        trend=trend,
        p_threshold_trend=p_threshold_trend,
        alpha=alpha,
        limit54=limit54,
        power_transform=power_transform,
        population_offset=population_offset,
        by_date=by_date,
        last=last,
    )
    left_out = w if past_weeks_not_included is None else past_weeks_not_included
    series = series_for(counts, options)
    _check(series, periods, left_out, threshold_method)
    found = _predicted(series, options, periods, left_out)
    figures = _bounds(found, options, threshold_method)
    alarm = found.enough & (figures["score"] > 1) & (found.count != 0)
    return answer(series, found, alarm, **figures, phi=found.phi, trend=found.trend)


def seasonal_levels(years_back: tuple[int, ...], w: int, periods: int) -> dict[int, int]:
    """Seasonal level, 1 .. periods, of each step from the first window to the step judged.

    Parameters
    ----------
    years_back : tuple of int
        Steps back to the same time of each year before, the latest year first.
    w, periods : int
        Half width of a window, and number of levels; the last is that of the windows.

    Returns
    -------
    dict of int to int
        Level by position; the step judged is 0, those before it are negative.
    """
    level = dict.fromkeys(range(-w, 1), periods)
    later = 0
    for year in years_back:
        same = -year
        level.update(dict.fromkeys(range(same - w, same + w + 1), periods))
        if periods > 1:
            length, longer = divmod(later - same - 2 * w - 1, periods - 1)
            begin = same + w + 1
            for period in range(1, periods):
                end = begin + length + (period <= longer)
                # a level for which no step is left takes the step before and that after the place where it would be
                level.update(dict.fromkeys(range(begin, end) if end > begin else (begin - 1, begin), period))
                begin = end
        later = same
    return level


def _check(series: Series, periods: int, left_out: int, threshold_method: str) -> None:
    if not 1 <= periods <= series.steps_per_year:
        raise UsageError(
            "The number of seasonal levels of Farrington flexible is out of range.",
            allowed=f"1 to {series.steps_per_year}, the steps of a year",
        )
    if left_out < 0:
        raise UsageError("past_weeks_not_included is negative.", allowed="0 or more, or None for w")
    if threshold_method not in THRESHOLD_METHODS:
        raise UsageError("Farrington flexible has no bound of that name.", allowed=", ".join(THRESHOLD_METHODS))


def _predicted(series: Series, options: Options, periods: int, left_out: int) -> Prediction:
    steps = steps_judged(series, max(series.steps_per_year * options.b + options.w, left_out - 1), options.last)
    back = years_back(series, steps, options)
    # as in R, the first window may lack its first step
    begun = steps - back.max(axis=1, initial=0) >= max(options.w - 1, 0)
    years, design = np.unique(back[begun], axis=0, return_inverse=True)
    lag, level = _designs(years, options.w, periods, left_out)
    time = _time(series) if options.by_date else None
    return predict(
        series,
        options,
        steps=steps[begun],
        design=design,
        lag=lag,
        level=level,
        levels=periods,
        time=time,
        flexible=True,
    )


def _designs(years: Ints, w: int, periods: int, left_out: int) -> tuple[Ints, Ints]:
    """Lags and levels (from 0) of the reference counts of each design, shape (D, N), filled up with lags of 0."""
    designs = []
    for back in years:
        levels = seasonal_levels(tuple(back.tolist()), w, periods)
        designs.append([(-position, levels[position] - 1) for position in sorted(levels) if position < -left_out])
    shape = (len(designs), max((len(design) for design in designs), default=0))
    lag, level = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for row, design in enumerate(designs):
        for column, (back, season) in enumerate(design):
            lag[row, column], level[row, column] = back, season
    return lag, level


def _time(series: Series) -> Floats:
    """Time of each step in first steps: months differ in length, and R counts them in days of the first."""
    steps = np.arange(series.shape[1])
    if series.step != "month":
        return steps.astype(np.float64)
    first = np.datetime64(series.first, "D")
    month = first.astype("datetime64[M]")
    days = ((month + steps).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.float64)
    in_first: Floats = days / days[1] if len(days) > 1 else days
    return in_first


def _bounds(found: Prediction, options: Options, method: str) -> dict[str, Floats]:
    """expected, bound, score, p and mu0; bound and expected are NaN without enough recent cases."""
    z = -float(ndtri(options.alpha))
    with np.errstate(over="ignore"):  # a quantile of an uncertain mean may be beyond any number: then no bound
        if method == "delta":
            exponent = EXPONENTS[options.power_transform]
            mean = centre = found.mean
            error = found.error * mean
            bound, chance = power_bound(mean, error, found.phi, found.count, exponent=exponent, z=z)
            mu0 = np.exp(mean + z * error)
        else:
            mean, centre = np.exp(found.log_mean), found.log_mean
            mu0 = mean if method == "nbPlugin" else np.exp(centre + z * found.error)
            bound, chance = count_bound(mu0, found.phi, found.count, alpha=options.alpha)
    shown = found.enough & np.isfinite(bound)
    return {
        "expected": np.where(shown, mean, np.nan),
        "bound": np.where(shown, bound, np.nan),
        "score": (found.count - centre) / (bound - centre),
        "p": chance,
        "mu0": mu0,
    }
