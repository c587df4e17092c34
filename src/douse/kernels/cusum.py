"""Cumulative sums of many series at once."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def cusum(scores: Floats, k: float) -> tuple[Floats, Floats]:
    """Sum of what each score exceeds `k` by, never below 0.

    Parameters
    ----------
    scores : numpy.ndarray[float64], shape (S, T)
        Oldest step first; at NaN the sum stays as it is.
    k : float
        What is taken off each score.

    Returns
    -------
    before, after : numpy.ndarray[float64], shape (S, T)
        The sum before and after each step.
    """
    added = np.ascontiguousarray(scores.T) - k
    skipped = np.isnan(added)
    # At a step that is left out, a sum of 0 or more plus 0 is the sum.
    added[skipped] = 0.0
    sums = np.zeros((added.shape[0] + 1, added.shape[1]))
    for step, now in enumerate(added):
        np.maximum(sums[step] + now, 0.0, out=sums[step + 1])
    return np.ascontiguousarray(sums[:-1].T), np.ascontiguousarray(sums[1:].T)


def restarting_cusum(ratios: Floats, threshold: float) -> tuple[Floats, Floats, Flags]:
    """Sum of log likelihood ratios, never below 0, that starts from 0 again after it has exceeded a threshold.

    Parameters
    ----------
    ratios : numpy.ndarray[float64], shape (S, T)
        Log likelihood ratio of each step, oldest first. At NaN the sum stays as it is; infinity alarms by itself.
    threshold : float
        Above 0.

    Returns
    -------
    before, after : numpy.ndarray[float64], shape (S, T)
        The sum before and after each step.
    alarm : numpy.ndarray[bool], shape (S, T)
        Where `after` is above the threshold.
    """
    added = np.ascontiguousarray(np.where(np.isnan(ratios), 0.0, ratios).T)
    before, after = np.empty_like(added), np.empty_like(added)
    running = np.zeros(added.shape[1])
    for step, now in enumerate(added):
        before[step] = running
        np.maximum(running + now, 0.0, out=after[step])
        running = np.where(after[step] > threshold, 0.0, after[step])
    # A step that is left out stands below the threshold, as the sum before it does.
    return before.T, after.T, (after > threshold).T
