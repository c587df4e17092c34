"""What people and the health department do on a morning: tests, results, tracing, quarantine, isolation, vaccination.

Everything that a person is to do, or that is to be done to one, lies in an agenda by day. The order within a day is
fixed: results; people to reach, contacts of cases before those who live with contacts and those who may be the source;
tests; people who come by themselves. So the queues of the laboratory and of the tracers are the same in every run.
"""

from typing import Any

import numpy as np
from numba import njit

from douse.kernels.epidemic_contacts import partner
from douse.kernels.epidemic_layout import (
    BLOCK,
    CALENDAR,
    CONFIRMED,
    FALSE_ALARM,
    FOUND_BY,
    FROM,
    FROM_BEFORE,
    HOUSEHOLD,
    INFECTED_MASK,
    ISOLATION_BED,
    ISOLATION_HOME,
    MEETING_LAYERS,
    META_VARIANT_AT,
    MOST_SLOTS,
    NAMED,
    NO_STAY,
    OBEYS,
    PAST,
    QUARANTINE_CENTRAL,
    REACHED,
    REACHED_ON,
    SAMPLED,
    SEEKS,
    SIDE_AT,
    STAY,
    STAY_BEFORE,
    TAIL,
    TESTS,
    TURNOUT,
    UNTIL,
    UNTIL_BEFORE,
    VACCINATED,
    VARIANT_AT,
    Floats,
    Numbers,
    Small,
    Whole,
    Words,
)
from douse.kernels.epidemic_nature import nature, stays_home_ill
from douse.kernels.epidemic_spread import HOME_WHEN_ILL, openness, stay_on, takes_place, weekend
from douse.kernels.person_word import age_of, home_of, kind_of, size_of, zone_of
from douse.kernels.squares import Bits, Index, below, draw, poisson, share, uint64

# Items of the agenda, in the order of a day: person | kind | day of exposure, or way of finding | day of sample | ring.
RESULT, REACH, TEST, SEEK = range(4)
KIND_AT, AUX_AT, RING_AT = 32, 36, 48
SAMPLE_AT = 3  # in the way of finding of a result: the day of its sample
# How a case was found.
BY_SYMPTOMS, BY_TRACING, BY_SCREENING, AT_ENTRY = range(4)
FALSELY = 4  # added: the person is not infected
MOST_ALARMS = 1000  # of a zone in a round, drawn one by one; from half as many on the number is the mean
# Rings of people to reach.
RING_ONE, RING_TWO, BACKWARD = range(3)

# Positions in the array of rules.
(
    SEEK_SHARE, RESULT_DAYS, LABORATORY, OTHER_TESTS, FALSE_SHARE, LOOKBACK_ILL, LOOKBACK_WELL, BACKWARD_DAYS, REACHED_SHARE,  # noqa: E501
     TRACERS, QUARANTINE_DAYS, QUARANTINE_STAY, RING_TWO_DAYS, OBEYS_QUARANTINE, ISOLATION_DAYS,
    BED_COUNT, OBEYS_ISOLATION, RING_VACCINATION, DOSES, SCREENED_SHARE, POOL, DETECTS_POOLED, FALSE_SCREENED, RECHECK_DAYS,  # noqa: E501
    WATCH_DAYS, RESPONDS_FROM, TRACES,
) = range(27)  # fmt: skip
RULES = 27
# What is counted by day.
(
    TESTED, TUBES, WAITING_TUBES, REACHED_PEOPLE, WAITING_PEOPLE, CASES, COMMUNITY_CASES, FALSE_CASES, NAMED_PEOPLE,
    DOSES_GIVEN, SCREENED_PEOPLE, NOT_TRACED, NEW_INFECTIONS,
) = range(13)  # fmt: skip
SERIES = 13
SERIES_NAMES = (
    "tests", "tubes", "tubes_waiting", "contacts_reached", "contacts_waiting", "cases", "community_cases",
    "false_cases", "contacts_named", "doses", "people_screened", "cases_not_traced", "infections",
)  # fmt: skip
# Scalars that last from day to day.
SIDE_ROWS, LABORATORY_LOAD, IN_BEDS, REACHED_TODAY, DOSES_TODAY, WAITING, COMMUNITY, LINES, ITEMS_LEFT, TO_REACH = (
    range(10)
)
SCALARS = 10
# Columns of a case as it would be reported.
LINE_WIDTH = 6
L_PERSON, L_INFECTED, L_ONSET, L_SAMPLED, L_CONFIRMED, L_FOUND = range(LINE_WIDTH)
NO_DAY = -1000
# What one case may put on the agenda: people met in the days that are kept, reached after so many days at most.
LONGEST_DELAY = 60
MOST_NAMED = PAST * MEETING_LAYERS * MOST_SLOTS
# Columns of an infection that a run begins with or that arrives.
SEED_WIDTH = 8
S_DAY, S_PERSON, S_INFECTED, S_VARIANT, S_STAY, S_UNTIL, S_CONFIRMED, S_TESTED = range(SEED_WIDTH)


