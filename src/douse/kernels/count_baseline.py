"""Count regressions for many series and steps: usual level, its uncertainty and the spread of counts around it.

Each fit is a log-linear regression with variance phi times the mean, in which counts far above the usual weigh little
(a mixture of usual counts and of outbreaks). Only the steps before the judged one are read.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LARGEST_LOG = 30.0  # of a mean: keeps exp() finite while a fit wanders
FITS = 30  # most rounds of a fit
OUTBREAK_SHIFT = 3.0  # standard deviations by which a past outbreak is taken to raise a count
OUTBREAK_SHARE = 0.02  # prior share of steps in outbreaks, worth `PRIOR_STEPS` steps
PRIOR_STEPS = 100.0
LEVEL_STEPS = 26  # steps above or below the fit, together by `LEVEL_SCORE` standard deviations: a new level
LEVEL_SCORE = 6.0
LOG_EXCESS = math.log(0.5)  # prior of log(phi - 1): normal around log(1/2), sd 1.5
LOG_EXCESS_SD = 1.5


@njit(cache=True)
def tilt(mean: float, phi: float, shift: float) -> tuple[float, float]:
    """Slope a and constant b of the log likelihood ratio a y - b of a mean raised by `shift` standard deviations."""
    rise = shift * math.sqrt(phi * mean)
    excess = phi - 1.0
    if excess < 1e-6:
        return math.log1p(rise / mean), rise
    part = math.log1p(excess * rise / (mean * phi))
    return math.log1p(rise / mean) - part, mean / excess * part


@njit(cache=True)
def _mean(beta: Floats, row: Floats, years: float) -> float:
    eta = beta[0] + beta[1] * years
    for j in range(2, len(beta)):
        eta += beta[j] * row[j]
    return math.exp(min(eta, LARGEST_LOG))


@njit(cache=True)
def _factor(matrix: Floats) -> None:
    """Cholesky factor, in the lower triangle."""
    for a in range(len(matrix)):
        for b in range(a + 1):
            t = matrix[a, b]
            for c in range(b):
                t -= matrix[a, c] * matrix[b, c]
            matrix[a, b] = math.sqrt(max(t, 1e-12)) if a == b else t / matrix[b, b]


@njit(cache=True)
def _solve(lower: Floats, given: Floats, found: Floats) -> None:
    p = len(given)
    for a in range(p):
        t = given[a]
        for c in range(a):
            t -= lower[a, c] * found[c]
        found[a] = t / lower[a, a]
    for a in range(p - 1, -1, -1):
        t = found[a]
        for c in range(a + 1, p):
            t -= lower[c, a] * found[c]
        found[a] = t / lower[a, a]


@njit(cache=True)
def _fit(  # noqa: PLR0912, PLR0913, PLR0917 (one compiled loop; arrays in, arrays out)
    y: Floats,
    basis: Floats,
    years: Floats,
    start: int,
    end: int,
    penalty: Floats,
    beta: Floats,
    weight: Floats,
    lower: Floats,
) -> float:
    """Fit by Newton's method; fills beta, weight and the Cholesky factor of the information, gives phi."""
    p = len(beta)
    known, total = 0, 0.0
    for i in range(start, end):
        if y[i] >= 0:
            known += 1
            total += y[i]
    beta[:] = 0.0
    beta[0] = math.log((total + 0.5) / known)
    phi, share = 1.5, OUTBREAK_SHARE
    x, score, step = np.empty(p), np.empty(p), np.empty(p)
    for turn in range(FITS):
        score[:] = 0.0
        lower[:] = 0.0
        squares, trusted = 0.0, 0.0
        odds = share / (1 - share)
        for i in range(start, end):
            if not y[i] >= 0:
                continue
            m = _mean(beta, basis[i], years[i])
            off = y[i] - m
            w = 1.0
            if off > 0 and off * off > phi * m:  # below, the chance of an outbreak is next to nothing
                a_, b_ = tilt(m, phi, OUTBREAK_SHIFT)
                w = 1 / (1 + odds * math.exp(min(a_ * y[i] - b_, 50.0)))
            weight[i] = w
            trusted += w
            squares += w * off * off / m
            for j in range(p):
                x[j] = basis[i, j]
            x[1] = years[i]
            for a in range(p):
                score[a] += w * off * x[a]
                t = w * m * x[a]
                for b in range(a + 1):
                    lower[a, b] += t * x[b]
        score[0] += 0.5  # Jeffreys: half a case, so that no case at all has a level above zero
        for a in range(p):
            score[a] = score[a] / phi - penalty[a] * beta[a]
            for b in range(a + 1):
                lower[a, b] /= phi
            lower[a, a] += penalty[a]
        _factor(lower)
        _solve(lower, score, step)
        big = np.abs(step).max()
        beta += step * (1.0 if big <= 2 else 2 / big)
        share = min((OUTBREAK_SHARE * PRIOR_STEPS + known - trusted) / (PRIOR_STEPS + known), 0.2)
        new = max(1.0001, (5 + squares) / (5 + max(trusted - min(float(p), trusted / 2), 1.0)))
        if turn == 0:
            new = min(new, 3.0)
        moved = abs(new - phi) / phi
        phi = new
        if big < 1e-4 and moved < 1e-3 and turn > 2:
            break
    return phi


