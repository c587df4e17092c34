"""Evidence for pairs from groups (ages, say) that meet more or less often."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from douse.errors import DataError

Floats = NDArray[np.float64]


def mixing_evidence(group: ArrayLike, contact: ArrayLike, people: ArrayLike | None = None) -> Floats:
    """Log ratio of each pair's chance by its groups, against an infector of the outbreak taken at random.

    Of the contacts of somebody of the infected's group, so many are with the infector's group (Robert et al. 2020, doi
    10.12688/gatesopenres.13155.1); with `people`, so many are with one person of it.

    Parameters
    ----------
    group : array_like of int, shape (N,)
        Group of each case; -1 where it is not known.
    contact : array_like, shape (G, G)
        Contacts of a person of the column's group with persons of the row's group, in any unit.
    people : array_like, shape (G,), optional
        People of each group; without it groups count as of one size.

    Returns
    -------
    numpy.ndarray[float64], shape (N, N)
        Row: infector; column: infected; 0 where a group is not known.
    """
    groups, matrix = np.asarray(group, dtype=np.int64), np.asarray(contact, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not (matrix >= 0).all():
        raise DataError(
            "contact matrix: not square, or a negative number.",
            allowed="one row and one column a group, numbers from 0",
            next_step="Check the matrix.",
        )
    if (groups >= len(matrix)).any():
        raise DataError("contact matrix: a case of a group that it does not have.", next_step="Add the group.")
    if people is not None:
        matrix = matrix / np.asarray(people, dtype=np.float64)[:, np.newaxis]
    known = groups[groups >= 0]
    evidence = np.zeros((len(groups), len(groups)))
    if not len(known):
        return evidence
    usual = matrix[known].mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(usual > 0, np.log(matrix) - np.log(usual), 0.0)
    both = (groups >= 0)[:, np.newaxis] & (groups >= 0)
    return np.where(both, ratio[groups][:, groups], evidence)
