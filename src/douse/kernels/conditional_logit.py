"""Conditional logistic regression over levels: which of many candidates was it."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[np.int8]


@njit(cache=True)
def climb(  # noqa: PLR0913, PLR0917  the data of a conditional logit
    start: Ints, true: Ints, offset: Floats, codes: Codes, weights: Floats, columns: Ints
) -> tuple[float, Floats, NDArray[np.float64]]:
    """Log likelihood of a conditional logit over codes, its gradient and its information.

    Parameters
    ----------
    start : numpy.ndarray[int64], shape (C + 1,)
        Candidates of each case.
    true : numpy.ndarray[int64], shape (C,)
        Position of the true one among all candidates.
    offset : numpy.ndarray[float64], shape (L,)
        Log density of the dates, and whatever is not learned.
    codes : numpy.ndarray[int8], shape (L, G)
    weights : numpy.ndarray[float64], shape (P,)
    columns : numpy.ndarray[int64], shape (G, V)
        Place in `weights` of each level; -1: its weight is 0.
    """
    groups, size = codes.shape[1], len(weights)
    value, gradient, information = 0.0, np.zeros(size), np.zeros((size, size))
    mean = np.empty(size)
    for c in range(len(true)):
        low, high = start[c], start[c + 1]
        score = np.empty(high - low)
        for k in range(low, high):
            total = offset[k]
            for g in range(groups):
                column = columns[g, codes[k, g]]
                if column >= 0:
                    total += weights[column]
            score[k - low] = total
        top = score.max()
        norm = np.exp(score - top).sum()
        value += score[true[c] - low] - top - np.log(norm)
        mean[:] = 0.0
        for k in range(low, high):
            p = np.exp(score[k - low] - top) / norm
            if p < 1e-9:
                continue
            for g in range(groups):
                one = columns[g, codes[k, g]]
                if one < 0:
                    continue
                mean[one] += p
                for h in range(groups):
                    other = columns[h, codes[k, h]]
                    if other >= 0:
                        information[one, other] += p
        for g in range(groups):
            column = columns[g, codes[true[c], g]]
            if column >= 0:
                gradient[column] += 1.0
        gradient -= mean
        information -= np.outer(mean, mean)
    return value, gradient, information
