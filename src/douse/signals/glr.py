"""Likelihood ratio charts: has the mean changed at some step, and stayed so."""

from typing import Literal, NamedTuple, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.kernels.cusum import restarting_cusum
from douse.kernels.in_control import fitted_dispersion
from douse.signals.in_control import phase_of, seasonal_mean
from douse.signals.series import Series, series_of

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Direction = Literal["inc", "dec"]


class _Chart(NamedTuple):
    """Settings that both families share; see `glr_poisson`."""

    c_arl: float
    theta: float | None
    direction: Direction
    shortest: int
    window: int | None
    harmonics: int
    trend: bool
    train: int | None
    last: int | None


def glr_poisson(  # noqa: PLR0913 (the chart has these settings; each has a default)
    counts: pl.DataFrame,
    *,
    c_arl: float = 5.0,
    theta: float | None = None,
    direction: Direction = "inc",
    shortest: int = 1,
    window: int | None = None,
    harmonics: int = 1,
    trend: bool = False,
    train: int | None = None,
    last: int | None = None,
) -> pl.DataFrame:
    """Likelihood ratio chart of Poisson counts; equal to ``glrpois`` of R's surveillance (intercept charts).

    The score of a step is the log likelihood ratio of the change that explains the counts best: from some earlier
    step on the mean is exp(theta) times what is usual, against no change. theta is estimated, as one of the
    right sign (generalised likelihood ratio), or known (CUSUM of likelihood ratios). A score of `c_arl` or more (with a
    known theta: more than `c_arl`) alarms, and the chart starts afresh with the next step.

    Parameters
    ----------
    counts : polars.DataFrame
        Columns zone, date, count: one row a zone and date (see `series_of`); send the steps without cases as 0. A
        column `expected`, where there is one, is the usual mean of each step; else that is fitted. A step
        without a count (or without an expected count) is left out, as if the calendar did not have it.
    c_arl : float, default 5
        Threshold of the score (Hoehle and Paul 2008).
    theta : float, optional
        Change of the log mean where it is known, not 0: log(2) for twice the mean, below 0 for a fall. `direction`,
        `shortest` and `window` have no part in that chart.
    direction : {"inc", "dec"}
        Whether to look for a rise or for a fall of the mean.
    shortest : int, default 1
        R's Mtilde, which it reads in three ways. Without a `window`, Poisson: the first `shortest` - 1 steps after a
        start are not judged. With a `window`, Poisson: the change is `shortest` steps or more before the step
        judged. Negative binomial: it is `shortest` - 1 steps or more before.
    window : int, optional
        R's M: the change is at most so many steps before the step judged. Default: anywhere since the chart started.
    harmonics : int, default 1
        Sines and cosines in the usual mean: a period of a year, half a year, ... They (and the trend) are fitted
        where the in-control phase holds a year of known counts or more, else the mean is constant.
    trend : bool, default False
        Whether the usual log mean has a linear trend.
    train : int, optional
        Steps of the in-control phase, from the first known count of a zone on. Default: all before the `last` steps
        where that is given, else two years, but at most half of the series: below four years of counts, and with
        `last`, later rows then change the in-control phase and with it what was said of a step. Give it for an answer
        that stays. Where the mean (and the dispersion) is given no step is needed, and all are judged by default.
    last : int, optional
        Judge only so many steps at the end; the chart starts there. Default: all after the in-control phase.

    Returns
    -------
    polars.DataFrame
        zone, date, count, expected, bound, score, p (null: the score has none), alarm; one row a row given, sorted
        by zone and date. bound is the least count that would alarm (for a fall: the least that would not); with a
        known theta it is where the score reaches `c_arl`, not rounded. Steps not judged have null. Where the
        expected count is 0 any case alarms: bound is 1, and with a case score is null; a chart that looks for a fall
        does not judge such a step.

    Raises
    ------
    UsageError
        When a column is missing, a zone has two rows of a date, a count is negative or an argument out of range.

    Notes
    -----
    As in R, a fall of a Poisson mean counts only once a case has been seen since it began: a silence is found when
    it ends. The negative binomial chart sees the silence itself.

    References
    ----------
    Hoehle and Paul 2008, doi 10.1016/j.csda.2008.02.015; Salmon et al. 2016, doi 10.18637/jss.v070.i10.
    """
    chart = _Chart(c_arl, theta, direction, shortest, window, harmonics, trend, train, last)
    return _judged(counts, chart, alpha=0.0)


def glr_nb(  # noqa: PLR0913 (the chart has these settings; each has a default)
    counts: pl.DataFrame,
    *,
    alpha: float | None = None,
    c_arl: float = 5.0,
    theta: float | None = None,
    direction: Direction = "inc",
    shortest: int = 1,
    window: int | None = None,
    harmonics: int = 1,
    trend: bool = False,
    train: int | None = None,
    last: int | None = None,
) -> pl.DataFrame:
    """Likelihood ratio chart of negative binomial counts; equal to ``glrnb`` of R's surveillance (intercept charts).

    As `glr_poisson`, for counts that vary more than Poisson counts do.

    Parameters
    ----------
    counts : polars.DataFrame
        As for `glr_poisson`.
    alpha : float, optional
        Dispersion: the variance is mean + alpha mean^2; 0 for Poisson counts. Default: that of the in-control phase,
        by maximum likelihood, together with the mean where that is fitted; a phase that varies less than Poisson
        counts gives 0.
    c_arl, theta, direction, shortest, window, harmonics, trend, train, last
        As for `glr_poisson`.

    Returns
    -------
    polars.DataFrame
        As for `glr_poisson`.

    Raises
    ------
    UsageError
        When a column is missing, a zone has two rows of a date, a count is negative or an argument out of range.

    Notes
    -----
    The best change is searched for until it is found. R's search can fail where the dispersion is large (0.5 and
    more) and the chart looks for a fall, and its score is then too small. R has no bound for a step without a
    case; here it is the least count that would alarm, as for all others.

    References
    ----------
    Hoehle and Paul 2008, doi 10.1016/j.csda.2008.02.015.
    """
    if alpha is not None and not alpha >= 0:
        raise UsageError("The dispersion of the counts is negative.", allowed="0 or more")
    chart = _Chart(c_arl, theta, direction, shortest, window, harmonics, trend, train, last)
    return _judged(counts, chart, alpha=alpha)


