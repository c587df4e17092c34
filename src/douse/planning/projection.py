"""Cases of the days ahead: a simple renewal projection from R with its interval and the serial interval."""

import math
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri

from douse.kernels.forward import poisson_mixture_quantile, renew
from douse.library.pathogen import Pathogen
from douse.planning.basis import Basis
from douse.planning.plan import DayNeed, Note
from douse.records.measure import Because
from douse.situation.reproduction import serial_interval_weights
from douse.situation.situation import Interval

Floats = NDArray[np.float64]
R_POINTS = 21  # equally likely values of R that stand for its distribution
RANGE = (0.05, 0.95)  # the 90% range
_R_ASSUMED = 1.0  # neither growing nor falling, where R cannot be estimated


@dataclass(frozen=True)
class Projection:
    """Expected new cases a day for equally likely values of R.

    Attributes
    ----------
    cases : numpy.ndarray[float64], shape (P, H)
        By value of R, and by day of the horizon; 0 on the as-of day, whose cases are known.
    assumed : bool
        R could not be estimated and is taken as 1.
    """

    cases: Floats
    assumed: bool

    @property
    def mean(self) -> Floats:
        """Expected new cases a day; shape (H,)."""
        mean: Floats = self.cases.mean(axis=0)
        return mean


@dataclass(frozen=True)
class Demand:
    """Number a day of something: `known` for sure, shape (H,); `uncertain` expected by value of R, shape (P, H)."""

    known: Floats
    uncertain: Floats

    @property
    def mean(self) -> Floats:
        """Expected number a day; shape (H,)."""
        mean: Floats = self.known + self.uncertain.mean(axis=0)
        return mean

    def __add__(self, other: "Demand") -> "Demand":
        return Demand(self.known + other.known, self.uncertain + other.uncertain)


def no_demand(projection: Projection) -> Demand:
    """Nothing, on every day."""
    return Demand(np.zeros(projection.cases.shape[1]), np.zeros_like(projection.cases))


def project(basis: Basis) -> Projection:
    """Project the cases told a day over the horizon.

    Days by report are complete when they end, so the series needs no correction for delay. What the measures of the
    plan will change is not in it: it says what to be ready for if R stays as it is.

    Parameters
    ----------
    basis : Basis
        Counted cases, R, serial interval, residents.

    Returns
    -------
    Projection

    References
    ----------
    Renewal equation: Cori et al. 2013, doi 10.1093/aje/kwt133, equation 1.
    """
    ahead = max(basis.horizon_days - 1, 0)
    weights = _weights(basis.pathogen, ahead)
    history = _told_a_day(basis, len(weights))
    cases = renew(history, r_points(basis.situation.r_now), weights, ahead, basis.residents or np.inf)
    today = np.zeros((R_POINTS, min(basis.horizon_days, 1)))
    return Projection(np.concatenate([today, cases], axis=1), basis.situation.r_now.estimate is None)


def r_points(r: Interval) -> Floats:
    """Equally likely values of R: quantiles of the gamma distribution with its mean and the width of its 95% interval.

    Shape (R_POINTS,), ascending.
    """
    if r.estimate is None or r.lower is None or r.upper is None:
        return np.full(R_POINTS, _R_ASSUMED if r.estimate is None else r.estimate)
    sd = (r.upper - r.lower) / (2 * float(ndtri(0.975)))
    if sd <= 0 or r.estimate <= 0:
        return np.full(R_POINTS, r.estimate)
    middles = (np.arange(R_POINTS) + 0.5) / R_POINTS
    points: Floats = gammaincinv((r.estimate / sd) ** 2, middles) * (sd**2 / r.estimate)
    return points


def with_range(basis: Basis, resource: str, demand: Demand, capacity: Floats | None) -> list[DayNeed]:
    """Needs by day with their 90% range.

    Parameters
    ----------
    basis : Basis
        The days.
    resource : str
        Name of the resource.
    demand : Demand
        Known needs are rounded outwards to whole people; uncertain ones scatter around their expectation (Poisson),
        over the values of R.
    capacity : numpy.ndarray[float64], shape (H,), or None
        None: not on record.
    """
    low, high = (poisson_mixture_quantile(demand.uncertain, probability) for probability in RANGE)
    low, high, mean = np.floor(demand.known) + low, np.ceil(demand.known) + high, demand.mean
    return [
        DayNeed(
            resource=resource,
            day=day,
            need=float(mean[ahead]),
            low=float(min(low[ahead], mean[ahead])),
            high=float(max(high[ahead], mean[ahead])),
            capacity=None if capacity is None else float(capacity[ahead]),
        )
        for ahead, day in enumerate(basis.days)
    ]


def new_cases(basis: Basis, projection: Projection) -> tuple[DayNeed, ...]:
    """Expected new cases a day with their 90% range; the cases told on the as-of day are known."""
    known = np.zeros(basis.horizon_days)
    known[:1] = basis.situation.new_today
    return tuple(with_range(basis, "new_cases", Demand(known, projection.cases), None))


def projection_notes(projection: Projection) -> tuple[Note, ...]:
    """What the projection had to assume."""
    if not projection.assumed:
        return ()
    return (
        Note(
            Because(
                "The reproduction number cannot be estimated; needs ahead assume that each case infects {r} other.",
                {"r": int(_R_ASSUMED)},
            )
        ),
    )


def _weights(pathogen: Pathogen, ahead: int) -> Floats:
    """Serial interval by day; where it is too short for daily counts, all of it falls on the next day."""
    interval = pathogen.serial_interval
    mean, sd = interval.mean.value, interval.sd.value
    if mean <= 1:
        return np.array([0.0, 1.0])
    lags = math.ceil(mean + 5 * sd) + ahead + 1
    weights = serial_interval_weights(mean, sd, lags)
    scaled: Floats = weights / weights.sum()
    return scaled


def _told_a_day(basis: Basis, days: int) -> Floats:
    """Cases first told on each of the latest days, the as-of day last; shape (days,)."""
    first = basis.as_of - timedelta(days=days - 1)
    told = basis.situation.cases["told_on"].drop_nulls()
    at = (told - pl.Series([first])).dt.total_days().to_numpy() if len(told) else np.zeros(0, dtype=np.int64)
    return np.bincount(at[(at >= 0) & (at < days)], minlength=days).astype(np.float64)
