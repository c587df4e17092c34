"""Forests of who infected whom, by pointer jumping."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def cut_loops(infector: Ints, order: Ints) -> Ints:
    """Infectors without loops: in each loop the first by `order` loses its infector.

    Parameters
    ----------
    infector : numpy.ndarray[int64], shape (N,)
        Position of the infector of each case; -1 for none.
    order : numpy.ndarray[int64], shape (N,)
        Rank of each case, no two the same.

    Returns
    -------
    numpy.ndarray[int64], shape (N,)
    """
    size = len(infector)
    at = np.where(infector < 0, np.arange(size), infector)
    jump = at.copy()
    for _ in range(_doublings(size)):
        jump = jump[jump]
    # After N steps everybody is at a root or on a loop; a loop is passed by its members only.
    looped = np.zeros(size, dtype=bool)
    looped[jump[infector[jump] >= 0]] = True
    members = np.flatnonzero(looped)
    if members.size == 0:
        return infector.copy()
    first, jump = order.copy(), at
    for _ in range(_doublings(members.size)):
        first[members] = np.minimum(first[members], first[jump[members]])
        jump = jump[jump]
    cut = infector.copy()
    cut[members[first[members] == order[members]]] = -1
    return cut


def roots(infector: Ints) -> tuple[Ints, Ints]:
    """Root of each case and its generation, 0 for a root.

    Parameters
    ----------
    infector : numpy.ndarray[int64], shape (N,)
        Position of the infector; -1 for none; no loops.

    Returns
    -------
    root, generation : numpy.ndarray[int64], shape (N,)
    """
    size = len(infector)
    root = np.where(infector < 0, np.arange(size), infector)
    generation = (infector >= 0).astype(np.int64)
    for _ in range(_doublings(size)):
        generation = generation + generation[root]
        root = root[root]
    return root, generation


def _doublings(steps: int) -> int:
    """How often a step must be doubled to make at least so many steps."""
    return max(int(steps) - 1, 0).bit_length() + 1