@njit(cache=True, nogil=True)
def item(person: Index, kind: Index, aux: Index, ring: Index) -> Bits:
    """An item of the agenda."""
    return (
        uint64(person)
        | (uint64(kind) << uint64(KIND_AT))
        | (uint64(aux) << uint64(AUX_AT))
        | (uint64(ring) << uint64(RING_AT))
    )


@njit(cache=True, nogil=True)
def note(  # noqa: PLR0913, PLR0917
    day: Index, what: Bits, items: Words, following: Small, head: Small, fill: Small, free: Small, scalars: Whole
) -> None:
    """Put an item on the agenda of a day; the caller has made sure of a free block."""
    if day >= CALENDAR:
        return
    block: Index = head[day]
    used: Index = fill[day]
    if block < 0 or used == BLOCK:
        scalars[ITEMS_LEFT] -= 1
        fresh = free[scalars[ITEMS_LEFT]]
        following[fresh] = block
        head[day] = fresh
        block, used = fresh, 0
    items[block * BLOCK + used] = what
    fill[day] = used + 1


@njit(cache=True, nogil=True)
def take(  # noqa: PLR0913, PLR0917
    day: Index, items: Words, following: Small, head: Small, fill: Small, free: Small, waiting: Words, scalars: Whole
) -> Words:
    """Items of a day by kind, people to reach by ring, those that wait first, else as noted; blocks are given back."""
    blocks = 0
    block = head[day]
    while block >= 0:
        blocks += 1
        block = following[block]
    chain = np.empty(blocks, np.int64)
    block = head[day]
    for at in range(blocks - 1, -1, -1):
        chain[at] = block
        block = following[block]
    count = (blocks - 1) * BLOCK + fill[day] if blocks else 0
    everything = np.empty(scalars[WAITING] + count, np.uint64)
    everything[: scalars[WAITING]] = waiting[: scalars[WAITING]]
    for at in range(blocks):
        used = np.int64(fill[day]) if at == blocks - 1 else BLOCK
        for row in range(used):
            everything[scalars[WAITING] + at * BLOCK + row] = items[chain[at] * BLOCK + row]
        free[scalars[ITEMS_LEFT]] = chain[at]
        scalars[ITEMS_LEFT] += 1
    head[day], fill[day] = -1, 0
    scalars[WAITING] = 0
    ordered = np.empty(len(everything), np.uint64)
    at = 0
    for kind in range(SEEK + 1):
        for ring in range(BACKWARD + 1 if kind == REACH else 1):
            for what in everything:
                same = np.int64((what >> uint64(KIND_AT)) & uint64(15)) == kind
                if same and (kind != REACH or np.int64((what >> uint64(RING_AT)) & uint64(15)) == ring):
                    ordered[at] = what
                    at += 1
    return ordered


@njit(cache=True, nogil=True)
def row_of(person: Index, state: Numbers, side: Small, side_person: Numbers, scalars: Whole) -> Index:
    """Row of a person in the side table; made where there is none."""
    row = np.int64(state[person]) >> SIDE_AT
    if row == 0:
        row = scalars[SIDE_ROWS]
        scalars[SIDE_ROWS] += 1
        state[person] = np.int64(state[person]) | (row << SIDE_AT)
        side_person[row] = person
        for column in range(side.shape[1]):
            side[row, column] = NO_DAY
        side[row, STAY] = NO_STAY
        side[row, STAY_BEFORE] = NO_STAY
    return row


@njit(cache=True, nogil=True)
def is_known(row: Index, now: Index, side: Small) -> Any:
    """Whether the infection of a person is confirmed: one before it does not count; `now` is the person's word."""
    return side[row, CONFIRMED] >= max(0, (now & INFECTED_MASK) - 1)


