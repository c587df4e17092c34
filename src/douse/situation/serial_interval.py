"""The serial interval as day weights: from a pathogen, a mean and standard deviation, weights, or uncertain."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from douse.errors import UsageError
from douse.kernels import renewal
from douse.library.pathogen import Pathogen

Floats = NDArray[np.float64]
Range = tuple[float, float]

# Lags beyond so many standard deviations have no weight worth adding.
_TAIL_SDS = 20
# Half-width, in standard deviations, of the range of an uncertain mean or standard deviation where none is given.
_HALF_RANGE = 1.96
# Steps of a sequence that fills the unit square evenly (Roberts 2018): powers of 1 / x with x^3 = x + 1.
_EVEN_STEPS = 1.3247179572447460 ** -np.array([1.0, 2.0])


@dataclass(frozen=True)
class UncertainSerialInterval:
    """A serial interval whose mean and standard deviation are themselves uncertain, in days.

    Both are normal, cut off at their ranges (None: 1.96 standard deviations to either side), and independent. The draws
    are not random: they fill the range evenly, so that the same call gives the same answer.

    Attributes
    ----------
    mean, sd : float
        The likeliest mean and standard deviation.
    mean_sd, sd_sd : float
        How uncertain each is.
    mean_range, sd_range : tuple of float, optional
        Lowest and highest; the mean at least 1 day.
    draws : int
        Serial intervals that are mixed.
    """

    mean: float
    sd: float
    mean_sd: float
    sd_sd: float
    mean_range: Range | None = None
    sd_range: Range | None = None
    draws: int = 500


SerialInterval = tuple[float, float] | Sequence[float] | Floats | UncertainSerialInterval


class Weights(NamedTuple):
    """Day weights of M serial intervals, shape (M, K), and the mean that each was made from, shape (M,)."""

    weights: Floats
    means: Floats


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


def fits_daily_counts(pathogen: Pathogen) -> bool:
    """Whether the serial interval of a pathogen is longer than the steps of daily counts."""
    return pathogen.serial_interval.mean.value > 1 and pathogen.serial_interval.sd.value > 0


def weights_of(si: SerialInterval | None, pathogen: Pathogen | None, days: int) -> Weights:
    """Day weights for a series of so many days; from `si`, else from the pathogen.

    Raises
    ------
    UsageError
        When there is neither, or the serial interval does not suit daily counts.
    """
    if si is None:
        if pathogen is None:
            raise UsageError(
                "There is no serial interval.",
                allowed="a pathogen, or si: (mean, sd) in days, weights by day, uncertain",
            )
        si = (pathogen.serial_interval.mean.value, pathogen.serial_interval.sd.value)
    if isinstance(si, UncertainSerialInterval):
        return _uncertain(si, days)
    if isinstance(si, tuple) and len(si) == 2:
        return _parametric([float(si[0])], [float(si[1])], days)
    given = np.asarray(si, dtype=np.float64)
    _check_weights(given)
    return Weights(given[None, :], np.array([given @ np.arange(len(given))]))


def _parametric(means: Sequence[float], sds: Sequence[float], days: int) -> Weights:
    if not all(mean > 1 and sd > 0 for mean, sd in zip(means, sds, strict=True)):
        raise UsageError(
            "The serial interval is too short for daily counts.",
            allowed="a mean above 1 day and a standard deviation above 0",
        )
    longest = max(mean + _TAIL_SDS * sd for mean, sd in zip(means, sds, strict=True))
    lags = max(1, min(days, math.ceil(longest) + 1))
    weights = [renewal.shifted_gamma(mean, sd, lags) for mean, sd in zip(means, sds, strict=True)]
    return Weights(np.array(weights), np.array(means))


def _uncertain(si: UncertainSerialInterval, days: int) -> Weights:
    if si.draws < 1 or si.mean_sd < 0 or si.sd_sd < 0:
        raise UsageError(
            "The uncertain serial interval is out of range.", allowed="1 draw or more, spreads of 0 or more"
        )
    even = (0.5 + np.outer(np.arange(1, si.draws + 1), _EVEN_STEPS)) % 1
    means = _cut_normal(si.mean, si.mean_sd, si.mean_range, even[:, 0])
    sds = _cut_normal(si.sd, si.sd_sd, si.sd_range, even[:, 1])
    return _parametric(means.tolist(), sds.tolist(), days)


def _cut_normal(centre: float, sd: float, limits: Range | None, share: Floats) -> Floats:
    """Quantiles of a normal distribution cut off at limits."""
    low, high = limits or (centre - _HALF_RANGE * sd, centre + _HALF_RANGE * sd)
    if low > high or (sd == 0 and not low <= centre <= high):
        raise UsageError("A range of the serial interval is upside down or leaves its centre out.", allowed="low, high")
    if sd == 0:
        return np.full_like(share, centre)
    bottom, top = ndtr((low - centre) / sd), ndtr((high - centre) / sd)
    answer: Floats = centre + sd * ndtri(bottom + share * (top - bottom))
    return answer


def _check_weights(weights: Floats) -> None:
    proper = weights.ndim == 1 and len(weights) > 1 and np.isfinite(weights).all()
    if not (proper and weights.min() >= 0 and weights[0] == 0 and abs(weights.sum() - 1) < 0.01):
        raise UsageError(
            "The weights of the serial interval are not a distribution of days.",
            allowed="one number of 0 or more for each day from 0 on, that of day 0 being 0, with a sum of 1",
        )
