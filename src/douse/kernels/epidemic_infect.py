"""What follows from infections: events for the calendar of their shard, and what becomes of the infected."""

import numpy as np
from numba import njit

from douse.kernels.epidemic_columns import ADMISSIONS, DEATHS, INFECTIONS, ONSETS, SEVERE_SHIELDED
from douse.kernels.epidemic_layout import (
    BLOCK,
    CALENDAR,
    INFECTED_MASK,
    MOST_EVENTS,
    SURVIVES,
    TAIL,
    VARIANT_AT,
    WORST,
    Floats,
    Numbers,
    Small,
    Whole,
    Words,
)
from douse.kernels.epidemic_nature import covered
from douse.kernels.epidemic_onward import BATCH, onward
from douse.kernels.person_word import age_of, zone_of
from douse.kernels.squares import Bits, Index, draw, share, uint64


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
