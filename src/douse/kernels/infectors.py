"""Who infected whom by dates alone (Wallinga and Teunis 2004): cases infected by those of a day or a window.

A case of day j was infected by one case of day i with a chance of si[j - i] / force[j]. The number infected by the
cases of a window is then a sum of binomials, one a later day: its mean, spread and quantiles need no simulation.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Sums with so small a variance and mean are added up exactly; one case at a time where a day has few.
_SMALL_VARIANCE, _SMALL_MEAN, _ONE_BY_ONE = 6.0, 60.0, 120
# A smaller chance than this moves no quantile.
_NO_CHANCE = 1e-12


@njit(cache=True)
def window_spread(  # noqa: PLR0913, PLR0917  the data, the windows and what is asked of them
    local: Floats, cases: Floats, force: Floats, si: Floats, window: int, low: float, high: float
) -> tuple[Floats, Floats, Floats]:
    """Variance and two quantiles of the number infected by the cases of each window; each of shape (S, T).

    Column e is the window that ends on day e; those that begin before the first day are NaN. Quantiles are whole
    numbers: exact where few cases are concerned, else a Cornish-Fisher expansion of four cumulants with continuity
    correction.

    Parameters
    ----------
    local, cases, force, si
        As for `renewal.infected_by_day`; never exact where `local` holds fractions.
    window : int
        Days.
    low, high : float
        Standard normal values of the two probabilities.
    """
    series, days = cases.shape
    variance = np.full((series, days), np.nan)
    lower = np.full((series, days), np.nan)
    upper = np.full((series, days), np.nan)
    for s in range(series):
        cumulants = _cumulants(local[s], cases[s], force[s], si, window)
        for end in range(window - 1, days):
            count, mean, second, third, fourth = cumulants[:, end]
            variance[s, end] = max(second, 0.0)
            if second <= 0:
                lower[s, end] = upper[s, end] = round(mean)
                continue
            if second < _SMALL_VARIANCE and mean < _SMALL_MEAN:
                chances = _exact(local[s], cases[s], force[s], si, window, end, int(mean + 8 * second**0.5 + 8))
                if len(chances):
                    lower[s, end], upper[s, end] = _quantile(chances, low), _quantile(chances, high)
                    continue
            skew, excess = third / second**1.5, fourth / second**2
            lower[s, end] = _expanded(mean, second**0.5, skew, excess, low, count)
            upper[s, end] = _expanded(mean, second**0.5, skew, excess, high, count)
    return variance, lower, upper


@njit(cache=True)
def _cumulants(local: Floats, cases: Floats, force: Floats, si: Floats, window: int) -> Floats:
    """Cases concerned, mean and second to fourth cumulant of the number infected by each window; shape (5, T)."""
    days, lags = len(cases), len(si)
    total = np.zeros((5, days))
    upto = np.empty(lags + 1)
    for day in range(1, days):
        if local[day] <= 0 or force[day] <= 0:
            continue
        # Weight of the infectors from the earliest to each later one.
        earliest = max(0, day - lags + 1)
        upto[0] = 0.0
        for k in range(day - earliest):
            upto[k + 1] = upto[k] + si[day - earliest - k] * cases[earliest + k]
        for end in range(earliest, min(days, day + window - 1)):
            last = min(end, day - 1) - earliest + 1
            first = max(end - window + 1 - earliest, 0)
            p = min(max((upto[last] - upto[first]) / force[day], 0.0), 1.0)
            if p < _NO_CHANCE:
                continue
            spread, n = p * (1 - p), local[day]
            total[0, end] += n
            total[1, end] += n * p
            total[2, end] += n * spread
            total[3, end] += n * spread * (1 - 2 * p)
            total[4, end] += n * spread * (1 - 6 * spread)
    return total


@njit(cache=True)
def _expanded(  # noqa: PLR0913, PLR0917  four cumulants, the probability, the bound
    mean: float, sd: float, skew: float, excess: float, z: float, most: float
) -> float:
    """Cornish-Fisher quantile of a whole number between 0 and `most`."""
    w = z + skew * (z**2 - 1) / 6 + excess * (z**3 - 3 * z) / 24 - skew**2 * (2 * z**3 - 5 * z) / 36
    return min(max(math.ceil(mean + sd * w - 0.5), 0.0), most)


@njit(cache=True)
def _quantile(chances: Floats, z: float) -> float:
    wanted = 0.5 * math.erfc(-z / math.sqrt(2.0))
    total = 0.0
    for k in range(len(chances)):
        total += chances[k]
        if total >= wanted * (1 - 1e-12):
            return float(k)
    return float(len(chances) - 1)


@njit(cache=True)
def _exact(  # noqa: PLR0913, PLR0917  the data and which window of them
    local: Floats, cases: Floats, force: Floats, si: Floats, window: int, end: int, most: int
) -> Floats:
    """Chances of 0 .. most cases infected by the window that ends on a day; empty where counts are not whole."""
    days, lags = len(cases), len(si)
    total = np.zeros(most + 1)
    total[0] = 1.0
    for day in range(max(0, end - window + 2), min(days, end + lags)):
        if local[day] <= 0 or force[day] <= 0:
            continue
        if local[day] != np.floor(local[day]):
            return np.empty(0)
        weight = 0.0
        for infector in range(max(0, end - window + 1, day - lags + 1), min(end, day - 1) + 1):
            weight += si[day - infector] * cases[infector]
        p = min(weight / force[day], 1.0)
        if p >= _NO_CHANCE:
            total = _with_binomial(total, p, int(local[day]))
    return total


@njit(cache=True)
def _with_binomial(total: Floats, p: float, n: int) -> Floats:
    """Distribution of a sum with one binomial more; what lies beyond its length is left out."""
    most = len(total) - 1
    if n <= _ONE_BY_ONE:
        for _ in range(n):
            for k in range(most, 0, -1):
                total[k] = total[k] * (1 - p) + total[k - 1] * p
            total[0] *= 1 - p
        return total
    # Many cases, each with a small chance, as the mean of the whole sum is small.
    one = np.zeros(most + 1)
    one[0] = (1 - p) ** n
    for k in range(1, min(most, n) + 1):
        one[k] = one[k - 1] * (n - k + 1) / k * p / (1 - p)
    added = np.zeros(most + 1)
    for k in range(most + 1):
        for i in range(k + 1):
            added[k] += one[i] * total[k - i]
    return added
