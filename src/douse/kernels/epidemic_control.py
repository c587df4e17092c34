"""What people and the health department do on a morning: tests, results, tracing, quarantine, isolation, vaccination.

Everything that a person is to do, or that is to be done to one, lies in an agenda by day. The order within a day is
fixed: results; people to reach, contacts of cases before those who live with contacts and those who may be the source;
tests; people who come by themselves. So the queues of the laboratory and of the tracers are the same in every run.
"""

import numpy as np
from numba import njit

from douse.kernels.epidemic_agenda import item, note
from douse.kernels.epidemic_columns import (
    AT_ENTRY,
    AUX_AT,
    BACKWARD_DAYS,
    BED_COUNT,
    BY_SYMPTOMS,
    CASES,
    COMMUNITY,
    COMMUNITY_CASES,
    DOSES_TODAY,
    FALSE_CASES,
    FALSELY,
    IN_BEDS,
    ISOLATION_DAYS,
    ITEMS_LEFT,
    KIND_AT,
    L_CONFIRMED,
    L_FOUND,
    L_INFECTED,
    L_ONSET,
    L_PERSON,
    L_SAMPLED,
    LABORATORY,
    LABORATORY_LOAD,
    LATER,
    LINES,
    LONGEST_DELAY,
    LOOKBACK_ILL,
    LOOKBACK_WELL,
    MOST_NAMED,
    NAMES,
    NO_DAY,
    NOT_TRACED,
    OBEYS_ISOLATION,
    OTHER_TESTS,
    REACH,
    REACHED_TODAY,
    RECHECK_DAYS,
    RESPONDS_FROM,
    RING_AT,
    RING_ONE,
    S_CONFIRMED,
    S_INFECTED,
    S_PERSON,
    S_STAY,
    S_TESTED,
    S_UNTIL,
    S_VARIANT,
    SAMPLE_AT,
    SEEK,
    SEEK_SHARE,
    SIDE_ROWS,
    TEST,
    TO_REACH,
    TRACERS,
    TRACES,
    WAITING,
    WAITING_TUBES,
)
from douse.kernels.epidemic_layout import (
    BLOCK,
    CALENDAR,
    CONFIRMED,
    FOUND_BY,
    INFECTED_MASK,
    ISOLATION_BED,
    ISOLATION_HOME,
    META_VARIANT_AT,
    NO_STAY,
    OBEYS,
    SEEKS,
    TAIL,
    VARIANT_AT,
    Floats,
    Numbers,
    Small,
    Whole,
    Words,
)
from douse.kernels.epidemic_nature import nature
from douse.kernels.epidemic_stays import begin_stay, is_known, row_of, stay_on, watched
from douse.kernels.epidemic_testing import test
from douse.kernels.epidemic_tracing import hopeless, reach, trace
from douse.kernels.person_word import age_of, zone_of
from douse.kernels.squares import Bits, Index, draw, share, uint64


