"""Visits as parts: the arrays of each day, wherever they lie, behind one table of addresses.

A part holds the visits that began on one day (a day may have several, as late records come). Its arrays:

``records``       int32, shape (rows, 4): place, person, when, left. Sorted by place, seconds of entry, person.
                  `when` packs seconds of entry after the day's midnight (17 bits), whether the times are exact (1 bit),
                  and days from the day to the day on which the visit was told (13 bits); it is never negative. `left`
                  is in seconds after the day's midnight and may lie beyond the day.
``person_start``  uint32, shape (persons + 1,): where the rows of each person stand in `person_rows`
``person_rows``   uint32, shape (rows,): rows of `records` by person, ascending within a person
``fence``         int32: place of every `FENCE`-th record, so that a search touches two pages of `records`
``spill``         uint8: one bit a place, set where a visit lasts beyond the day
``busy``          int32, shape (places, 4): place, first row, rows and seconds of the longest visit, of places with many
                  visits, by place: there only those who came late enough to be met are looked at

Numba cannot take a changing number of arrays, and copies of mapped files would load them. Kernels therefore take one
table of addresses, int64 of shape (parts, COLUMNS); whoever makes it keeps the arrays alive (`tracing/index/part.py`).
"""

from typing import Any

import numpy as np
from numba import carray, njit, types  # type: ignore[attr-defined]
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

Table = NDArray[np.int64]

# Columns of the table of addresses.
RECORDS, ROWS, PERSON_START, PERSONS, PERSON_ROWS, FENCES, FENCE_ROWS = range(7)
SPILL, SPILL_BYTES, BUSY, BUSY_ROWS, DAY, LAST, TOLD = range(7, 14)
COLUMNS = 14
# Columns of a record.
PLACE, PERSON, WHEN, LEFT = range(4)
FENCE = 512
SECONDS_PER_DAY = 86_400
ENTRY_BITS, EXACT_BIT, TOLD_SHIFT = (1 << 17) - 1, 1 << 17, 18
MOST_TOLD = (1 << 13) - 1
LONGEST = 1 << 30  # seconds of a visit that are kept: sums of two fit into 32 bits


def _pointer_at(typing_context: Any, address: Any) -> Any:  # noqa: ARG001  (numba asks for both)
    """The pointer at an address."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(types.int64), build


_pointer: Any = intrinsic(_pointer_at)


@njit(cache=True)
def records_of(parts: Table, p: int) -> NDArray[np.int32]:
    """Records of a part, shape (rows, 4)."""
    return carray(_pointer(parts[p, RECORDS]), (parts[p, ROWS], 4), np.int32)


@njit(cache=True)
def person_start_of(parts: Table, p: int) -> NDArray[np.uint32]:
    """Starts of persons in a part, shape (persons + 1,)."""
    return carray(_pointer(parts[p, PERSON_START]), (parts[p, PERSONS] + 1,), np.uint32)


@njit(cache=True)
def person_rows_of(parts: Table, p: int) -> NDArray[np.uint32]:
    """Rows by person of a part, shape (rows,)."""
    return carray(_pointer(parts[p, PERSON_ROWS]), (parts[p, ROWS],), np.uint32)


@njit(cache=True)
def fence_of(parts: Table, p: int) -> NDArray[np.int32]:
    """Fence of a part."""
    return carray(_pointer(parts[p, FENCES]), (parts[p, FENCE_ROWS],), np.int32)


@njit(cache=True)
def spills(parts: Table, p: int, place: int) -> bool:
    """Whether a visit of the part at a place lasts beyond the day."""
    if place >> 3 >= parts[p, SPILL_BYTES]:
        return False
    bits = carray(_pointer(parts[p, SPILL]), (parts[p, SPILL_BYTES],), np.uint8)
    lasts: bool = bits[place >> 3] >> (place & 7) & 1 == 1
    return lasts


@njit(cache=True)
def place_rows(parts: Table, p: int, place: int) -> tuple[int, int]:
    """First row of a place in a part, and the row after its last; the same where nobody was there."""
    records, fence = records_of(parts, p), fence_of(parts, p)
    low = _first_at_least(fence, place)
    rows = parts[p, ROWS]
    first, last = max(low - 1, 0) * FENCE, min(low * FENCE, rows)
    while first < last:
        middle = (first + last) >> 1
        if records[middle, PLACE] < place:
            first = middle + 1
        else:
            last = middle
    end = first
    while end < rows and records[end, PLACE] == place:
        end += 1
    return first, end


@njit(cache=True)
def rows_to_meet(parts: Table, p: int, place: int, hint: int, since: int) -> tuple[int, int]:
    """Rows of a place in a part among which are all visits that last beyond a moment.

    Parameters
    ----------
    parts, p, place
        The place in the part.
    hint : int
        A row of the place, where one is known; else -1.
    since : int
        Seconds after the day's midnight.
    """
    busy = carray(_pointer(parts[p, BUSY]), (parts[p, BUSY_ROWS], 4), np.int32)
    low = _first_at_least(busy[:, 0], place)
    records = records_of(parts, p)
    if low < len(busy) and busy[low, 0] == place:
        first, end = busy[low, 1], busy[low, 1] + busy[low, 2]
        earliest = since - busy[low, 3]
        low, high = first, end
        while low < high:
            middle = (low + high) >> 1
            if records[middle, WHEN] & ENTRY_BITS < earliest:
                low = middle + 1
            else:
                high = middle
        return low, end
    if hint < 0:
        return place_rows(parts, p, place)
    first, end = hint, hint + 1
    while first > 0 and records[first - 1, PLACE] == place:
        first -= 1
    while end < len(records) and records[end, PLACE] == place:
        end += 1
    return first, end


@njit(cache=True)
def is_outside(begin: int, end: int, since: int, until: int) -> bool:
    """Whether a visit is outside of a window; one of no length is in it when it begins there."""
    return begin >= until or (end <= since and begin < since)


@njit(cache=True)
def holds(sorted_codes: NDArray[np.int32], code: int) -> bool:
    """Whether a code is among sorted ones."""
    at = _first_at_least(sorted_codes, code)
    return at < len(sorted_codes) and sorted_codes[at] == code


@njit(cache=True)
def _first_at_least(sorted_codes: NDArray[np.int32], code: int) -> int:
    """Position of the first of sorted codes that is not below a code; their number where all are."""
    low, high = 0, len(sorted_codes)
    while low < high:
        middle = (low + high) >> 1
        if sorted_codes[middle] < code:
            low = middle + 1
        else:
            high = middle
    return low
