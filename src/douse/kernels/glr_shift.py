"""Log likelihood ratio of a shift of the log mean of negative binomial counts, its maximum bounded without a search.

The ratio of a window is a concave function of the shift, and a sum over steps. Its value and slope at a few shifts,
summed up from the first step on, therefore give those of any window by one subtraction; two neighbouring tangents
bound the maximum, and only a window whose bound exceeds what is already had needs an exact search.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Shifts at which value and slope are kept; closer near 0, where most maxima lie.
SHIFTS = np.array([0.0, 0.05, 0.12, 0.2, 0.3, 0.4, 0.55, 0.7, 0.9, 1.1, 1.4, 1.8, 2.3, 3.0, 4.0, 6.0])
FARTHEST = 18.0  # a window without a case has its maximum at minus infinity: R's surveillance stops at -18
ROUNDS = 100
CLOSE = 1e-10


class Sums(NamedTuple):
    """Value and slope at each shift, summed over the steps before each step.

    Attributes
    ----------
    shift : numpy.ndarray[float64], shape (J,)
        The shifts, from 0 away.
    value, slope : numpy.ndarray[float64], shape (T + 1, J)
    shifted, ratio : numpy.ndarray[float64], shape (J,)
        Of the step at hand: its mean at each shift, and log((1 + alpha mean) / (1 + alpha shifted)).
    """

    shift: Floats
    value: Floats
    slope: Floats
    shifted: Floats
    ratio: Floats


@njit(cache=True)
def empty_sums(steps: int, sign: int) -> Sums:
    """Sums before the first step."""
    shift = sign * SHIFTS
    value, slope = np.zeros((steps + 1, len(shift))), np.zeros((steps + 1, len(shift)))
    return Sums(shift, value, slope, shift.copy(), shift.copy())


@njit(cache=True)
def set_mean(sums: Sums, mean: float, alpha: float) -> None:
    """Come to a step: what of it does not depend on its count."""
    for j in range(len(sums.shift)):
        sums.shifted[j] = mean * np.exp(sums.shift[j])
        sums.ratio[j] = np.log((1 + alpha * mean) / (1 + alpha * sums.shifted[j]))


@njit(cache=True)
def add_count(sums: Sums, step: int, count: float, alpha: float) -> None:
    """Add the step at hand to the sums."""
    for j in range(len(sums.shift)):
        added = sums.shift[j] * count + (count + 1 / alpha) * sums.ratio[j]
        sums.value[step + 1, j] = sums.value[step, j] + added
        added = (count - sums.shifted[j]) / (1 + alpha * sums.shifted[j])
        sums.slope[step + 1, j] = sums.slope[step, j] + added


@njit(cache=True)
def bracket(  # noqa: PLR0913, PLR0917 (a window and its last count; compiled code takes them by position)
    sums: Sums, start: int, step: int, count: float, alpha: float, sign: int
) -> tuple[int, float, float]:
    """Where the maximum of the window from `start` to the step at hand lies, were its count `count`.

    Returns
    -------
    left : int
        The maximum lies between this shift and the next; -1 where it is at 0.
    least, most : float
        Bounds of the maximum; `most` is infinite beyond the last shift.
    """
    shift, value, slope, shifted, ratio = sums
    low, high = -1, len(shift)
    rise, next_rise = 0.0, 0.0
    while high - low > 1:
        middle = (low + high) // 2
        here = slope[step, middle] - slope[start, middle] + (count - shifted[middle]) / (1 + alpha * shifted[middle])
        if sign * here > 0:
            low, rise = middle, here
        else:
            high, next_rise = middle, here
        if high == 0:
            return -1, 0.0, 0.0
    least = value[step, low] - value[start, low] + shift[low] * count + (count + 1 / alpha) * ratio[low]
    if high == len(shift):
        return low, least, np.inf
    other = value[step, high] - value[start, high] + shift[high] * count + (count + 1 / alpha) * ratio[high]
    crossing = (other - least - next_rise * (shift[high] - shift[low])) / (rise - next_rise)
    return low, max(least, other), least + rise * crossing


@njit(cache=True)
def peak(counts: Floats, mean: Floats, alpha: float, sign: int, near: float) -> float:
    """Maximum over shifts of the log likelihood ratio of a window.

    Parameters
    ----------
    counts, mean : numpy.ndarray[float64], shape (N,)
        Counts of the window, and their means without a shift; no case where the mean is 0.
    alpha : float
        Dispersion, above 0.
    sign : int
        1 for shifts above 0, -1 for shifts below.
    near : float
        A shift nearer to 0 than the maximum.
    """
    shift, inner = near, abs(near)
    outer = FARTHEST
    if sign > 0:
        # No shift fits better than the one that fits the step farthest above its mean.
        outer = 0.0
        for i in range(len(counts)):
            if counts[i] > 0:
                outer = max(outer, np.log(counts[i] / mean[i]))
    for _ in range(ROUNDS):
        slope, curvature, raised = 0.0, 0.0, np.exp(shift)
        for i in range(len(counts)):
            shifted = mean[i] * raised
            widened = 1 / (1 + alpha * shifted)
            slope += (counts[i] - shifted) * widened
            curvature += shifted * (alpha * counts[i] + 1) * widened**2
        if sign * slope > 0:
            inner = abs(shift)
        else:
            outer = abs(shift)
        step = slope / curvature if curvature > 0 else np.inf
        if not inner < sign * (shift + step) < outer:
            step = sign * (inner + outer) / 2 - shift
        shift += step
        if abs(step) < CLOSE:
            break
    value, raised = 0.0, np.exp(shift)
    for i in range(len(counts)):
        ratio = np.log((1 + alpha * mean[i]) / (1 + alpha * mean[i] * raised))
        value += shift * counts[i] + (counts[i] + 1 / alpha) * ratio
    return value
