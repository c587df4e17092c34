"""Visits of a day in any order -> the arrays of a part (see `visit_parts.py`)."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from douse.kernels.visit_parts import (
    DAY,
    ENTRY_BITS,
    EXACT_BIT,
    FENCE,
    LEFT,
    LONGEST,
    MOST_TOLD,
    PERSON,
    PLACE,
    SECONDS_PER_DAY,
    TOLD_SHIFT,
    WHEN,
    Table,
    place_rows,
    records_of,
    spills,
)

Records = NDArray[np.int32]


@njit(cache=True, nogil=True)
def pack(  # noqa: PLR0913, PLR0917  the columns of a record
    place: NDArray[np.int32],
    person: NDArray[np.int32],
    entered: NDArray[np.int64],
    left: NDArray[np.int64],
    exact: NDArray[np.bool_],
    told: NDArray[np.int64],
) -> Records:
    """Records of visits that began on one day.

    Parameters
    ----------
    place, person : numpy.ndarray[int32], shape (N,)
    entered, left : numpy.ndarray[int64], shape (N,)
        Seconds after the day's midnight; `entered` lies within the day, `left` is cut to 34 years.
    exact : numpy.ndarray[bool], shape (N,)
    told : numpy.ndarray[int64], shape (N,)
        Days from the day to the day on which the visit was told; cut to 0 .. 8191.
    """
    records = np.empty((len(place), 4), np.int32)
    for i in range(len(place)):
        late = min(max(told[i], 0), MOST_TOLD)
        records[i, PLACE] = place[i]
        records[i, PERSON] = person[i]
        records[i, WHEN] = entered[i] | (EXACT_BIT if exact[i] else 0) | late << TOLD_SHIFT
        records[i, LEFT] = min(left[i], LONGEST)
    return records


@njit(cache=True, nogil=True)
def by_place(records: Records, places: int) -> Records:
    """Records by place (a counting sort); order within a place is left open."""
    at = np.zeros(places + 1, np.int64)
    for i in range(len(records)):
        at[records[i, PLACE] + 1] += 1
    for place in range(places):
        at[place + 1] += at[place]
    out = np.empty_like(records)
    for i in range(len(records)):
        place = records[i, PLACE]
        out[at[place]] = records[i]
        at[place] += 1
    return out


@njit(cache=True, nogil=True)
def once(records: Records, day: int, parts: Table, before: NDArray[np.int64]) -> tuple[Records, Records]:
    """Records in the order of a part, without times that are told already, and what begins on a later day.

    Visits of one person at one place do not overlap afterwards. Time that several of them tell counts once: for the one
    in a part that is there already, else for the one told first; those told on one day are joined where they touch.
    Visits whose times are not exact are compared with each other only.

    Parameters
    ----------
    records : numpy.ndarray[int32], shape (N, 4)
        By place.
    day : int
        The day, in days since 1970.
    parts : numpy.ndarray[int64]
        Parts that are there already.
    before : numpy.ndarray[int64]
        Those of them (positions) whose visits may overlap in time with these.

    Returns
    -------
    records, later : numpy.ndarray[int32], shapes (M, 4) and (K, 5)
        `later` holds pieces that begin after the day: place, person, entered and left (seconds after the day's
        midnight), and twice the days until told, plus 1 where the times are exact.
    """
    out = np.empty((len(records) + 16, 4), np.int32)
    later = np.empty((16, 5), np.int32)
    used = beyond = 0
    first = 0
    while first < len(records):
        last = first + 1
        while last < len(records) and records[last, PLACE] == records[first, PLACE]:
            last += 1
        group = records[first:last]
        _order(group, by_person=True)
        begin_out, shared = used, _others_there(group[0, PLACE], day, parts, before)
        i = 0
        while i < len(group):
            j = i + 1
            while j < len(group) and group[j, PERSON] == group[i, PERSON] and _exact(group[j]) == _exact(group[i]):
                j += 1
            if j == i + 1 and not (shared and _is_told(group[i], day, parts, before)):
                if used == len(out):
                    out = _more(out)
                out[used] = group[i]
                used += 1
            else:
                already = _told_already(group[i], day, parts, before) if shared else np.empty((0, 3), np.int32)
                pieces = _disjoint(group[i:j], already)
                for k in range(len(pieces)):
                    if pieces[k, 0] >= SECONDS_PER_DAY:
                        if beyond == len(later):
                            later = _more(later)
                        later[beyond, 0], later[beyond, 1] = group[i, PLACE], group[i, PERSON]
                        later[beyond, 2], later[beyond, 3] = pieces[k, 0], pieces[k, 1]
                        later[beyond, 4] = pieces[k, 2] << 1 | (1 if _exact(group[i]) else 0)
                        beyond += 1
                        continue
                    if used == len(out):
                        out = _more(out)
                    out[used, PLACE], out[used, PERSON], out[used, LEFT] = (
                        group[i, PLACE],
                        group[i, PERSON],
                        pieces[k, 1],
                    )
                    out[used, WHEN] = pieces[k, 0] | group[i, WHEN] & EXACT_BIT | pieces[k, 2] << TOLD_SHIFT
                    used += 1
            i = j
        _order(out[begin_out:used], by_person=False)
        first = last
    return out[:used].copy(), later[:beyond].copy()


@njit(cache=True, nogil=True)
def index_persons(records: Records, persons: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """`person_start` and `person_rows` of a part."""
    start = np.zeros(persons + 1, np.uint32)
    for i in range(len(records)):
        start[records[i, PERSON] + 1] += np.uint32(1)
    for person in range(persons):
        start[person + 1] += start[person]
    at = start.copy()
    rows = np.empty(len(records), np.uint32)
    for i in range(len(records)):
        person = records[i, PERSON]
        rows[at[person]] = i
        at[person] += np.uint32(1)
    return start, rows


@njit(cache=True, nogil=True)
def describe(
    records: Records, places: int, busy_from: int
) -> tuple[NDArray[np.int32], NDArray[np.uint8], Records, int, int]:
    """Fence, spill, busy places, last second of the part and longest delay in days."""
    fence = np.empty((len(records) + FENCE - 1) // FENCE, np.int32)
    spill = np.zeros((places + 7) >> 3, np.uint8)
    busy = np.empty((len(records) // busy_from + 1, 4), np.int32)
    found = last_second = told = longest = 0
    first = 0
    for i in range(len(records)):
        place = records[i, PLACE]
        if i % FENCE == 0:
            fence[i // FENCE] = place
        if records[i, LEFT] > SECONDS_PER_DAY:
            spill[place >> 3] |= np.uint8(1 << (place & 7))
        last_second = max(last_second, records[i, LEFT], records[i, WHEN] & ENTRY_BITS)
        told = max(told, records[i, WHEN] >> TOLD_SHIFT)
        if place != records[first, PLACE]:
            first, longest = i, 0
        longest = max(longest, records[i, LEFT] - (records[i, WHEN] & ENTRY_BITS))
        ends = i == len(records) - 1 or records[i + 1, PLACE] != place
        if ends and i + 1 - first >= busy_from:
            busy[found, 0], busy[found, 1], busy[found, 2], busy[found, 3] = place, first, i + 1 - first, longest
            found += 1
    return fence, spill, busy[:found].copy(), last_second, told


@njit(cache=True, nogil=True)
def visible(records: Records, latest: int) -> int:
    """How many records were told at most `latest` days after their day."""
    seen = 0
    for i in range(len(records)):
        seen += records[i, WHEN] >> TOLD_SHIFT <= latest
    return seen


@njit(cache=True)
def _exact(record: NDArray[np.int32]) -> bool:
    exact: bool = record[WHEN] & EXACT_BIT != 0
    return exact


@njit(cache=True)
def _more(rows: Records) -> Records:
    more = np.empty((len(rows) * 2, rows.shape[1]), np.int32)
    more[: len(rows)] = rows
    return more


@njit(cache=True)
def _before(one: NDArray[np.int32], other: NDArray[np.int32], by_person: bool) -> bool:  # noqa: FBT001
    """Whether a record of a place comes first: by person, exactness, day told and entry, or by entry and person."""
    entry, other_entry = one[WHEN] & ENTRY_BITS, other[WHEN] & ENTRY_BITS
    told, other_told = one[WHEN] >> TOLD_SHIFT, other[WHEN] >> TOLD_SHIFT
    if by_person:
        mine = (one[PERSON], one[WHEN] & EXACT_BIT, told, entry, one[LEFT])
        theirs = (other[PERSON], other[WHEN] & EXACT_BIT, other_told, other_entry, other[LEFT])
    else:
        mine = (entry, one[PERSON], one[LEFT], told, one[WHEN] & EXACT_BIT)
        theirs = (other_entry, other[PERSON], other[LEFT], other_told, other[WHEN] & EXACT_BIT)
    return mine < theirs


@njit(cache=True)
def _order(rows: Records, by_person: bool) -> None:  # noqa: FBT001
    """Sort the records of a place where they stand: by insertion where they are few, else by a heap."""
    n = len(rows)
    held = np.empty(4, np.int32)
    if n <= 24:
        for i in range(1, n):
            if not _before(rows[i], rows[i - 1], by_person):
                continue
            held[:] = rows[i]
            j = i
            while j > 0 and _before(held, rows[j - 1], by_person):
                rows[j] = rows[j - 1]
                j -= 1
            rows[j] = held
        return
    for root in range(n // 2 - 1, -1, -1):
        _sift(rows, root, n, held, by_person)
    for end in range(n - 1, 0, -1):
        held[:] = rows[end]
        rows[end] = rows[0]
        rows[0] = held
        _sift(rows, 0, end, held, by_person)


@njit(cache=True)
def _sift(rows: Records, root: int, end: int, held: NDArray[np.int32], by_person: bool) -> None:  # noqa: FBT001
    held[:] = rows[root]
    while 2 * root + 1 < end:
        child = 2 * root + 1
        if child + 1 < end and _before(rows[child], rows[child + 1], by_person):
            child += 1
        if not _before(held, rows[child], by_person):
            break
        rows[root] = rows[child]
        root = child
    rows[root] = held


@njit(cache=True)
def _others_there(place: int, day: int, parts: Table, before: NDArray[np.int64]) -> bool:
    """Whether other parts may hold visits at a place that overlap in time with those of a day."""
    there = False
    for q in before:
        there |= parts[q, DAY] >= day or spills(parts, q, place)
    return there


@njit(cache=True)
def _is_told(record: NDArray[np.int32], day: int, parts: Table, before: NDArray[np.int64]) -> bool:
    """Whether the same person is in another part at the same place, at a time that touches this one."""
    start, end = record[WHEN] & ENTRY_BITS, record[LEFT]
    for q in before:
        ahead = (parts[q, DAY] - day) * SECONDS_PER_DAY
        if ahead > end or (ahead < 0 and not spills(parts, q, record[PLACE])):
            continue
        other = records_of(parts, q)
        low, high = place_rows(parts, q, record[PLACE])
        for row in range(low, high):
            if other[row, PERSON] != record[PERSON] or _exact(other[row]) != _exact(record):
                continue
            if ahead + (other[row, WHEN] & ENTRY_BITS) <= end and ahead + other[row, LEFT] >= start:
                return True
    return False


@njit(cache=True)
def _told_already(record: NDArray[np.int32], day: int, parts: Table, before: NDArray[np.int64]) -> NDArray[np.int32]:
    """Times of the same person at the same place, as exact, in other parts; shape (K, 3), in seconds after the day."""
    found = np.empty((4, 3), np.int32)
    used = 0
    for q in before:
        ahead = (parts[q, DAY] - day) * SECONDS_PER_DAY
        if ahead < 0 and not spills(parts, q, record[PLACE]):
            continue
        other = records_of(parts, q)
        low, high = place_rows(parts, q, record[PLACE])
        for row in range(low, high):
            if other[row, PERSON] != record[PERSON] or _exact(other[row]) != _exact(record):
                continue
            if used == len(found):
                found = _more(found)
            found[used, 0] = ahead + (other[row, WHEN] & ENTRY_BITS)
            found[used, 1] = ahead + other[row, LEFT]
            found[used, 2] = -1
            used += 1
    return found[:used]


@njit(cache=True)
def _disjoint(group: Records, taken: NDArray[np.int32]) -> NDArray[np.int32]:
    """Times (entered, left, days until told) of one person's visits at a place that no other tells already.

    `group` is sorted by day told; `taken` holds times that are told elsewhere.
    """
    pieces = np.empty((len(taken) + 2 * len(group) + 4, 3), np.int32)
    used = len(taken)
    pieces[:used] = taken
    for i in range(len(group)):
        told = group[i, WHEN] >> TOLD_SHIFT
        start, end = group[i, WHEN] & ENTRY_BITS, group[i, LEFT]
        if start == end:
            inside = False
            for k in range(used):
                inside |= pieces[k, 0] <= start < pieces[k, 1] or pieces[k, 0] == start == pieces[k, 1]
            if not inside:
                if used == len(pieces):
                    pieces = _more(pieces)
                pieces[used, 0], pieces[used, 1], pieces[used, 2] = start, end, told
                used += 1
            continue
        at, others = start, used
        while at < end:
            # From `at` on: what covers it, or else how far it is free.
            free_until, covered_until = end, at
            for k in range(others):
                if pieces[k, 0] <= at < pieces[k, 1]:
                    covered_until = max(covered_until, pieces[k, 1])
                elif at < pieces[k, 0] < free_until and pieces[k, 1] > pieces[k, 0]:
                    free_until = pieces[k, 0]
            if covered_until > at:
                at = covered_until
                continue
            if used == len(pieces):
                pieces = _more(pieces)
            pieces[used, 0], pieces[used, 1], pieces[used, 2] = at, free_until, told
            used += 1
            at = free_until
    return _joined(pieces[len(taken) : used])


@njit(cache=True)
def _joined(pieces: NDArray[np.int32]) -> NDArray[np.int32]:
    """Pieces told on one day joined where they touch; pieces do not overlap."""
    for i in range(1, len(pieces)):
        for j in range(i, 0, -1):
            if (pieces[j, 0], pieces[j, 1]) < (pieces[j - 1, 0], pieces[j - 1, 1]):
                for c in range(3):
                    pieces[j, c], pieces[j - 1, c] = pieces[j - 1, c], pieces[j, c]
    used = 0
    for i in range(1, len(pieces)):
        if pieces[i, 0] == pieces[used, 1] and pieces[i, 2] == pieces[used, 2]:
            pieces[used, 1] = max(pieces[used, 1], pieces[i, 1])
        else:
            used += 1
            pieces[used] = pieces[i]
    return pieces[: used + 1] if len(pieces) else pieces
