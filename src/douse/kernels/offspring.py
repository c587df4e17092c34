"""Likelihoods of the offspring distribution: negative binomial counts, and sizes of finished chains."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Floats = NDArray[np.float64]


def count_log_likelihood(r: Floats, k: Floats, counts: Floats, shown: Floats, times: Floats) -> Floats:
    """Log-likelihood of offspring counts seen so far, up to a constant.

    The infections that a case causes are negative binomial (mean R, dispersion k); each has shown itself by now with
    chance `shown`, so that those seen are negative binomial with mean R x shown and the same k.

    Parameters
    ----------
    r, k : numpy.ndarray[float64], shapes that broadcast to S
        Above 0.
    counts, shown, times : numpy.ndarray[float64], shape (N,)
        Distinct pairs of offspring seen and chance to be seen, and how many cases have each.

    Returns
    -------
    numpy.ndarray[float64], shape S
    """
    ways = (gammaln(counts + k[..., None]) - gammaln(k[..., None])) @ times
    # What depends on both R and k is one logarithm for each chance to be seen, whatever the counts.
    seen, at = np.unique(shown, return_inverse=True)
    cases, caused = np.bincount(at, times), np.bincount(at, times * counts)
    both = ((k[..., None] * cases + caused) * np.log(k[..., None] + r[..., None] * seen)).sum(axis=-1)
    found: Floats = ways + times.sum() * k * np.log(k) + caused.sum() * np.log(r) + caused @ np.log(seen) - both
    return found


def size_log_chance(r: Floats, k: Floats, sizes: Floats) -> Floats:
    """Log chance that a chain from one case ends with each size; shapes S and (N,) -> (*S, N).

    References
    ----------
    Blumberg and Lloyd-Smith 2013, doi 10.1371/journal.pcbi.1002993, equation 4.
    """
    r, k = r[..., None], k[..., None]
    ways = gammaln(k * sizes + sizes - 1) - gammaln(k * sizes) - gammaln(sizes + 1)
    chance: Floats = ways + (sizes - 1) * np.log(r / k) - (k * sizes + sizes - 1) * np.log1p(r / k)
    return chance


def size_log_likelihood(r: Floats, k: Floats, sizes: Floats, times: Floats, open_times: Floats) -> Floats:
    """Log-likelihood of chain sizes; of chains that go on, that they reach at least their size.

    Parameters
    ----------
    r, k : numpy.ndarray[float64], shapes that broadcast to S
        Above 0.
    sizes, times, open_times : numpy.ndarray[float64], shape (N,)
        Distinct sizes, how many chains ended with each, and how many stand at it and may grow.

    Returns
    -------
    numpy.ndarray[float64], shape S
    """
    r, k = np.broadcast_arrays(r, k)
    found: Floats = size_log_chance(r, k, sizes) @ times
    for size, many in zip(sizes[open_times > 0], open_times[open_times > 0], strict=True):
        below = np.exp(size_log_chance(r, k, np.arange(1.0, size))).sum(axis=-1) if size > 1 else np.zeros(r.shape)
        found = found + many * np.log(np.maximum(1 - below, 1e-300))
    return found


def extinction_chance(r: Floats, k: Floats) -> Floats:
    """Chance that a chain from one case ends by itself: the smallest q with q = (1 + R (1 - q) / k)^-k; shape S.

    Found by Newton's method from 0, which climbs to the smallest root; 1 where R is 1 or less.

    References
    ----------
    Lloyd-Smith et al. 2005, doi 10.1038/nature04153.
    """
    r, k = np.broadcast_arrays(r, k)
    q = np.zeros(r.shape)
    for _ in range(60):
        left = 1 + r * (1 - q) / k
        again = left**-k
        q = np.minimum(q + (again - q) / np.maximum(1 - r * left ** (-k - 1), 1e-9), 1.0)
    return np.where(r <= 1, 1.0, q)


def spreader_share(r: float, k: float, of: float) -> float:
    """Share of cases that cause a share `of` of all infections, those who infect most first.

    References
    ----------
    Endo et al. 2020, doi 10.12688/wellcomeopenres.15842.3.
    """
    # The share of infections by cases with m offspring or fewer is the distribution of the size-biased count.
    most = int(np.ceil(r + 40 * np.sqrt(r + r**2 / k) + 40 * r / min(k, 1.0))) + 1
    counts = np.arange(most + 1.0)
    log_pmf = gammaln(counts + k) - gammaln(k) - gammaln(counts + 1) - k * np.log1p(r / k)
    pmf = np.exp(log_pmf + counts * (np.log(r) - np.log(k + r)))
    cases, infections = np.cumsum(pmf[::-1]), np.cumsum((counts * pmf)[::-1]) / r
    at = int(np.searchsorted(infections, of))
    if at >= len(cases):
        return float(cases[-2])  # all who infect anybody
    before = infections[at - 1] if at else 0.0
    part = (of - before) / (infections[at] - before)
    return float((cases[at - 1] if at else 0.0) + part * pmf[::-1][at])


def largest_of(r: float, k: float, cases: int, most: int) -> Floats:
    """Chance that none of so many cases infects more than 0, 1, ... `most` others; shape (most + 1,)."""
    counts = np.arange(most + 1.0)
    log_pmf = gammaln(counts + k) - gammaln(k) - gammaln(counts + 1) - k * np.log1p(r / k)
    upto = np.minimum(np.cumsum(np.exp(log_pmf + counts * (np.log(r) - np.log(k + r)))), 1.0)
    chance: Floats = upto**cases
    return chance
