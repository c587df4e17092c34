"""Infection: all that a person may pass on is drawn when the person is infected, and thinned when it falls due.

Nothing is written but the words of people of one shard, the shard's own calendar and its counts: shards of one day run
at the same time, and the order of what falls due does not matter.
"""

from typing import Any

import numpy as np
from numba import njit

from douse.kernels.epidemic_contacts import meeting, when
from douse.kernels.epidemic_layout import (
    BLOCK,
    CALENDAR,
    CITY,
    ENVIRONMENT,
    FROM,
    FROM_BEFORE,
    GROUP,
    HOUSEHOLD,
    INFECTED_MASK,
    INGESTED,
    INSTITUTION,
    MEETS,
    META_SLOT_AT,
    META_THIN_AT,
    META_VARIANT_AT,
    MOST_EVENTS,
    NO_STAY,
    ONWARD,
    PAST,
    PERSONAL_MASK,
    RETURNS,
    SIDE_AT,
    STAY,
    STAY_BEFORE,
    SURVIVES,
    TAIL,
    THIN_BITS,
    THIN_SCALE,
    TRANSPORT,
    UNTIL,
    UNTIL_BEFORE,
    VACCINATED,
    VARIANT_AT,
    WORST,
    Floats,
    Numbers,
    Small,
    Whole,
    Words,
)
from douse.kernels.epidemic_nature import covered, nature, stays_home_ill, unshielded
from douse.kernels.person_word import age_of, home_of, kind_of, size_of, zone_of
from douse.kernels.squares import Bits, Index, below, draw, poisson, share, uint64

# Positions in the array of knobs.
(
    ASYMPTOMATIC, HOME_WHEN_ILL, RISK_VACCINATED, DAYS_TO_PROTECT, SURVIVAL, SHIELDS, AGAIN, GUARDED, SEVERE_SHIELDED,
    WEEKDAY, HOME_RATE,
) = range(11)  # fmt: skip
KNOBS = 11
# What is counted by day and age.
INFECTIONS, ONSETS, ADMISSIONS, INTENSIVE, DEATHS = range(5)
COUNTED = ("infections", "onsets", "admissions", "intensive", "deaths")
ALIAS = 64
BATCH = 64  # infections whose loads are made together
MOST_A_MATE = 8.0  # expected events to a household mate: infected in 9,997 of 10,000 cases, so that more say nothing
_LAYER_SCALE, _SHARE_SCALE = 1 << 14, 1 << 12
_HALF_SCALE = 1.0 / (1 << 32)


@njit(cache=True, nogil=True)
def stay_on(state: Index, day: Index, side: Small) -> Index:
    """Stay of a person on a day: quarantine, isolation or none."""
    row = state >> SIDE_AT
    if row == 0:
        return NO_STAY
    if side[row, FROM] <= day <= side[row, UNTIL]:
        return side[row, STAY]
    if side[row, FROM_BEFORE] <= day <= side[row, UNTIL_BEFORE]:
        return side[row, STAY_BEFORE]
    return NO_STAY


@njit(cache=True, nogil=True)
def openness(  # noqa: PLR0913, PLR0917
    word: Bits,
    state: Index,
    layer: Index,
    day: Index,
    side: Small,
    stay_open: Floats,
    regime: Small,
    regime_open: Floats,
) -> Any:
    """Share of the contacts of a layer that measures leave a person on a day."""
    left = stay_open[stay_on(state, day, side), layer]
    return left * regime_open[regime[day % PAST, zone_of(word)], kind_of(word), layer]


@njit(cache=True, nogil=True)
def takes_place(  # noqa: PLR0913, PLR0917
    person: Index, other: Index, word: Bits, word_other: Bits, layer: Index, slot: Index, day: Index, left: float,
    key: Bits,
) -> Any:  # fmt: skip
    """Whether a meeting takes place of which measures leave a share; the same from both sides."""
    if left >= 1.0:
        return True
    if layer == HOUSEHOLD:
        slot = abs(home_of(word) - home_of(word_other))
    return share(draw(key, min(person, other), MEETS | when(layer, slot, day))) < left


@njit(cache=True, nogil=True)
def weekend(day: Index, knobs: Floats) -> Index:
    """1 on Saturday and Sunday, else 0."""
    return 1 if (day + np.int64(knobs[WEEKDAY])) % 7 >= 5 else 0


