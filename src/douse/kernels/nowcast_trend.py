"""Delays that drift: reverse-time hazards with a trend in the date."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEWTON_STEPS = 12
TOLERANCE = 1e-6
# Standard deviation, before the reports are seen, of the change of a hazard's log odds over the longest delay.
TREND_SD = 2.5
# Bounds that keep hazards and Newton's steps finite; the step of the trend is that over the longest delay.
LEAST_HAZARD, MOST_HAZARD = 1e-6, 0.98
LEAST_ODDS, MOST_ODDS, LARGEST_STEP = -14.0, 4.0, 2.0
SMALLEST_BEND = 1e-9


@njit(cache=True)
def tilt(hazards: Floats) -> Floats:
    """How far each hazard's log odds move when all delays become longer or shorter alike; 1 on average.

    Where the probability of each delay d is multiplied by exp(-c d), the log odds of the reverse hazard of d change
    by -c times the distance of d from the mean of the shorter delays.

    Parameters
    ----------
    hazards : numpy.ndarray[float64], shape (D + 1,)
        Reverse-time hazards; the first is not read.
    """
    delays = len(hazards)
    lean = np.ones(delays)
    mean = 0.0
    for d in range(1, delays):
        lean[d] = d - mean
        mean += hazards[d] * (d - mean)
    lean[1:] /= lean[1:].mean()
    return lean


@njit(cache=True)
def trending_hazards(  # noqa: PLR0913, PLR0917  the arrays and numbers of one formula
    counts: Floats,
    cumulated: Floats,
    first: int,
    last: int,
    memory: float,
    pull: float,
    before: Floats,
    lean: Floats,
    factors: Floats,
    group: Ints,
) -> tuple[Floats, Floats, Floats, float, float]:
    """Reverse-time hazards whose log odds move with the date.

    Weighted logistic regression by Newton's method: log odds of g(d) at row t = a(d) + trend x lean(d) x
    (t - centre(d)), times the weekday's factor. `centre` is the mean row of the reports behind a(d), so that the a(d)
    hardly depend on the trend, which has a normal prior around 0.

    Parameters
    ----------
    counts, cumulated, first, last, memory, pull, before
        As in `reverse_hazards`; the pull is to `before` at the centre.
    lean : numpy.ndarray[float64], shape (D + 1,)
        From `tilt`.
    factors, group
        From and as in `weekday_factors`.

    Returns
    -------
    hazards, evidence, centre : numpy.ndarray[float64], shape (D + 1,)
        At the centre; weighted cases behind each (with `pull`); rows of the triangle.
    trend, variance : float
        Change of the log odds a step (for a lean of 1), and its variance.
    """
    delays = len(before)
    start, evidence, centre = _centred(counts, cumulated, first, last, memory, pull, before)
    odds = np.log(start / (1.0 - start))
    trend, variance = 0.0, 0.0
    prior = (delays / TREND_SD) ** 2
    slope, bends, cross = np.zeros(delays), np.zeros(delays), np.zeros(delays)
    for _ in range(NEWTON_STEPS):
        score, info = -prior * trend, prior
        for d in range(1, delays):
            g = 1.0 / (1.0 + math.exp(-odds[d]))
            slope[d], bends[d], cross[d] = pull * (before[d] - g), pull * g * (1.0 - g) + SMALLEST_BEND, 0.0
            for t in range(first, last - d + 1):
                if cumulated[t, d] > 0:
                    away = lean[d] * (t - centre[d])
                    plain = 1.0 / (1.0 + math.exp(-odds[d] - trend * away))
                    g = min(plain * factors[group[d], (t + d) % 7], MOST_HAZARD)
                    weight = math.exp((t + d - last) / memory) * (1.0 - plain) / (1.0 - g)
                    error = weight * (counts[t, d] - cumulated[t, d] * g)
                    bend = weight * cumulated[t, d] * g * (1.0 - plain)
                    slope[d] += error
                    bends[d] += bend
                    cross[d] += bend * away
                    score += error * away
                    info += bend * away**2
        for d in range(1, delays):
            score -= cross[d] * slope[d] / bends[d]
            info -= cross[d] ** 2 / bends[d]
        variance = 1.0 / info
        move = min(max(score * variance, -LARGEST_STEP / delays), LARGEST_STEP / delays)
        trend += move
        largest = abs(move) * delays
        for d in range(1, delays):
            change = min(max((slope[d] - cross[d] * move) / bends[d], -LARGEST_STEP), LARGEST_STEP)
            odds[d] = min(max(odds[d] + change, LEAST_ODDS), MOST_ODDS)
            largest = max(largest, abs(change))
        if largest < TOLERANCE:
            break
    return 1.0 / (1.0 + np.exp(-odds)), evidence, centre, trend, variance


@njit(cache=True)
def _centred(  # noqa: PLR0913, PLR0917  as `trending_hazards`
    counts: Floats, cumulated: Floats, first: int, last: int, memory: float, pull: float, before: Floats
) -> tuple[Floats, Floats, Floats]:
    """Hazards without a trend, to start from; weighted cases behind each; their mean row."""
    delays = len(before)
    hazards, evidence, centre = np.full(delays, 0.5), np.full(delays, pull), np.full(delays, float(last))
    for d in range(1, delays):
        seen, rows, came = 0.0, 0.0, pull * before[d]
        for t in range(first, last - d + 1):
            weight = math.exp((t + d - last) / memory)
            seen += weight * cumulated[t, d]
            rows += weight * cumulated[t, d] * t
            came += weight * counts[t, d]
        if seen > 0:
            centre[d] = rows / seen
        evidence[d] += seen
        hazards[d] = min(max(came / evidence[d], LEAST_HAZARD), MOST_HAZARD)
    return hazards, evidence, centre
