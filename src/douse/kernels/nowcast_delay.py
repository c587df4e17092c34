"""How much of a date's count has been reported: reverse-time hazards from a reporting triangle."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A weekday's factor on a hazard is held between these bounds, and no hazard reaches 1.
LEAST_FACTOR, MOST_FACTOR, MOST_HAZARD = 0.05, 5.0, 0.98
# Reporting has begun when this share of all reports has come.
BEGUN = 0.02


@njit(cache=True)
def first_reports(counts: Floats, last: int) -> int:
    """Row of the date on which reporting had begun.

    Earlier dates were reported late because nobody reported yet, so their delays say nothing about those of today.

    Parameters
    ----------
    counts : numpy.ndarray[float64], shape (T, D + 1)
        Reports by date (oldest first) and delay.
    last : int
        Row of the as-of date: the cell (t, d) is known where t + d <= last.
    """
    came = np.zeros(last + 1)
    for t in range(last + 1):
        for d in range(min(counts.shape[1], last - t + 1)):
            came[t + d] += counts[t, d]
    row, so_far = 0, came[0]
    while row < last and so_far < BEGUN * came.sum():
        row += 1
        so_far += came[row]
    return row


@njit(cache=True)
def reverse_hazards(  # noqa: PLR0913, PLR0917  the arrays and numbers of one formula
    counts: Floats, cumulated: Floats, first: int, last: int, memory: float, pull: float, before: Floats
) -> tuple[Floats, Floats]:
    """Share of the reports by delay d that came with delay d exactly, recent report days counting more.

    The reverse-time hazard g(d) = P(delay = d | delay <= d) is free of the bias that reports yet to come bring
    (right truncation), since it compares only what was seen.

    Parameters
    ----------
    counts, cumulated : numpy.ndarray[float64], shape (T, D + 1)
        Reports by date (oldest first) and delay, and their running sum over delays. Cells after `last` are not read.
    first, last : int
        Rows of the first date that is used and of the as-of date.
    memory : float
        Steps after which a report day counts 1/e; 0 for all alike.
    pull : float
        Cases by which the hazards are pulled to `before`.
    before : numpy.ndarray[float64], shape (D + 1,)
        Hazards believed before.

    Returns
    -------
    hazards : numpy.ndarray[float64], shape (D + 1,)
        g(0) is 1.
    evidence : numpy.ndarray[float64], shape (D + 1,)
        Weighted cases behind each (with `pull`).

    References
    ----------
    Kalbfleisch and Lawless 1989, doi 10.1080/01621459.1989.10478780.
    """
    delays = counts.shape[1]
    hazards = np.ones(delays)
    evidence = np.full(delays, pull)
    for d in range(1, delays):
        came, seen = pull * before[d], pull
        for t in range(first, last - d + 1):
            weight = np.exp((t + d - last) / memory) if memory > 0 else 1.0
            came += weight * counts[t, d]
            seen += weight * cumulated[t, d]
        hazards[d] = min(came / seen, MOST_HAZARD)
        evidence[d] = seen
    return hazards, evidence


@njit(cache=True)
def weekday_factors(  # noqa: PLR0913, PLR0917  the arrays and numbers of one formula
    counts: Floats, cumulated: Floats, first: int, last: int, hazards: Floats, group: Ints, pull: float
) -> Floats:
    """Factor on the hazard of each group of delays by weekday of the report: seen over expected, pulled to 1.

    Parameters
    ----------
    counts, cumulated, first, last
        As in `reverse_hazards`.
    hazards : numpy.ndarray[float64], shape (D + 1,)
        Hazards without weekdays.
    group : numpy.ndarray[int64], shape (D + 1,)
        Group of each delay.
    pull : float
        Expected reports by which a factor is pulled to 1.

    Returns
    -------
    numpy.ndarray[float64], shape (groups, 7)
        Column: (row of the triangle + delay) modulo 7.
    """
    groups = group.max() + 1
    seen = np.full((groups, 7), pull)
    expected = np.full((groups, 7), pull)
    for t in range(first, last + 1):
        for d in range(1, min(counts.shape[1], last - t + 1)):
            seen[group[d], (t + d) % 7] += counts[t, d]
            expected[group[d], (t + d) % 7] += cumulated[t, d] * hazards[d]
    return np.minimum(np.maximum(seen / expected, LEAST_FACTOR), MOST_FACTOR)


@njit(cache=True)
def shares_reported(  # noqa: PLR0913, PLR0917  the arrays and numbers of one formula
    hazards: Floats,
    evidence: Floats,
    centre: Floats,
    lean: Floats,
    trend: float,
    trend_variance: float,
    factors: Floats,
    group: Ints,
    first: int,
    last: int,
) -> tuple[Floats, Floats]:
    """Share of a date's count that is reported by each delay, and how sure that is.

    Parameters
    ----------
    hazards, evidence : numpy.ndarray[float64], shape (D + 1,)
        From `reverse_hazards`, or from `trending_hazards` with those that follow.
    centre, lean : numpy.ndarray[float64], shape (D + 1,)
        Row at which each hazard holds, and how far the trend moves it (`tilt`).
    trend, trend_variance : float
        Change of the hazards' log odds a step, and its variance; 0 where they stay.
    factors, group
        From and as in `weekday_factors`.
    first, last : int
        Rows wanted.

    Returns
    -------
    shares : numpy.ndarray[float64], shape (last - first + 1, D + 1)
        Product of 1 - g(j) over the delays j after d; the last is 1.
    doubt : numpy.ndarray[float64], shape (last - first + 1, D + 1)
        Variance of its logarithm: each hazard is taken as Beta with `evidence` cases, and the trend is shared.
    """
    delays = len(hazards)
    shares = np.ones((last - first + 1, delays))
    doubt = np.zeros((last - first + 1, delays))
    for row in range(last - first + 1):
        lever, own = 0.0, 0.0
        for d in range(delays - 1, 0, -1):
            g, away = hazards[d], lean[d] * (first + row - centre[d])
            if trend != 0.0:
                g = g / (g + (1.0 - g) * np.exp(-trend * away))
            g = min(g * factors[group[d], (first + row + d) % 7], MOST_HAZARD)
            shares[row, d - 1] = shares[row, d] * (1.0 - g)
            own += g / ((1.0 - g) * (evidence[d] + 1.0))
            lever += g * away
            doubt[row, d - 1] = own + lever**2 * trend_variance
    return shares, doubt