@njit(cache=True, nogil=True)
def onward(  # noqa: PLR0912, PLR0913, PLR0915, PLR0917
    count: Index,
    persons: Whole,
    infected: Whole,
    variants: Whole,
    onsets: Whole,
    key: Bits,
    word: Words,
    members: Numbers,
    group_start: Numbers,
    institution: Numbers,
    institution_start: Numbers,
    zone_start: Numbers,
    between: Whole,
    incubation: Small,
    strength: Small,
    symptomatic: Floats,
    profile_keeps: Small,
    profile_other: Small,
    total_rate: Floats,
    layer_upto: Small,
    slots: Small,
    variant_rate: Floats,
    knobs: Floats,
    found: Whole,
) -> Index:
    """All that some infections may pass on.

    Parameters
    ----------
    count : int
        Infections, at most BATCH.
    persons, infected, variants : numpy.ndarray[int64], shape (BATCH,)
        Who, on which day, by which variant.
    onsets : numpy.ndarray[int64], shape (BATCH,)
        Written: day of onset; -1 without symptoms.
    found : numpy.ndarray[int64], shape (BATCH * MOST_EVENTS, 4)
        Written: row of the infection, day, target (the person itself where there is nobody to meet), and
        layer | variant | slot | thinning.

    Returns
    -------
    int
        How many.
    """
    events = 0
    home_share = knobs[HOME_WHEN_ILL]
    words = np.empty(count, np.uint64)
    layer: Index
    for at in range(count):  # loads that miss the cache come in loops of their own, where nothing waits for them
        words[at] = word[persons[at]]
    for at in range(count):
        person, day = persons[at], infected[at]
        own = words[at]
        kind, size = kind_of(own), size_of(own)
        days, force, ill = nature(key, person, day, age_of(own), incubation, strength, symptomatic)
        onsets[at] = day + days if ill else -1
        force *= variant_rate[variants[at]] * (1.0 if ill else knobs[ASYMPTOMATIC])
        bits = draw(key, person, ONWARD | day)
        at_home = poisson(
            (size - 1) * min(knobs[HOME_RATE] * force, MOST_A_MATE),
            np.float64(bits & uint64(0xFFFFFFFF)) * _HALF_SCALE, MOST_EVENTS,
        )  # fmt: skip
        number = at_home + poisson(
            total_rate[kind] * force, np.float64(bits >> uint64(32)) * _HALF_SCALE, MOST_EVENTS - at_home
        )
        home_when_ill = ill and home_share > 0.0 and stays_home_ill(key, person, day, home_share)
        for event in range(1, number + 1):
            bits = draw(key, person, ONWARD | (event << 10) | day)
            layer = HOUSEHOLD
            if event > at_home:
                pick = np.int64(bits & uint64(_LAYER_SCALE - 1))
                for lower in range(ENVIRONMENT):
                    layer += pick >= layer_upto[kind, lower]
            step = np.int64((bits >> uint64(14)) & uint64(ALIAS - 1))
            part = np.int64((bits >> uint64(20)) & uint64(_SHARE_SCALE - 1))
            step = step if part < profile_keeps[days, step] else np.int64(profile_other[days, step])
            on = day + step
            ways = size - 1 if layer == HOUSEHOLD else np.int64(slots[2, kind, layer])
            slot = (np.int64((bits >> uint64(32)) & uint64(255)) * ways) >> 8
            inside = layer in (HOUSEHOLD, ENVIRONMENT)
            away = (home_when_ill and step >= days) or slot >= slots[weekend(on, knobs), kind, layer]
            found[events, 0] = at
            found[events, 1] = on
            found[events, 3] = (
                layer
                | (variants[at] << META_VARIANT_AT)
                | (slot << META_SLOT_AT)
                | (np.int64(bits >> uint64(64 - THIN_BITS)) << META_THIN_AT)
            )
            events += inside or not away
    # Layer by layer, so that the loads of many events are under way at once.
    ends = np.zeros(ENVIRONMENT + 2, np.int64)
    for event in range(events):
        ends[(found[event, 3] & 7) + 1] += 1
    for layer in range(ENVIRONMENT + 1):
        ends[layer + 1] += ends[layer]
    order = np.empty(events, np.int64)
    put = ends.copy()
    for event in range(events):
        layer = found[event, 3] & 7
        order[put[layer]] = event
        put[layer] += 1
    for rank in range(ends[HOUSEHOLD], ends[GROUP]):
        event = order[rank]
        at = found[event, 0]
        found[event, 2] = meeting(
            persons[at], words[at], HOUSEHOLD, (found[event, 3] >> META_SLOT_AT) & 31, found[event, 1], key,
            group_start, institution, institution_start, zone_start, between,
        )  # fmt: skip
    for rank in range(ends[GROUP], ends[INSTITUTION]):
        event = order[rank]
        at = found[event, 0]
        found[event, 2] = meeting(
            persons[at], words[at], GROUP, (found[event, 3] >> META_SLOT_AT) & 31, found[event, 1], key, group_start,
            institution, institution_start, zone_start, between,
        )  # fmt: skip
    for rank in range(ends[INSTITUTION], ends[TRANSPORT]):
        event = order[rank]
        at = found[event, 0]
        found[event, 2] = meeting(
            persons[at], words[at], INSTITUTION, (found[event, 3] >> META_SLOT_AT) & 31, found[event, 1], key,
            group_start, institution, institution_start, zone_start, between,
        )  # fmt: skip
    for rank in range(ends[TRANSPORT], ends[CITY]):
        event = order[rank]
        at = found[event, 0]
        found[event, 2] = meeting(
            persons[at], words[at], found[event, 3] & 7, (found[event, 3] >> META_SLOT_AT) & 31, found[event, 1], key,
            group_start, institution, institution_start, zone_start, between,
        )  # fmt: skip
    for rank in range(ends[CITY], ends[ENVIRONMENT]):
        event = order[rank]
        at = found[event, 0]
        found[event, 2] = meeting(
            persons[at], words[at], CITY, (found[event, 3] >> META_SLOT_AT) & 31, found[event, 1], key, group_start,
            institution, institution_start, zone_start, between,
        )  # fmt: skip
    for rank in range(ends[GROUP], ends[INSTITUTION + 1]):
        found[order[rank], 2] = members[found[order[rank], 2]]
    for rank in range(ends[ENVIRONMENT], events):
        event = order[rank]
        at = found[event, 0]
        zone = zone_of(words[at])
        start = np.int64(zone_start[zone])
        bits = draw(key, persons[at], SURVIVES | (found[event, 3] >> META_THIN_AT) & 0xFFF | (found[event, 1] << 12))
        found[event, 2] = start + below(bits, np.int64(zone_start[zone + 1]) - start)
    return events


