"""Occupied beds ahead: how many patients of today stay, and who of the cases to come arrives and stays."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def stay_curve(stays: Floats, ended: NDArray[np.bool_], days: int) -> Floats:
    """Share of patients still in bed 0, 1, ... days after they came (Kaplan and Meier 1958).

    Parameters
    ----------
    stays : numpy.ndarray[float64], shape (N,)
        Whole days from entry to exit, or to the day last known.
    ended : numpy.ndarray[bool], shape (N,)
        Whether the stay was over.
    days : int
        Length of the curve. Beyond the longest stay it goes on at the mean rate of exits.

    Returns
    -------
    numpy.ndarray[float64], shape (days,)
        1 on day 0: whoever comes fills the bed on that day.
    """
    share = np.ones(days)
    total = max(float(ended.sum()), 0.5)
    usual = 1 - np.exp(-total / max(float(stays.sum()), 1.0))
    for day in range(1, days):
        at_risk = float((stays >= day).sum())
        left = float((ended & (stays == day)).sum())
        share[day] = share[day - 1] * (1 - (left / at_risk if at_risk else usual))
    return share


def remaining(elapsed: Ints, share: Floats, days: int, rng: np.random.Generator, draws: int) -> Floats:
    """Patients of today still in bed 1 .. `days` days ahead; shape (draws, days).

    Each stays on by the curve given how long it has been there; days of one path are drawn apart from each other.
    """
    ahead = np.zeros((draws, days))
    since, many = np.unique(np.minimum(elapsed, len(share) - days - 1), return_counts=True)
    for stay, patients in zip(since, many, strict=True):
        chance = share[stay + 1 : stay + days + 1] / max(share[stay], 1e-12)
        ahead += rng.binomial(patients, np.clip(chance, 0, 1), (draws, days))
    return ahead


def arrivals_in_bed(cases: Floats, chance: Floats, wait: Floats, share: Floats, rng: np.random.Generator) -> Floats:
    """Patients in bed among cases to come; shape (D, H).

    Parameters
    ----------
    cases : numpy.ndarray[float64], shape (D, H)
        New cases by path and day ahead.
    chance : numpy.ndarray[float64], shape (D,)
        That a case needs this bed.
    wait : numpy.ndarray[float64], shape (L,)
        Chance to come into the bed 0, 1, ... days after the case was told.
    share : numpy.ndarray[float64], shape (>= H,)
        See `stay_curve`.
    """
    days = cases.shape[1]
    need = rng.binomial(cases.astype(np.int64), chance[:, None])
    come, late = np.zeros(cases.shape, dtype=np.int64), need
    left = 1.0
    for lag in range(min(days, len(wait))):
        now = rng.binomial(late, min(wait[lag] / left, 1.0) if left > 1e-12 else 1.0)
        come[:, lag:] += now[:, : days - lag]
        late, left = late - now, left - wait[lag]
    present = np.zeros(cases.shape)
    for stayed in range(days):
        present[:, stayed:] += rng.binomial(come[:, : days - stayed], share[stayed])
    return present
