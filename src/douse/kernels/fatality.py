"""Case fatality while outcomes are pending: exact intervals, delays cut off by the as-of day, competing outcomes."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaincinv, gammainc, gammaincinv

Floats = NDArray[np.float64]


def binomial_interval(hits: float, trials: float, level: float) -> tuple[float, float]:
    """Exact interval of a share (Clopper and Pearson 1934, doi 10.1093/biomet/26.4.404); 0 to 1 without trials."""
    if trials <= 0:
        return 0.0, 1.0
    tail = (1 - level) / 2
    low = float(betaincinv(hits, trials - hits + 1, tail)) if hits > 0 else 0.0
    high = float(betaincinv(hits + 1, trials - hits, 1 - tail)) if hits < trials else 1.0
    return low, high


def poisson_interval(hits: float, level: float) -> tuple[float, float]:
    """Exact interval of the mean of a count (Garwood 1936)."""
    tail = (1 - level) / 2
    low = float(gammaincinv(hits, tail)) if hits > 0 else 0.0
    return low, float(gammaincinv(hits + 1, 1 - tail))


def gamma_upto(mean: float, sd: float, days: Floats) -> Floats:
    """Share of gamma delays that are over at the end of so many whole days (a delay of 0.7 days ends on day 0 or 1)."""
    shape, scale = (mean / sd) ** 2, sd**2 / mean
    # The start falls anywhere in its day, so that the share at the end of day d is a mean over d to d + 1.
    low, high = np.maximum(days, 0.0) / scale, (np.maximum(days, 0.0) + 1) / scale

    def area(x: Floats) -> Floats:
        covered: Floats = x * gammainc(shape, x) - shape * gammainc(shape + 1, x)
        return covered

    share: Floats = (area(high) - area(low)) * scale
    return np.where(days < 0, 0.0, np.clip(share, 0.0, 1.0))


def fit_gamma_delay(days: Floats, seen_for: Floats) -> tuple[float, float]:
    """Mean and standard deviation of a gamma delay in whole days, each seen only if it was over by the as-of day.

    Maximum likelihood with right truncation: long delays of recent cases are missing among the delays seen.

    Parameters
    ----------
    days : numpy.ndarray[float64], shape (N,)
        Delays, whole days of 0 or more; not all the same.
    seen_for : numpy.ndarray[float64], shape (N,)
        Days from the start to the as-of day, not below `days`.
    """

    def loss(logs: Floats) -> float:
        mean, sd = np.exp(logs)
        mass = np.maximum(gamma_upto(mean, sd, days) - gamma_upto(mean, sd, days - 1), 1e-300)
        seen = np.maximum(gamma_upto(mean, sd, seen_for), 1e-300)
        return -float(np.log(mass / seen).sum())

    start = np.log([days.mean() + 0.5, max(days.std(), 0.5)])
    found = minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-4})
    mean, sd = np.exp(found.x)
    return float(mean), float(sd)


def competing_outcomes(deaths: Floats, recoveries: Floats, pending: Floats) -> tuple[Floats, Floats]:
    """Cumulative incidence of death and of recovery at the last day on which anybody's outcome is known.

    Parameters
    ----------
    deaths, recoveries, pending : numpy.ndarray[float64], shape (B, D)
        Cases by days since onset at which they died, recovered, or were last known ill; B samples.

    Returns
    -------
    death, recovery : numpy.ndarray[float64], shape (B,)

    References
    ----------
    Aalen and Johansen 1978; Ghani et al. 2005, doi 10.1093/aje/kwi230.
    """
    left = deaths + recoveries + pending
    at_risk = np.cumsum(left[:, ::-1], axis=1)[:, ::-1]
    safe = np.maximum(at_risk, 1e-12)
    hazard_of_death, hazard_of_recovery = deaths / safe, recoveries / safe
    still = np.cumprod(1 - np.minimum(hazard_of_death + hazard_of_recovery, 1.0), axis=1)
    before = np.concatenate([np.ones((len(still), 1)), still[:, :-1]], axis=1)
    return (before * hazard_of_death).sum(axis=1), (before * hazard_of_recovery).sum(axis=1)
