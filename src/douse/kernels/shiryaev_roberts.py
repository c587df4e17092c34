"""The Shiryaev-Roberts statistic over two steps, its exact tail and the count that alarms."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from douse.kernels.count_baseline import tilt

Floats = NDArray[np.float64]

SHIFT = 2.5  # standard deviations a step by which an outbreak is taken to raise the counts
BEFORE = 4.0  # odds that an outbreak is in its second step rather than its first
MOST_BEFORE = 5.0  # most that the step before may say: an outbreak that has passed does not alarm for ever
NODE = math.sqrt(3.0)  # of the three-point Gauss-Hermite rule, weights 1/6, 2/3, 1/6
LARGEST_TABLE = 6000
LARGEST_LOG_EXCESS = 20.0
WIDE = 0.01  # variance of a log mean above which it is integrated over, not added to the spread


@njit(cache=True)
def _table(mean: float, phi: float) -> tuple[Floats, Floats, int, float]:
    """Chances of the counts lo, lo + width, ...; of that or more; lo; width.

    Exact for a negative binomial; where it would need more than `LARGEST_TABLE` counts, cells of a gamma distribution
    (Wilson and Hilferty's cube root).
    """
    sd = math.sqrt(phi * mean)
    lo = int(max(0.0, mean - 12 * sd))
    size = int(mean + 15 * sd + 20 * phi + 5) - lo
    if size > LARGEST_TABLE:
        return _coarse(mean, phi, sd)
    r, q = mean / (phi - 1), 1 - 1 / phi
    chance = np.empty(size)
    mode = min(max(int((r - 1) * (phi - 1)), lo), lo + size - 1) - lo
    chance[mode] = 1.0
    for k in range(mode + 1, size):
        chance[k] = chance[k - 1] * (r + lo + k - 1) / (lo + k) * q
    for k in range(mode - 1, -1, -1):
        chance[k] = chance[k + 1] * (lo + k + 1) / ((r + lo + k) * q)
    chance /= chance.sum()
    return chance, _or_more(chance), lo, 1.0


@njit(cache=True)
def _coarse(mean: float, phi: float, sd: float) -> tuple[Floats, Floats, int, float]:
    width = max(1.0, sd / 100)
    lo = int(max(0.0, mean - 8 * sd))
    size = 3000
    shape = max(mean / phi, 0.1)
    above = np.empty(size + 1)
    for k in range(size + 1):
        edge = max(lo + k * width - width / 2, 0.0) / mean
        z = (edge ** (1 / 3) - (1 - 1 / (9 * shape))) * 3 * math.sqrt(shape)
        above[k] = 0.5 * math.erfc(z / math.sqrt(2.0))
    above[0] = 1.0
    chance = above[:-1] - above[1:]
    chance[-1] += above[-1]
    return chance, _or_more(chance), lo, width


@njit(cache=True)
def _or_more(chance: Floats) -> Floats:
    tail = np.zeros(len(chance) + 1)
    for k in range(len(chance) - 1, -1, -1):
        tail[k] = tail[k + 1] + chance[k]
    return tail


@njit(cache=True)
def _before(slope: float, constant: float, count: float) -> float:
    """What the step before adds to the log of the statistic; nothing where its count is not known."""
    if not count >= 0:
        return 0.0
    return math.log1p(BEFORE * min(math.exp(min(slope * count - constant, 50.0)), MOST_BEFORE))


@njit(cache=True)
def _nodes(mean: Floats, variance: Floats, u: float, sd: float) -> tuple[Floats, Floats, Floats]:
    """Means (n, 2), dispersions (n, 2) and weights (n,) over which the tail is averaged."""
    wide = variance[1] > WIDE
    n = 5 if wide else 3
    means, phis, weights = np.empty((n, 2)), np.empty((n, 2)), np.full(n, 1 / 6)
    weights[1] = 1 / 3 if wide else 2 / 3
    for k in range(n):
        at = (k - 1) if k < 3 else 0
        move = 0.0 if k < 3 else (1.0 if k == 3 else -1.0)
        for back in range(2):
            means[k, back] = max(mean[back] * math.exp(move * NODE * math.sqrt(variance[back])), 1e-6)
            phis[k, back] = 1 + math.exp(min(u + at * NODE * sd, LARGEST_LOG_EXCESS))
            if not wide:  # twice where both steps miss alike; the step alone once
                phis[k, back] += 1.5 * mean[back] * variance[back]
    return means, phis, weights


@njit(cache=True)
def judge(  # noqa: PLR0913, PLR0917 (compiled functions take no keywords)
    counts: Floats, mean: Floats, variance: Floats, log_excess: Floats, log_excess_sd: Floats, alpha: float
) -> tuple[Floats, Floats, Floats]:
    """Bound, score and chance of each step.

    Parameters
    ----------
    counts : numpy.ndarray[float64], shape (S, T)
        Counts, NaN where not known.
    mean, variance : numpy.ndarray[float64], shape (S, T, 2)
        Expected count of the step before and of the step, and the variance of its log; NaN where not judged.
    log_excess, log_excess_sd : numpy.ndarray[float64], shape (S, T)
        log(phi - 1) and its standard deviation.
    alpha : float
        Chance of a false alarm a step.

    Returns
    -------
    tuple of numpy.ndarray[float64], each (S, T)
        Largest count that does not alarm, given the step before; log of the statistic; chance of a statistic as large.
    """
    rows, steps = counts.shape
    bound, score, p = np.full((rows, steps), np.nan), np.full((rows, steps), np.nan), np.full((rows, steps), np.nan)
    for s in range(rows):
        for t in range(steps):
            m = mean[s, t, 1]
            if not m > 0:
                continue
            phi = 1 + math.exp(min(log_excess[s, t], LARGEST_LOG_EXCESS))
            last = counts[s, t - 1] if t > 0 else np.nan
            a0, b0 = tilt(max(mean[s, t, 0], 1e-6), phi, SHIFT)
            a1, b1 = tilt(max(m, 1e-6), phi, SHIFT)
            given = _before(a0, b0, last)
            means, phis, weights = _nodes(mean[s, t], variance[s, t], log_excess[s, t], log_excess_sd[s, t])
            before = [_table(means[k, 0], phis[k, 0]) for k in range(len(weights))]
            if not last >= 0:  # then the step alone is judged
                before = [(np.ones(1), np.ones(2), 0, 0.0) for k in range(len(weights))]
            adds = [_adds(one, a0, b0, last) for one in before]
            today = [_table(means[k, 1], phis[k, 1]) for k in range(len(weights))]
            score[s, t] = a1 * counts[s, t] - b1 + given
            p[s, t] = _chance(counts[s, t], m, given, a1, weights, before, adds, today)
            bound[s, t] = _bound(m, given, a1, weights, before, adds, today, alpha, math.sqrt(phi * m))
    return bound, score, p


@njit(cache=True)
def _adds(before: tuple[Floats, Floats, int, float], slope: float, constant: float, last: float) -> Floats:
    """What each count that the step before may have had adds to the statistic."""
    chance, _, lo, width = before
    if not last >= 0:
        return np.zeros(1)
    return np.array([_before(slope, constant, lo + k * width) for k in range(len(chance))])


@njit(cache=True)
def _from(today: tuple[Floats, Floats, int, float], count: float) -> float:
    """Mid-p chance of a count as large: of a larger one, and half that of the same one where there is such a count."""
    _, above, lo, width = today
    at = (count - lo) / width
    return (_above(above, math.ceil(at - 1e-9)) + _above(above, math.floor(at + 1e-9) + 1)) / 2


@njit(cache=True)
def _above(above: Floats, k: int) -> float:
    if k <= 0:
        return 1.0
    return above[k] if k < len(above) else 0.0


@njit(cache=True)
def _chance(  # noqa: PLR0913, PLR0917 (as above)
    count: float,
    mean: float,
    given: float,
    slope: float,
    weights: Floats,
    before: list[tuple[Floats, Floats, int, float]],
    adds: list[Floats],
    today: list[tuple[Floats, Floats, int, float]],
) -> float:
    """Chance of a statistic as large, a count above its mean ranking before every other."""
    over = math.floor(mean) + 1.0
    total, alone = 0.0, 0.0
    for n in range(len(weights)):
        chance = before[n][0]
        for k in range(len(chance)):
            if chance[k] < 1e-13:
                continue
            as_large = count + (given - adds[n][k]) / slope
            # half a count below `over`: all of its counts rank before, none ties
            as_large = max(as_large, over - 0.5) if count > mean else min(as_large, over - 0.5)
            total += weights[n] * chance[k] * _from(today[n], as_large)
        alone += weights[n] * _from(today[n], count)
    if count > mean:
        return total
    return min(1.0, max(total, alone))


@njit(cache=True)
def _bound(  # noqa: PLR0913, PLR0917 (as above)
    mean: float,
    given: float,
    slope: float,
    weights: Floats,
    before: list[tuple[Floats, Floats, int, float]],
    adds: list[Floats],
    today: list[tuple[Floats, Floats, int, float]],
    alpha: float,
    sd: float,
) -> float:
    """Largest count that does not alarm; never below the mean."""
    low, reach = math.floor(mean) * 1.0, max(1.0, math.ceil(2 * sd))
    high = low + reach
    while _chance(high, mean, given, slope, weights, before, adds, today) > alpha:
        low, reach = high, reach * 2
        high = low + reach
    while high - low > 1:
        middle = math.floor((low + high) / 2) * 1.0
        if _chance(middle, mean, given, slope, weights, before, adds, today) > alpha:
            low = middle
        else:
            high = middle
    return low