@njit(cache=True, nogil=True)
def morning(  # noqa: PLR0912, PLR0913, PLR0915, PLR0917
    day: Index, since: Index, due_items: Words, key: Bits, word: Words, state: Numbers, side: Small,
    side_person: Numbers, staying: Small,
    members: Numbers, group_start: Numbers, institution: Numbers, institution_start: Numbers, zone_start: Numbers,
    between: Whole, slots: Small, stay_open: Floats, regime: Small, regime_open: Floats,
    incubation: Small, strength: Small, symptomatic: Floats, reach_delay: Small, recall: Floats, sensitivity: Floats,
    test_days: Whole, knobs: Floats, rules: Floats, series: Small, scalars: Whole, bed_ends: Small, by_zone: Small,
    report: Small, community: Numbers, lines: Small, names: Small, waiting: Words,
    items: Words, following: Small, head: Small, fill: Small, free: Small,
) -> Index:  # fmt: skip
    """Work through the items of a day, from one on.

    Returns
    -------
    int
        First item that there was no room for; their number when all were taken.
    """
    for at in range(since, len(due_items)):
        if (
            scalars[ITEMS_LEFT] < LONGEST_DELAY + MOST_NAMED // BLOCK + 1
            or scalars[SIDE_ROWS] + 2 >= len(side)
            or scalars[LINES] >= len(lines)
            or scalars[COMMUNITY] >= len(community)
            or scalars[WAITING] >= len(waiting)
            or (len(names) > 0 and scalars[NAMES] + MOST_NAMED > len(names))
        ):
            return at
        what = due_items[at]
        person = np.int64(what & uint64(0xFFFFFFFF))
        kind = np.int64((what >> uint64(KIND_AT)) & uint64(15))
        aux = np.int64((what >> uint64(AUX_AT)) & uint64(0xFFF))
        ring = np.int64((what >> uint64(RING_AT)) & uint64(15))
        if kind == TEST:
            test(
                person, aux, day, key, state, side, side_person, sensitivity, rules, series, scalars,
                items, following, head, fill, free,
            )  # fmt: skip
        elif kind == SEEK:
            seeks = share(draw(key, person, SEEKS)) < rules[SEEK_SHARE]
            now = np.int64(state[person])
            if seeks or stay_on(now, day, side) != NO_STAY or watched(now, day, side, rules):
                test(
                    person, BY_SYMPTOMS, day, key, state, side, side_person, sensitivity, rules, series, scalars,
                    items, following, head, fill, free,
                )  # fmt: skip
        elif kind == REACH:
            if scalars[REACHED_TODAY] >= rules[TRACERS]:
                waiting[scalars[WAITING]] = what
                scalars[WAITING] += 1
                continue
            scalars[REACHED_TODAY] += 1
            scalars[TO_REACH if ring == RING_ONE else LATER] -= 1
            reach(
                person, aux, ring, day, key, word, state, side, side_person, staying, sensitivity, test_days, rules,
                series, scalars, items, following, head, fill, free,
            )  # fmt: skip
        else:
            row = row_of(person, state, side, side_person, scalars)
            how, sampled = aux & ((1 << SAMPLE_AT) - 1), aux >> SAMPLE_AT
            if how >= FALSELY:
                series[FALSE_CASES, day] += 1
                begin_stay(row, ISOLATION_HOME, day, day + np.int64(rules[RECHECK_DAYS]) - 1, side, staying)
                continue
            now = np.int64(state[person])
            if is_known(row, now, side):
                continue
            own = word[person]
            infected = (now & INFECTED_MASK) - 1
            days, _, ill = nature(key, person, infected, age_of(own), incubation, strength, symptomatic)
            apart = stay_on(now, day - 1, side) != NO_STAY
            side[row, CONFIRMED] = day
            side[row, FOUND_BY] = how
            series[CASES, day] += 1
            by_zone[1, day, report[zone_of(own)]] += 1
            if not apart:
                series[COMMUNITY_CASES, day] += 1
                community[scalars[COMMUNITY]] = zone_of(own)
                scalars[COMMUNITY] += 1
            line = scalars[LINES]
            scalars[LINES] += 1
            lines[line, L_PERSON] = person
            lines[line, L_INFECTED] = infected
            lines[line, L_ONSET] = infected + days if ill and infected + days <= day else NO_DAY
            lines[line, L_SAMPLED] = sampled
            lines[line, L_CONFIRMED] = day
            lines[line, L_FOUND] = how
            until = day + np.int64(rules[ISOLATION_DAYS]) - 1
            if scalars[IN_BEDS] < rules[BED_COUNT]:
                scalars[IN_BEDS] += 1
                bed_ends[min(until + 1, CALENDAR - 1)] += 1
                begin_stay(row, ISOLATION_BED, day, until, side, staying)
            elif share(draw(key, person, OBEYS | 1)) < rules[OBEYS_ISOLATION]:
                begin_stay(row, ISOLATION_HOME, day, until, side, staying)
            if rules[TRACES] > 0.0 and hopeless(TO_REACH, rules, scalars):
                series[NOT_TRACED, day] += 1
            elif rules[TRACES] > 0.0:
                started = infected + days if ill else sampled
                back = rules[LOOKBACK_ILL] if ill else rules[LOOKBACK_WELL]
                ring_since = min(started, day) - np.int64(back)
                since_day = min(ring_since, min(started, day) - np.int64(rules[BACKWARD_DAYS]))
                trace(
                    person, since_day, ring_since, day, key, word, state, side, members, group_start, institution,
                    institution_start, zone_start, between, slots, stay_open, regime, regime_open,
                    incubation, strength, symptomatic, reach_delay, recall, knobs, rules, series, scalars, names,
                    items, following, head, fill, free,
                )  # fmt: skip
    return len(due_items)


