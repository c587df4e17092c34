"""Paths of the counts ahead of one series: renewal and last week's level, mixed by how well they foretold so far."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from douse.kernels import forecast as kernel
from douse.units import DAYS_PER_WEEK

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Belief(NamedTuple):
    """One of the two ways to look ahead: variants of how R moves, and how much they count before any data."""

    keeps: tuple[float, ...]
    step: tuple[float, ...]
    prior: float


# Chosen by replay (docs/validation/forecast.md). The renewal equation says how cases follow from those who infect;
# the level of the last week needs no serial interval and holds where reporting, not transmission, makes the curve.
RENEWAL = Belief(keeps=(0.7, 0.85), step=(0.05, 0.15, 0.25), prior=1.0)
LEVEL = Belief(keeps=(0.5,), step=(0.1, 0.2, 0.4), prior=0.5)
DISPERSION: Floats = np.array([0.5, 2.0, 8.0, 40.0, 1000.0])
# Share of the log evidence that weighs the variants: one step ahead is foretold by many that fail two weeks ahead.
TEMPER = 0.2
# In the long run log R of an outbreak that is watched lies a little below zero: it is answered, and it spends people.
LEAN, LEAN_SD = -0.1, 0.1
# Cases a day that nobody counted infected: half a case in four weeks, and a hundredth of the mean of eight weeks.
_SPARKS_A_DAY, _SPARKS_SHARE = 0.5 / 28, 0.01
_LEARN_STEPS, _WEEKDAY_STEPS, _SPARKS_DAYS = 70, 56, 56
_WEEKDAY_PRIOR = 10.0
_START_SD = 0.5  # of log R before the first step


class History(NamedTuple):
    """What is known of one series.

    Attributes
    ----------
    local : numpy.ndarray[float64], shape (M, T)
        Counts a step, oldest first, the last step that of the as-of day; NaN where not known. One row, or one a draw
        of a nowcast.
    imported : numpy.ndarray[float64], shape (T,)
        Cases infected elsewhere: they infect, and go on to arrive at the mean rate of the last two weeks.
    weekday : numpy.ndarray[int64], shape (T + H,)
        0 .. 6 by step, those ahead too; all 0 for weeks.
    step_days : int
        1 or 7.
    """

    local: Floats
    imported: Floats
    weekday: Ints
    step_days: int


def paths(history: History, weights: Floats, *, draws: int, rng: np.random.Generator) -> Floats:
    """Simulated counts of the steps ahead (local and imported).

    Parameters
    ----------
    history : History
        With at least one step.
    weights : numpy.ndarray[float64], shape (L + 1,)
        Serial interval of 0 .. L steps.
    draws : int
        Paths.
    rng : numpy.random.Generator
        Random numbers.

    Returns
    -------
    numpy.ndarray[float64], shape (draws, H)
    """
    steps = history.local.shape[1]
    factor = _weekday_factors(history)
    total = _filled(history.local) + history.imported
    even = total / factor[:steps]
    sparks = _SPARKS_A_DAY * history.step_days + _SPARKS_SHARE * even[:, -(_SPARKS_DAYS // history.step_days) :].mean()
    arriving = float(history.imported[-(2 * DAYS_PER_WEEK // history.step_days) :].mean())
    ways = [(RENEWAL, weights), (LEVEL, _last_week(history.step_days))]
    known = _Known(history.local, even, factor[:steps], sparks)
    learned = [_learn(belief, lags, known) for belief, lags in ways]
    # Draws of a nowcast are equally likely, whatever the model would say of them.
    chances = _normalised(np.concatenate([evidence.reshape(len(even), -1) for _, evidence in learned], axis=1))
    sizes = [evidence[0].size for _, evidence in learned]
    chosen = rng.multinomial(draws, chances.ravel()).reshape(chances.shape)
    found = []
    parts = np.split(chosen, np.cumsum(sizes)[:-1], axis=1)
    for (belief, lags), (state, evidence), many in zip(ways, learned, parts, strict=True):
        rows = [np.repeat(at.ravel(), many.ravel()) for at in np.indices(evidence.shape)]
        starts = _starts(belief, state, rows, _recent(even, len(lags) - 1), rng)
        found.append(kernel.simulate(starts, lags, sparks + arriving, factor[steps:], rng))
    ahead = np.concatenate(found)
    return ahead[rng.permutation(draws)]  # so that a part of the paths is a fair part


class _Known(NamedTuple):
    local: Floats  # (M, T)
    even: Floats  # (M, T): all cases without the effect of the day of the week
    factor: Floats  # (T,)
    sparks: float


def _learn(belief: Belief, lags: Floats, known: _Known) -> tuple[Floats, Floats]:
    """State (M, A, K, G) and weight (M, A, K) of every variant of a belief."""
    steps = known.local.shape[1]
    force = np.stack([np.convolve(row, lags)[:steps] for row in known.even])
    first = max(1, steps - _LEARN_STEPS)
    start = np.exp(-0.5 * (kernel.LOG_R / _START_SD) ** 2)
    state, evidence = kernel.filter_log_r(
        known.local[:, first:],
        force[:, first:],
        base=known.sparks,
        factor=known.factor[first:],
        moves=kernel.transitions(_drift(belief)),
        dispersion=DISPERSION,
        start=start / start.sum(),
    )
    return state, TEMPER * evidence + np.log(belief.prior / evidence[0].size)


def _starts(belief: Belief, state: Floats, rows: list[Ints], recent: Floats, rng: np.random.Generator) -> kernel.Paths:
    """Starts of the paths whose series, drift and dispersion are `rows`."""
    series, variant, spread = rows
    drift = _drift(belief)
    return kernel.Paths(
        log_r=kernel.draw_log_r(state[series, variant, spread], rng),
        keeps=drift.keeps[variant],
        step=drift.step[variant],
        dispersion=DISPERSION[spread],
        lean=LEAN + LEAN_SD * rng.standard_normal(len(series)),
        recent=recent[series],
    )


def _recent(even: Floats, lags: int) -> Floats:
    """The latest steps of each series, zeros before its first; shape (M, lags)."""
    padded = np.concatenate([np.zeros((len(even), lags)), even], axis=1)
    latest: Floats = padded[:, -lags:]
    return latest


def _drift(belief: Belief) -> kernel.Drift:
    keeps, step = np.meshgrid(belief.keeps, belief.step, indexing="ij")
    return kernel.Drift(keeps.ravel(), step.ravel())


def _last_week(step_days: int) -> Floats:
    """Weights that make the level of the last week the force: its days alike, or the last two weeks 3 to 2."""
    if step_days == 1:
        return np.array([0.0, *[1 / DAYS_PER_WEEK] * DAYS_PER_WEEK])
    return np.array([0.0, 0.6, 0.4])


def _weekday_factors(history: History) -> Floats:
    if history.step_days != 1:
        return np.ones(len(history.weekday))
    steps = history.local.shape[1]
    total = (_filled(history.local) + history.imported).mean(axis=0)[-_WEEKDAY_STEPS:]
    factors = kernel.weekday_factors(total, history.weekday[:steps][-_WEEKDAY_STEPS:], _WEEKDAY_PRIOR)
    return factors[history.weekday]


def _filled(counts: Floats) -> Floats:
    """Counts with unknown steps on a straight line between those known on either side; 0 where none is known."""
    if not np.isnan(counts).any():
        return counts
    return np.stack([_filled_row(row) for row in counts])


def _filled_row(row: Floats) -> Floats:
    at = np.arange(len(row))
    known = ~np.isnan(row)
    return np.interp(at, at[known], row[known]) if known.any() else np.zeros(len(row))


def _normalised(log_weights: Floats) -> Floats:
    """Weights with the same sum for each row, and 1 over all."""
    raised: Floats = np.exp(log_weights - log_weights.max(axis=1, keepdims=True))
    scaled: Floats = raised / raised.sum(axis=1, keepdims=True) / len(raised)
    return scaled
