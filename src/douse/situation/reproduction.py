"""The reproduction number over time, as a tidy table: Cori et al. 2013 or Wallinga and Teunis 2004."""

from typing import Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.kernels import renewal
from douse.library.pathogen import Pathogen
from douse.situation.cori import PRIOR, CoriPosterior, MixedPosterior, cori, mixed_cori
from douse.situation.daily_series import DailySeries, daily_series
from douse.situation.serial_interval import (
    SerialInterval,
    UncertainSerialInterval,
    Weights,
    fits_daily_counts,
    serial_interval_weights,
    weights_of,
)
from douse.situation.situation import Interval
from douse.units import DAYS_PER_WEEK

__all__ = [
    "PRIOR", "CoriPosterior", "Method", "MixedPosterior", "UncertainSerialInterval", "cori", "figures_of",
    "no_estimates", "r_now", "reproduction", "serial_interval_weights", "table_of",
]  # fmt: skip

Floats = NDArray[np.float64]
Method = Literal["cori", "wallinga_teunis"]

_FIGURES = ("mean", "sd", "median", "lower", "upper")
_COHORT_FIGURES = ("mean", "sd", "lower", "upper", "seen")
# R is not given where more of the infectivity than this lies on days without a count.
_MOST_UNKNOWN = 0.1
# Of those infected by the cases of a window, the share that has to be seen for its R to be final.
_FINAL = 0.95


def reproduction(  # noqa: PLR0913  the counts, and the statistician's choices by keyword
    daily: pl.DataFrame,
    pathogen: Pathogen | None = None,
    *,
    window: int = DAYS_PER_WEEK,
    by: str | None = None,
    si: SerialInterval | None = None,
    method: Method = "cori",
    prior: tuple[float, float] = PRIOR,
    level: float = 0.95,
    correct_truncation: bool = False,
) -> pl.DataFrame:
    """R over time, with its interval.

    Parameters
    ----------
    daily : polars.DataFrame
        date, local and, where there are any, imported (as from `daily_counts`), or date and count; with `by`, one
        series a value. A day without a row or without a count is not known: windows that hold it have no R, nor have
        those where more than a tenth of the infectivity would lie on such days.
    pathogen : Pathogen, optional
        Its serial interval is used where `si` is not given.
    window : int
        Days.
    by : str, optional
        Column that names the series.
    si : optional
        Serial interval: (mean, sd) in days, as a tuple of two; or the weights by day from 0 on (list or array, that
        of day 0 is 0, sum 1); or `UncertainSerialInterval`.
    method : {"cori", "wallinga_teunis"}
        "cori": instantaneous R, how many a case would infect as things were in the window; the posterior under a gamma
        prior. "wallinga_teunis": cohort R, how many the cases of the window infected on average; known late.
    prior : tuple of float
        Mean and standard deviation of R before the data (Cori).
    level : float
        Of the interval.
    correct_truncation : bool
        Wallinga-Teunis: correct the latest windows for those who have yet to fall ill (see `wallinga_teunis`).

    Returns
    -------
    polars.DataFrame
        `by`, date (end of window), cases (in the window), mean, sd, median, lower, upper; null where R cannot be
        estimated: before one mean serial interval has passed, without earlier cases who could have infected, or where
        the serial interval of the pathogen is too short for daily counts (then without rows). With Wallinga-Teunis no
        median but seen (share of the infected who have fallen ill by the last day) and final (bool: that share is 0.95
        or more); the first window begins on the first day, with Cori on the second.

    Raises
    ------
    UsageError
        When a column is missing or not of its kind, or an argument is out of range.

    References
    ----------
    Cori et al. 2013, doi 10.1093/aje/kwt133; Thompson et al. 2019, doi 10.1016/j.epidem.2019.100356 (imports,
    uncertain serial interval); Wallinga and Teunis 2004, doi 10.1093/aje/kwh255.
    """
    _check(method, window, prior, level)
    series = daily_series(daily, by)
    first = window if method == "cori" else window - 1
    days = series.local.shape[1]
    too_short = si is None and pathogen is not None and not fits_daily_counts(pathogen)
    weights = None if too_short else weights_of(si, pathogen, max(days, 1))
    if days <= first or weights is None:
        return no_estimates(series, method)
    if method == "wallinga_teunis":
        return _cohort(series, weights, window, level=level, correct_truncation=correct_truncation)
    if len(weights.weights) > 1:
        return _uncertain(series, weights, window, prior, level)
    found = cori(series.local, series.imported, si=weights.weights[0], window=window, prior=prior)
    estimable = (found.force > 0) & ~np.isnan(found.shape) & _known(series, weights, window)
    return table_of(series, window, window, figures_of(found, level), estimable)


def figures_of(found: CoriPosterior | MixedPosterior, level: float) -> dict[str, Floats]:
    """The figures of the table from a posterior."""
    return {
        "mean": found.mean,
        "sd": found.sd,
        "median": found.quantile(0.5),
        "lower": found.quantile((1 - level) / 2),
        "upper": found.quantile((1 + level) / 2),
    }


