"""Quantiles of an equal mixture of gamma distributions, for many mixtures at once."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc, gammaincinv, gammaln

Floats = NDArray[np.float64]


def moments(shape: Floats, scale: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each mixture, shape (W,).

    Parameters
    ----------
    shape, scale : numpy.ndarray[float64], shape (M, W)
        Of the M parts of W mixtures; NaN parts are left out, all NaN gives NaN.
    """
    there = ~np.isnan(shape)
    parts = np.where(there.any(axis=0), there.sum(axis=0), np.nan)
    mean = np.nansum(shape * scale, axis=0) / parts
    square = np.nansum(shape * (shape + 1) * scale**2, axis=0) / parts
    return mean, np.sqrt(np.maximum(square - mean**2, 0.0))


def quantile(shape: Floats, scale: Floats, probability: float, *, tolerance: float = 1e-9) -> Floats:
    """Quantile of each mixture, shape (W,): Newton steps kept between bounds that close in.

    Parameters
    ----------
    shape, scale : numpy.ndarray[float64], shape (M, W)
        As for `moments`.
    probability : float
        Between 0 and 1.
    tolerance : float
        Largest error in probability.
    """
    answer = np.full(shape.shape[1], np.nan)
    alike = _alike(shape) & _alike(scale)
    answer[alike] = gammaincinv(shape[0, alike], probability) * scale[0, alike]
    todo = np.flatnonzero(~alike & ~np.isnan(shape).all(axis=0))
    mean, sd = moments(shape[:, todo], scale[:, todo])
    matched = (mean / sd) ** 2
    at = gammaincinv(matched, probability) * mean / matched
    low, high = np.zeros_like(at), np.full_like(at, np.inf)
    for _ in range(100):
        below, density = _cdf(shape[:, todo], scale[:, todo], at)
        answer[todo] = at
        open_ = np.abs(below - probability) > tolerance
        if not open_.any():
            break
        low, high = np.where(below < probability, at, low), np.where(below > probability, at, high)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # beyond the bounds it is not taken
            step = at - (below - probability) / density
        middle = np.where(np.isinf(high), 2 * at, (low + high) / 2)
        step = np.where((step > low) & (step < high), step, middle)
        at, low, high, todo = step[open_], low[open_], high[open_], todo[open_]
    return answer


def _alike(values: Floats) -> NDArray[np.bool_]:
    """Whether all parts of a mixture are the same, so that it is none."""
    same: NDArray[np.bool_] = (values == values[0]).all(axis=0)
    return same


def _cdf(shape: Floats, scale: Floats, at: Floats) -> tuple[Floats, Floats]:
    """Distribution and density of each mixture at one point."""
    x = at / scale
    with np.errstate(divide="ignore", under="ignore"):
        density = np.exp((shape - 1) * np.log(x) - x - gammaln(shape)) / scale
    return np.nanmean(gammainc(shape, x), axis=0), np.nanmean(density, axis=0)
