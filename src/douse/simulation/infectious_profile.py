"""On which days since infection people infect others, by their incubation."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

Floats = NDArray[np.float64]
Ints = NDArray[np.integer]
DAYS = 64
_STEEPEST = 4.0  # beyond, nearly all transmission of a side falls on one day
_LOG_ODDS = 600.0
_NEAR = 1e-9


@dataclass(frozen=True)
class Profile:
    """Infectiousness by day.

    Attributes
    ----------
    by_day : numpy.ndarray[float64], shape (64, 64)
        Share of a person's transmission, by incubation and day since infection; rows sum to 1.
    presymptomatic_share, generation_time : float
        What the rows give for the incubations that they were made for; days.
    """

    by_day: Floats
    presymptomatic_share: float
    generation_time: float


def infectious_profile(  # noqa: PLR0913  (two things to meet, and the shape)
    incubation: Ints, *, presymptomatic_share: float, generation_time: float, after: int, rise: float, fade: float
) -> Profile:
    """Infectiousness by incubation and day since infection.

    On day t from onset (0 is the day of onset) infectiousness is in proportion to::

        c exp(t / rise) exp(s t)     before onset
        exp(-t / fade) exp(s t)      from onset to the last infectious day

    on every day from the first after infection on; for each incubation it is scaled to sum to 1, so that nobody infects
    less for having fallen ill soon. The two unknowns, c and s, are such that over the given incubations the share of
    transmission before onset and the mean time from infection to transmission are those asked for. Among all courses
    with these two this is the one nearest to the shape that `rise` and `fade` give (least relative entropy: Csiszár
    1975, doi 10.1214/aop/1176996454).

    Where both cannot hold, the share does, and the generation time is as near as it can be. Where the share cannot hold
    (who falls ill on the day after infection has no day before onset), it is as near as it can be.

    Parameters
    ----------
    incubation : numpy.ndarray[uint8], shape (n,)
        Days from infection to onset of equally likely people, 1 to 40.
    presymptomatic_share : float
        Of transmission.
    generation_time : float
        Mean, days.
    after : int
        Last infectious day from onset.
    rise, fade : float
        Time constants, days.

    Returns
    -------
    Profile
        Row 0 is that of an incubation of a day. Days after the 63rd are cut.
    """
    weight = np.bincount(incubation, minlength=DAYS) / len(incubation)
    from_onset = np.arange(DAYS)[None, :] - np.arange(DAYS)[:, None]
    early, late = from_onset < 0, (from_onset >= 0) & (from_onset <= after)
    early[:, 0] = late[:, 0] = False  # nobody infects on the day of infection
    shape = np.where(early, from_onset / rise, -from_onset / fade)

    def bent(tilt: float) -> Floats:
        logs = shape + tilt * from_onset
        before, log_before = _shares(logs, early)
        since, log_since = _shares(logs, late)
        odds = log_before - log_since
        level = _root(lambda c: float(weight @ expit(c + odds)) - presymptomatic_share, _LOG_ODDS)
        share = expit(level + odds)[:, None] if presymptomatic_share > 0 else np.zeros((DAYS, 1))
        return share * before + (1 - share) * since

    def mean(rows: Floats) -> float:
        return float(weight @ rows @ np.arange(DAYS))

    rows = bent(_root(lambda tilt: mean(bent(tilt)) - generation_time, _STEEPEST))
    rows[0] = rows[1]
    return Profile(rows, float(weight @ (rows * early).sum(axis=1)), mean(rows))


def _shares(logs: Floats, there: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Each row's weights as shares of those that are there (0 where none is), and the logarithm of their sum."""
    kept = np.where(there, logs, -np.inf)
    most = np.where(there.any(axis=1), kept.max(axis=1), 0.0)
    weights = np.exp(kept - most[:, None])
    total = weights.sum(axis=1)
    with np.errstate(divide="ignore"):
        return weights / np.maximum(total, 1e-300)[:, None], np.log(total) + most


def _root(gap: Callable[[float], float], bound: float) -> float:
    """Where a rising function is 0 between -bound and bound; the end that is nearer to it where it is nowhere 0."""
    low, high = gap(-bound), gap(bound)
    if low * high < 0:
        return float(brentq(gap, -bound, bound, xtol=_NEAR))
    return -bound if abs(low) < abs(high) else bound
