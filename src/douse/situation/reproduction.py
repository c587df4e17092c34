"""The reproduction number over time (Cori et al. 2013, doi 10.1093/aje/kwt133)."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

from douse.kernels import renewal
from douse.library.pathogen import Pathogen
from douse.situation.situation import Interval
from douse.units import DAYS_PER_WEEK

Floats = NDArray[np.float64]

# EpiEstim's defaults: R has mean 5 and standard deviation 5 before the data, so that control is not claimed early.
PRIOR = (5.0, 5.0)
_NO_ESTIMATES = {
    "cases": pl.lit(None, dtype=pl.Int64),
    **{name: pl.lit(None, dtype=pl.Float64) for name in ("mean", "lower", "upper")},
}
# Lags beyond so many standard deviations have no weight worth adding.
_TAIL_SDS = 20


@dataclass(frozen=True)
class CoriPosterior:
    """Gamma posterior of R a window, NaN where the window ends before one mean serial interval has passed.

    Attributes
    ----------
    last_day : numpy.ndarray[int64], shape (W,)
        Position of each window's last day in the series (first day 0).
    shape, scale : numpy.ndarray[float64], shape (S, W)
        Of the gamma distribution; one row a series.
    force : numpy.ndarray[float64], shape (S, W)
        Infectivity of earlier cases, summed over the window; where it is 0 the posterior is the prior's.
    """

    last_day: NDArray[np.int64]
    shape: Floats
    scale: Floats
    force: Floats

    @cached_property
    def mean(self) -> Floats:
        """Posterior mean; shape (S, W)."""
        return self.shape * self.scale

    @cached_property
    def sd(self) -> Floats:
        """Posterior standard deviation; shape (S, W)."""
        return np.sqrt(self.shape) * self.scale

    def quantile(self, probability: float) -> Floats:
        """Posterior quantile; shape (S, W)."""
        return np.asarray(gammaincinv(self.shape, probability) * self.scale, dtype=np.float64)


def serial_interval_weights(mean: float, sd: float, lags: int) -> Floats:
    """Probability of a serial interval of 0 .. lags - 1 whole days: one day plus a gamma delay, shape (lags,).

    Parameters
    ----------
    mean, sd : float
        In days.
    lags : int
        Number of lags.

    Raises
    ------
    ValueError
        When the mean is not above one day or the standard deviation not above zero.
    """
    if not (mean > 1 and sd > 0):
        raise ValueError("a serial interval for daily counts has a mean above 1 day and a standard deviation above 0")
    return renewal.shifted_gamma(mean, sd, lags)


def cori(
    local: ArrayLike,
    imported: ArrayLike | None = None,
    *,
    si: ArrayLike,
    window: int = DAYS_PER_WEEK,
    prior: tuple[float, float] = PRIOR,
) -> CoriPosterior:
    """Posterior of R in sliding windows, for one series or many at once.

    Imported cases infect others and were infected by nobody here: they count as infectors only.

    Parameters
    ----------
    local, imported : array_like, shape (T,) or (S, T)
        Cases a day, earliest first, every day there. `imported` None: no imports.
    si : array_like, shape (K,)
        Weight of serial intervals of 0 .. K - 1 days; that of 0 is not used.
    window : int
        Days over which R is taken as constant.
    prior : tuple of float
        Mean and standard deviation of the gamma prior.

    Returns
    -------
    CoriPosterior
        Windows by last day; the first begins on the second day. None when T <= window.

    Raises
    ------
    ValueError
        When the shapes differ or the window is shorter than a day.
    """
    here = np.atleast_2d(np.asarray(local, dtype=np.float64))
    brought = np.zeros_like(here) if imported is None else np.atleast_2d(np.asarray(imported, dtype=np.float64))
    weights = np.asarray(si, dtype=np.float64)
    if here.shape != brought.shape:
        raise ValueError("local and imported cases must cover the same series and days")
    if window < 1:
        raise ValueError("a window is at least one day long")
    force = renewal.infectivity(here + brought, weights)
    mean, sd = prior
    shape, scale = renewal.posterior(here, force, window, (mean / sd) ** 2, sd**2 / mean)
    last_day = window + np.arange(shape.shape[1], dtype=np.int64)
    too_early = last_day + 1 <= weights @ np.arange(len(weights))
    shape[:, too_early] = np.nan
    return CoriPosterior(last_day, shape, scale, renewal.window_sums(force, window))


def reproduction(
    daily: pl.DataFrame, pathogen: Pathogen, *, window: int = DAYS_PER_WEEK, by: str | None = None
) -> pl.DataFrame:
    """R over time, with its 95% interval.

    Parameters
    ----------
    daily : polars.DataFrame
        As from `daily_counts`: date, local, imported, every day there; with `by`, one series a value, all over the
        same days.
    pathogen : Pathogen
        Its serial interval.
    window : int
        Days.
    by : str, optional
        Column that names the series.

    Returns
    -------
    polars.DataFrame
        `by`, date (end of window), cases (in the window), mean, lower, upper; null where R cannot be estimated: before
        one mean serial interval has passed, without earlier cases who could have infected, or where the serial
        interval is too short for daily counts.
    """
    groups = [by] if by else []
    ordered = daily.sort(*groups, "date")
    series = ordered[by].n_unique() if by else min(1, ordered.height)
    days = ordered.height // series if series else 0
    interval = pathogen.serial_interval
    if days <= window or not _fits_daily_counts(pathogen):
        return ordered.clear().select(*groups, "date", **_NO_ESTIMATES)
    lags = min(days, math.ceil(interval.mean.value + _TAIL_SDS * interval.sd.value) + 1)
    local = ordered["local"].to_numpy().reshape(series, days)
    imported = ordered["imported"].to_numpy().reshape(series, days)
    posterior = cori(
        local, imported, si=serial_interval_weights(interval.mean.value, interval.sd.value, lags), window=window
    )
    estimable = (posterior.force > 0) & ~np.isnan(posterior.shape)
    in_window = renewal.window_sums((local + imported).astype(np.float64), window)
    at_end = pl.int_range(pl.len()).over(by) if by else pl.int_range(pl.len())
    rows = ordered.filter(at_end >= window)
    figures = {"mean": posterior.mean, "lower": posterior.quantile(0.025), "upper": posterior.quantile(0.975)}
    return rows.select(*groups, "date").with_columns(
        pl.Series("cases", in_window.ravel().astype(np.int64)),
        *(
            pl.Series(name, np.where(estimable, values, np.nan).ravel()).fill_nan(None)
            for name, values in figures.items()
        ),
    )


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
    if not _fits_daily_counts(pathogen):
        return Interval(None, why_not="The serial interval is too short for daily counts.")
    if estimates.is_empty():
        return Interval(None, why_not="There are too few days since the first case.")
    cases, mean, lower, upper = estimates.sort("date").select("cases", "mean", "lower", "upper").row(-1)
    if cases == 0:
        return Interval(None, why_not="There is no case on the latest complete days.")
    if mean is None:
        return Interval(None, why_not="No earlier case is recent enough to have infected the latest cases.")
    return Interval(mean, lower, upper)


def _fits_daily_counts(pathogen: Pathogen) -> bool:
    return pathogen.serial_interval.mean.value > 1 and pathogen.serial_interval.sd.value > 0
