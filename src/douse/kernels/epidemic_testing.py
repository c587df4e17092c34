"""Samples, the queue of the laboratory, and rounds of screening."""

from typing import Any

import numpy as np
from numba import njit

from douse.kernels.epidemic_agenda import item, note
from douse.kernels.epidemic_columns import (
    BY_SCREENING,
    DETECTS_POOLED,
    FALSE_SCREENED,
    FALSE_SHARE,
    FALSELY,
    ITEMS_LEFT,
    LABORATORY,
    LABORATORY_LOAD,
    MOST_ALARMS,
    POOL,
    RESULT,
    RESULT_DAYS,
    SAMPLE_AT,
    SCREENED_PEOPLE,
    SCREENED_SHARE,
    TESTED,
    TUBES,
)
from douse.kernels.epidemic_layout import (
    BLOCK,
    CALENDAR,
    FALSE_ALARM,
    INFECTED_MASK,
    SAMPLED,
    SIDE_AT,
    TAIL,
    TESTS,
    TURNOUT,
    Floats,
    Numbers,
    Small,
    Whole,
    Words,
)
from douse.kernels.epidemic_stays import is_known, row_of
from douse.kernels.person_word import zone_of
from douse.kernels.squares import Bits, Index, below, draw, poisson, share


@njit(cache=True, nogil=True)
def result_day(day: Index, rules: Floats, scalars: Whole, tubes: Index) -> Index:
    """Day of the result of what is handed to the laboratory now; its load grows by so many tubes."""
    scalars[LABORATORY_LOAD] += tubes
    return day + np.int64(rules[RESULT_DAYS]) + np.int64((scalars[LABORATORY_LOAD] - 1) // max(1.0, rules[LABORATORY]))


@njit(cache=True, nogil=True)
def test(  # noqa: PLR0913, PLR0917
    person: Index, how: Index, day: Index, key: Bits, state: Numbers, side: Small, side_person: Numbers,
    sensitivity: Floats, rules: Floats, series: Small, scalars: Whole,
    items: Words, following: Small, head: Small, fill: Small, free: Small,
) -> None:  # fmt: skip
    """Take a sample; a positive result is noted for the day when it will be known."""
    row = row_of(person, state, side, side_person, scalars)
    if is_known(row, np.int64(state[person]), side) or side[row, SAMPLED] == day:
        return
    side[row, SAMPLED] = day
    series[TESTED, day] += 1
    series[TUBES, day] += 1
    known = result_day(day, rules, scalars, 1)
    infected = (np.int64(state[person]) & INFECTED_MASK) - 1
    u = share(draw(key, person, TESTS | day))
    if infected >= 0 and infected < day:
        if u < sensitivity[min(day - infected, len(sensitivity) - 1)]:
            note(known, item(person, RESULT, how | (day << SAMPLE_AT), 0), items, following, head, fill, free, scalars)
    elif u < rules[FALSE_SHARE]:
        how += FALSELY
        note(known, item(person, RESULT, how | (day << SAMPLE_AT), 0), items, following, head, fill, free, scalars)


@njit(cache=True, nogil=True)
def screen(  # noqa: PLR0913, PLR0917
    day: int, due_zones: Small, infections: Numbers, key: np.uint64, word: Words, state: Numbers, side: Small,
    zone_start: Numbers, sensitivity: Floats, rules: Floats, series: Small, scalars: Whole,
    items: Words, following: Small, head: Small, fill: Small, free: Small,
) -> Any:  # fmt: skip
    """A screening round in some zones: the infected of the zones, and false alarms; never everybody.

    Parameters
    ----------
    due_zones : numpy.ndarray, shape (Z,)
        1 where there is a round today.
    infections : numpy.ndarray[uint32], shape (n, 3)
        Infections of the last days, by day and person.

    Returns
    -------
    bool
        False where there was no room; nothing was done then.
    """
    zones = len(zone_start) - 1
    expected: Index = len(infections)
    known = np.zeros(zones, np.int32)
    zone: Index
    rounds = 0
    for zone in range(zones):
        if due_zones[zone]:
            rounds += 1
            expected += 8 + np.int64(
                2 * rules[FALSE_SCREENED] * (np.int64(zone_start[zone + 1]) - np.int64(zone_start[zone]))
            )
    # A result may lie on any day of the calendar: each may need a block of its own.
    if scalars[ITEMS_LEFT] < min(CALENDAR, rounds) + TAIL + expected // BLOCK + 1:
        return False
    for zone in range(zones):
        if not due_zones[zone]:
            continue
        start = np.int64(zone_start[zone])
        people = np.int64(zone_start[zone + 1]) - start
        tested = np.int64(people * rules[SCREENED_SHARE])
        tubes = np.int64(np.ceil(tested / rules[POOL]))
        series[SCREENED_PEOPLE, day] += tested
        series[TUBES, day] += tubes
        known[zone] = result_day(day, rules, scalars, tubes)
        mean = tested * rules[FALSE_SCREENED]
        u = share(draw(key, zone, FALSE_ALARM | day))
        alarms = poisson(mean, u, MOST_ALARMS) if mean < MOST_ALARMS / 2 else np.int64(mean)
        for alarm in range(alarms):
            person = start + below(draw(key, zone, FALSE_ALARM | ((alarm + 1) << 10) | day), people)
            if (np.int64(state[person]) & INFECTED_MASK) == 0:
                note(
                    known[zone], item(person, RESULT, (BY_SCREENING + FALSELY) | (day << SAMPLE_AT), 0), items,
                    following, head, fill, free, scalars,
                )  # fmt: skip
    for at in range(len(infections)):
        person = np.int64(infections[at, 0])
        zone = zone_of(word[person])
        if not due_zones[zone]:
            continue
        now = np.int64(state[person])
        infected = (now & INFECTED_MASK) - 1
        if (now >> SIDE_AT) > 0 and is_known(now >> SIDE_AT, now, side):
            continue
        if infected >= day or share(draw(key, person, TURNOUT | day)) >= rules[SCREENED_SHARE]:
            continue
        days: Index = min(day - infected, len(sensitivity) - 1)
        finds = sensitivity[days] * rules[DETECTS_POOLED]
        if share(draw(key, person, TESTS | (1 << 10) | day)) < finds:
            series[TESTED, day] += np.int64(rules[POOL])  # the pool again, one by one
            series[TUBES, day] += np.int64(rules[POOL])
            found = item(person, RESULT, BY_SCREENING | (day << SAMPLE_AT), 0)
            note(known[zone], found, items, following, head, fill, free, scalars)
    return True
