"""EARS C1, C2, C3: a count far above the mean of a short baseline just before it."""

from typing import Literal, NamedTuple

import numpy as np
import polars as pl
from scipy.special import ndtr, ndtri, stdtr

from douse.errors import UsageError
from douse.kernels.ears import ears as ears_kernel
from douse.signals.series import series_of

Method = Literal["C1", "C2", "C3"]


class Setting(NamedTuple):
    """What tells the three methods apart (Hutwagner 2003; defaults of alpha as in R's surveillance)."""

    lag: int  # steps between the baseline and the step judged
    memory: int  # earlier steps whose exceedances are summed
    alpha: float


METHODS: dict[Method, Setting] = {
    "C1": Setting(lag=0, memory=0, alpha=0.001),
    "C2": Setting(lag=2, memory=0, alpha=0.001),
    "C3": Setting(lag=2, memory=2, alpha=0.025),
}


def ears(
    counts: pl.DataFrame,
    *,
    method: Method,
    baseline: int = 7,
    min_sigma: float = 0.0,
    alpha: float | None = None,
) -> pl.DataFrame:
    """EARS C1, C2 or C3 on a tidy frame of counts; equal to ``earsC`` of R's surveillance.

    C1 compares a count with mean + z sd of the `baseline` steps just before it; C2 leaves a gap of two steps
    between, so that the start of an outbreak does not raise its own bound. C3 sums by how much the C2 scores of the
    two steps before exceed 1, and compares the sum with z; as in ``earsC``, the count of the step itself only has
    to be above 0. z is the 1 - alpha quantile of the normal distribution.

    Parameters
    ----------
    counts : polars.DataFrame
        Columns zone, date, count: one row a zone and date (see `series_of`): days or weeks; send the steps without
        cases as 0. A step that is absent or without a count makes the steps that need it unknown.
    method : {"C1", "C2", "C3"}
        Which of the three.
    baseline : int, default 7
        Steps of the baseline, at least 2 (Hutwagner 2003: 7 days).
    min_sigma : float, default 0
        Least standard deviation of the baseline.
    alpha : float, optional
        Nominal chance of a false alarm a step; default 0.001 (C1, C2) or 0.025 (C3). The real chance is larger, as the
        standard deviation of a short baseline is itself uncertain: with seven steps and Poisson counts of 1 to 100
        about 0.02 for C1 and C2 (see `real_false_alarm_rate`).

    Returns
    -------
    polars.DataFrame
        zone, date, count, expected, bound, score, p, alarm; one row a row given, sorted by zone and date. expected,
        bound, score, p and alarm are null before the baseline is complete; score and p are null where the
        baseline does not vary (sd 0), and p is null for C3, whose sum is not normal.

    Raises
    ------
    UsageError
        When a column is missing, a zone has two rows of a date, a count is negative or an argument out of range.

    References
    ----------
    Hutwagner et al. 2003, doi 10.1007/PL00022313; Fricker et al. 2008, doi 10.1002/sim.3197;
    Salmon et al. 2016, doi 10.18637/jss.v070.i10.
    """
    _check_arguments(method, baseline, min_sigma, alpha)
    setting = METHODS[method]
    series = series_of(counts)
    z = upper_quantile(setting.alpha if alpha is None else alpha)
    expected, bound, score = ears_kernel(
        series.counts, baseline=baseline, lag=setting.lag, memory=setting.memory, min_sigma=min_sigma, z=z
    )
    chance = np.full_like(score, np.nan) if setting.memory else ndtr(-score)
    return series.answer(expected=expected, bound=bound, score=score, p=chance)


def upper_quantile(alpha: float) -> float:
    """Standard normal value that is exceeded with a chance of `alpha`."""
    return -float(ndtri(alpha))


def real_false_alarm_rate(method: Method, baseline: int = 7) -> float | None:
    """Chance of a false alarm a step at the default alpha, with the uncertainty of a short baseline.

    For C1 and C2: a new value of a steady normal series lies z sample standard deviations above the sample mean with
    the upper tail of Student's t, n - 1 degrees of freedom, at z / sqrt(1 + 1/n). With seven steps that is 0.014
    where alpha is 0.001. None for C3, whose rate depends on the counts.
    """
    setting = METHODS[method]
    if setting.memory:
        return None
    t = upper_quantile(setting.alpha) / (1 + 1 / baseline) ** 0.5
    return 1 - float(stdtr(baseline - 1, t))


def _check_arguments(method: str, baseline: int, min_sigma: float, alpha: float | None) -> None:
    if method not in METHODS:
        raise UsageError("EARS has no method of that name.", allowed=", ".join(METHODS))
    if baseline < 2:
        raise UsageError("The EARS baseline is too short.", allowed="2 steps or more")
    if not min_sigma >= 0:
        raise UsageError("The least standard deviation of EARS is negative.", allowed="0 or more")
    if alpha is not None and not 0 < alpha < 1:
        raise UsageError("The EARS alpha is out of range.", allowed="between 0 and 1")
