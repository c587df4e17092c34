"""The in-control phase of a chart: the steps from which it learns what is usual, and the steps that it judges."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.kernels.in_control import fitted_both, fitted_coefficients, mean_of
from douse.signals.series import Series

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

YEARS_IN_CONTROL = 2


class Phase(NamedTuple):
    """Which steps are learnt from and which are judged; shape (S, T) each."""

    training: Flags
    judged: Flags


def phase_of(series: Series, train: int | None, last: int | None) -> Phase:
    """Split each series into an in-control phase and the steps that are judged.

    Parameters
    ----------
    series : Series
        The counts.
    train : int, optional
        Steps of the in-control phase, from a series' first known count on. Default: all before the `last` steps
        where that is given, else two years, but at most half of the steps from the first known count on.
    last : int, optional
        Judge only so many steps at the end of the calendar.

    Raises
    ------
    UsageError
        When either is below 1.
    """
    for given in (train, last):
        if given is not None and given < 1:
            raise UsageError("The number of steps to learn from or to judge is too small.", allowed="1 or more")
    known = ~np.isnan(series.counts)
    steps = known.shape[1]
    first = np.where(known.any(axis=1), known.argmax(axis=1) if steps else 0, steps)
    if train is not None:
        end = first + train
    elif last is not None:
        end = np.full(len(first), max(steps - last, 0))
    else:
        end = first + np.minimum(YEARS_IN_CONTROL * series.steps_per_year, (steps - first) // 2)
    step = np.arange(steps)
    training = known & (step < end[:, None])
    return Phase(training, (step >= end[:, None]) & (step >= steps - (last or steps)))


def usual_mean(counts: Floats, training: Flags) -> Floats:
    """Mean of the counts of the in-control phase, shape (S, 1); NaN where it has none."""
    some = training.sum(axis=1, keepdims=True)
    total = np.sum(counts, axis=1, keepdims=True, where=training)
    mean: Floats = np.divide(total, some, out=np.full(total.shape, np.nan), where=some > 0)
    return mean


def seasonal_mean(
    series: Series, training: Flags, *, harmonics: int, trend: bool, alpha: float | None
) -> tuple[Floats, Floats]:
    """Mean by a log-linear regression on the in-control phase, and the dispersion about it.

    The season (and a trend) is fitted where the in-control phase holds a year of known counts or more; else the mean
    is constant. A phase without a case has a mean of 0, one without a known count none.

    Parameters
    ----------
    series, training
        Counts, and the steps of the in-control phase, shape (S, T).
    harmonics : int
        Pairs of sine and cosine with a period of a year, half a year, ...
    trend : bool
        Whether the log mean changes by the same amount each step.
    alpha : float, optional
        Dispersion; None to estimate it with the mean, 0 for Poisson counts.

    Returns
    -------
    mean : numpy.ndarray[float64], shape (S, T)
    alpha : numpy.ndarray[float64], shape (S,)

    Raises
    ------
    UsageError
        When there are more sines and cosines than steps in a year can tell apart.
    """
    if not 0 <= 2 * harmonics < series.steps_per_year:
        raise UsageError("That number of harmonics cannot be fitted.", allowed="0 to half the steps of a year, less 1")
    counts = np.where(training, series.counts, np.nan)
    design = _design(series, harmonics=harmonics, trend=trend)
    known = training.sum(axis=1)
    used = np.ones((len(counts), design.shape[1]), dtype=bool)
    used[:, 1:] = (known >= series.steps_per_year)[:, None]
    mean, dispersion = np.full(counts.shape, np.nan), np.full(len(counts), alpha or 0.0)
    mean[known > 0] = 0.0
    fit = np.sum(counts, axis=1, where=training) > 0
    some = training.any(axis=0)
    learnt = counts[np.ix_(fit, some)]
    if alpha is None:
        coefficients, dispersion[fit] = fitted_both(learnt, design[some], used[fit])
    else:
        coefficients = fitted_coefficients(learnt, design[some], used[fit], dispersion[fit])
    mean[fit] = mean_of(coefficients, design)
    return mean, dispersion


def _design(series: Series, *, harmonics: int, trend: bool) -> Floats:
    steps = series.shape[1]
    step = np.arange(1, steps + 1)
    angle = 2 * np.pi * step / series.steps_per_year
    waves = [wave(order * angle) for order in range(1, harmonics + 1) for wave in (np.cos, np.sin)]
    return np.column_stack([np.ones(steps), *([step / steps] if trend else []), *waves])
