"""Ring 1: everybody who was at a place together with a host, host by host; nothing is read but what hosts touched."""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from douse.kernels.visit_parts import (
    DAY,
    ENTRY_BITS,
    EXACT_BIT,
    LAST,
    LEFT,
    PERSON,
    PERSONS,
    PLACE,
    SECONDS_PER_DAY,
    TOLD_SHIFT,
    WHEN,
    Table,
    holds,
    is_outside,
    person_rows_of,
    person_start_of,
    records_of,
    rows_to_meet,
    spills,
)

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]

# Columns of an answer row.
HOST, WHO, WHERE, ON_DAY, SECONDS, MEETINGS, DAY_ONLY, FIRST, FINAL = range(9)
WIDTH = 9
# Columns of a stay: a host's visit, cut to the window.
S_PLACE, S_START, S_END, S_EXACT, S_PART, S_ROW = range(6)


@njit(cache=True, nogil=True)
def meetings(  # noqa: PLR0912, PLR0913, PLR0915, PLR0917  one loop over hosts, stays, parts and rows
    parts: Table,
    windows: Ints,
    window_start: Ints,
    crowded: Codes,
    crowded_start: Ints,
    today: int,
    hosts: tuple[int, int],
    room: int,
) -> tuple[int, Codes, Ints]:
    """Answer rows of some hosts, as far as there is room.

    Parameters
    ----------
    parts : numpy.ndarray[int64], shape (P, COLUMNS)
        By day.
    windows : numpy.ndarray[int64], shape (W, 3)
        Person, since and until (seconds since 1970, until excluded); those of one host follow each other.
    window_start : numpy.ndarray[int64], shape (H + 1,)
        The windows of host h stand at ``window_start[h] : window_start[h + 1]``.
    crowded : numpy.ndarray[int32]
        Places that are crowded on the day of each part, ascending within a part.
    crowded_start : numpy.ndarray[int64], shape (P + 1,)
        Where those of each part stand.
    today : int
        Visits told after this day (days since 1970) do not exist.
    hosts : tuple[int, int]
        First host and the one after the last.
    room : int
        Rows after which no further host is begun.

    Returns
    -------
    next_host : int
        The host to go on with.
    rows : numpy.ndarray[int32], shape (R, WIDTH)
        Columns HOST to FINAL; ON_DAY in days since 1970, times in seconds after that day's midnight. By host, place.
    crowds : numpy.ndarray[int64], shape (C, 3)
        Host, part and place of stays at crowded places; may repeat.
    """
    rows = np.empty((room + (room >> 2), WIDTH), np.int32)  # pages that are not written take no memory
    crowds = np.empty((64, 3), np.int64)
    stays = np.empty((256, 6), np.int64)
    order = np.empty(256, np.int64)
    stamps, keys, row_of = np.zeros(1 << 11, np.int64), np.empty(1 << 11, np.int64), np.empty(1 << 11, np.int64)
    stamp = used = hits = 0
    host = hosts[0]
    while host < hosts[1] and used < room:
        found = 0
        for w in range(window_start[host], window_start[host + 1]):
            person, since, until = windows[w, 0], windows[w, 1], windows[w, 2]
            for p in range(len(parts)):
                if parts[p, DAY] * SECONDS_PER_DAY >= until or parts[p, LAST] < since or person >= parts[p, PERSONS]:
                    continue
                records, start, by_person = records_of(parts, p), person_start_of(parts, p), person_rows_of(parts, p)
                midnight, latest = parts[p, DAY] * SECONDS_PER_DAY, today - parts[p, DAY]
                for at in range(start[person], start[person + 1]):
                    row = by_person[at]
                    when = records[row, WHEN]
                    begin, end = midnight + (when & ENTRY_BITS), midnight + records[row, LEFT]
                    if when >> TOLD_SHIFT > latest or is_outside(begin, end, since, until):
                        continue
                    place = records[row, PLACE]
                    if holds(crowded[crowded_start[p] : crowded_start[p + 1]], place):
                        if hits == len(crowds):
                            crowds = _more(crowds)
                        crowds[hits, 0], crowds[hits, 1], crowds[hits, 2] = host, p, place
                        hits += 1
                        continue
                    if found == len(stays):
                        stays, order = _more(stays), np.empty(2 * found, np.int64)
                    stays[found, S_PLACE], stays[found, S_PART], stays[found, S_ROW] = place, p, row
                    stays[found, S_START], stays[found, S_END] = max(begin, since), min(end, until)
                    stays[found, S_EXACT] = when & EXACT_BIT
                    found += 1
        _sorted(stays, order, found)
        first = 0
        while first < found:
            place = stays[order[first], S_PLACE]
            stamp += 1
            keyed, last = 0, first
            while last < found and stays[order[last], S_PLACE] == place:
                stay = order[last]
                begin, end, part = stays[stay, S_START], stays[stay, S_END], stays[stay, S_PART]
                last += 1
                begin_day = begin // SECONDS_PER_DAY
                for q in range(len(parts)):
                    if parts[q, DAY] * SECONDS_PER_DAY >= end:
                        break
                    before = parts[q, DAY] < begin_day
                    if parts[q, LAST] <= begin or (before and not spills(parts, q, place)):
                        continue
                    if q != part and holds(crowded[crowded_start[q] : crowded_start[q + 1]], place):
                        continue
                    hint = stays[stay, S_ROW] if q == part else -1
                    between = rows_to_meet(parts, q, place, hint, begin - parts[q, DAY] * SECONDS_PER_DAY)
                    while used + between[1] - between[0] > len(rows):
                        rows = _more(rows)
                    while 2 * (keyed + between[1] - between[0]) >= len(keys):
                        stamps, keys, row_of = _wider(stamps, keys, row_of, stamp)
                    where = (used, keyed, host, place, stamp)
                    span = (begin, end, begin_day, stays[stay, S_EXACT])
                    own = windows[window_start[host] : window_start[host + 1], 0]
                    used, keyed = _meet(parts, q, between, span, own, today, where, (stamps, keys, row_of), rows)
            first = last
        host += 1
    return host, rows[:used], crowds[:hits]


