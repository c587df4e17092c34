"""Renewal equation: discretised serial interval, infectivity, expected infections, the gamma posterior of R."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc

Floats = NDArray[np.float64]


def shifted_gamma(mean: float, sd: float, lags: int) -> Floats:
    """Probability of each whole number of days 0 .. lags - 1, for one day plus a gamma delay.

    The gamma density is weighted by a triangle of base two days (both events fall anywhere within their day).
    The weights are not scaled to sum to one: what lies beyond the last lag is left out.

    Parameters
    ----------
    mean, sd : float
        Of the whole delay, in days; mean above 1, sd above 0.
    lags : int
        Number of lags K.

    Returns
    -------
    numpy.ndarray[float64], shape (K,)

    References
    ----------
    Cori et al. 2013, doi 10.1093/aje/kwt133, web appendix 11.
    """
    shape, scale = ((mean - 1) / sd) ** 2, sd**2 / (mean - 1)
    edges = np.arange(-2, lags, dtype=np.float64)  # k - 2, k - 1, k for each lag k
    upto = np.maximum(edges, 0) / scale
    mass, first_moment = gammainc(shape, upto), shape * scale * gammainc(shape + 1, upto)
    # Integral of (edge - x) over the density, up to the edge: its second difference is the triangle's weight.
    ramp = edges * mass - first_moment
    weights: Floats = np.maximum(ramp[2:] - 2 * ramp[1:-1] + ramp[:-2], 0.0)
    return weights


def infectivity(cases: Floats, si: Floats) -> Floats:
    """Infectivity of all earlier cases on each day: sum over lags of cases x serial-interval weight.

    Parameters
    ----------
    cases : numpy.ndarray[float64], shape (S, T)
        Cases a day, earliest day first; one row a series.
    si : numpy.ndarray[float64], shape (K,) or (M, K)
        Weight of lags 0 .. K - 1 days; lag 0 is not used. M serial intervals go with M series one by one, or all with
        the one series, or one with all series.

    Returns
    -------
    numpy.ndarray[float64], shape (S, T) or (M, T)
        The first day has none.
    """
    weights = np.atleast_2d(si)
    days = cases.shape[1]
    total = np.zeros((max(len(cases), len(weights)) if len(cases) else 0, days))
    for lag in range(1, min(weights.shape[1], days)):
        total[:, lag:] += weights[:, lag, None] * cases[:, : days - lag]
    return total


def infected_by_day(local: Floats, cases: Floats, force: Floats, si: Floats) -> Floats:
    """Expected number infected by one case of each day, shape (S, T).

    Parameters
    ----------
    local : numpy.ndarray[float64], shape (S, T)
        Cases infected here, earliest day first.
    cases : numpy.ndarray[float64], shape (S, T)
        All cases.
    force : numpy.ndarray[float64], shape (S, T)
        Infectivity of earlier cases (`infectivity` of `cases`); where 0 nobody here was the infector.
    si : numpy.ndarray[float64], shape (K,)
        Weight of lags 0 .. K - 1 days; lag 0 is not used.
    """
    share = np.divide(local, force, out=np.zeros_like(force), where=force > 0)
    total = np.zeros_like(cases)
    days = cases.shape[1]
    for lag in range(1, min(len(si), days)):
        total[:, : days - lag] += si[lag] * share[:, lag:]
    return total


def window_sums(values: Floats, window: int) -> Floats:
    """Sums over windows of `window` days, the first beginning on the second day; shape (S, T) -> (S, T - window)."""
    if values.shape[1] <= window:
        return np.zeros((values.shape[0], 0))
    sums: Floats = np.lib.stride_tricks.sliding_window_view(values[:, 1:], window, axis=1).sum(axis=-1)
    return sums


def posterior(
    local: Floats, force: Floats, window: int, prior_shape: float, prior_scale: float
) -> tuple[Floats, Floats]:
    """Gamma posterior of R, constant over each window: shape and scale.

    Parameters
    ----------
    local : numpy.ndarray[float64], shape (S, T)
        Cases infected here.
    force : numpy.ndarray[float64], shape (S, T)
        Infectivity of all earlier cases (see `infectivity`).
    window : int
        Days.
    prior_shape, prior_scale : float
        Of the gamma prior.

    Returns
    -------
    tuple of numpy.ndarray[float64], each of shape (S, T - window)
        Windows in order of their last day; that of column w is day w + window (the first day is 0).
    """
    return prior_shape + window_sums(local, window), 1 / (1 / prior_scale + window_sums(force, window))