def r_now(daily: pl.DataFrame, estimates: pl.DataFrame, pathogen: Pathogen) -> Interval:
    """R of the window that ends on the last day of a series, or why there is none.

    Parameters
    ----------
    daily : polars.DataFrame
        One series up to the last complete day, as from `daily_counts`.
    estimates : polars.DataFrame
        Its `reproduction`.
    pathogen : Pathogen
        For the reason.
    """
    if daily.is_empty():
        return Interval(None, why_not="There are no cases yet.")
    if not fits_daily_counts(pathogen):
        return Interval(None, why_not="The serial interval is too short for daily counts.")
    if estimates.is_empty():
        return Interval(None, why_not="There are too few days since the first case.")
    cases, mean, lower, upper = estimates.sort("date").select("cases", "mean", "lower", "upper").row(-1)
    if cases == 0:
        return Interval(None, why_not="There is no case on the latest complete days.")
    if mean is None:
        return Interval(None, why_not="No earlier case is recent enough to have infected the latest cases.")
    return Interval(mean, lower, upper)


def _uncertain(
    series: DailySeries, weights: Weights, window: int, prior: tuple[float, float], level: float
) -> pl.DataFrame:
    """One mixture a series: the serial intervals are many, so that the series go one by one."""
    one = Weights(weights.weights.mean(axis=0, keepdims=True), weights.means)
    mixed = [
        mixed_cori(series.local[[s]], series.imported[[s]], weights, window=window, prior=prior)
        for s in range(len(series.local))
    ]

    estimable = np.array([((part.force > 0) & ~np.isnan(part.shape)).any(axis=0) for part in mixed])
    parts = [figures_of(part, level) for part in mixed]
    figures = {name: np.array([part[name] for part in parts]) for name in _FIGURES}
    return table_of(series, window, window, figures, estimable & _known(series, one, window))


def _cohort(
    series: DailySeries, weights: Weights, window: int, *, level: float, correct_truncation: bool
) -> pl.DataFrame:
    from douse.situation.wallinga_teunis import wallinga_teunis  # noqa: PLC0415  numba takes half a second

    if len(weights.weights) > 1:
        raise UsageError("Wallinga-Teunis takes one serial interval.", next_step='Use method="cori".')
    found = wallinga_teunis(
        series.local,
        series.imported,
        si=weights.weights[0],
        window=window,
        level=level,
        correct_truncation=correct_truncation,
    )
    figures = {name: getattr(found, name) for name in _COHORT_FIGURES}
    unknown = np.pad(series.unknown, ((0, 0), (1, 0)))
    known = renewal.window_sums(unknown.astype(np.float64), window) == 0
    table = table_of(series, window, window - 1, figures, known)
    return table.with_columns(final=pl.col("seen") >= _FINAL)


def _known(series: DailySeries, weights: Weights, window: int) -> NDArray[np.bool_]:
    """Whether the counts of a window are known, and nearly all that infected its cases."""
    if not series.unknown.any():
        return np.ones((len(series.local), max(0, series.local.shape[1] - window)), dtype=np.bool_)
    unknown = series.unknown.astype(np.float64)
    share = renewal.infectivity(unknown, weights.weights[0])
    within: NDArray[np.bool_] = (renewal.window_sums(unknown, window) == 0) & (
        renewal.window_sums((share > _MOST_UNKNOWN).astype(np.float64), window) == 0
    )
    return within


def table_of(
    series: DailySeries, window: int, first: int, figures: dict[str, Floats], estimable: NDArray[np.bool_]
) -> pl.DataFrame:
    """Tidy rows of the windows that end on day `first` or later; null where not estimable."""
    shape = (len(series.local), series.local.shape[1] - first)
    padded = np.pad(series.cases, ((0, 0), (window - first, 0)))
    unknown = np.pad(series.unknown.astype(np.float64), ((0, 0), (window - first, 0)))
    cases = np.where(renewal.window_sums(unknown, window) > 0, np.nan, renewal.window_sums(padded, window))
    at = np.tile(np.arange(series.local.shape[1]) >= first, shape[0])
    counted = pl.Series("cases", cases.ravel(), nan_to_null=True)
    return series.frame.filter(at).with_columns(
        counted.cast(pl.Int64) if series.whole else counted,
        *(
            pl.Series(name, np.where(estimable & np.isfinite(values), values, np.nan).ravel(), nan_to_null=True)
            for name, values in figures.items()
        ),
    )


def no_estimates(series: DailySeries, method: Method = "cori") -> pl.DataFrame:
    """The table without rows."""
    names = _FIGURES if method == "cori" else _COHORT_FIGURES
    empty = series.frame.clear().with_columns(
        pl.lit(None, dtype=pl.Int64 if series.whole else pl.Float64).alias("cases"),
        *(pl.lit(None, dtype=pl.Float64).alias(name) for name in names),
    )
    return empty if method == "cori" else empty.with_columns(final=pl.lit(None, dtype=pl.Boolean))


def _check(method: str, window: int, prior: tuple[float, float], level: float) -> None:
    if method not in get_args(Method):
        raise UsageError("R has no method of that name.", allowed=", ".join(get_args(Method)))
    if window < 1:
        raise UsageError("The window of R is too short.", allowed="1 day or more")
    if not all(part > 0 for part in prior) or not 0 < level < 1:
        raise UsageError("The prior or the level of R is out of range.", allowed="prior above 0, level between 0 and 1")