@njit(cache=True, nogil=True)
def push(  # noqa: PLR0913, PLR0917
    to: Index, day: Index, infector: Index, target: Index, meta: Index,
    events: Numbers, following: Small, head: Small, fill: Small, free: Small, left: Whole,
) -> None:  # fmt: skip
    """Put an event into the calendar of its infector's shard; the caller has made sure of a free block."""
    block: Index = head[to, day]
    used: Index = fill[to, day]
    if block < 0 or used == BLOCK:
        left[0] -= 1
        fresh = free[left[0]]
        following[fresh] = block
        head[to, day] = fresh
        block, used = fresh, 0
    row = np.int64(block) * BLOCK + used
    events[row, 0] = infector
    events[row, 1] = target
    events[row, 2] = meta
    fill[to, day] = used + 1


@njit(cache=True, nogil=True)
def due(  # noqa: PLR0912, PLR0913, PLR0915, PLR0917  one sweep over what falls due
    day: Index,
    shard: Index,
    key: Bits,
    word: Words,
    state: Numbers,
    side: Small,
    events: Numbers,
    following: Small,
    head: Small,
    fill: Small,
    slots: Small,
    susceptibility: Floats,
    risk: Floats,
    cover: Floats,
    holds: Floats,
    kept: Floats,
    again: Floats,
    stay_open: Floats,
    regime: Small,
    regime_open: Floats,
    knobs: Floats,
    infections: Index,
    dups: Index,
    swallowed: Index,
    new: Numbers,
    twice: Numbers,
    drunk: Numbers,
) -> tuple[Index, Index, Index]:
    """Whom the events of a day from one shard infect in another.

    Parameters
    ----------
    risk : shape (days, 8)
        Share of transmission that masks and the season leave, of what was drawn at infection, by layer.
    infections, dups, swallowed : int
        Rows written so far.
    new, twice, drunk : numpy.ndarray[uint32], shape (room, 3)
        Written: infections; further events that would have infected the same person on the day; what goes from a person
        into the water of the zone, to be swallowed later.

    Returns
    -------
    tuple of int
        Rows written now.
    """
    kept_rows = np.empty(BLOCK, np.int64)
    own_words = np.empty(BLOCK, np.uint64)
    kind_of_day = weekend(day, knobs)
    may_return = knobs[AGAIN] > 0.0
    guarded = knobs[GUARDED] > 0.0
    shielded = knobs[SHIELDS] > 0.0
    block: Index = head[shard, day]
    used: Index = fill[shard, day]
    while block >= 0:
        first = np.int64(block) * BLOCK
        # Loads that miss the cache are made in batches without a branch between them.
        survivors = 0
        for row in range(first, first + used):
            kept_rows[survivors] = row
            mine = np.int64(state[events[row, 1]] & INFECTED_MASK)
            survivors += may_return or mine == 0 or mine == day + 1  # of today: the tie is settled later
        for at in range(survivors):
            own_words[at] = word[events[kept_rows[at], 1]]
        for at in range(survivors):
            row = kept_rows[at]
            target = np.int64(events[row, 1])
            meta = np.int64(events[row, 2])
            layer = meta & 7
            slot = (meta >> META_SLOT_AT) & 31
            own = own_words[at]
            age = age_of(own)
            chance = susceptibility[age] * risk[day, layer]
            if layer not in (HOUSEHOLD, ENVIRONMENT) and slot >= slots[kind_of_day, kind_of(own), layer]:
                continue
            thin = np.float64(meta >> META_THIN_AT) * THIN_SCALE
            if thin >= chance:
                continue
            infector = np.int64(events[row, 0])
            variant = (meta >> META_VARIANT_AT) & 1
            now = np.int64(state[target])
            before = (now & INFECTED_MASK) - 1
            if layer == ENVIRONMENT and slot != INGESTED:
                if guarded and stay_open[stay_on(np.int64(state[infector]), day, side), ENVIRONMENT] < 1.0:
                    continue
                drunk[swallowed, 0] = infector
                drunk[swallowed, 1] = target
                drunk[swallowed, 2] = meta | (INGESTED << META_SLOT_AT)
                swallowed += 1
                continue
            if 0 <= before < day and not (may_return and share(draw(key, target, RETURNS | day)) < again[day - before]):
                continue
            if shielded:
                chance *= unshielded(key, target, age, day, cover, holds, kept[variant])
                if thin >= chance:
                    continue
            if guarded:
                row_of = now >> SIDE_AT
                if row_of > 0 and side[row_of, VACCINATED] > 0:
                    protected = day >= side[row_of, VACCINATED] + knobs[DAYS_TO_PROTECT]
                    if protected and thin >= chance * knobs[RISK_VACCINATED]:
                        continue
                left = openness(own, now, layer, day, side, stay_open, regime, regime_open)
                other = word[infector]
                if layer != ENVIRONMENT:
                    left *= openness(other, np.int64(state[infector]), layer, day, side, stay_open, regime, regime_open)
                if not takes_place(infector, target, other, own, layer, slot, day, left, key):
                    continue
            if before == day:
                twice[dups, 0] = target
                twice[dups, 1] = infector
                twice[dups, 2] = meta
                dups += 1
                continue
            state[target] = (now & ~PERSONAL_MASK) | (day + 1) | (variant << VARIANT_AT)
            new[infections, 0] = target
            new[infections, 1] = infector
            new[infections, 2] = meta
            infections += 1
        block = following[block]
        used = BLOCK
    return infections, dups, swallowed


