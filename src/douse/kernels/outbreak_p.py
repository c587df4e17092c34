"""Likelihood ratio of a mean that never falls against a constant mean, after each step of many series."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Blocks(NamedTuple):
    """The mean that never falls and fits best: constant within blocks, higher from block to block.

    Attributes
    ----------
    cases, steps : numpy.ndarray[float64], shape (T + 1,)
        Cases and steps of each block.
    fit : numpy.ndarray[float64], shape (T + 1,)
        Sum of cases x log(mean) over the blocks before each block.
    """

    cases: Floats
    steps: Floats
    fit: Floats


@njit(cache=True)
def outbreak_p(counts: Floats, log_threshold: float, most: float) -> tuple[Floats, Floats, Floats]:
    """Log likelihood ratio, bound and mean after every step.

    Parameters
    ----------
    counts : numpy.ndarray[float64], shape (S, T)
        Oldest step first; a step that is NaN is left out.
    log_threshold : float
        Log of the ratio above which a step alarms, 0 or more.
    most : float
        Largest count that is tried as a bound.

    Returns
    -------
    log_ratio : numpy.ndarray[float64], shape (S, T)
        NaN where the count is not known.
    bound : numpy.ndarray[float64], shape (S, T)
        Least count of the step that would alarm; NaN where not even `most` would, as at the first step.
    mean : numpy.ndarray[float64], shape (S, T)
        Mean of the counts so far.
    """
    log_ratio, bound, mean = (
        np.full(counts.shape, np.nan),
        np.full(counts.shape, np.nan),
        np.full(counts.shape, np.nan),
    )
    length = counts.shape[1] + 1
    blocks = Blocks(np.empty(length), np.empty(length), np.zeros(length))
    for series in range(counts.shape[0]):
        top, cases, steps = 0, 0.0, 0.0
        for step in range(counts.shape[1]):
            count = counts[series, step]
            if np.isnan(count):
                continue
            bound[series, step] = _bound(blocks, top, (cases, steps), (log_threshold, most), count)
            cases, steps = cases + count, steps + 1
            top = _add(blocks, top, count)
            mean[series, step] = cases / steps
            log_ratio[series, step] = blocks.fit[top] - _times_log(cases, cases / steps)
    return log_ratio, bound, mean


@njit(cache=True)
def _times_log(cases: float, mean: float) -> float:
    return cases * np.log(mean) if cases > 0 else 0.0


@njit(cache=True)
def _pooled(blocks: Blocks, top: int, count: float) -> tuple[int, float, float]:
    """Pool a new step with the blocks before it that are not below: how many are left, its cases and its steps."""
    cases, steps = count, 1.0
    while top > 0 and cases * blocks.steps[top - 1] <= blocks.cases[top - 1] * steps:
        top -= 1
        cases, steps = cases + blocks.cases[top], steps + blocks.steps[top]
    return top, cases, steps


@njit(cache=True)
def _add(blocks: Blocks, top: int, count: float) -> int:
    """Add a step to the blocks; how many there are now."""
    top, cases, steps = _pooled(blocks, top, count)
    blocks.cases[top], blocks.steps[top] = cases, steps
    blocks.fit[top + 1] = blocks.fit[top] + _times_log(cases, cases / steps)
    return top + 1


@njit(cache=True)
def _tried(blocks: Blocks, top: int, past: tuple[float, float], count: float) -> float:
    """Log ratio, were the next count `count`; `past` is the cases and the steps that the blocks fit."""
    left, cases, steps = _pooled(blocks, top, count)
    fit: float = blocks.fit[left] + _times_log(cases, cases / steps)
    return fit - _times_log(past[0] + count, (past[0] + count) / (past[1] + 1))


@njit(cache=True)
def _bound(blocks: Blocks, top: int, past: tuple[float, float], limits: tuple[float, float], count: float) -> float:
    """Least count of the next step that alarms; the log ratio never falls as that count rises.

    `limits` is the threshold and the largest count tried; `count` is where to look first.
    """
    threshold, most = limits
    low, high = -1.0, max(count, 1.0)
    while _tried(blocks, top, past, high) <= threshold:
        if high >= most:
            return np.nan
        low, high = high, min(2 * high, most)
    while high - low > 1:
        middle = np.floor((low + high) / 2)
        if _tried(blocks, top, past, middle) > threshold:
            high = middle
        else:
            low = middle
    return high
