"""R, growth and doubling time from the draws of a nowcast: what reporting leaves open is carried into the intervals."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from douse.errors import UsageError
from douse.kernels import log_linear
from douse.library.pathogen import Pathogen
from douse.situation.cori import PRIOR, mixed_cori
from douse.situation.daily_series import DailySeries, daily_series
from douse.situation.growth import doubling_days
from douse.situation.reproduction import figures_of, no_estimates, table_of
from douse.situation.serial_interval import SerialInterval, Weights, weights_of
from douse.situation.situation import Interval
from douse.units import DAYS_PER_WEEK

Floats = NDArray[np.float64]
# Draws whose slopes are mixed: more change nothing that can be seen.
_SLOPES = 200


class Growth(NamedTuple):
    """Growth rate a day, and days in which cases double (negative: halve)."""

    per_day: Interval
    doubling_days: Interval


def draws_frame(draws: NDArray[np.generic], dates: Sequence[date] | pl.Series) -> pl.DataFrame:
    """Draws of a nowcast as a tidy frame: draw, date, count.

    Parameters
    ----------
    draws : numpy.ndarray, shape (M, T)
        Counts; one row a draw, earliest date first.
    dates : sequence of date, length T
    """
    many, days = draws.shape
    return pl.DataFrame(
        {
            "draw": np.repeat(np.arange(many), days),
            "date": pl.concat([pl.Series(dates, dtype=pl.Date)] * many) if many else pl.Series([], dtype=pl.Date),
            "count": draws.ravel(),
        }
    )


def reproduction_nowcast(  # noqa: PLR0913  the counts, and the statistician's choices by keyword
    draws: pl.DataFrame,
    pathogen: Pathogen | None = None,
    *,
    window: int = DAYS_PER_WEEK,
    si: SerialInterval | None = None,
    prior: tuple[float, float] = PRIOR,
    level: float = 0.95,
) -> pl.DataFrame:
    """R over time (Cori) from draws of what the counts will be, one series.

    Each draw gives a posterior of R; their equal mixture is the answer. So the interval of the latest windows is as
    wide as reporting leaves it, and that of old windows is that of `reproduction`.

    Parameters
    ----------
    draws : polars.DataFrame
        draw, date, count (or local, and imported): the same days for each draw, as from `draws_frame`.
    pathogen, window, si, prior, level
        As for `reproduction`. An uncertain serial interval is mixed in: draw by draw, evenly.

    Returns
    -------
    polars.DataFrame
        date (end of window), cases (mean over draws), mean, sd, median, lower, upper; null where R cannot be estimated.

    Raises
    ------
    UsageError
        When the draws do not cover the same days, or there is no serial interval.
    """
    series = _draws(draws)
    many, days = series.local.shape
    weights = weights_of(si, pathogen, max(days, 1))
    dates = series.frame[:days].select("date")
    middle = DailySeries(dates, _mean(series.local), _mean(series.imported), series.unknown[:1], whole=False)
    if days <= window:
        return no_estimates(middle)
    found = mixed_cori(series.local, series.imported, _paired(weights, many), window=window, prior=prior)
    estimable = np.atleast_1d(((found.force > 0) & ~np.isnan(found.shape)).any(axis=0))
    return table_of(middle, window, window, figures_of(found, level), estimable)


def growth_nowcast(draws: pl.DataFrame, *, days: int = 14, level: float = 0.95) -> Growth:
    """Growth a day and doubling time from draws: the mixture of what `growth_per_day` says of each.

    Parameters
    ----------
    draws : polars.DataFrame
        As for `reproduction_nowcast`.
    days : int
        Latest days that are used; at least 3.
    level : float
        Of the intervals.

    Raises
    ------
    UsageError
        When fewer than 3 days are asked for, or the draws do not cover the same days.
    """
    if days < 3:
        raise UsageError("The growth needs more days.", allowed="3 or more")
    counts = _draws(draws).cases[:, -days:]
    if counts.shape[1] < max(3, min(days, DAYS_PER_WEEK)):
        why = "There are too few days since the first case." if counts.size else "There are no cases yet."
        return Growth(Interval(None, why_not=why), Interval(None, why_not=why))
    told = counts[np.count_nonzero(counts, axis=1) >= 2]
    if 2 * len(told) < len(counts):
        none = Interval(None, why_not="The latest complete days hold cases on fewer than two days.")
        return Growth(none, none)
    some = told[np.linspace(0, len(told) - 1, min(_SLOPES, len(told))).astype(np.int64)]
    slopes = np.array([log_linear.slope(row, level) for row in some])
    freedom = counts.shape[1] - 2
    errors = (slopes[:, 2] - slopes[:, 0]) / stdtrit(freedom, (1 + level) / 2)
    lower, upper = (_mixture_quantile(slopes[:, 0], errors, freedom, p) for p in ((1 - level) / 2, (1 + level) / 2))
    growth = Interval(float(slopes[:, 0].mean()), lower, upper)
    return Growth(growth, doubling_days(growth))


def _mixture_quantile(centres: Floats, errors: Floats, freedom: int, probability: float) -> float:
    """Quantile of a mixture of Student's t distributions, by halving."""
    low, high = float((centres - 60 * errors).min()), float((centres + 60 * errors).max())
    for _ in range(60):
        middle = (low + high) / 2
        below = float(stdtr(freedom, (middle - centres) / errors).mean())
        low, high = (middle, high) if below < probability else (low, middle)
    return (low + high) / 2


def _mean(counts: Floats) -> Floats:
    return counts.mean(axis=0, keepdims=True) if len(counts) else counts


def _draws(draws: pl.DataFrame) -> DailySeries:
    if "draw" not in draws.columns:
        raise UsageError("The draws have no column draw.", allowed="draw, date, count")
    series = daily_series(draws, "draw")
    if series.unknown.any():
        raise UsageError("The draws do not cover the same days, or a count is empty.", allowed="a count a draw and day")
    return series


def _paired(weights: Weights, many: int) -> Weights:
    """One serial interval for all draws, or one for each: those that there are, over and over."""
    if len(weights.weights) == 1:
        return weights
    index = np.arange(many) * len(weights.weights) // many if many < len(weights.weights) else np.arange(many)
    index = index % len(weights.weights)
    return Weights(weights.weights[index], weights.means[index])
