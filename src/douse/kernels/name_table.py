"""Numbers of names by their hashes: open addressing, a linear probe."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Codes = NDArray[np.int32]


@njit(cache=True, nogil=True)
def name_table(hashes: Hashes) -> Codes:
    """Slots of a table that holds the positions of all hashes; -1 where one is free. Its length is a power of two."""
    size = 16
    while size < 2 * len(hashes):
        size *= 2
    slots = np.full(size, -1, np.int32)
    mask = np.uint64(size - 1)
    for i in range(len(hashes)):
        slot = hashes[i] & mask
        while slots[slot] >= 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = i
    return slots


@njit(cache=True, nogil=True)
def find_names(asked: Hashes, hashes: Hashes, slots: Codes) -> Codes:
    """Position of the first entry with each hash; -1 where there is none."""
    found = np.full(len(asked), -1, np.int32)
    mask = np.uint64(len(slots) - 1)
    for i in range(len(asked)):
        slot = asked[i] & mask
        while slots[slot] >= 0:
            if hashes[slots[slot]] == asked[i]:
                found[i] = slots[slot]
                break
            slot = (slot + np.uint64(1)) & mask
    return found