@njit(cache=True)
def _meet(  # noqa: PLR0913, PLR0917
    parts: Table,
    q: int,
    between: tuple[int, int],
    span: tuple[int, int, int, int],
    own: Ints,
    today: int,
    so_far: tuple[int, int, int, int, int],
    table: tuple[Ints, Ints, Ints],
    rows: Codes,
) -> tuple[int, int]:
    """Add the meetings of one stay with the visits between two rows of a part; there is room for them.

    `span`: start, end, day of the start, exact. `own`: persons of the host. `so_far`: rows used, rows of the host and
    place at hand, host, place, its stamp. Gives the first two as they are then.
    """
    records, latest = records_of(parts, q), today - parts[q, DAY]
    midnight = parts[q, DAY] * SECONDS_PER_DAY
    begin, end, begin_day, exact = span
    used, keyed, host, place, stamp = so_far
    stamps, keys, row_of = table
    for row in range(between[0], between[1]):
        when = records[row, WHEN]
        came = midnight + (when & ENTRY_BITS)
        if came >= end:
            break
        left, who = midnight + records[row, LEFT], records[row, PERSON]
        if left <= begin or when >> TOLD_SHIFT > latest:
            continue
        itself = False
        for w in range(len(own)):
            itself |= own[w] == who
        if itself:
            continue
        met_from, met_to = max(begin, came), min(end, left)
        day = parts[q, DAY] if came >= begin else begin_day
        since_day, until_day = met_from - day * SECONDS_PER_DAY, met_to - day * SECONDS_PER_DAY
        slot = _slot(stamps, keys, stamp, day << 32 | who)
        if stamps[slot] != stamp:
            stamps[slot], keys[slot], row_of[slot] = stamp, day << 32 | who, used
            rows[used, HOST], rows[used, WHO], rows[used, WHERE], rows[used, ON_DAY] = host, who, place, day
            rows[used, FIRST], rows[used, FINAL] = since_day, until_day
            rows[used, SECONDS] = rows[used, MEETINGS] = rows[used, DAY_ONLY] = 0
            used += 1
            keyed += 1
        r = row_of[slot]
        rows[r, FIRST], rows[r, FINAL] = min(rows[r, FIRST], since_day), max(rows[r, FINAL], until_day)
        if exact != 0 and when & EXACT_BIT != 0:
            rows[r, MEETINGS] += 1
            rows[r, SECONDS] += met_to - met_from
        else:
            rows[r, DAY_ONLY] += 1
    return used, keyed


@njit(cache=True)
def _slot(stamps: Ints, keys: Ints, stamp: int, key: int) -> int:
    """Where a person and day of the group at hand stand in the table, or may be put."""
    mask = len(keys) - 1
    slot = ((key * 0x9E3779B97F4A7C1) >> 20) & mask
    while stamps[slot] == stamp and keys[slot] != key:
        slot = (slot + 1) & mask
    return slot


@njit(cache=True)
def _wider(stamps: Ints, keys: Ints, row_of: Ints, stamp: int) -> tuple[Ints, Ints, Ints]:
    """Twice the table, with the group at hand in it."""
    size = 2 * len(keys)
    wider, wider_keys, rows = np.zeros(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int64)
    for i in range(len(keys)):
        if stamps[i] == stamp:
            slot = _slot(wider, wider_keys, stamp, keys[i])
            wider[slot], wider_keys[slot], rows[slot] = stamp, keys[i], row_of[i]
    return wider, wider_keys, rows


@njit(cache=True)
def _sorted(stays: Ints, order: Ints, n: int) -> None:
    """Order of stays by place, then start, by insertion into what is mostly sorted by time."""
    for i in range(n):
        j = i
        place, start = stays[i, S_PLACE], stays[i, S_START]
        while j > 0:
            other = order[j - 1]
            if stays[other, S_PLACE] < place or (stays[other, S_PLACE] == place and stays[other, S_START] <= start):
                break
            order[j] = other
            j -= 1
        order[j] = i


@njit(cache=True)
def _more(rows: Any) -> Any:
    more = np.empty((2 * len(rows), rows.shape[1]), rows.dtype)
    more[: len(rows)] = rows
    return more