@njit(cache=True)
def _sums(y: float, m: float, e: float) -> tuple[float, float]:
    """Sums over j < y of j / (m + j e) and of its square; beyond 16 by the midpoint rule from 8 on."""
    first, second = 0.0, 0.0
    for j in range(1, int(y) if y <= 16 else 8):
        t = j / (m + j * e)
        first += t
        second += t * t
    if y <= 16:
        return first, second
    lo, hi = 7.5, y - 0.5
    if e * hi < 0.02 * m:
        two, three, four = (hi**2 - lo**2) / 2, (hi**3 - lo**3) / 3, (hi**4 - lo**4) / 4
        return first + two / m - e * three / m**2 + e * e * four / m**3, second + three / m**2 - 2 * e * four / m**3
    at, to = m + lo * e, m + hi * e
    log = math.log(to / at)
    first += ((hi - lo) - m / e * log) / e
    second += ((hi - lo) - 2 * m / e * log + m * m / e * (1 / at - 1 / to)) / (e * e)
    return first, second


@njit(cache=True)
def _spread(y: Floats, means: Floats, weight: Floats, start: int, guess: float) -> tuple[float, float]:
    """Posterior mode and standard deviation of log(phi - 1), by Newton's method."""
    u, info = guess, 1.0
    for _ in range(12):
        e = math.exp(u)
        log = math.log1p(e)
        if e > 0.01:
            c1 = log / e**2 - 1 / (e * (1 + e))
            c2 = -2 * log / e**3 + 2 / (e * e * (1 + e)) + 1 / (e * (1 + e) ** 2)
        else:  # both are 0 / 0 at e = 0
            c1, c2 = 0.5 - 2 * e / 3, -2 / 3 + 1.5 * e
        g, h = 0.0, 0.0
        for k in range(len(means)):
            count = y[start + k]
            if not count >= 0:
                continue
            a, b = _sums(count, means[k], e)
            w = weight[start + k]
            g += w * (a - count / (1 + e) + means[k] * c1)
            h += w * (-b + count / (1 + e) ** 2 + means[k] * c2)
        slope = e * g - (u - LOG_EXCESS) / LOG_EXCESS_SD**2
        info = max(-(e * e * h + e * g) + 1 / LOG_EXCESS_SD**2, 0.3 / LOG_EXCESS_SD**2)
        step = max(-1.5, min(1.5, slope / info))
        u = max(-12.0, min(25.0, u + step))
        if abs(step) < 1e-3:
            break
    return u, 1 / math.sqrt(info)