@njit(cache=True, nogil=True)
def _wins(target: Index, infector: Index, meta: Index) -> Bits:
    """Order among events that would infect one person on one day: the least is the one that did."""
    return draw(uint64(0x9E3779B97F4A7C15), infector ^ target, meta >> META_SLOT_AT)


@njit(cache=True, nogil=True)
def settle(new: Numbers, infections: Index, twice: Numbers, dups: Index, state: Numbers) -> None:
    """Where several events would have infected a person on one day, name the same one in whatever order they came."""
    if dups == 0:
        return
    order = np.argsort(twice[:dups, 0])
    marks = np.zeros(1 << 18, np.bool_)
    for at in range(dups):
        marks[twice[at, 0] & 0x3FFFF] = True
    for row in range(infections):
        target = new[row, 0]
        if not marks[target & 0x3FFFF]:
            continue
        low, high = 0, dups
        while low < high:
            middle = (low + high) // 2
            if twice[order[middle], 0] < target:
                low = middle + 1
            else:
                high = middle
        while low < dups and twice[order[low], 0] == target:
            dup = order[low]
            if _wins(target, twice[dup, 1], twice[dup, 2]) < _wins(target, new[row, 1], new[row, 2]):
                new[row, 1] = twice[dup, 1]
                new[row, 2] = twice[dup, 2]
            low += 1
        variant = (np.int64(new[row, 2]) >> META_VARIANT_AT) & 1
        state[target] = (np.int64(state[target]) & ~(1 << VARIANT_AT)) | (variant << VARIANT_AT)


