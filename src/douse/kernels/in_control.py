"""Mean of counts while nothing is wrong: log-linear regression on season and trend, of many series at once."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import psi, xlogy, zeta

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

TOLERANCE = 1e-8  # relative change of the deviance at which a fit has converged, as in R's glm
MOST_ROUNDS = 25  # also as in R's glm
LEAST_MEAN = float(np.finfo(np.float64).eps)
STEEPEST = 700.0  # log mean beyond which a mean is no number
DISPERSION_ROUNDS = 60
CLOSE = 1e-10
LONGEST_STEP = 2.0


def fitted_coefficients(counts: Floats, design: Floats, used: Flags, alpha: Floats) -> Floats:
    """Coefficients of the log mean by maximum likelihood, with the start, rounds and end of R's glm.

    The end matters to the last digits: R's fit is not carried on after the deviance has all but stopped changing.

    Parameters
    ----------
    counts : numpy.ndarray[float64], shape (S, T)
        NaN where not to be fitted; every series has a count above 0.
    design : numpy.ndarray[float64], shape (T, P)
        Columns of the regression, the first 1.
    used : numpy.ndarray[bool], shape (S, P)
        Which columns each series uses.
    alpha : numpy.ndarray[float64], shape (S,)
        Dispersion: the variance is mean + alpha mean^2; 0 for Poisson counts.

    Returns
    -------
    numpy.ndarray[float64], shape (S, P)
        0 where a column is not used.
    """
    fitted = ~np.isnan(counts)
    y = np.where(fitted, counts, 0.0)
    mean = np.where(alpha[:, None] > 0, np.where(y > 0, y, 1 / 6), y + 0.1)
    before = _deviance(y, mean, fitted, alpha)
    coefficients = np.zeros(used.shape)
    going = np.arange(len(counts))
    for _ in range(MOST_ROUNDS):
        coefficients[going] = _better(y[going], mean[going], fitted[going], design, used[going], alpha[going])
        mean[going] = mean_of(coefficients[going], design)
        after = _deviance(y[going], mean[going], fitted[going], alpha[going])
        moving = np.abs(after - before[going]) / (np.abs(after) + 0.1) >= TOLERANCE
        before[going] = after
        going = going[moving]
        if not len(going):
            break
    return coefficients


def mean_of(coefficients: Floats, design: Floats) -> Floats:
    """Means of the steps of a design, shape (S, T)."""
    mean: Floats = np.exp(np.clip(coefficients @ design.T, -STEEPEST, STEEPEST))
    return np.maximum(mean, LEAST_MEAN)


def _better(  # noqa: PLR0913, PLR0917 (the parts of a regression)
    y: Floats, mean: Floats, fitted: Flags, design: Floats, used: Flags, alpha: Floats
) -> Floats:
    """Coefficients after one round of iteratively reweighted least squares."""
    weight = np.where(fitted, mean / (1 + alpha[:, None] * mean), 0.0)
    working = np.log(mean) + (y - mean) / mean
    width = design.shape[1]
    products = (design[:, :, None] * design[:, None, :]).reshape(len(design), width**2)
    both = used[:, :, None] & used[:, None, :]
    # A column that is not used has a coefficient of 0.
    left = np.where(both, (weight @ products).reshape(-1, width, width), np.eye(width))
    right = np.where(used, (weight * working) @ design, 0.0)
    solved: Floats = np.linalg.solve(left, right[:, :, None])[:, :, 0]
    return solved


def _deviance(y: Floats, mean: Floats, fitted: Flags, alpha: Floats) -> Floats:
    of_counts, rest = xlogy(y, y / mean), y - mean
    spread = alpha > 0
    if spread.any():
        size, some, its_mean = 1 / alpha[spread, None], y[spread], mean[spread]
        rest[spread] = (some + size) * np.log((some + size) / (its_mean + size))
    total: Floats = 2 * np.sum(of_counts - rest, axis=1, where=fitted)
    return total


def fitted_dispersion(counts: Floats, mean: Floats) -> Floats:
    """Dispersion of counts about known means, by maximum likelihood.

    Parameters
    ----------
    counts, mean : numpy.ndarray[float64], shape (S, T)
        NaN in the counts where not to be fitted.

    Returns
    -------
    numpy.ndarray[float64], shape (S,)
        alpha in variance = mean + alpha mean^2; 0 where the counts vary no more than Poisson counts.
    """
    fitted = ~np.isnan(counts)
    y, mu = np.where(fitted, counts, 0.0), np.where(fitted, mean, 1.0)
    alpha = np.zeros(len(counts))
    # Slope of the log likelihood in alpha at 0: where it is not above 0, Poisson is best.
    excess = np.sum((y - mu) ** 2 - y, axis=1, where=fitted)
    over = np.nonzero(excess > 0)[0]
    y, mu, fitted = y[over], mu[over], fitted[over]
    log_size = np.log(np.sum(mu**2, axis=1, where=fitted) / excess[over])
    going = np.arange(len(over))
    for _ in range(DISPERSION_ROUNDS):
        step = _size_step(y[going], mu[going], fitted[going], np.exp(log_size[going]))
        log_size[going] += step
        going = going[np.abs(step) > CLOSE]
        if not len(going):
            break
    alpha[over] = np.exp(-log_size)
    return alpha


def _size_step(y: Floats, mu: Floats, fitted: Flags, size: Floats) -> Floats:
    """Newton step of the log of the size 1 / alpha; a step upwards where the likelihood is not concave."""
    s = size[:, None]
    score = psi(s + y) - psi(s) + np.log(s / (s + mu)) + (mu - y) / (s + mu)
    second = zeta(2, s + y) - zeta(2, s) + 1 / s - 2 / (s + mu) + (s + y) / (s + mu) ** 2
    slope = size * np.sum(score, axis=1, where=fitted)
    curvature = slope + size**2 * np.sum(second, axis=1, where=fitted)
    step = np.where(curvature < 0, -slope / np.where(curvature < 0, curvature, 1.0), np.sign(slope))
    limited: Floats = np.clip(step, -LONGEST_STEP, LONGEST_STEP)
    return limited


def fitted_both(counts: Floats, design: Floats, used: Flags) -> tuple[Floats, Floats]:
    """Coefficients of the log mean, shape (S, P), and dispersion, shape (S,), both by maximum likelihood."""
    fitted = ~np.isnan(counts)
    y = np.where(fitted, counts, 0.0)
    coefficients = fitted_coefficients(counts, design, used, np.zeros(len(counts)))
    alpha = fitted_dispersion(counts, mean_of(coefficients, design))
    going = np.nonzero(alpha > 0)[0]
    for _ in range(MOST_ROUNDS):
        if not len(going):
            break
        mean = mean_of(coefficients[going], design)
        coefficients[going] = _better(y[going], mean, fitted[going], design, used[going], alpha[going])
        better = fitted_dispersion(counts[going], mean_of(coefficients[going], design))
        moving = np.abs(better - alpha[going]) > CLOSE * better
        alpha[going] = better
        going = going[moving]
    return coefficients, alpha
