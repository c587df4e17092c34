"""Counts of the steps ahead: an exact filter for a reproduction number that drifts, and paths simulated from it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtr

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Logarithm of R: 101 values from R = 0.08 to R = 12.
LOG_R: Floats = np.linspace(-2.5, 2.5, 101)
_MOST = 1e9  # cases a step, so that a path never overflows


class Drift(NamedTuple):
    """How log R moves: tomorrow's is `keeps` x today's plus a normal step; one entry a variant. Each of shape (A,)."""

    keeps: Floats
    step: Floats


def transitions(drift: Drift) -> Floats:
    """Chance to move from each value of `LOG_R` to each other in one step; shape (A, G, G), rows sum to 1."""
    edges = np.concatenate([[-np.inf], (LOG_R[1:] + LOG_R[:-1]) / 2, [np.inf]])
    away = edges - drift.keeps[:, None, None] * LOG_R[:, None]
    moved: Floats = np.diff(ndtr(away / drift.step[:, None, None]), axis=-1)
    return moved


def filter_log_r(  # noqa: PLR0913  a kernel takes its arrays one by one
    counts: Floats, force: Floats, *, base: float, factor: Floats, moves: Floats, dispersion: Floats, start: Floats
) -> tuple[Floats, Floats]:
    """Distribution of log R after the last step, and how well each variant foretold each count from those before.

    A count is negative binomial with mean factor x (R x force + base); R is the same for all series of a row.

    Parameters
    ----------
    counts, force : numpy.ndarray[float64], shape (M, T)
        Counts (NaN: not known, nothing is learned from the step), and infectivity of what came before; oldest step
        first, one row a series.
    base : float
        Cases a step that nobody counted infected.
    factor : numpy.ndarray[float64], shape (T,)
        Of the day of the week.
    moves : numpy.ndarray[float64], shape (A, G, G)
        See `transitions`.
    dispersion : numpy.ndarray[float64], shape (K,)
        Of the negative binomial: variance = mean + mean^2 / dispersion.
    start : numpy.ndarray[float64], shape (G,)
        Distribution before the first step.

    Returns
    -------
    state : numpy.ndarray[float64], shape (M, A, K, G)
        Sums to 1 over the last axis.
    evidence : numpy.ndarray[float64], shape (M, A, K)
        Logarithm of the chance of the counts.
    """
    shape = (len(counts), len(moves), len(dispersion))
    state, evidence = np.broadcast_to(start, (*shape, len(start))), np.zeros(shape)
    k, r = dispersion[:, None], np.exp(LOG_R)
    for step in range(counts.shape[1]):
        known = ~np.isnan(counts[:, step, None, None])
        seen = np.where(known, counts[:, step, None, None], 0.0)
        mean = np.maximum((r * force[:, step, None, None] + base) * factor[step], 1e-12)
        chance = gammaln(seen + k) - gammaln(k) - gammaln(seen + 1) - k * np.log1p(mean / k)
        chance = np.where(known, chance + seen * (np.log(mean) - np.log(k + mean)), 0.0)
        top = chance.max(axis=(1, 2), keepdims=True)
        state = (state @ moves) * np.exp(chance - top)[:, None]
        total = np.maximum(state.sum(axis=-1, keepdims=True), 1e-300)
        state = state / total
        evidence = evidence + np.log(total[..., 0]) + top
    return state, evidence


class Paths(NamedTuple):
    """What each path starts from; one entry a path.

    Attributes
    ----------
    log_r : shape (D,)
        After the last step known.
    keeps, step : shape (D,)
        Its drift.
    dispersion : shape (D,)
        Of its counts.
    lean : shape (D,)
        Added to log R on every step ahead.
    recent : shape (D, L)
        Counts of the latest steps without the effect of the day of the week, the latest last.
    """

    log_r: Floats
    keeps: Floats
    step: Floats
    dispersion: Floats
    lean: Floats
    recent: Floats


def simulate(paths: Paths, weights: Floats, base: float, factor: Floats, rng: np.random.Generator) -> Floats:
    """Counts of the steps ahead along each path.

    Parameters
    ----------
    paths : Paths
        Their starts; `recent` has as many steps as `weights` has lags from 1 on.
    weights : numpy.ndarray[float64], shape (L + 1,)
        Of lags 0 .. L steps; that of 0 is not used.
    base : float
        Cases a step that nobody counted infected.
    factor : numpy.ndarray[float64], shape (H,)
        Of the day of the week, by step ahead.
    rng : numpy.random.Generator
        Random numbers.

    Returns
    -------
    numpy.ndarray[float64], shape (D, H)
    """
    lags = len(weights) - 1
    series = np.concatenate([paths.recent, np.zeros((len(paths.log_r), len(factor)))], axis=1)
    counts = np.zeros((len(paths.log_r), len(factor)))
    log_r = paths.log_r
    for ahead, today in enumerate(factor):
        log_r = paths.keeps * log_r + paths.step * rng.standard_normal(len(log_r))
        force = series[:, ahead : ahead + lags] @ weights[:0:-1]
        mean = np.minimum((np.exp(np.minimum(log_r + paths.lean, LOG_R[-1])) * force + base) * today, _MOST)
        counts[:, ahead] = rng.poisson(rng.gamma(paths.dispersion, mean / paths.dispersion))
        series[:, lags + ahead] = counts[:, ahead] / today
    return counts


def draw_log_r(state: Floats, rng: np.random.Generator) -> Floats:
    """One value of log R from each distribution over `LOG_R`, spread evenly within its step; (D, G) -> (D,)."""
    upto = state.cumsum(axis=1)
    at = (upto < rng.random((len(state), 1)) * upto[:, -1:]).sum(axis=1)
    width = LOG_R[1] - LOG_R[0]
    drawn: Floats = LOG_R[np.minimum(at, len(LOG_R) - 1)] + (rng.random(len(state)) - 0.5) * width
    return drawn


def weekday_factors(counts: Floats, weekday: Ints, prior: float) -> Floats:
    """Share of each day of the week in its week, x 7: 1 for each where there are too few days. Shape (7,), mean 1.

    Sums of counts over sums of the centred means of seven days, both with `prior` cases added, so that small series
    stay near 1.
    """
    if len(counts) < 14:
        return np.ones(7)
    around = np.convolve(counts, np.full(7, 1 / 7), "valid")
    days = weekday[3 : 3 + len(around)]
    seen = np.bincount(days, counts[3 : 3 + len(around)], minlength=7) + prior
    ratio = seen / (np.bincount(days, around, minlength=7) + prior)
    factor: Floats = ratio / ratio.mean()
    return factor