@njit(cache=True, nogil=True)
def release(day: Index, following: Small, head: Small, fill: Small, free: Small, left: Whole) -> None:  # noqa: PLR0913, PLR0917
    """Give the blocks of a past day back."""
    for to in range(head.shape[0]):
        block = head[to, day]
        while block >= 0:
            free[left[0]] = block
            left[0] += 1
            block = following[block]
        head[to, day] = -1
        fill[to, day] = 0


@njit(cache=True, nogil=True)
def infect(  # noqa: PLR0913, PLR0917
    since: Index,
    infections: Index,
    day: Index,
    key: Bits,
    word: Words,
    state: Numbers,
    members: Numbers,
    group_start: Numbers,
    institution: Numbers,
    institution_start: Numbers,
    zone_start: Numbers,
    shard_end: Whole,
    report: Small,
    between: Whole,
    incubation: Small,
    strength: Small,
    symptomatic: Floats,
    severity: Floats,
    admission: Small,
    death: Small,
    in_hospital: Small,
    in_icu: Small,
    profile_keeps: Small,
    profile_other: Small,
    total_rate: Floats,
    layer_upto: Small,
    slots: Small,
    variant_rate: Floats,
    cover: Floats,
    knobs: Floats,
    new: Numbers,
    calendar: Numbers,
    following: Small,
    head: Small,
    fill: Small,
    free: Small,
    left: Whole,
    by_zone: Small,
    by_age: Small,
    beds: Small,
) -> Index:
    """Draw what new infections may pass on and what becomes of them.

    Parameters
    ----------
    since, infections : int
        Rows of `new` to take; those whose day of infection lies before `day` came later, as arrivals do.
    day : int
        Today: nothing is passed on before.
    severity : shape (2, 3, 16)
        Chances of severe, critical, and fatal given either, by variant and age, among those with symptoms.
    by_zone : shape (days, R); by_age : shape (5, CALENDAR, 16); beds : shape (2, CALENDAR + 1)
        Counts, added to; `beds` as changes.

    Returns
    -------
    int
        First row that there was no room for; `infections` when all were taken.
    """
    shards = head.shape[0]
    found = np.empty((BATCH * MOST_EVENTS, 4), np.int64)
    persons, infected, variants, onsets = (
        np.empty(BATCH, np.int64), np.empty(BATCH, np.int64), np.empty(BATCH, np.int64), np.empty(BATCH, np.int64)
    )  # fmt: skip
    for first in range(since, infections, BATCH):
        count = min(BATCH, infections - first)
        if left[0] < TAIL * shards + count * MOST_EVENTS // BLOCK + 1:
            return first
        for at in range(count):
            persons[at] = new[first + at, 0]
            mine = np.int64(state[persons[at]])
            infected[at] = (mine & INFECTED_MASK) - 1
            variants[at] = (mine >> VARIANT_AT) & 1
        events = onward(
            count, persons, infected, variants, onsets, key, word, members, group_start, institution,
            institution_start, zone_start, between, incubation, strength, symptomatic, profile_keeps, profile_other,
            total_rate, layer_upto, slots, variant_rate, knobs, found,
        )  # fmt: skip
        for event in range(events):
            on, target = found[event, 1], found[event, 2]
            if on < day or target == persons[found[event, 0]]:
                continue
            to = 0
            while target >= shard_end[to]:
                to += 1
            # As `push`, whose call would cost more than what it does.
            block: Index = head[to, on]
            used: Index = fill[to, on]
            if block < 0 or used == BLOCK:
                left[0] -= 1
                following[free[left[0]]] = block
                block, used = free[left[0]], 0
                head[to, on] = block
            row = np.int64(block) * BLOCK + used
            calendar[row, 0] = persons[found[event, 0]]
            calendar[row, 1] = target
            calendar[row, 2] = found[event, 3]
            fill[to, on] = used + 1
        for at in range(count):
            own = word[persons[at]]
            age = age_of(own)
            if infected[at] >= day:
                by_zone[infected[at], report[zone_of(own)]] += 1
            by_age[INFECTIONS, infected[at], age] += 1
            if onsets[at] >= 0:
                by_age[ONSETS, onsets[at], age] += 1
                u = share(draw(key, persons[at], WORST | infected[at]))
                if u < severity[variants[at], 0, age] + severity[variants[at], 1, age]:
                    fall_ill(
                        persons[at], infected[at], onsets[at], variants[at], age, u, key, severity, admission, death,
                        in_hospital, in_icu, cover, knobs, by_age, beds,
                    )  # fmt: skip
    return infections


