"""Where the infections that a run begins with are put: on people whose own luck in the run agrees with what is known.

How an illness runs is a function of the run's key, the person and the day of infection. So the start looks for a
person and a day whose onset, and whose day of being found, are those on record, as rejection sampling does.
"""

import numpy as np
from numba import njit, uint64

from douse.kernels.epidemic_layout import SEEKS, TESTS, Floats, Numbers, Small, Whole, Words
from douse.kernels.epidemic_nature import nature
from douse.kernels.person_word import age_of, group_of, home_of, size_of, zone_of
from douse.kernels.squares import Bits, Index, below, draw, share

# Columns of a case to be placed; days of the calendar, NOBODY or NO_DAY where not known.
C_PERSON, C_RANGE, C_AGE, C_ONSET, C_TOLD, C_LATEST = range(6)
CASE_WIDTH = 6
NOBODY = -1
NO_DAY = -1000
# Columns of what was placed. A case without room, all people of its ranges being taken, has NOBODY.
P_PERSON, P_DAY, P_MISS = range(3)
LONGEST_BACK = 40  # days from infection to onset at most
TRIES, TRIES_AN_AGE = 240, 60
LATELY = 16  # cases placed before, of whom one is looked around
# What a disagreement counts: a day of onset, a day of being found, another course of the illness, a band of age.
_ONSET, _TOLD, _OTHER, _AGE, _NEVER = 4, 2, 30, 1, 1 << 30


@njit(cache=True, nogil=True)
def nth(at: Index, which: Index, first: Whole, low: Whole, upto: Whole) -> Index:
    """Person number `at` of the people of a list of ranges."""
    begin, end = first[which], first[which + 1] - 1
    while begin < end:
        middle = (begin + end) // 2
        if upto[middle] > at:
            end = middle
        else:
            begin = middle + 1
    before = upto[begin - 1] if begin > first[which] else 0
    return low[begin] + at - before


@njit(cache=True, nogil=True)
def mate(  # noqa: PLR0913, PLR0917
    last: Whole, before: Whole, placed: Whole, which: Index, bits: Bits, word: Words, members: Numbers,
    group_start: Numbers,
) -> Index:  # fmt: skip
    """Somebody of the household or group of one of the cases placed lately in the same ranges, of the same zone."""
    at = last[which]
    for _ in range(np.int64(bits & uint64(LATELY - 1))):
        if before[at] < 0:
            break
        at = before[at]
    other: Index = placed[at, P_PERSON]
    own = word[other]
    group = group_of(own)
    if (bits >> uint64(8)) & uint64(3) == 0 or group == 0:
        return other - home_of(own) + below(bits, size_of(own))
    begin = np.int64(group_start[group])
    found: Index = np.int64(members[begin + below(bits, np.int64(group_start[group + 1]) - begin)])
    return found if zone_of(word[found]) == zone_of(own) else other


@njit(cache=True, nogil=True)
def found_on(  # noqa: PLR0913, PLR0917
    key: Bits, person: Index, infected: Index, onset: Index, seek_delay: Small, sensitivity: Floats, seek_share: float,
    result_days: Index,
) -> Index:  # fmt: skip
    """Day on which somebody with symptoms becomes known by coming for a test; NO_DAY where that never happens."""
    if share(draw(key, person, SEEKS)) >= seek_share:
        return NO_DAY
    bits = draw(key, person, SEEKS | (1 << 10) | infected)
    sampled = onset + np.int64(seek_delay[np.int64(bits & uint64(1023))])
    if share(draw(key, person, TESTS | sampled)) >= sensitivity[min(sampled - infected, len(sensitivity) - 1)]:
        return NO_DAY
    return sampled + result_days


