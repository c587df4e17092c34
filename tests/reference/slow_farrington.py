"""Farrington flexible in the plainest form: one step of one series, a design matrix, least squares in rounds."""

import numpy as np
from scipy.stats import nbinom, norm, poisson, t


def slow_farrington_flexible(y, now, *, b, w, left_out, year, periods, trend, p_trend, alpha, method, threshold):
    """(expected, bound) at index `now` of a series with `year` steps a year; None where the fit does not converge."""
    first = now - b * year - w
    rows = [at for at in range(first, now - left_out) if periods > 1 or in_window(now - at, year, w)]
    rows = [at for at in rows if not np.isnan(y[at])]
    season = [level(now - at, year, w, periods) for at in rows]
    count = np.array([y[at] for at in rows])

    def design(times, seasons, sloped):
        columns = [[1.0] * len(times)] + [[float(s == other) for s in seasons] for other in sorted(set(season))[1:]]
        return np.array([*columns, times] if sloped else columns, dtype=float).T

    def model(sloped):
        x = design([at - now for at in rows], season, sloped)
        fit = glm(x, count, np.ones(len(count)))
        if fit is None:
            return model(False) if sloped else None
        _, mean, working, cover = fit
        free = len(count) - x.shape[1]
        phi = max(1, (working * ((count - mean) / mean) ** 2).sum() / free)
        hat = working * np.einsum("ij,jk,ik->i", x, cover, x)
        residual = 1.5 * (count ** (2 / 3) * mean ** (-1 / 6) - mean**0.5) / np.sqrt(phi * (1 - hat))
        weight = np.array([r**-2 if r > threshold else 1.0 for r in residual])
        weight *= len(weight) / weight.sum()
        beta, mean, working, cover = glm(x, count, weight, must_converge=False)
        phi = max(1, (working * ((count - mean) / mean) ** 2).sum() / free)
        raw = (weight * ((count - mean) / mean) ** 2).sum() / free
        here = design([0], [periods], sloped)[0]
        p = 2 * t.sf(abs(beta[-1]) / np.sqrt(raw * cover[-1, -1]), free) if sloped else 1
        return sloped, float(here @ beta), float(np.sqrt(raw * here @ cover @ here)), phi, p

    found = model(trend)
    if found and found[0] and not (b >= 3 and found[4] < p_trend and np.exp(found[1]) <= count.max()):
        found = model(False)
    if found is None:
        return None
    _, at, error, phi, _ = found
    mean = np.exp(at)
    if method == "delta":
        spread = np.sqrt(4 / 9 * mean ** (1 / 3) * (phi + error**2 * mean))
        return mean, (mean ** (2 / 3) + norm.isf(alpha) * spread) ** 1.5
    middle = mean if method == "nbPlugin" else np.exp(at + norm.isf(alpha) * error)
    law = nbinom(middle / (phi - 1), 1 / phi) if phi > 1 else poisson(middle)
    return mean, float(law.ppf(1 - alpha))


def glm(x, count, weight, must_converge=True):
    """Coefficients, means, last working weights and unscaled covariance of a Poisson regression, as R's glm goes."""
    mean, value, before = count + 0.1, np.log(count + 0.1), np.inf
    for _ in range(25):
        working = weight * mean
        root = np.sqrt(working)
        beta = np.linalg.lstsq(x * root[:, None], root * (value + (count - mean) / mean), rcond=None)[0]
        value = x @ beta
        mean = np.exp(value)
        parts = np.where(count > 0, count * np.log(np.maximum(count, 1) / mean), 0) - (count - mean)
        deviance = 2 * (weight * parts).sum()
        if abs(deviance - before) / (0.1 + abs(deviance)) < 1e-8:
            break
        before = deviance
    else:
        if must_converge:
            return None
    return beta, mean, working, np.linalg.inv((x * working[:, None]).T @ x)


def in_window(back, year, w):
    return min(back % year, year - back % year) <= w


def level(back, year, w, periods):
    """Seasonal level of a step so far back: `periods` in a window, else by the place between two windows."""
    if periods == 1 or in_window(back, year, w):
        return periods
    place = year - back % year - w - 1
    sizes = [len(part) for part in np.array_split(range(year - 2 * w - 1), periods - 1)]
    return int(np.searchsorted(np.cumsum(sizes), place, side="right")) + 1
