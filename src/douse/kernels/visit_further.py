"""Ring 2: the longest meeting of everybody with any of many hosts, place by place through one part at a time."""

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
# Columns of what is known of a person; SECONDS is stored plus one, 0 means nobody was met.
SECONDS, VIA, WHERE, FIRST, FINAL = range(5)
WIDTH = 8  # one cache line holds two
# Columns of a stay.
S_ROW, S_START, S_END, S_HOST = range(4)


@njit(cache=True, nogil=True)
def stays_in(  # noqa: PLR0913, PLR0917
    parts: Table, p: int, windows: Ints, crowded: Codes, today: int, origin: int, among: tuple[int, int]
) -> Ints:
    """Exact stays of hosts that began on the day of a part, cut to their windows, where it is not crowded.

    Parameters
    ----------
    parts : numpy.ndarray[int64], shape (P, COLUMNS)
    p : int
        The part.
    windows : numpy.ndarray[int64], shape (W, 4)
        Host (rank), person, since, until.
    crowded : numpy.ndarray[int32]
        Places that are crowded on the day, ascending.
    today, origin : int
        See `visit_meetings.meetings`; seconds since 1970 that times are counted from.
    among : tuple[int, int]
        First window and the one after the last.

    Returns
    -------
    numpy.ndarray[int64], shape (S, 4)
        Row in the part, start and end (seconds after `origin`), host.
    """
    records, start, by_person = records_of(parts, p), person_start_of(parts, p), person_rows_of(parts, p)
    midnight, latest = parts[p, DAY] * SECONDS_PER_DAY, today - parts[p, DAY]
    most = 0
    for w in range(among[0], among[1]):
        person = windows[w, 1]
        if person < parts[p, PERSONS]:
            most += int(start[person + 1]) - int(start[person])
    stays, found = np.empty((most, 4), np.int64), 0
    for w in range(among[0], among[1]):
        host, person, since, until = windows[w, 0], windows[w, 1], windows[w, 2], windows[w, 3]
        if person >= parts[p, PERSONS] or midnight >= until or parts[p, LAST] < since:
            continue
        for at in range(start[person], start[person + 1]):
            row = by_person[at]
            when = records[row, WHEN]
            begin, end = midnight + (when & ENTRY_BITS), midnight + records[row, LEFT]
            if when & EXACT_BIT == 0 or when >> TOLD_SHIFT > latest:
                continue
            if is_outside(begin, end, since, until) or holds(crowded, records[row, PLACE]):
                continue
            stays[found, S_ROW], stays[found, S_HOST] = row, host
            stays[found, S_START], stays[found, S_END] = max(begin, since) - origin, min(end, until) - origin
            found += 1
    return stays[:found]


@njit(cache=True, nogil=True)
def sweep(  # noqa: PLR0913, PLR0917
    parts: Table,
    p: int,
    stays: Ints,
    crowded: Codes,
    crowded_start: Ints,
    left_out: NDArray[np.uint8],
    place_rank: Codes,
    today: int,
    origin: int,
    least: int,
    known: Codes,
) -> None:
    """Add the meetings of the stays that began in part `p` to what is known of everybody.

    Parameters
    ----------
    parts, crowded, crowded_start, today, origin
        As for `visit_meetings.meetings` and `stays_in`.
    p : int
        The part.
    stays : numpy.ndarray[int64], shape (S, 4)
        As of `stays_in`, by row; those of one place are not split over calls.
    left_out : numpy.ndarray[uint8]
        One bit a person.
    place_rank : numpy.ndarray[int32]
        Rank of each place by name; empty: as the codes.
    least : int
        Seconds of a meeting that counts.
    known : numpy.ndarray[int32], shape (persons, WIDTH)
        Changed: longest meeting (seconds plus one, host, place), start of the first and end of the last.
    """
    records = records_of(parts, p)
    first = 0
    while first < len(stays):
        place = records[stays[first, S_ROW], PLACE]
        last, begin, end = first, stays[first, S_START], stays[first, S_END]
        while last < len(stays) and records[stays[last, S_ROW], PLACE] == place:
            begin, end = min(begin, stays[last, S_START]), max(end, stays[last, S_END])
            last += 1
        midnight = parts[p, DAY] * SECONDS_PER_DAY - origin
        between = rows_to_meet(parts, p, place, stays[first, S_ROW], begin - midnight)
        group = stays[first:last]
        _meet(parts, p, between, group, (begin, end), left_out, place_rank, today, origin, least, known)
        for q in range(len(parts)):
            midnight = parts[q, DAY] * SECONDS_PER_DAY - origin
            if q == p or midnight >= end or parts[q, LAST] - origin <= begin:
                continue
            if parts[q, DAY] < parts[p, DAY] and not spills(parts, q, place):
                continue
            if holds(crowded[crowded_start[q] : crowded_start[q + 1]], place):
                continue
            between = rows_to_meet(parts, q, place, -1, begin - midnight)
            _meet(parts, q, between, group, (begin, end), left_out, place_rank, today, origin, least, known)
        first = last


