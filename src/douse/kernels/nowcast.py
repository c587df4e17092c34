"""What will still be reported: moments of a nowcast at one as-of date, and at past ones in hindsight."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from douse.kernels.nowcast_curve import last_covariance, smooth_level
from douse.kernels.nowcast_delay import first_reports, reverse_hazards, shares_reported, weekday_factors
from douse.kernels.nowcast_trend import tilt, trending_hazards

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Cases by which the hazards of the last steps are pulled to those of the whole window, and these to delays of
# which none is likelier than another.
RECENT_PULL, LONG_PULL = 5.0, 3.0
# Expected reports by which a weekday's factor on the hazards is pulled to 1.
WEEKDAY_PULL = 20.0
LEAST_SHARE = 1e-9
# Bounds on variances of logarithms, so that an estimate from nearly nothing stays finite.
MOST_DOUBT, MOST_RAISE, MOST_SPREAD = 5.0, 2.0, 3.0
# An answer that the reports have moved down is at least this share of the curve's, where its variance is judged.
LEAST_MOVED = 0.2


@njit(cache=True)
def curve_weekdays(reported: Floats, share: Floats) -> Floats:
    """Log effect of the weekday on the counts themselves, shrunk by how far it stands out from chance.

    Each date is compared with the seven around it (those of which half is reported); the mean of each weekday is
    kept in the share of its variance that its own scatter does not explain (James-Stein).

    Parameters
    ----------
    reported, share : numpy.ndarray[float64], shape (T,)
        Reported so far and the share that this is, oldest first.

    Returns
    -------
    numpy.ndarray[float64], shape (7,)
        By row modulo 7; zeros where a weekday was seen fewer than three times.
    """
    full = (reported + 0.5) / share
    sums, squares, number = np.zeros(7), np.zeros(7), np.zeros(7)
    for t in range(3, len(reported) - 3):
        around = full[t - 3 : t + 4].mean()
        if share[t + 3] >= 0.5 and around >= 1.0:
            ratio = math.log(full[t] / around)
            sums[t % 7] += ratio
            squares[t % 7] += ratio**2
            number[t % 7] += 1.0
    if number.min() < 3:
        return np.zeros(7)
    means = sums / number
    error = ((squares / number - means**2) / (number - 1.0)).mean()
    means -= means.mean()
    between = (means**2).sum() / 6.0
    kept: Floats = means * max(0.0, 1.0 - error / max(between, 1e-12))
    return kept


@njit(cache=True)
def unreported(  # noqa: PLR0913, PLR0917  one cell of a grid of models
    counts: Floats,
    cumulated: Floats,
    last: int,
    until: int,
    memory: float,
    drift: bool,  # noqa: FBT001  compiled: no keywords
    weekdays: bool,  # noqa: FBT001
    group: Ints,
    curves: Floats,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Mean and variance of what each open date will still get, for one model of the delay and several of the curve.

    The share reported by now, from the delays, scales the curve: reported(t) is negative binomial around
    curve(t) x share(t). Its scatter has two parts: of the count itself, 1/k, and of the reporting, v (1 - share),
    with what is not known about the share. Only the first is passed on to what is still to come, so a few early
    reports move the answer less the less they can be trusted.

    Parameters
    ----------
    counts, cumulated : numpy.ndarray[float64], shape (T, D + 1)
        Reports by date (oldest first) and delay, and their running sum over delays.
    last : int
        Row of the as-of date; cells with t + d > last are not read.
    until : int
        Row of the date until which reports are predicted; T + D or more: all.
    memory : float
        Steps after which a report day counts 1/e for the delays.
    drift : bool
        Whether the delays become longer or shorter with the date.
    weekdays : bool
        Whether the weekday moves the delays and the counts.
    group : numpy.ndarray[int64], shape (D + 1,)
        Group of each delay for the weekdays' factors.
    curves : numpy.ndarray[float64], shape (C, 5)
        Models of the curve: standard deviation and carry of its increments, k, v, logarithm of the prior weight.

    Returns
    -------
    mean, spread : numpy.ndarray[float64], shape (R,)
        Expected reports to come and their relative variance beyond Poisson, for the last R = min(D + 1, last + 1)
        dates; both averaged over the curves by their evidence.
    weights : numpy.ndarray[float64], shape (C,)
        Posterior weight of each curve.
    shared : numpy.ndarray[float64], shape (R, R)
        Covariance of the logarithm of the means under the likeliest curve.

    References
    ----------
    Höhle and an der Heiden 2014, doi 10.1111/biom.12194; McGough et al. 2020, doi 10.1371/journal.pcbi.1007735.
    """
    delays = counts.shape[1]
    rows = min(delays, last + 1)
    first = last - rows + 1
    shares, doubt, effects = reporting(counts, cumulated, last, memory, drift, weekdays, group)
    seen, share, blur = np.zeros(last + 1), np.ones(last + 1), np.zeros(last + 1)
    for t in range(last + 1):
        seen[t] = cumulated[t, min(last - t, delays - 1)]
        if t >= first:
            share[t] = max(shares[t - first, last - t], LEAST_SHARE)
            blur[t] = math.exp(min(doubt[t - first, last - t], MOST_DOUBT)) - 1.0
    means, spreads = np.zeros((len(curves), rows)), np.zeros((len(curves), rows))
    logs = np.zeros(len(curves))
    shared = np.zeros((rows, rows))
    likeliest = -np.inf
    for c in range(len(curves)):
        own = 1.0 / curves[c, 2]
        size = 1.0 / (own + curves[c, 3] * (1.0 - share) + blur)
        level, low, logs[c] = smooth_level(seen, np.log(share) + effects, size, curves[c, 0], curves[c, 1])
        logs[c] += curves[c, 4]
        covariance = last_covariance(low, rows)
        full = np.exp(level + effects)
        from_level, from_delay = np.zeros(rows), np.zeros(rows)
        for row in range(rows):
            t = first + row
            part, whole = share[t], shares[row, min(until - t, delays - 1)]
            if whole <= part:
                continue
            kept = size[t] * own * full[t] * part / (size[t] + full[t] * part)
            moved = 1.0 + kept * (seen[t] / (full[t] * part) - 1.0)
            from_level[row] = (1.0 - kept) / max(moved, LEAST_MOVED)
            from_delay[row] = whole / (whole - part) - 1.0 + kept / max(moved, LEAST_MOVED)
            variance = from_level[row] ** 2 * covariance[row, row]
            means[c, row] = full[t] * (whole - part) * moved * math.exp(0.5 * min(variance, MOST_RAISE))
            open_doubt = doubt[row, last - t] - doubt[row, min(until - t, delays - 1)]
            variance += from_delay[row] ** 2 * max(open_doubt, 0.0)
            spreads[c, row] = math.exp(min(variance, MOST_SPREAD)) * (1.0 + (1.0 - kept) * own) - 1.0
        if logs[c] > likeliest:
            likeliest = logs[c]
            shared = np.outer(from_level, from_level) * covariance
            for i in range(rows):
                for j in range(rows):
                    shared[i, j] += from_delay[i] * from_delay[j] * doubt[min(i, j), rows - 1 - min(i, j)]
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    mean, spread = average(means, spreads, weights)
    return mean, spread, weights, shared


