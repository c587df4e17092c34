"""Likelihood of delays whose two ends are known only to lie within windows, seen only up to a limit.

The first event lies anywhere, with equal chance, in a window of width w that begins at 0; the second in (left, right],
counted from the beginning of that window. With F the distribution of the delay and I its integral from 0,

    G(q) = (I(q) - I(q - w)) / w            the distribution of the second event,
    I(q) = q F(q) - integral of t f(t) up to q,

so no numerical integration is needed: a row adds log(G(right) - G(left)) - log G(limit). Far in the upper tail the
same differences are taken of the integral of 1 - F beyond q, which keeps its digits there.

References
----------
Reich et al. 2009, doi 10.1002/sim.3659; Park et al. 2024, doi 10.1101/2024.01.12.24301247.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from douse.kernels.delay_families import Family

Floats = NDArray[np.float64]
# Narrower than this (a tenth of a second in days), a window is a moment: differences of its ends have no digits.
MOMENT = 1e-6
_LEAST = 1e-300


class Windows(NamedTuple):
    """Distinct rows; all arrays of shape (U,), times in the unit of the delay.

    `left` = `right` means that the second event is known to the moment; `width` 0 that the first is. `limit` is the
    longest delay, from the beginning of the first window, that could have been seen; inf for no limit. `weight` counts
    how often the row occurs.
    """

    left: Floats
    right: Floats
    width: Floats
    limit: Floats
    weight: Floats


def censored_cdf(family: Family, first: Floats, second: Floats, q: Floats, width: Floats) -> Floats:
    """Chance that the second event comes by q, where the first is anywhere in a window of `width` from 0.

    Parameters
    ----------
    family : Family
    first, second : numpy.ndarray[float64]
        Its parameters, broadcast against q.
    q, width : numpy.ndarray[float64], shape (U,)

    Returns
    -------
    numpy.ndarray[float64]
        Not limited to any longest delay: divide by the value at the limit for that.
    """
    nothing = np.zeros_like(q)
    chance: Floats = _between(family, first, second, nothing, q, width)
    return np.where(np.isinf(q), 1.0, chance)


def log_likelihood(family: Family, first: Floats, second: Floats, rows: Windows) -> Floats:
    """Weighted log-likelihood for each of B parameter pairs.

    Parameters
    ----------
    family : Family
    first, second : numpy.ndarray[float64], shape (B,)
        Its parameters.
    rows : Windows
        left < limit, left <= right.

    Returns
    -------
    numpy.ndarray[float64], shape (B,)
        Rows that the parameters make impossible count as a chance of 1e-300.
    """
    a, b = first[:, None], second[:, None]
    with np.errstate(divide="ignore", over="ignore", invalid="ignore", under="ignore"):
        right = np.minimum(rows.right, rows.limit)
        logged = np.log(_positive(_between(family, a, b, rows.left, right, rows.width)))
        dated = rows.right - rows.left <= MOMENT
        if dated.any():
            logged[:, dated] = _log_density(family, a, b, rows.right[dated], rows.width[dated])
        limited = np.isfinite(rows.limit)
        if limited.any():
            limits, index = np.unique(np.stack([rows.limit, rows.width])[:, limited], axis=1, return_inverse=True)
            seen = _positive(censored_cdf(family, a, b, limits[0], limits[1]))
            logged[:, limited] -= np.log(seen)[:, index.ravel()]
        total: Floats = logged @ rows.weight
    return total


def _between(  # noqa: PLR0913, PLR0917  a distribution and the windows
    family: Family, a: Floats, b: Floats, left: Floats, right: Floats, width: Floats
) -> Floats:
    """Chance that the second event falls in (left, right]."""
    points, index = np.unique(np.concatenate([left, left - width, right, right - width]), return_inverse=True)
    left_at, left_before, right_at, right_before = np.split(index.ravel(), 4)
    below, above, ramp_below, ramp_above = _integrals(family, a, b, points)
    wide = np.where(width > MOMENT, width, 1.0)

    def second_difference(of: Floats) -> Floats:
        answer: Floats = (of[:, right_at] - of[:, right_before] - of[:, left_at] + of[:, left_before]) / wide
        return answer

    in_tail = below[:, left_before] > 0.5
    windowed = np.where(in_tail, second_difference(ramp_above), second_difference(ramp_below))
    # A second window without end: the chance beyond left.
    mean_above = (ramp_above[:, left_before] - ramp_above[:, left_at]) / wide
    windowed = np.where(np.isinf(right), mean_above, windowed)
    dated = np.where(in_tail, above[:, left_at] - above[:, right_at], below[:, right_at] - below[:, left_at])
    answer: Floats = np.where(width > MOMENT, windowed, dated)
    return answer


def _integrals(family: Family, a: Floats, b: Floats, points: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """F, 1 - F, the integral of F up to each point and of 1 - F beyond it; shape (B, points)."""
    shape = np.broadcast_shapes(a.shape, (1, len(points)))
    inside = (points > 0) & np.isfinite(points)
    x = points[inside]
    mean = family.moments(a, b)[0]
    below, above = np.zeros(shape), np.ones(shape)
    # Before 0 nothing has happened: the integral of 1 - F beyond a point x <= 0 is the mean less x.
    ramp_below, ramp_above = np.zeros(shape), np.broadcast_to(mean - points, shape).copy()
    mass, moment = family.below(x, a, b)
    below[:, inside], ramp_below[:, inside] = mass, x * mass - moment
    mass, moment = family.above(x, a, b)
    above[:, inside], ramp_above[:, inside] = mass, moment - x * mass
    below[:, np.isposinf(points)] = 1.0
    for beyond in (above, ramp_above):
        beyond[:, np.isposinf(points)] = 0.0
    return below, above, ramp_below, ramp_above


def _log_density(family: Family, a: Floats, b: Floats, at: Floats, width: Floats) -> Floats:
    """Log density of a second event at a known moment; the mean of the density over the first window."""
    exact = family.log_density(np.maximum(at, _LEAST), a, b)
    spread = np.log(_positive(_between(family, a, b, at - width, at, np.zeros_like(at)))) - np.log(
        np.where(width > MOMENT, width, 1.0)
    )
    answer: Floats = np.where(width > MOMENT, spread, exact)
    return answer


def _positive(chance: Floats) -> Floats:
    """Chances with the impossible made barely possible."""
    answer: Floats = np.where(chance > _LEAST, chance, _LEAST)
    return answer
