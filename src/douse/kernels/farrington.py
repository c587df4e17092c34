"""Baselines of the Farrington detectors: fit, reweight, keep the trend or not, predict; every step of every series."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from douse.kernels.glm import Fit, dispersion, leverage, quasi_poisson

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


# A row with a leverage this near to 1 is fitted exactly (a level of one count): it has no residual.
SURELY_OWN = 1e-14


class Baseline(NamedTuple):
    """Which steps the reference counts of a step are, in one or more designs.

    Attributes
    ----------
    lag : numpy.ndarray[int64], shape (D, N)
        Steps back from the step judged; 0 for none. One that does not exist or has no count is left out.
    level : numpy.ndarray[int64], shape (D, N)
        Seasonal level of each, 0 .. levels - 1; the last is that of the step judged.
    levels : int
        Number of seasonal levels.
    """

    lag: Ints
    level: Ints
    levels: int


class Rule(NamedTuple):
    """How a baseline is fitted.

    Attributes
    ----------
    trend : bool
        Whether a trend is tried.
    reweight : bool
        Whether past outbreaks are weighted down.
    threshold : float
        Standardised Anscombe residual above which a reference count is weighted down.
    critical : numpy.ndarray[float64], shape (N + 1,)
        Least t of a trend that is kept, by residual degrees of freedom; infinite where none is kept.
    flexible : bool
        Noufaily's form as in farringtonFlexible, which gives no answer where a fit does not converge, and takes the
        dispersion behind standard errors from the weights of the reweighting; else algo.farrington.
    """

    trend: bool
    reweight: bool
    threshold: float
    critical: Floats
    flexible: bool


class Rows(NamedTuple):
    """Reference counts of one step: counts, log population (0 without one), seasonal level, time before the step."""

    counts: Floats
    offset: Floats
    level: Ints
    time: Floats


class Model(NamedTuple):
    """A fit after reweighting.

    Attributes
    ----------
    valid, sloped : bool
        Whether there is one, and whether it has a trend.
    fit : Fit
        The last fit.
    phi, raw : float
        Dispersion, at least 1; and the one behind the standard errors of coefficients.
    """

    valid: bool
    sloped: bool
    fit: Fit
    phi: float
    raw: float


@njit(cache=True, error_model="numpy")
def predict_steps(  # noqa: PLR0913, PLR0917 (compiled code takes them by position)
    counts: Floats, offset: Floats, time: Floats, steps: Ints, design: Ints, baseline: Baseline, rule: Rule
) -> tuple[Floats, Floats, Floats, Floats]:
    """Log mean, its standard error, dispersion and trend of the steps asked for.

    Parameters
    ----------
    counts : numpy.ndarray[float64], shape (S, T)
        Series in rows, oldest step first; NaN where not known.
    offset : numpy.ndarray[float64], shape (S, T)
        Log population (0 without one), NaN where not known.
    time : numpy.ndarray[float64], shape (T,)
        Time of each step, in which a trend runs.
    steps, design : numpy.ndarray[int64], shape (K,)
        Columns to judge, and the design of each; a series without a count there is not judged.
    baseline : Baseline
        The reference counts.
    rule : Rule
        How they are fitted.

    Returns
    -------
    log_mean, error, phi, slope : numpy.ndarray[float64], shape (S, K)
        NaN where not judged or where the model has no answer; slope (log a unit of time) also where no trend was kept.

    References
    ----------
    Farrington et al. 1996, doi 10.2307/2983331; Noufaily et al. 2013, doi 10.1002/sim.5595.
    """
    answer = np.full((4, len(counts), len(steps)), np.nan)
    for s in range(len(counts)):
        for k in range(len(steps)):
            now = steps[k]
            if not (np.isnan(counts[s, now]) or np.isnan(offset[s, now])):
                rows = _rows(counts[s], offset[s], time, now, baseline.lag[design[k]], baseline.level[design[k]])
                answer[:, s, k] = _judge(rows, baseline.levels, offset[s, now], rule)
    return answer[0], answer[1], answer[2], answer[3]


@njit(cache=True, error_model="numpy")
def _rows(counts: Floats, offset: Floats, time: Floats, now: int, lag: Ints, level: Ints) -> Rows:  # noqa: PLR0913, PLR0917
    most = len(lag)
    count, exposed, before, season = np.empty(most), np.empty(most), np.empty(most), np.empty(most, dtype=np.int64)
    found = 0
    for i in range(most):
        at = now - lag[i]
        if lag[i] > 0 and at >= 0 and not (np.isnan(counts[at]) or np.isnan(offset[at])):
            count[found], exposed[found] = counts[at], offset[at]
            before[found], season[found] = time[at] - time[now], level[i]
            found += 1
    return Rows(count[:found], exposed[:found], season[:found], before[:found])


@njit(cache=True, error_model="numpy")
def _judge(rows: Rows, levels: int, offset: float, rule: Rule) -> Floats:
    """Log mean, its standard error, phi and slope at time 0 in the last level, as far as there are any."""
    nothing = np.full(4, np.nan)
    if len(rows.counts) == 0:
        return nothing
    model = _fit(rows, levels, rule.trend, rule)
    if model.valid and model.sloped and not _keeps(model, rows, levels, offset, rule):
        model = _fit(rows, levels, False, rule)  # noqa: FBT003 (compiled code takes it by position)
    line = model.fit.line
    if not model.valid or line.total[levels - 1] == 0:
        return nothing
    scale = model.raw if rule.flexible else model.phi
    error = np.sqrt(scale * leverage(line, 1.0, levels - 1, 0.0))
    slope = line.slope if model.sloped else np.nan
    return np.array([line.intercept[levels - 1] + offset, error, model.phi, slope])


@njit(cache=True, error_model="numpy")
def _keeps(model: Model, rows: Rows, levels: int, offset: float, rule: Rule) -> bool:
    """Whether a trend stays: significant, and not leading above every reference count."""
    line = model.fit.line
    mean = np.exp(line.intercept[levels - 1] + offset)
    t = abs(line.slope) / np.sqrt(model.raw / line.spread)
    return bool(t > rule.critical[model.fit.freedom] and mean <= np.max(rows.counts))


@njit(cache=True, error_model="numpy")
def _fit(rows: Rows, levels: int, sloped: bool, rule: Rule) -> Model:  # noqa: FBT001
    """Fit, without a trend where that with one does not converge; fit again with past outbreaks weighted down."""
    weight = np.ones(len(rows.counts))
    fit = _regress(rows, weight, levels, sloped)
    if sloped and not fit.converged:
        sloped = False
        fit = _regress(rows, weight, levels, sloped)
    raw = dispersion(rows.counts, fit.mean, fit.working, fit.freedom)
    valid = fit.valid and fit.freedom > 0 and (fit.converged or not rule.flexible)
    if valid and rule.reweight:
        weight = _weights(rows, fit, max(raw, 1.0), rule.threshold)
        fit = _regress(rows, weight, levels, sloped)
        raw = dispersion(rows.counts, fit.mean, fit.working, fit.freedom)
        valid = fit.valid and fit.freedom > 0
    phi = max(raw, 1.0)
    if rule.flexible and rule.reweight:
        raw = dispersion(rows.counts, fit.mean, weight, fit.freedom)
    return Model(valid, sloped, fit, phi, raw)


@njit(cache=True, error_model="numpy")
def _regress(rows: Rows, weight: Floats, levels: int, sloped: bool) -> Fit:  # noqa: FBT001
    return quasi_poisson(rows.counts, rows.offset, weight, rows.level, rows.time, levels, sloped)


@njit(cache=True, error_model="numpy")
def _weights(rows: Rows, fit: Fit, phi: float, threshold: float) -> Floats:
    """Weights with a mean of 1 for residuals within the threshold, falling with the square of those above it."""
    weight = np.ones(len(rows.counts))
    for i in range(len(weight)):
        own = leverage(fit.line, fit.working[i], rows.level[i], rows.time[i])
        if own < 1 - SURELY_OWN:
            mean = fit.mean[i]
            residual = 1.5 * (rows.counts[i] ** (2 / 3) * mean ** (-1 / 6) - np.sqrt(mean))
            residual /= np.sqrt(phi * (1 - own))
            if residual > threshold:
                weight[i] = 1 / (residual * residual)
    share = len(weight) / np.sum(weight)
    for i in range(len(weight)):
        weight[i] *= share
    return weight
