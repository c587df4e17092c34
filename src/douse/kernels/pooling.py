"""Pooled testing."""


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
