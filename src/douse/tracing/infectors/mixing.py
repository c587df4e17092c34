"""Evidence for pairs from groups (ages, say) that meet more or less often."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from douse.errors import DataError

Floats = NDArray[np.float64]


def mixing_evidence(group: ArrayLike, contact: ArrayLike) -> Floats:
    """Log ratio of each pair's chance by its groups, against a pair of the outbreak taken at random.

    Parameters
    ----------
    group : array_like of int, shape (N,)
        Group of each case; -1 where it is not known.
    contact : array_like, shape (G, G)
        Contacts of a person of the column's group with persons of the row's group, in any unit.

    Returns
    -------
    numpy.ndarray[float64], shape (N, N)
        Row: infector; column: infected; 0 where a group is not known.
    """
    groups, matrix = np.asarray(group, dtype=np.int64), np.asarray(contact, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not (matrix >= 0).all() or not matrix.sum(axis=0).all():
        raise DataError(
            "contact matrix: not square, a negative number, or a group that meets nobody.",
            allowed="one row and one column a group, numbers from 0",
            next_step="Check the matrix.",
        )
    if (groups >= len(matrix)).any():
        raise DataError("contact matrix: a case of a group that it does not have.", next_step="Add the group.")
    chance = matrix / matrix.sum(axis=0)
    known = groups[groups >= 0]
    evidence = np.zeros((len(groups), len(groups)))
    if not len(known):
        return evidence
    usual = chance[:, known].mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(chance) - np.log(usual)[:, np.newaxis]
    both = (groups >= 0)[:, np.newaxis] & (groups >= 0)
    return np.where(both, ratio[groups, :][:, groups].T, evidence)