@njit(cache=True, nogil=True)
def begin_morning(day: Index, rules: Floats, series: Small, scalars: Whole, bed_ends: Small) -> None:
    """What a new day brings: beds that fell free, the laboratory's work of the day before, other patients' tests."""
    scalars[IN_BEDS] -= bed_ends[day]
    scalars[LABORATORY_LOAD] = np.int64(
        min(max(0.0, scalars[LABORATORY_LOAD] - rules[LABORATORY]) + rules[OTHER_TESTS], 9e15)
    )
    series[WAITING_TUBES, day] = scalars[LABORATORY_LOAD]
    scalars[REACHED_TODAY] = 0
    scalars[DOSES_TODAY] = 0
    scalars[COMMUNITY] = 0


@njit(cache=True, nogil=True)
def arrive(  # noqa: PLR0913, PLR0917
    day: int, seeds: Whole, entry_tests: Whole, state: Numbers, side: Small, side_person: Numbers, staying: Small,
    new: Numbers, scalars: Whole, bed_ends: Small, items: Words, following: Small, head: Small, fill: Small,
    free: Small,
) -> int:  # fmt: skip
    """Let infected people appear: at the start of a run, or as they arrive; somebody infected before is passed over.

    Parameters
    ----------
    seeds : numpy.ndarray[int64], shape (n, SEED_WIDTH)
        Those of today; there must be room for them.
    entry_tests : numpy.ndarray[int64]
        Days after arrival on which arrivals in quarantine are tested.
    new : numpy.ndarray[uint32], shape (room, 3)
        Written: their infections, each its own infector.

    Returns
    -------
    int
        Infections.
    """
    count = 0
    for at in range(len(seeds)):
        person = seeds[at, S_PERSON]
        if (np.int64(state[person]) & INFECTED_MASK) > 0:
            continue
        state[person] = np.int64(state[person]) | (seeds[at, S_INFECTED] + 1) | (seeds[at, S_VARIANT] << VARIANT_AT)
        new[count, 0], new[count, 1] = person, person
        new[count, 2] = seeds[at, S_VARIANT] << META_VARIANT_AT
        count += 1
        if seeds[at, S_STAY] != NO_STAY or seeds[at, S_CONFIRMED] >= 0:
            row = row_of(person, state, side, side_person, scalars)
            begin_stay(row, seeds[at, S_STAY], day, seeds[at, S_UNTIL], side, staying)
            if seeds[at, S_STAY] == ISOLATION_BED and seeds[at, S_UNTIL] >= day:
                scalars[IN_BEDS] += 1
                bed_ends[min(seeds[at, S_UNTIL] + 1, CALENDAR - 1)] += 1
            if seeds[at, S_CONFIRMED] >= 0:
                side[row, CONFIRMED] = seeds[at, S_CONFIRMED]
            elif seeds[at, S_TESTED] > 0:
                for after in entry_tests:
                    if after > 0:
                        note(day + after, item(person, TEST, AT_ENTRY, 0), items, following, head, fill, free, scalars)
    return count


@njit(cache=True, nogil=True)
def register(  # noqa: PLR0913, PLR0917
    day: int, since: int, infections: Numbers, key: np.uint64, word: Words, state: Numbers, incubation: Small,
    strength: Small, symptomatic: Floats, seek_delay: Small, rules: Floats, scalars: Whole,
    items: Words, following: Small, head: Small, fill: Small, free: Small,
) -> int:  # fmt: skip
    """Note for each new infection with symptoms the day when the person may come for a test.

    Returns
    -------
    int
        First row that there was no room for; their number when all were taken.
    """
    for at in range(since, len(infections)):
        if scalars[ITEMS_LEFT] < TAIL:
            return at
        person = np.int64(infections[at, 0])
        infected = (np.int64(state[person]) & INFECTED_MASK) - 1
        days, _, ill = nature(key, person, infected, age_of(word[person]), incubation, strength, symptomatic)
        if ill:
            bits = draw(key, person, SEEKS | (1 << 10) | infected)
            on = infected + days + np.int64(seek_delay[np.int64(bits & uint64(1023))])
            if on > day and on >= rules[RESPONDS_FROM]:
                note(on, item(person, SEEK, BY_SYMPTOMS, 0), items, following, head, fill, free, scalars)
    return len(infections)
