"""Pooled testing."""

import math


def tubes_per_person(prevalence: float, size: int) -> float:
    """Expected tubes for each person tested in pools, everybody in a positive pool being tested again singly.

    Parameters
    ----------
    prevalence : float
        Chance that a person is positive, independent of the others in the pool.
    size : int
        People a pool; 1: single tests, which need no second tube.

    References
    ----------
    Dorfman 1943, doi 10.1214/aoms/1177731363: 1/n + 1 - (1 - p)^n.
    """
    if size == 1:
        return 1.0
    return 1 / size + 1 - (1 - prevalence) ** size


def found_in_pools(size: int, loss: float) -> float:
    """Share of the infections that single tests find and pools of a size find too: 1 - loss x ln(size), not below 0.

    A pool dilutes each swab: the signal comes log2(size) cycles later, and infections near the threshold are missed.
    """
    return max(1.0 - loss * math.log(size), 1e-9)