def _judged(counts: pl.DataFrame, chart: _Chart, *, alpha: float | None) -> pl.DataFrame:
    _check_arguments(chart)
    given = "expected" in counts.columns
    series = series_of(counts, *(["expected"] if given else []))
    if given and alpha is not None and chart.train is None:
        mean, dispersion = series.matrix("expected"), np.full(series.shape[0], alpha)
        judged = np.arange(series.shape[1]) >= series.shape[1] - (chart.last or series.shape[1])
    else:
        phase = phase_of(series, chart.train, chart.last)
        mean, dispersion = _usual(series, phase.training, chart, alpha, given=given)
        judged = phase.judged
    rise = chart.theta > 0 if chart.theta is not None else chart.direction == "inc"
    # What is 0 cannot fall.
    mean = np.where(judged & (rise | (mean > 0)), mean, np.nan)
    score, bound, alarm = _generalised(series, mean, dispersion, chart)
    nothing = np.full_like(mean, np.nan)
    return series.answer(alarm=alarm, expected=mean, bound=bound, score=score, p=nothing)


def _usual(
    series: Series, training: Flags, chart: _Chart, alpha: float | None, *, given: bool
) -> tuple[Floats, Floats]:
    """Mean of each step, and dispersion of each series."""
    if not given:
        return seasonal_mean(series, training, harmonics=chart.harmonics, trend=chart.trend, alpha=alpha)
    mean = series.matrix("expected")
    if alpha is not None:
        return mean, np.full(series.shape[0], alpha)
    return mean, fitted_dispersion(np.where(training & (mean > 0), series.counts, np.nan), mean)


def _generalised(series: Series, mean: Floats, alpha: Floats, chart: _Chart) -> tuple[Floats, Floats, Flags]:
    if chart.theta is not None:
        return _known_change(series.counts, mean, alpha[:, None], chart.theta, chart.c_arl)
    from douse.kernels.glr import Rules, glr  # noqa: PLC0415  numba takes half a second

    window, shortest, rise = chart.window or -1, chart.shortest, chart.direction == "inc"
    answers = [np.full(series.shape, np.nan), np.full(series.shape, np.nan), np.zeros(series.shape, dtype=bool)]
    for poisson in (True, False):
        rows = np.nonzero((alpha == 0) == poisson)[0]
        if not poisson:
            rules = Rules(float(chart.c_arl), 1 if rise else -1, shortest - 1, shortest, window, needs_case=False)
        elif chart.window is None:
            rules = Rules(float(chart.c_arl), 1 if rise else -1, shortest - 1, 1, window, needs_case=not rise)
        else:
            rules = Rules(float(chart.c_arl), 1 if rise else -1, shortest, shortest + 1, window, needs_case=not rise)
        for all_rows, some in zip(answers, glr(series.counts[rows], mean[rows], alpha[rows], rules), strict=True):
            all_rows[rows] = some
    return answers[0], answers[1], answers[2]


def _known_change(
    counts: Floats, mean: Floats, alpha: Floats, theta: float, c_arl: float
) -> tuple[Floats, Floats, Flags]:
    """Score, bound and alarm of a change of known size: a CUSUM of log likelihood ratios (Hoehle and Paul, eq. 4)."""
    a, changed = np.where(alpha > 0, alpha, 1.0), mean * np.exp(theta)
    # A count adds `each`, and every step `fixed`, whatever its count.
    ratio = np.log1p(a * mean) - np.log1p(a * changed)
    each = np.where(alpha > 0, theta + ratio, theta)
    fixed = np.where(alpha > 0, ratio / a, mean - changed)
    impossible = (mean == 0) & (counts > 0)
    added = np.where(impossible, np.inf, counts * each + fixed)
    before, after, alarm = restarting_cusum(added, c_arl)
    bound = np.maximum((c_arl - before - fixed) / each, 0)
    bound = np.where(mean == 0, 1.0, bound)
    unknown = np.isnan(added)
    return np.where(unknown, np.nan, after), np.where(unknown, np.nan, bound), alarm


def _check_arguments(chart: _Chart) -> None:
    if not chart.c_arl > 0:
        raise UsageError("The threshold of the likelihood ratio is too small.", allowed="above 0")
    if chart.theta is not None and (chart.theta == 0 or not np.isfinite(chart.theta)):
        raise UsageError("The known change of the log mean is no change.", allowed="a number other than 0")
    if chart.direction not in get_args(Direction):
        raise UsageError("There is no such direction of a change.", allowed=", ".join(get_args(Direction)))
    if chart.shortest < 1 or (chart.window is not None and chart.window < chart.shortest):
        raise UsageError(
            "The shortest change or the window is out of range.", allowed="1 or more, and the window not below it"
        )
