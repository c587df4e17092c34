"""Many p-values at once: adjusted, so that the whole has a stated error rate, or combined into one."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
# Below this a p-value is arithmetic, not evidence; it also keeps logarithms finite.
LEAST_P = 1e-300


def holm(p: ArrayLike) -> Floats:
    """p-values adjusted by Holm's steps: taking those up to alpha keeps the chance of any false one at alpha.

    Parameters
    ----------
    p : array_like, shape (N,)
        p-values, dependent in any way; NaN where a test was not made, which then does not count.

    Returns
    -------
    numpy.ndarray[float64], shape (N,)
        Adjusted, at most 1; NaN where not made.

    References
    ----------
    Holm 1979, Scandinavian Journal of Statistics 6:65-70.
    """
    return _stepwise(p, lambda ordered, n: np.maximum.accumulate(ordered * (n - np.arange(n))))


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """p-values adjusted for the false discovery rate: of those up to q, at most q are expected to be false.

    Holds for independent and positively dependent tests. NaN where a test was not made. Shapes as of `holm`.

    References
    ----------
    Benjamini and Hochberg 1995, doi 10.1111/j.2517-6161.1995.tb02031.x.
    """
    return _stepwise(p, lambda ordered, n: np.minimum.accumulate((ordered * n / np.arange(1, n + 1))[::-1])[::-1])


def _stepwise(p: ArrayLike, adjust: Callable[[Floats, int], Floats]) -> Floats:
    given = np.asarray(p, dtype=np.float64)
    adjusted = np.full_like(given, np.nan)
    made = np.flatnonzero(~np.isnan(given))
    order = made[np.argsort(given[made], kind="stable")]
    adjusted[order] = np.minimum(adjust(given[order], len(order)), 1.0)
    return adjusted


def combined(p: ArrayLike) -> float:
    """One p-value from several of one event, dependent or not: the Cauchy combination, equal weights.

    The mean of cot(pi p) is, far out in its tail, distributed as if the p-values were independent, whatever ties
    them. A p-value near 1 would pull the others down without bound; p counts as at most 0.5, where it adds nothing.

    Parameters
    ----------
    p : array_like, shape (N,)
        At least one p-value, none NaN.

    References
    ----------
    Liu and Xie 2020, doi 10.1080/01621459.2018.1554485.
    """
    tail = np.pi * np.clip(np.asarray(p, dtype=np.float64), LEAST_P, 0.5)
    return max(float(np.arctan2(1.0, np.mean(1.0 / np.tan(tail))) / np.pi), LEAST_P)