@njit(cache=True)
def reporting(  # noqa: PLR0913, PLR0917  as `unreported`
    counts: Floats,
    cumulated: Floats,
    last: int,
    memory: float,
    drift: bool,  # noqa: FBT001  compiled: no keywords
    weekdays: bool,  # noqa: FBT001
    group: Ints,
) -> tuple[Floats, Floats, Floats]:
    """Shares reported by delay with their doubt (see `shares_reported`) for the open dates, and log effects by date."""
    delays = counts.shape[1]
    even = 1.0 / np.arange(1.0, delays + 1.0)
    even[last + 1 :] = 0.0
    begun = first_reports(counts, last)
    hazards, evidence = reverse_hazards(counts, cumulated, begun, last, 0.0, LONG_PULL, even)
    always = hazards
    hazards, evidence = reverse_hazards(counts, cumulated, begun, last, memory, RECENT_PULL, always)
    factors = np.ones((group.max() + 1, 7))
    if weekdays:
        factors = weekday_factors(counts, cumulated, begun, last, hazards, group, WEEKDAY_PULL)
    lean, centre, trend, variance = tilt(hazards), np.full(delays, float(last)), 0.0, 0.0
    if drift:
        hazards, evidence, centre, trend, variance = trending_hazards(
            counts, cumulated, begun, last, memory, RECENT_PULL, always, lean, factors, group
        )
    first = last - min(delays, last + 1) + 1
    shares, doubt = shares_reported(hazards, evidence, centre, lean, trend, variance, factors, group, first, last)
    effects = np.zeros(last + 1)
    if weekdays:
        seen, share = np.zeros(last + 1), np.ones(last + 1)
        for t in range(last + 1):
            seen[t] = cumulated[t, min(last - t, delays - 1)]
            if t >= first:
                share[t] = max(shares[t - first, last - t], LEAST_SHARE)
        by_day = curve_weekdays(seen, share)
        for t in range(last + 1):
            effects[t] = by_day[t % 7]
    return shares, doubt, effects


@njit(cache=True)
def average(means: Floats, spreads: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Mean and relative variance of a mixture, shape (R,), from those of its parts, shape (C, R)."""
    rows = means.shape[1]
    mean, spread = np.zeros(rows), np.zeros(rows)
    for row in range(rows):
        mean[row] = (weights * means[:, row]).sum()
        if mean[row] > 0:
            square = (weights * means[:, row] ** 2 * (1.0 + spreads[:, row])).sum()
            spread[row] = square / mean[row] ** 2 - 1.0
    return mean, spread


@njit(cache=True)
def hindsight(  # noqa: PLR0913, PLR0917  as `unreported`
    counts: Floats,
    cumulated: Floats,
    last: int,
    past: Ints,
    memory: float,
    drift: bool,  # noqa: FBT001  compiled: no keywords
    weekdays: bool,  # noqa: FBT001
    group: Ints,
    curves: Floats,
) -> tuple[Floats, Floats]:
    """Nowcasts of past as-of dates, of what was reported between each and `last`.

    Parameters
    ----------
    counts, cumulated, last, memory, drift, weekdays, group, curves
        As in `unreported`.
    past : numpy.ndarray[int64], shape (P,)
        Rows of the past as-of dates.

    Returns
    -------
    mean, spread : numpy.ndarray[float64], shape (P, D + 1)
        By age of the date (0: the as-of date itself), NaN where there is no such date.
    """
    mean = np.full((len(past), counts.shape[1]), np.nan)
    spread = np.full((len(past), counts.shape[1]), np.nan)
    for p in range(len(past)):
        one, other, _, _ = unreported(counts, cumulated, past[p], last, memory, drift, weekdays, group, curves)
        for age in range(len(one)):
            mean[p, age] = one[len(one) - 1 - age]
            spread[p, age] = other[len(one) - 1 - age]
    return mean, spread
