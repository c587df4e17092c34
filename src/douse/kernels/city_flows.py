"""Journeys between areas that keep the totals of both ends."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@njit(cache=True, nogil=True)
def balanced(ease: Floats, leaving: Floats, coming: Floats, rounds: int) -> Floats:
    """Flows in proportion to the ease of each journey, with given totals of rows and columns.

    Doubly constrained gravity model by Furness rounds (Wilson 1971, doi 10.1068/a030001). Sums run in a fixed order.

    Parameters
    ----------
    ease : numpy.ndarray[float64], shape (U, U)
        From row to column, positive.
    leaving, coming : numpy.ndarray[float64], shape (U,)
        Totals of rows and of columns, with the same sum.
    rounds : int
        Rounds over columns, then rows; rows hold exactly at the end.

    Returns
    -------
    numpy.ndarray[float64], shape (U, U)
    """
    areas = len(leaving)
    row = np.ones(areas)
    column = np.ones(areas)
    total = np.empty(areas)
    for _ in range(rounds):
        total[:] = 0.0
        for i in range(areas):
            for j in range(areas):
                total[j] += leaving[i] * row[i] * ease[i, j]
        for j in range(areas):
            column[j] = coming[j] / total[j] if total[j] > 0 else 0.0
        for i in range(areas):
            held = 0.0
            for j in range(areas):
                held += column[j] * ease[i, j]
            row[i] = 1.0 / held if held > 0 else 0.0
    flows = np.empty((areas, areas))
    for i in range(areas):
        for j in range(areas):
            flows[i, j] = leaving[i] * row[i] * ease[i, j] * column[j]
    return flows
