"""EARS statistics of many series at once."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def ears(  # noqa: PLR0913 (the statistic has five settings)
    counts: Floats, *, baseline: int, lag: int, memory: int, min_sigma: float, z: float
) -> tuple[Floats, Floats, Floats]:
    """Expected count, alarm bound and score of every step of every series.

    Parameters
    ----------
    counts : numpy.ndarray, shape (S, T)
        Series in rows, oldest step first; NaN where a series has no count.
    baseline : int
        Steps of the baseline, at least 2.
    lag : int
        Steps between the baseline and the step judged.
    memory : int
        0 to judge each step by its own count; else by the exceedances of so many steps before it.
    min_sigma : float
        Least standard deviation.
    z : float
        Bound in standard deviations.

    Returns
    -------
    expected, bound, score : numpy.ndarray, shape (S, T)
        NaN where the baseline is not complete; score NaN also where the standard deviation is 0.
    """
    expected, sigma = _baseline(counts, baseline, lag, min_sigma)
    score = np.full_like(counts, np.nan)
    np.divide(counts - expected, sigma, out=score, where=sigma > 0)
    if memory == 0:
        return expected, expected + z * sigma, score
    past = _past_exceedances(score, expected, memory)
    # earsC measures the bound from the count of the step itself, so what decides is `past` against z.
    bound = np.maximum(counts + sigma * (z - past), 0)
    return expected, bound, np.where(sigma > 0, past, np.nan)


def _baseline(counts: Floats, baseline: int, lag: int, min_sigma: float) -> tuple[Floats, Floats]:
    expected, sigma = np.full_like(counts, np.nan), np.full_like(counts, np.nan)
    judged = counts.shape[1] - baseline - lag
    if judged <= 0:
        return expected, sigma
    steps = [counts[:, k : k + judged] for k in range(baseline)]
    mean = np.sum(steps, axis=0) / baseline
    squares = np.zeros_like(mean)
    for step in steps:
        squares += (step - mean) ** 2
    expected[:, baseline + lag :] = mean
    sigma[:, baseline + lag :] = np.maximum(np.sqrt(squares / (baseline - 1)), min_sigma)
    return expected, sigma


def _past_exceedances(score: Floats, expected: Floats, memory: int) -> Floats:
    """Sum over the steps before of what their score exceeds 1 by; a score that cannot be had exceeds by 0."""
    exceedance = np.maximum(np.nan_to_num(score, nan=0.0) - 1, 0)
    past = np.full_like(score, np.nan)
    width = score.shape[1] - memory
    if width <= 0:
        return past
    past[:, memory:] = np.sum([exceedance[:, memory - k : memory - k + width] for k in range(1, memory + 1)], axis=0)
    # Every step that is summed must have a baseline of its own.
    past[:, memory:][np.isnan(expected[:, :width])] = np.nan
    return past