@njit(cache=True, nogil=True)
def begin_stay(row: Index, stay: Index, day: Index, until: Index, side: Small, staying: Small) -> None:  # noqa: PLR0913, PLR0917
    """Let a person stay apart from a day to another. Isolation goes before quarantine; a longer stay extends one."""
    until = min(until, CALENDAR - 1)
    if until < day:
        return
    if side[row, UNTIL] >= day:
        before = side[row, STAY]
        if (before >= ISOLATION_HOME) == (stay >= ISOLATION_HOME):
            if until > side[row, UNTIL]:
                staying[before, side[row, UNTIL] + 1] += 1
                staying[before, until + 1] -= 1
                side[row, UNTIL] = until
            return
        if before >= ISOLATION_HOME:
            return
        staying[before, side[row, UNTIL] + 1] += 1
        staying[before, day] -= 1
        side[row, UNTIL] = day - 1
    if side[row, FROM] <= side[row, UNTIL]:
        side[row, FROM_BEFORE] = side[row, FROM]
        side[row, UNTIL_BEFORE] = side[row, UNTIL]
        side[row, STAY_BEFORE] = side[row, STAY]
    side[row, FROM], side[row, UNTIL], side[row, STAY] = day, until, stay
    staying[stay, day] += 1
    staying[stay, until + 1] -= 1


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
def reach(  # noqa: PLR0913, PLR0917
    person: Index, exposed: Index, ring: Index, day: Index, key: Bits, word: Words, state: Numbers, side: Small,
    side_person: Numbers, staying: Small, sensitivity: Floats, test_days: Whole, rules: Floats, series: Small,
    scalars: Whole, items: Words, following: Small, head: Small, fill: Small, free: Small,
) -> None:  # fmt: skip
    """Speak to a contact: quarantine, tests on its days, a dose where rings are vaccinated."""
    row = row_of(person, state, side, side_person, scalars)
    if is_known(row, np.int64(state[person]), side):
        return
    side[row, REACHED_ON] = day
    series[REACHED_PEOPLE, day] += 1
    if ring == BACKWARD:
        test(
            person, BY_TRACING, day, key, state, side, side_person, sensitivity, rules, series, scalars,
            items, following, head, fill, free,
        )  # fmt: skip
        return
    if rules[RING_VACCINATION] > 0.0 and side[row, VACCINATED] < 0 and scalars[DOSES_TODAY] < rules[DOSES]:
        scalars[DOSES_TODAY] += 1
        series[DOSES_GIVEN, day] += 1
        side[row, VACCINATED] = day
    days = rules[QUARANTINE_DAYS] if ring == RING_ONE else rules[RING_TWO_DAYS]
    until = exposed + np.int64(days)
    stay = np.int64(rules[QUARANTINE_STAY]) if ring == RING_ONE else 1
    obeys = stay == QUARANTINE_CENTRAL or share(draw(key, person, OBEYS)) < rules[OBEYS_QUARANTINE]
    if stay != NO_STAY and until >= day and obeys:
        begin_stay(row, stay, day, until, side, staying)
    if ring == RING_ONE:
        test(
            person, BY_TRACING, day, key, state, side, side_person, sensitivity, rules, series, scalars,
            items, following, head, fill, free,
        )  # fmt: skip
        for after in test_days:
            if exposed + after > day:
                note(exposed + after, item(person, TEST, BY_TRACING, 0), items, following, head, fill, free, scalars)
        if rules[RING_TWO_DAYS] > 0.0:
            own = word[person]
            size, home = size_of(own), home_of(own)
            for other in range(size):
                if other != home:
                    scalars[TO_REACH] += 1
                    note(
                        day + 1, item(person - home + other, REACH, day, RING_TWO), items, following, head, fill, free,
                        scalars,
                    )  # fmt: skip


@njit(cache=True, nogil=True)
def watched(now: Index, day: Index, side: Small, rules: Floats) -> Any:
    """Whether a contact is asked for symptoms every day, and so tested when they begin."""
    row = now >> SIDE_AT
    return row > 0 and 0 <= side[row, REACHED_ON] <= day <= side[row, REACHED_ON] + rules[WATCH_DAYS]


@njit(cache=True, nogil=True)
def hopeless(rules: Floats, scalars: Whole) -> Any:
    """Whether so many are to be reached that who joins them would be reached after the quarantine is over."""
    return scalars[TO_REACH] >= rules[TRACERS] * max(1.0, rules[QUARANTINE_DAYS])


@njit(cache=True, nogil=True)
def at_home_ill(  # noqa: PLR0913, PLR0917
    person: Index, age: Index, now: Index, day: Index, key: Bits, incubation: Small, strength: Small, symptomatic: Floats,  # noqa: E501
    chance: float,
) -> Any:  # fmt: skip
    """Whether somebody lay ill at home on a day, and so met nobody outside."""
    infected = (now & INFECTED_MASK) - 1
    if infected < 0 or infected >= day or chance <= 0.0:
        return False
    days, _, ill = nature(key, person, infected, age, incubation, strength, symptomatic)
    return ill and day >= infected + days and stays_home_ill(key, person, infected, chance)


