"""Random choices of the kernels that make cities: functions of a key and a counter, on any machine the same."""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from douse.kernels.scan_draws import mixed

STEP = np.uint64(0x9E3779B97F4A7C15)
_S32 = np.uint64(32)
Ints = NDArray[Any]  # of any width


@njit(cache=True, inline="always")
def below(state: np.uint64, size: Any) -> np.int64:
    """Whole number from 0 to size - 1 of a state, size below 2**32."""
    return np.int64(((mixed(state) >> _S32) * np.uint64(size)) >> _S32)


@njit(cache=True, nogil=True)
def shuffle(items: Ints, first: Any, end: Any, state: np.uint64) -> np.uint64:
    """Shuffle items[first:end] in place (Fisher-Yates); the next state."""
    for at in range(end - 1, first, -1):
        state += STEP
        other = first + below(state, at - first + 1)
        kept = items[at]
        items[at] = items[other]
        items[other] = kept
    return state


@njit(cache=True, nogil=True)
def shuffle_within(items: NDArray[np.uint32], start: NDArray[np.uint32], key: np.uint64) -> None:
    """Shuffle the items of each part in place; part g is items[start[g]:start[g + 1]]."""
    for part in range(len(start) - 1):
        shuffle(items, np.int64(start[part]), np.int64(start[part + 1]), mixed(key + np.uint64(part) * STEP))


@njit(cache=True, nogil=True)
def deal_out(
    row: NDArray[np.int32], start: NDArray[np.int64], what: NDArray[np.int32], count: NDArray[np.int64], key: np.uint64
) -> NDArray[np.int32]:
    """Give every person one thing of the row that they draw from, each thing as often as it is there.

    Parameters
    ----------
    row : numpy.ndarray[int32], shape (W,)
        Row of each person.
    start : numpy.ndarray[int64], shape (R + 1,)
        First entry of each row.
    what : numpy.ndarray[int32], shape (E,)
        Thing of each entry.
    count : numpy.ndarray[int64], shape (E,)
        How often it is there; a row sums to its persons.
    key : numpy.uint64
        Address of the draw.

    Returns
    -------
    numpy.ndarray[int32], shape (W,)
    """
    rows = len(start) - 1
    pool = np.empty(len(row), np.int32)
    following = np.empty(rows, np.int64)
    at = 0
    for r in range(rows):
        following[r] = at
        for entry in range(start[r], start[r + 1]):
            for _ in range(count[entry]):
                pool[at] = what[entry]
                at += 1
        shuffle(pool, following[r], at, mixed(key + np.uint64(r) * STEP))
    given = np.empty(len(row), np.int32)
    for person in range(len(row)):
        given[person] = pool[following[row[person]]]
        following[row[person]] += 1
    return given


@njit(cache=True, nogil=True)
def by_bucket(bucket: NDArray[np.int32], buckets: int) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Positions in order of their bucket, equal ones in their order, and the first of each bucket.

    Parameters
    ----------
    bucket : numpy.ndarray[int32], shape (W,)
        0 to buckets - 1.
    buckets : int
        How many there are.

    Returns
    -------
    tuple of numpy.ndarray
        uint32, shape (W,), and int64, shape (buckets + 1,).
    """
    start = np.zeros(buckets + 1, np.int64)
    for item in range(len(bucket)):
        start[bucket[item] + 1] += 1
    for b in range(buckets):
        start[b + 1] += start[b]
    following = start[:-1].copy()
    order = np.empty(len(bucket), np.uint32)
    for item in range(len(bucket)):
        order[following[bucket[item]]] = item
        following[bucket[item]] += 1
    return order, start
