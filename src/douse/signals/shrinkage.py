"""Shares of many groups, each drawn towards the others as far as they are alike: the beta-binomial model."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln

Floats = NDArray[np.float64]
# With fewer groups than that nobody can say how alike groups are: the others then count as this many people.
LEAST_GROUPS = 3
_WEAK = 2.0
# How many people the others may count for at most, as powers of ten: never more than a large sample of one's own.
_WEIGHTS = np.logspace(0, 2.5, 61)


def prior_from_others(hits: Floats, n: Floats, own: int) -> tuple[float, float]:
    """Beta(a, b) of the share of one group, from the shares of the others.

    The mean is that of the others together; a + b, the number of people that they count for, is the likeliest one
    under the beta-binomial model, at most 316.

    Parameters
    ----------
    hits, n : numpy.ndarray[float64], shape (K,)
        Of each group.
    own : int
        Position of the group that the prior is for; its own counts are not used.

    Returns
    -------
    tuple of float
        a, b; (0.5, 0.5), Jeffreys' prior, where the others have nobody.

    References
    ----------
    Kleinman 1973, doi 10.1080/01621459.1973.10481332 (the model); here by maximum likelihood on a grid.
    """
    others = np.flatnonzero((n > 0) & (np.arange(len(n)) != own))
    if not len(others):
        return 0.5, 0.5
    k, m = hits[others], n[others]
    mean = (k.sum() + 0.5) / (m.sum() + 1)
    if len(others) < LEAST_GROUPS:
        return _WEAK * mean, _WEAK * (1 - mean)
    a, b = _WEIGHTS[:, None] * mean, _WEIGHTS[:, None] * (1 - mean)
    likelihood = (betaln(k + a, m - k + b) - betaln(a, b)).sum(axis=1)
    weight = float(_WEIGHTS[int(np.argmax(likelihood))])
    return weight * float(mean), weight * float(1 - mean)


def at_most(a: float, b: float, people: float) -> tuple[float, float]:
    """Beta(a, b) with the same mean, counting for at most so many people."""
    scale = min(1.0, people / (a + b))
    return a * scale, b * scale