@njit(cache=True, nogil=True)
def trace(  # noqa: PLR0913, PLR0917
    person: Index, since: Index, ring_since: Index, day: Index, key: Bits, word: Words, state: Numbers, side: Small,
    members: Numbers, group_start: Numbers, institution: Numbers, institution_start: Numbers, zone_start: Numbers,
    between: Whole, slots: Small, stay_open: Floats, regime: Small, regime_open: Floats,
    incubation: Small, strength: Small, symptomatic: Floats, reach_delay: Small, recall: Floats, knobs: Floats,
    rules: Floats, series: Small, scalars: Whole,
    items: Words, following: Small, head: Small, fill: Small, free: Small,
) -> None:  # fmt: skip
    """Ask a case whom it met from a day on, and note those whom it names; before `ring_since` to find the source."""
    own = word[person]
    age, kind = age_of(own), kind_of(own)
    now = np.int64(state[person])
    for on in range(max(since, day - PAST + 1, 0), day):
        ill = at_home_ill(person, age, now, on, key, incubation, strength, symptomatic, knobs[HOME_WHEN_ILL])
        ring = RING_ONE if on >= ring_since else BACKWARD
        for layer in range(MEETING_LAYERS):
            if layer != HOUSEHOLD and ill:
                continue
            mine = openness(own, now, layer, on, side, stay_open, regime, regime_open)
            if mine <= 0.0:
                continue
            meetings = size_of(own) - 1 if layer == HOUSEHOLD else np.int64(slots[weekend(on, knobs), kind, layer])
            for slot in range(meetings):
                if (
                    share(draw(key, person, NAMED | (on << 8) | (slot << 3) | layer))
                    >= recall[1 if ring == BACKWARD else 0, layer]
                ):
                    continue
                other = partner(
                    person, own, layer, slot, on, key, members, group_start, institution, institution_start,
                    zone_start, between,
                )  # fmt: skip
                if other == person:
                    continue
                theirs = word[other]
                if layer != HOUSEHOLD and slot >= slots[weekend(on, knobs), kind_of(theirs), layer]:
                    continue
                then = np.int64(state[other])
                if layer != HOUSEHOLD and at_home_ill(
                    other, age_of(theirs), then, on, key, incubation, strength, symptomatic, knobs[HOME_WHEN_ILL]
                ):
                    continue
                left = mine * openness(theirs, then, layer, on, side, stay_open, regime, regime_open)
                if not takes_place(person, other, own, theirs, layer, slot, on, left, key):
                    continue
                series[NAMED_PEOPLE, day] += 1
                bits = draw(key, other, REACHED | day)
                if share(bits) >= rules[REACHED_SHARE]:
                    continue
                after = max(1, np.int64(reach_delay[np.int64(bits & uint64(1023))]))
                scalars[TO_REACH] += 1
                note(day + after, item(other, REACH, on, ring), items, following, head, fill, free, scalars)


@njit(cache=True, nogil=True)
def morning(  # noqa: PLR0912, PLR0913, PLR0915, PLR0917
    day: Index, since: Index, due_items: Words, key: Bits, word: Words, state: Numbers, side: Small,
    side_person: Numbers, staying: Small,
    members: Numbers, group_start: Numbers, institution: Numbers, institution_start: Numbers, zone_start: Numbers,
    between: Whole, slots: Small, stay_open: Floats, regime: Small, regime_open: Floats,
    incubation: Small, strength: Small, symptomatic: Floats, reach_delay: Small, recall: Floats, sensitivity: Floats,
    test_days: Whole, knobs: Floats, rules: Floats, series: Small, scalars: Whole, bed_ends: Small, by_zone: Small,
    report: Small, community: Numbers, lines: Small, waiting: Words,
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
            scalars[TO_REACH] -= 1
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
            if rules[TRACES] > 0.0 and hopeless(rules, scalars):
                series[NOT_TRACED, day] += 1
            elif rules[TRACES] > 0.0:
                started = infected + days if ill else sampled
                back = rules[LOOKBACK_ILL] if ill else rules[LOOKBACK_WELL]
                ring_since = min(started, day) - np.int64(back)
                since_day = min(ring_since, min(started, day) - np.int64(rules[BACKWARD_DAYS]))
                trace(
                    person, since_day, ring_since, day, key, word, state, side, members, group_start, institution,
                    institution_start, zone_start, between, slots, stay_open, regime, regime_open,
                    incubation, strength, symptomatic, reach_delay, recall, knobs, rules, series, scalars,
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
    new: Numbers, scalars: Whole, items: Words, following: Small, head: Small, fill: Small, free: Small,
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
