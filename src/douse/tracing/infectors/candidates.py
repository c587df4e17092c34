"""`Candidates`: who may have infected whom, and what is on record for and against it. Values only."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Candidates:
    """Cases by position (N of them) and, for each, the cases that may have infected it, in compressed rows.

    Dates and sequences are apart: the closed form and the joint tree each add them in their own way.

    Parameters
    ----------
    start : numpy.ndarray[int64], shape (N + 1,)
        The candidates of case j stand at ``start[j] : start[j + 1]``.
    infector : numpy.ndarray[int64], shape (L,)
        Positions of candidate infectors, ascending within a case; never the case itself.
    direct : numpy.ndarray[float64], shape (L,)
        Log likelihood ratio of what is on record of the pair (contacts, shared places, distance, ages, clusters,
        declared infectors) if the one infected the other, against a pair of the outbreak taken at random.
    through : numpy.ndarray[float64], shape (L,)
        The same where somebody who is not on record stands between them.
    imported : numpy.ndarray[float64], shape (N,)
        Log prior odds that the case was infected outside (minus infinity: known to be local; infinity: known import).
    """

    start: Ints
    infector: Ints
    direct: Floats
    through: Floats
    imported: Floats

    def __len__(self) -> int:
        return len(self.imported)

    @property
    def case(self) -> Ints:
        """Position of the case of each candidate, shape (L,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))
