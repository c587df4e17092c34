"""Quasi-Poisson regression with a log link, by iteratively reweighted least squares: groups with one common slope."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Numba keeps compiled callers apart: after a change here, remove what it kept of kernels/farrington.py in __pycache__.

TOLERANCE = 1e-8  # relative change of the deviance at which a fit has converged, as in R's glm
MOST_ROUNDS = 25  # also as in R's glm: where a group has no case its log mean falls by 1 a round, for ever
LEAST_MEAN = float(np.finfo(np.float64).eps)  # R's log link gives no smaller mean
START = 0.1  # added to each count for the first round, so that zeros have a logarithm


class Line(NamedTuple):
    """Weighted least squares of a value on time: an intercept for each group, and one slope.

    Attributes
    ----------
    total, middle, intercept : numpy.ndarray[float64], shape (G,)
        Weight, weighted mean time, and value at time 0 of each group; all 0 for a group without weight.
    spread, slope : float
        Weighted squares of time about the middle of its group, and change a unit of time; 0 without a slope.
    """

    total: Floats
    middle: Floats
    intercept: Floats
    spread: float
    slope: float


class Fit(NamedTuple):
    """A fitted model.

    Attributes
    ----------
    valid, converged : bool
        Whether there are coefficients, and whether the last round changed the deviance by next to nothing.
    line : Line
        The last least squares, of the log mean less the offset.
    mean, working : numpy.ndarray[float64], shape (N,)
        Fitted mean, and weights of the last least squares.
    freedom : int
        Residual degrees of freedom: rows with weight, less groups with weight, less one for a slope.
    """

    valid: bool
    converged: bool
    line: Line
    mean: Floats
    working: Floats
    freedom: int


@njit(cache=True, error_model="numpy")
def quasi_poisson(  # noqa: PLR0913, PLR0917 (the parts of a regression; compiled code takes them by position)
    count: Floats,
    offset: Floats,
    weight: Floats,
    group: Ints,
    time: Floats,
    groups: int,
    sloped: bool,  # noqa: FBT001
) -> Fit:
    """Fit log mean = offset + intercept of the group + slope x time, with the start, rounds and end of R's glm.

    Groups with one slope need no linear algebra: the slope is that of the values about the means of their groups.
    A mean that tends to 0 has no limit; it is left where the rule for the end leaves it, so that rule is R's.

    Parameters
    ----------
    count, offset, weight, time : numpy.ndarray[float64], shape (N,)
        Counts of 0 or more, log of what is exposed (0 without one), prior weights of 0 or more, time.
    group : numpy.ndarray[int64], shape (N,)
        Group of each row, 0 .. groups - 1.
    groups : int
        Number of groups; a group may have no row.
    sloped : bool
        Whether the model has a slope.

    Returns
    -------
    Fit

    References
    ----------
    McCullagh and Nelder 1989, Generalized Linear Models, section 2.5.
    """
    mean, value, working = np.empty_like(count), np.empty_like(count), np.empty_like(count)
    deviance = 0.0
    for i in range(len(count)):
        mean[i] = count[i] + START
        value[i] = np.log(mean[i]) - offset[i]
        deviance += weight[i] * _apart(count[i], mean[i])
    valid = converged = False
    for turn in range(MOST_ROUNDS):
        for i in range(len(count)):
            working[i] = weight[i] * mean[i]
            value[i] += (count[i] - mean[i]) / mean[i]
        new = _least_squares(value, working, group, time, groups, sloped)
        if turn == 0:
            line = new
        before, deviance = deviance, _predict(new, count, offset, weight, group, time, value, mean)
        halvings = 0
        while not np.isfinite(deviance) and turn > 0 and halvings < MOST_ROUNDS:  # overshot: go half the way
            new = _half_way(line, new)
            deviance = _predict(new, count, offset, weight, group, time, value, mean)
            halvings += 1
        line = new
        valid = np.isfinite(deviance)
        converged = valid and abs(deviance - before) < TOLERANCE * (0.1 + deviance)
        if converged or not valid:
            break
    return Fit(valid, converged, line, mean, working, _freedom(weight, line, sloped))


@njit(cache=True, error_model="numpy")
def dispersion(count: Floats, mean: Floats, weight: Floats, freedom: int) -> float:
    """Weighted squares of the relative residuals a degree of freedom; with working weights, Pearson's estimate.

    Parameters
    ----------
    count, mean, weight : numpy.ndarray[float64], shape (N,)
        Counts, fitted means, weights.
    freedom : int
        Residual degrees of freedom; NaN comes back where there are none.
    """
    if freedom <= 0:
        return np.nan
    squares = 0.0
    for i in range(len(count)):
        if weight[i] > 0:
            squares += weight[i] * ((count[i] - mean[i]) / mean[i]) ** 2
    return squares / freedom


@njit(cache=True, error_model="numpy")
def leverage(line: Line, working: float, group: int, time: float) -> float:
    """Share of a row in its own fitted value, from its working weight, its group and its time.

    With a working weight of 1, the variance of the fitted log mean at that group and time (for a dispersion of 1).
    """
    share = 1 / line.total[group]
    if line.spread > 0:
        share += (time - line.middle[group]) ** 2 / line.spread
    return float(working * share)


@njit(cache=True, error_model="numpy")
def _least_squares(  # noqa: PLR0913, PLR0917
    value: Floats,
    working: Floats,
    group: Ints,
    time: Floats,
    groups: int,
    sloped: bool,  # noqa: FBT001
) -> Line:
    total, middle, level = np.zeros(groups), np.zeros(groups), np.zeros(groups)
    for i in range(len(value)):
        total[group[i]] += working[i]
        middle[group[i]] += working[i] * time[i]
        level[group[i]] += working[i] * value[i]
    for g in range(groups):
        if total[g] > 0:
            middle[g] /= total[g]
            level[g] /= total[g]
    spread = slope = 0.0
    if sloped:
        for i in range(len(value)):
            away = time[i] - middle[group[i]]
            spread += working[i] * away * away
            slope += working[i] * away * (value[i] - level[group[i]])
        slope = slope / spread if spread > 0 else 0.0
        for g in range(groups):
            level[g] -= slope * middle[g]  # from the middle to time 0
    return Line(total, middle, level, spread, slope)


@njit(cache=True, error_model="numpy")
def _predict(  # noqa: PLR0913, PLR0917
    line: Line,
    count: Floats,
    offset: Floats,
    weight: Floats,
    group: Ints,
    time: Floats,
    value: Floats,
    mean: Floats,
) -> float:
    """Put the log mean less the offset into `value` and the mean into `mean`; the deviance comes back."""
    deviance = 0.0
    for i in range(len(count)):
        value[i] = line.intercept[group[i]] + line.slope * time[i]
        mean[i] = max(np.exp(value[i] + offset[i]), LEAST_MEAN)
        if weight[i] > 0:
            deviance += weight[i] * _apart(count[i], mean[i])
    return deviance


@njit(cache=True, error_model="numpy")
def _apart(count: float, mean: float) -> float:
    """Deviance of a count from a mean; log1p, as the rounding of a logarithm would hide that a large fit is exact."""
    if count > 0:
        away = count - mean
        return float(2 * (count * np.log1p(away / mean) - away))
    return 2 * mean


@njit(cache=True, error_model="numpy")
def _half_way(line: Line, new: Line) -> Line:
    intercept = new.intercept.copy()
    for g in range(len(intercept)):
        intercept[g] = (line.intercept[g] + new.intercept[g]) / 2
    return Line(new.total, new.middle, intercept, new.spread, (line.slope + new.slope) / 2)


@njit(cache=True, error_model="numpy")
def _freedom(weight: Floats, line: Line, sloped: bool) -> int:  # noqa: FBT001
    left = -1 if sloped else 0
    for i in range(len(weight)):
        left += weight[i] > 0
    for g in range(len(line.total)):
        left -= line.total[g] > 0
    return left