@njit(cache=True, nogil=True)
def place_cases(  # noqa: PLR0912, PLR0913, PLR0917  one search
    cases: Whole, first: Whole, low: Whole, upto: Whole, taken: Small, start: Index, key: Bits, luck: Bits, word: Words,
    members: Numbers, group_start: Numbers, incubation: Small, strength: Small, symptomatic: Floats, seek_delay: Small,
    sensitivity: Floats, seek_share: float, result_days: Index,
) -> Whole:  # fmt: skip
    """Find a person and a day of infection for each case.

    Parameters
    ----------
    cases : numpy.ndarray[int64], shape (n, CASE_WIDTH)
        Person where known; else the list of ranges to look in, and the band of age (NOBODY: any). Onset; day when told
        (NO_DAY: it does not matter); last day on which the infection may lie.
    first, low, upto : numpy.ndarray[int64]
        Ranges of people: those of list w are first[w] .. first[w + 1] - 1, each from low on; upto counts the people of
        the list up to the end of the range.
    taken : numpy.ndarray[uint8], shape (N,)
        People who have a place already; written.
    members, group_start
        Of the city: half of the tries look among the household and group of a case placed before, for cases cluster.
    start : int
        First day of the run: a test before it finds nobody.
    key, luck
        Of the run, and of the search.

    Returns
    -------
    numpy.ndarray[int64], shape (n, 3)
        Person, day of infection, and by how much they disagree with the record: 0 agree.
    """
    placed = np.full((len(cases), 3), NOBODY, np.int64)
    last, before = np.full(len(first) - 1, NOBODY, np.int64), np.full(len(cases), NOBODY, np.int64)
    for at in range(len(cases)):
        which, onset, told = cases[at, C_RANGE], cases[at, C_ONSET], cases[at, C_TOLD]
        people = upto[first[which + 1] - 1]
        known = cases[at, C_PERSON]
        best, best_person, best_day, equal = _NEVER, np.int64(NOBODY), np.int64(0), 0
        for attempt in range(1 if known >= 0 else TRIES):
            if known >= 0:
                person = known
            elif attempt % 2 == 0 and last[which] >= 0:
                person = mate(last, before, placed, which, draw(luck, at, attempt), word, members, group_start)
            else:
                person = nth(below(draw(luck, at, attempt), people), which, first, low, upto)
            if taken[person] != 0:
                continue
            age = age_of(word[person])
            miss_age = 0 if known >= 0 or cases[at, C_AGE] < 0 else abs(age - cases[at, C_AGE])
            if miss_age > attempt // TRIES_AN_AGE and attempt < TRIES - 1:
                continue
            for infected in range(max(0, onset - LONGEST_BACK), min(onset - 1, cases[at, C_LATEST]) + 1):
                days, _, ill = nature(key, person, infected, age, incubation, strength, symptomatic)
                miss = _ONSET * abs(infected + days - onset) + _AGE * miss_age
                if miss > best:
                    continue
                if not ill:
                    miss += _OTHER
                elif told != NO_DAY:
                    known_on = found_on(
                        key, person, infected, infected + days, seek_delay, sensitivity, seek_share, result_days
                    )
                    late = known_on == NO_DAY or known_on - result_days <= start
                    miss += _OTHER if late else _TOLD * abs(known_on - told)
                if miss < best:
                    equal = 0
                if miss <= best:
                    equal += 1
                    if below(draw(luck, at, TRIES + attempt * 64 + onset - infected), equal) == 0:
                        best, best_person, best_day = miss, np.int64(person), np.int64(infected)
            if best == 0:
                break
        if best_person >= 0:
            placed[at, P_PERSON], placed[at, P_DAY], placed[at, P_MISS] = best_person, best_day, best
            taken[best_person] = 1
            if best_day <= cases[at, C_LATEST]:
                before[at], last[which] = last[which], at
    return placed


@njit(cache=True, nogil=True)
def place_hidden(  # noqa: PLR0913, PLR0917
    low: Whole, high: Whole, infected: Whole, unknown_until: Index, taken: Small, key: Bits, luck: Bits, word: Words,
    incubation: Small, strength: Small, symptomatic: Floats, seek_delay: Small, sensitivity: Floats, seek_share: float,
    result_days: Index,
) -> Whole:  # fmt: skip
    """Find somebody for each infection that is not known: nobody who would have come for a test by then.

    Parameters
    ----------
    low, high, infected : numpy.ndarray[int64], shape (n,)
        Range of people to look in, and day of infection.
    unknown_until : int
        Last day on which the infection is not known.

    Returns
    -------
    numpy.ndarray[int64], shape (n,)
        Persons; NOBODY where none was found.
    """
    persons = np.full(len(low), NOBODY, np.int64)
    for at in range(len(low)):
        for attempt in range(TRIES):
            person = low[at] + below(draw(luck, at, attempt), high[at] - low[at])
            if taken[person] != 0:
                continue
            days, _, ill = nature(key, person, infected[at], age_of(word[person]), incubation, strength, symptomatic)
            if ill:
                known_on = found_on(
                    key, person, infected[at], infected[at] + days, seek_delay, sensitivity, seek_share, result_days
                )
                if known_on != NO_DAY and known_on <= unknown_until:
                    continue
            persons[at] = person
            taken[person] = 1
            break
    return persons
