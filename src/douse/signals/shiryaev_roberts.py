"""Shiryaev-Roberts detector: counts of this step and the one before, against a negative binomial regression."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.signals.series import Series, Step, series_of

Floats = NDArray[np.float64]

MEMORY = 2  # steps that the statistic reads
GAP = 4  # steps from the end of the baseline to the step judged: the memory, and two as in EARS C2
LEAST = 7  # known steps of the shortest baseline, as in EARS
DAYS_PER_YEAR = 365.25
# Steps in a year; weeks and months follow the calendar well enough over the years of a baseline.
STEPS_PER_YEAR: dict[Step, float] = {"day": 365.25, "week": 52.0, "month": 12.0}
# Prior standard deviations on the log scale: of the trend a year, a harmonic of the year, a day of the week.
TREND_SD, HARMONIC_SD, WEEKDAY_SD = 0.3, 0.5, 0.3
HARMONICS = 2


def shiryaev_roberts(
    counts: pl.DataFrame, *, alpha: float = 0.0115, years: int = 7, last: int | None = None
) -> pl.DataFrame:
    """Judge each step by the odds that an outbreak began on it or on the step before.

    The usual level is a log-linear regression with a trend, two harmonics of the year and, for daily counts, the
    days of the week, over the steps up to four before the judged one; the variance is phi times the mean. Counts of
    past outbreaks weigh little: each weighs by its chance of being usual in a mixture of usual and raised counts. The
    coefficients have normal priors, so that a new zone with a week of counts is judged by its mean, and trend,
    season and weekdays appear as the data show them. Where the last 26 or more baseline steps lie together 6
    standard deviations off the fit, they are a new level and the baseline begins with them.

    The statistic is L(t) (1 + 4 min(L(t-1), 5)): L is the likelihood ratio of a count raised by 2.5 standard
    deviations, and an outbreak in its second step has four times the weight of one in its first. The cap keeps
    an outbreak that has passed from alarming. `p` is the chance of a larger statistic when nothing is wrong, with half
    the chance of the same one (mid-p): exact for the negative binomial, averaged over what is not known of the level
    and of phi. A count must lie above its expectation to alarm.

    Parameters
    ----------
    counts : polars.DataFrame
        Columns zone, date, count: days, weeks or months; send the steps without cases as 0. An unknown step is left
        out of the baseline; a step whose predecessor is unknown is judged alone.
    alpha : float, default 0.0115
        Chance of a false alarm a step; the default is the real rate of Farrington flexible (nominally 0.01) in the
        benchmark of docs/validation/detectors.md, so that the two can be compared.
    years : int, default 7
        Years of the baseline (what is there, where it is less).
    last : int, optional
        Judge only the latest so many steps of the calendar; without it, all with 7 known steps of baseline.

    Returns
    -------
    polars.DataFrame
        zone, date, count, expected, bound, score, p, alarm; sorted by zone and date. bound is the largest count that
        does not alarm, given the step before; score is the log of the statistic. All are null where the baseline has
        fewer than 7 known steps, or the count is not known.

    Raises
    ------
    UsageError
        When a column is missing, a zone has two rows of a date, a count is negative or an argument out of range.

    References
    ----------
    Shiryaev 1963, doi 10.1137/1108002; Roberts 1966, doi 10.1080/00401706.1966.10490374; baseline after Noufaily et
    al. 2013, doi 10.1002/sim.5595.
    """
    _check_arguments(alpha, years, last)
    series = series_of(counts)
    expected, bound, score, p = judged(
        series.counts, basis_of(series), STEPS_PER_YEAR[series.step], alpha=alpha, years=years, last=last
    )
    return series.answer(alarm=series.counts > bound, expected=expected, bound=bound, score=score, p=p)


def judged(  # noqa: PLR0913 (arrays, and settings by keyword)
    counts: Floats,
    basis: tuple[Floats, Floats],
    steps_per_year: float,
    *,
    alpha: float = 0.0115,
    years: int = 7,
    last: int | None = None,
) -> tuple[Floats, Floats, Floats, Floats]:
    """The detector on arrays.

    Parameters
    ----------
    counts : numpy.ndarray[float64], shape (S, T)
        Counts, oldest step first, NaN where not known.
    basis : tuple of numpy.ndarray[float64], shapes (T, P) and (P,)
        Columns of the regression and what each coefficient is penalised by (see `basis_of`).
    steps_per_year : float
        Steps in a year.
    alpha, years, last
        As in `shiryaev_roberts`.

    Returns
    -------
    tuple of numpy.ndarray[float64], each (S, T)
        expected, bound, score, p; NaN where not judged.
    """
    from douse.kernels.count_baseline import baselines  # noqa: PLC0415  numba takes half a second
    from douse.kernels.shiryaev_roberts import judge  # noqa: PLC0415

    columns, penalty = basis
    first = 0 if last is None else max(0, counts.shape[1] - last)
    span = round(years * steps_per_year)
    whole = np.ascontiguousarray(counts, dtype=np.float64)
    mean, variance, excess, excess_sd = baselines(whole, columns, penalty, steps_per_year, first, span, GAP, LEAST)
    bound, score, p = judge(whole, mean, variance, excess, excess_sd, alpha)
    return mean[:, :, 1], bound, score, p


def basis_of(series: Series) -> tuple[Floats, Floats]:
    """Regression columns for a calendar, shape (T, P), and the penalty of each coefficient, shape (P,)."""
    return basis_for(series.step, series.first.toordinal(), series.shape[1])


def basis_for(step: Step, first_day: int, steps: int) -> tuple[Floats, Floats]:
    """As `basis_of`, for steps that begin on an ordinal day."""
    at = np.arange(steps) + (first_day if step == "day" else 0)
    year = 2 * np.pi * at / STEPS_PER_YEAR[step]
    columns = [np.ones(steps), np.zeros(steps)]
    columns += [wave(k * year) for k in range(1, HARMONICS + 1) for wave in (np.cos, np.sin)]
    penalty = [0.0, TREND_SD**-2, *[HARMONIC_SD**-2] * (2 * HARMONICS)]
    if step == "day":
        columns += [(at % 7 == day).astype(np.float64) for day in range(7)]
        penalty += [WEEKDAY_SD**-2] * 7
    return np.column_stack(columns), np.array(penalty)


def _check_arguments(alpha: float, years: int, last: int | None) -> None:
    if not 0 < alpha < 0.5:
        raise UsageError("The alpha of the detector is out of range.", allowed="between 0 and 0.5")
    if years < 1:
        raise UsageError("The baseline of the detector is too short.", allowed="1 year or more")
    if last is not None and last < 1:
        raise UsageError("The number of latest steps to judge is too small.", allowed="1 or more")