@njit(cache=True)
def _meet(  # noqa: PLR0913, PLR0917
    parts: Table,
    q: int,
    between: tuple[int, int],
    group: Ints,
    span: tuple[int, int],
    left_out: NDArray[np.uint8],
    place_rank: Codes,
    today: int,
    origin: int,
    least: int,
    known: Codes,
) -> None:
    """Meetings of the stays of one place with the visits between two rows of a part."""
    records = records_of(parts, q)
    midnight, latest = parts[q, DAY] * SECONDS_PER_DAY - origin, today - parts[q, DAY]
    for row in range(between[0], between[1]):
        when = records[row, WHEN]
        came, left = midnight + (when & ENTRY_BITS), midnight + records[row, LEFT]
        if came >= span[1]:
            break
        if left <= span[0] or when & EXACT_BIT == 0 or when >> TOLD_SHIFT > latest or left - came < least:
            continue
        who = records[row, PERSON]
        if left_out[who >> 3] >> (who & 7) & 1:
            continue
        longest, via, begin, end = -1, 0, left, came
        for k in range(len(group)):
            met_from, met_to = max(came, group[k, S_START]), min(left, group[k, S_END])
            # Two visits of which one has no length meet only strictly inside the other.
            if met_to - met_from < least or group[k, S_START] >= left or came >= group[k, S_END]:
                continue
            if met_to - met_from > longest or (met_to - met_from == longest and group[k, S_HOST] < via):
                longest, via = met_to - met_from, group[k, S_HOST]
            begin, end = min(begin, met_from), max(end, met_to)
        if longest < 0:
            continue
        place = records[row, PLACE]
        if known[who, SECONDS] == 0:
            known[who, FIRST], known[who, FINAL] = begin, end
        else:
            known[who, FIRST], known[who, FINAL] = min(known[who, FIRST], begin), max(known[who, FINAL], end)
        if _better(known[who], longest + 1, via, place, place_rank):
            known[who, SECONDS], known[who, VIA], known[who, WHERE] = longest + 1, via, place


@njit(cache=True)
def _better(known: Codes, seconds: int, via: int, place: int, place_rank: Codes) -> bool:
    """Whether a meeting comes before the one that is known: longer, or of equals the first host, then place."""
    where, known_where = place, known[WHERE]
    if len(place_rank):
        where, known_where = place_rank[where], place_rank[known_where]
    better: bool = (-seconds, via, where) < (-known[SECONDS], known[VIA], known_where)
    return better


@njit(cache=True, nogil=True)
def merge(known: Codes, other: Codes, place_rank: Codes) -> None:
    """Bring what one thread found (`other`) into what another found (`known`)."""
    for who in range(len(other)):
        if other[who, SECONDS] == 0:
            continue
        if known[who, SECONDS] == 0:
            known[who] = other[who]
            continue
        known[who, FIRST] = min(known[who, FIRST], other[who, FIRST])
        known[who, FINAL] = max(known[who, FINAL], other[who, FINAL])
        if _better(known[who], other[who, SECONDS], other[who, VIA], other[who, WHERE], place_rank):
            known[who, SECONDS : WHERE + 1] = other[who, SECONDS : WHERE + 1]
