"""Sums over the same weeks of earlier years and the weeks just before, of every step of many series at once."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Baseline(NamedTuple):
    """Figures of the baseline of each step; NaN where the series does not go back far enough.

    Attributes
    ----------
    known, total, squares : numpy.ndarray[float64], shape (S, T)
        Counts known in the baseline, their sum, and the squares of their distances from their mean.
    """

    known: Floats
    total: Floats
    squares: Floats


def baseline_windows(counts: Floats, *, years: int, half_width: int, period: int, recent: bool) -> Baseline:
    """Figures of the baseline of each step.

    The baseline is the steps up to `half_width` away from the same step of each of the `years` before, and with
    `recent` the `half_width` steps just before. What is not known is left out.

    Parameters
    ----------
    counts : numpy.ndarray[float64], shape (S, T)
        Oldest step first; NaN where not known.
    years, half_width, period : int
        Earlier years, steps each way, and steps in a year.
    recent : bool
        Whether the steps just before count too.
    """
    back = [
        years_back * period + off for years_back in range(1, years + 1) for off in range(-half_width, half_width + 1)
    ]
    back += list(range(1, half_width + 1)) if recent else []
    known, total, squares = (np.full(counts.shape, np.nan) for _ in range(3))
    begin = years * period + half_width
    judged = counts.shape[1] - begin
    if judged <= 0 or not back:
        return Baseline(known, total, squares)
    here = ~np.isnan(counts)
    filled = np.where(here, counts, 0.0)
    some, add = np.zeros((len(counts), judged)), np.zeros((len(counts), judged))
    for lag in back:
        some += here[:, begin - lag : begin - lag + judged]
        add += filled[:, begin - lag : begin - lag + judged]
    mean, spread = add / np.maximum(some, 1), np.zeros_like(add)
    for lag in back:
        window = slice(begin - lag, begin - lag + judged)
        spread += np.where(here[:, window], (filled[:, window] - mean) ** 2, 0.0)
    known[:, begin:], total[:, begin:], squares[:, begin:] = some, add, spread
    return Baseline(known, total, squares)
