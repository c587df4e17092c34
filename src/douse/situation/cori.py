"""The posterior of R in sliding windows (Cori et al. 2013, doi 10.1093/aje/kwt133), on arrays."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

from douse.kernels import gamma_mixture, renewal
from douse.situation.serial_interval import Weights
from douse.units import DAYS_PER_WEEK

Floats = NDArray[np.float64]

# EpiEstim's defaults: R has mean 5 and standard deviation 5 before the data, so that control is not claimed early.
PRIOR = (5.0, 5.0)


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

    @cached_property
    def _distinct(self) -> tuple[Floats, NDArray[np.intp]]:
        # Counts are whole numbers, so that many windows share a shape: its quantile is found once.
        shapes, index = np.unique(self.shape, return_inverse=True)
        return shapes, index.reshape(self.shape.shape)

    def quantile(self, probability: float) -> Floats:
        """Posterior quantile; shape (S, W)."""
        shapes, index = self._distinct
        at_scale_one = np.asarray(gammaincinv(shapes, probability), dtype=np.float64)
        return at_scale_one[index] * self.scale


@dataclass(frozen=True)
class MixedPosterior:
    """Equal mixture of M gamma posteriors of one series: what is left uncertain in the serial interval or the counts.

    Attributes
    ----------
    last_day : numpy.ndarray[int64], shape (W,)
        Position of each window's last day in the series (first day 0).
    shape, scale, force : numpy.ndarray[float64], shape (M, W)
        As in `CoriPosterior`; parts that are NaN are not mixed in.
    """

    last_day: NDArray[np.int64]
    shape: Floats
    scale: Floats
    force: Floats

    @cached_property
    def _moments(self) -> tuple[Floats, Floats]:
        return gamma_mixture.moments(self.shape, self.scale)

    @property
    def mean(self) -> Floats:
        """Posterior mean; shape (W,)."""
        return self._moments[0]

    @property
    def sd(self) -> Floats:
        """Posterior standard deviation; shape (W,)."""
        return self._moments[1]

    def quantile(self, probability: float) -> Floats:
        """Posterior quantile; shape (W,)."""
        return gamma_mixture.quantile(self.shape, self.scale, probability)


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
    here, brought = counts_of(local, imported)
    if window < 1:
        raise ValueError("a window is at least one day long")
    weights = np.asarray(si, dtype=np.float64)
    force = renewal.infectivity(here + brought, weights)
    shape, scale = renewal.posterior(here, force, window, *_gamma_prior(prior))
    last_day = window + np.arange(shape.shape[1], dtype=np.int64)
    too_early = last_day + 1 <= weights @ np.arange(len(weights))
    shape[:, too_early] = np.nan
    return CoriPosterior(last_day, shape, scale, renewal.window_sums(force, window))


def mixed_cori(
    local: Floats,
    imported: Floats,
    si: Weights,
    *,
    window: int = DAYS_PER_WEEK,
    prior: tuple[float, float] = PRIOR,
) -> MixedPosterior:
    """Posterior of R of one series with uncertain serial interval, uncertain counts, or both.

    Parameters
    ----------
    local, imported : numpy.ndarray[float64], shape (1, T) or (M, T)
        Cases a day; several rows are draws of what the counts may be.
    si : Weights
        One serial interval, or M. With M of both, they go together one by one.
    window, prior
        As for `cori`.

    Returns
    -------
    MixedPosterior
        A serial interval has no part in windows that end before one of its means has passed (as in EpiEstim).
    """
    force = renewal.infectivity(local + imported, si.weights)
    shape, scale = renewal.posterior(local, force, window, *_gamma_prior(prior))
    last_day = window + np.arange(shape.shape[1], dtype=np.int64)
    longest = np.maximum(si.weights @ np.arange(si.weights.shape[1]), si.means)
    shape = np.where(last_day + 1 > longest[:, None], shape, np.nan)
    shape, scale = np.broadcast_arrays(shape, scale)
    return MixedPosterior(last_day, shape, scale, renewal.window_sums(force, window))


def counts_of(local: ArrayLike, imported: ArrayLike | None) -> tuple[Floats, Floats]:
    """Local and imported cases as matrices, shape (S, T).

    Raises
    ------
    ValueError
        When the shapes differ.
    """
    here = np.atleast_2d(np.asarray(local, dtype=np.float64))
    brought = np.zeros_like(here) if imported is None else np.atleast_2d(np.asarray(imported, dtype=np.float64))
    if here.shape != brought.shape:
        raise ValueError("local and imported cases must cover the same series and days")
    return here, brought


def _gamma_prior(prior: tuple[float, float]) -> tuple[float, float]:
    mean, sd = prior
    return (mean / sd) ** 2, sd**2 / mean
