"""Sites that differ between aligned sequences, pair by pair."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@njit(cache=True, nogil=True)
def site_counts(bases: NDArray[np.uint8]) -> tuple[Floats, Floats]:
    """Count the sites that differ and those that can be compared.

    Parameters
    ----------
    bases : numpy.ndarray[uint8], shape (S, L)
        1 to 4 for a base, 0 for anything else: a gap or an ambiguous base is not compared.

    Returns
    -------
    differ, compared : numpy.ndarray[float64], shape (S, S)
    """
    size, length = bases.shape
    differ, compared = np.zeros((size, size)), np.zeros((size, size))
    for a in range(size):
        for b in range(a + 1):
            unlike, known = 0, 0
            for site in range(length):
                x, y = bases[a, site], bases[b, site]
                both = (x != 0) & (y != 0)
                known += both
                unlike += both & (x != y)
            differ[a, b] = differ[b, a] = unlike
            compared[a, b] = compared[b, a] = known
    return differ, compared