@njit(cache=True, nogil=True)
def fall_ill(  # noqa: PLR0913, PLR0917
    person: int, infected: int, onset: int, variant: int, age: int, u: float, key: np.uint64, severity: Floats,
    admission: Small, death: Small, in_hospital: Small, in_icu: Small, cover: Floats, knobs: Floats, by_age: Small,
    beds: Small,
) -> None:  # fmt: skip
    """Count admission, death and days in bed of somebody who may fall severely ill; `u` says how severely."""
    milder = 1.0
    if cover[1, age] > 0.0 and covered(key, person, 1, cover[1, age]):
        milder = knobs[SEVERE_SHIELDED]
    critical = 1 if u < severity[variant, 1, age] * milder else 0
    if u >= (severity[variant, 0, age] + severity[variant, 1, age]) * milder:
        return
    dies = share(draw(key, person, WORST | (1 << 10) | infected)) < severity[variant, 2, age]
    bits = draw(key, person, WORST | (2 << 10) | infected)
    enters: Index = min(onset + np.int64(admission[np.int64(bits & uint64(1023))]), CALENDAR - 1)
    stay = in_icu if critical == 1 else in_hospital
    leaves: Index = enters + max(1, np.int64(stay[np.int64((bits >> uint64(10)) & uint64(1023))]))
    by_age[ADMISSIONS + critical, enters, age] += 1
    if dies:
        dead: Index = min(
            max(enters, onset + np.int64(death[np.int64((bits >> uint64(20)) & uint64(1023))])), CALENDAR - 1
        )
        by_age[DEATHS, dead, age] += 1
        leaves = max(dead, enters + 1)
    beds[critical, enters] += 1
    beds[critical, min(leaves, CALENDAR)] -= 1


@njit(cache=True, nogil=True)
def swallow(  # noqa: PLR0913, PLR0917
    day: int, key: np.uint64, drunk: Numbers, count: int, shard_end: Whole, survival: float, last: int,
    events: Numbers, following: Small, head: Small, fill: Small, free: Small, left: Whole,
) -> None:  # fmt: skip
    """Let what went into the water be swallowed the day after, or geometric days later, on average `survival`."""
    for row in range(count):
        person, target = np.int64(drunk[row, 0]), np.int64(drunk[row, 1])
        u = share(draw(key, person, SURVIVES | ((MOST_EVENTS + 2) << 10) | day) ^ draw(key, target, SURVIVES | day))
        wait = 1 + np.int64(np.log(1.0 - u) / np.log(survival / (1.0 + survival))) if survival > 0.0 else 1
        to = 0
        while target >= shard_end[to]:
            to += 1
        push(
            to,
            min(day + min(wait, TAIL - 1), last),
            person,
            target,
            np.int64(drunk[row, 2]),
            events,
            following,
            head,
            fill,
            free,
            left,
        )