@njit(cache=True)
def _new_level(y: Floats, means: Floats, phi: float, start: int) -> int:
    """First step of a new level that lasts to the end, or `start` where there is none."""
    off, variance, best, at, known = 0.0, 0.0, LEVEL_SCORE, start, 0
    for k in range(len(means) - 1, -1, -1):
        if not y[start + k] >= 0:
            continue
        off += y[start + k] - means[k]
        variance += phi * means[k]
        known += 1
        score = abs(off) / math.sqrt(variance)
        if known >= LEVEL_STEPS and score > best:
            best, at = score, start + k
    return at


@njit(cache=True)
def baselines(  # noqa: PLR0912, PLR0913, PLR0917 (one compiled loop; arrays in, arrays out)
    counts: Floats,
    basis: Floats,
    penalty: Floats,
    steps_per_year: float,
    first: int,
    span: int,
    gap: int,
    least: int,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Level of each step and of the one before, as expected from the steps before both.

    Parameters
    ----------
    counts : numpy.ndarray[float64], shape (S, T)
        Counts, oldest step first, NaN where not known.
    basis : numpy.ndarray[float64], shape (T, P)
        Column 0 is one, column 1 is filled here (years before the judged step), the others are free.
    penalty : numpy.ndarray[float64], shape (P,)
        One over the prior variance of each coefficient.
    steps_per_year : float
        Steps in a year.
    first : int
        First step to judge.
    span, gap, least : int
        Steps of the baseline; steps from its end to the judged step, which counts as one (so 2 or more); known
        steps that it needs at least.

    Returns
    -------
    tuple of numpy.ndarray[float64]
        mean (S, T, 2) of the step before and the step; variance (S, T, 2) of the log of it; log(phi - 1) (S, T) and
        its standard deviation (S, T). NaN where not judged.
    """
    rows, steps = counts.shape
    p = basis.shape[1]
    mean, variance = np.full((rows, steps, 2), np.nan), np.full((rows, steps, 2), np.nan)
    log_excess, log_excess_sd = np.full((rows, steps), np.nan), np.full((rows, steps), np.nan)
    beta, lower, z, x = np.empty(p), np.empty((p, p)), np.empty(p), np.empty(p)
    weight, means, years = np.ones(steps), np.empty(steps), np.empty(steps)
    for s in range(rows):
        y = counts[s]
        for now in range(first, steps):
            end = now - gap + 1
            start = max(0, end - span)
            known = 0
            for i in range(start, end):
                known += y[i] >= 0
            if not y[now] >= 0 or known < least:
                continue
            for i in range(start, now + 1):
                years[i] = (i - now) / steps_per_year
            phi = 1.0
            for again in range(2):
                phi = _fit(y, basis, years, start, end, penalty, beta, weight, lower)
                for i in range(start, end):
                    means[i - start] = _mean(beta, basis[i], years[i])
                level = _new_level(y, means[: end - start], phi, start) if again == 0 else start
                if level == start:
                    break
                start = level
            u, sd = _spread(y, means[: end - start], weight, start, math.log(max(phi - 1, 0.02)))
            known = 0
            for i in range(start, end):
                known += y[i] >= 0
            freed = known / (known - min(float(p), known / 4))  # degrees of freedom that the fit used up
            log_excess[s, now] = math.log(max((1 + math.exp(u)) * freed - 1, 1e-4))
            log_excess_sd[s, now] = sd
            for back in range(2):
                i = max(now - 1 + back, 0)
                mean[s, now, back] = _mean(beta, basis[i], years[i])
                for a in range(p):
                    x[a] = basis[i, a]
                x[1] = years[i]
                v = 0.0
                for a in range(p):
                    t = x[a]
                    for c in range(a):
                        t -= lower[a, c] * z[c]
                    z[a] = t / lower[a, a]
                    v += z[a] * z[a]
                variance[s, now, back] = v
    return mean, variance, log_excess, log_excess_sd
