"""Chance that nobody more will fall ill, by the days since the known cases (a branching process with day steps).

Each case infects a negative binomial number of people (mean r, dispersion k; k infinite: Poisson), who fall ill after a
serial interval. A case is reported with chance p, some days after onset. For one case whose onset was a days ago,

    quiet(a) = G(S(a) + sum_t w(t) (1 - p H(a - t)) quiet(a - t))     nobody in its line has been reported,
    over(a)  = G((1 - p) sum_t w(t) over(a - t))                        nor will anybody be, or fall ill after today,

with G the generating function of the offspring, w the serial interval, S(a) the chance that it is longer than a, H the
share reported within so many days.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def unseen(  # noqa: PLR0913, PLR0917  the parts of the model
    si: Floats, known_by: Floats, r: float, k: float, ascertained: float, days: int
) -> tuple[Floats, Floats]:
    """For the offspring of one case, by its age in days: chance to be unseen so far, and to be unseen and over.

    Parameters
    ----------
    si : numpy.ndarray[float64], shape (K,)
        Weight of lags 0 .. K - 1 days; that of 0 is 0, the sum 1.
    known_by : numpy.ndarray[float64], shape (D,)
        H: share of those who will be reported that has been, 0 .. D - 1 days after onset; all later.
    r, k : float
        Mean and dispersion of the offspring; k may be inf.
    ascertained : float
        p: share of cases that is ever reported.
    days : int
        Ages 0 .. days - 1.

    Returns
    -------
    tuple of numpy.ndarray[float64], each of shape (days,)
        The arguments of G above: chance for one infected person, not for the case as a whole.
    """
    weights = np.zeros(max(days, len(si)))
    weights[: len(si)] = si
    later = np.clip(1 - np.cumsum(weights), 0, 1)
    hidden = np.full(days, 1 - ascertained)
    early = min(days, len(known_by))
    hidden[:early] = 1 - ascertained * known_by[:early]
    silent, ended = np.empty(days), np.empty(days)
    quiet, over = np.empty(days), np.empty(days)
    for age in range(days):
        # Onset of the offspring 1 .. age days after the case, but never longer than a serial interval can be.
        longest = min(age, len(si) - 1)
        lag, ago = weights[longest:0:-1], slice(age - longest, age)
        silent[age] = later[age] + lag @ (hidden[ago] * quiet[ago])
        ended[age] = (1 - ascertained) * (lag @ over[ago])
        quiet[age], over[age] = np.exp(log_generating(np.array([silent[age], ended[age]]), r, k))
    return silent, ended


def log_generating(s: Floats | float, r: float, k: float) -> Floats:
    """Log of the generating function of the number of people whom one case infects."""
    answer: Floats = -r * (1 - np.asarray(s)) if np.isinf(k) else -k * np.log1p(r * (1 - np.asarray(s)) / k)
    return answer


def log_over(silent: Floats, ended: Floats, infected: Floats, r: float, k: float) -> Floats:
    """Log chance that the line of one case is over, given how many of its offspring are known.

    The gamma distributed infectiousness behind the negative binomial has, after `infected` known offspring and no
    other seen, shape k + infected and rate k / r + 1 - silent.

    Parameters
    ----------
    silent, ended : numpy.ndarray[float64]
        From `unseen`, at the age of the case.
    infected : numpy.ndarray[float64]
        Known offspring; expected numbers will do, as the log chance is linear in them.
    r, k : float
    """
    if np.isinf(k):
        poisson: Floats = -r * (silent - ended) + np.zeros_like(infected)
        return poisson
    answer: Floats = (k + infected) * np.log((k / r + 1 - silent) / (k / r + 1 - ended))
    return answer
