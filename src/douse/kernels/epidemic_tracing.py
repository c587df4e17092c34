"""Contacts of cases: whom a case names, and what happens to those who are reached."""

from typing import Any

import numpy as np
from numba import njit

from douse.kernels.epidemic_agenda import item, note
from douse.kernels.epidemic_columns import (
    BACKWARD,
    BY_TRACING,
    DOSES,
    DOSES_GIVEN,
    DOSES_TODAY,
    HOME_WHEN_ILL,
    LATER,
    N_CASE,
    N_DAY,
    N_LAYER,
    N_MET,
    N_PERSON,
    N_REACH,
    N_RING,
    NAMED_PEOPLE,
    NAMES,
    NO_DAY,
    OBEYS_QUARANTINE,
    QUARANTINE_DAYS,
    QUARANTINE_STAY,
    REACH,
    REACHED_PEOPLE,
    REACHED_SHARE,
    RING_ONE,
    RING_TWO,
    RING_TWO_DAYS,
    RING_VACCINATION,
    TEST,
    TO_REACH,
    TRACERS,
)
from douse.kernels.epidemic_contacts import partner
from douse.kernels.epidemic_layout import (
    HOUSEHOLD,
    INFECTED_MASK,
    MEETING_LAYERS,
    NAMED,
    NO_STAY,
    OBEYS,
    PAST,
    QUARANTINE_CENTRAL,
    REACHED,
    REACHED_ON,
    VACCINATED,
    Floats,
    Numbers,
    Small,
    Whole,
    Words,
)
from douse.kernels.epidemic_nature import nature, stays_home_ill
from douse.kernels.epidemic_stays import begin_stay, is_known, openness, row_of, takes_place, weekend
from douse.kernels.epidemic_testing import test
from douse.kernels.person_word import age_of, home_of, kind_of, size_of
from douse.kernels.squares import Bits, Index, draw, share, uint64


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
                if other != home and not hopeless(LATER, rules, scalars):
                    scalars[LATER] += 1
                    note(
                        day + 1, item(person - home + other, REACH, day, RING_TWO), items, following, head, fill, free,
                        scalars,
                    )  # fmt: skip


@njit(cache=True, nogil=True)
def hopeless(whom: Index, rules: Floats, scalars: Whole) -> Any:
    """Whether so many of TO_REACH or of LATER wait that who joins them would be reached after the quarantine."""
    return scalars[whom] >= rules[TRACERS] * max(1.0, rules[QUARANTINE_DAYS])


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
def trace(  # noqa: PLR0912, PLR0913, PLR0917
    person: Index, since: Index, ring_since: Index, day: Index, key: Bits, word: Words, state: Numbers, side: Small,
    members: Numbers, group_start: Numbers, institution: Numbers, institution_start: Numbers, zone_start: Numbers,
    between: Whole, slots: Small, stay_open: Floats, regime: Small, regime_open: Floats,
    incubation: Small, strength: Small, symptomatic: Floats, reach_delay: Small, recall: Floats, knobs: Floats,
    rules: Floats, series: Small, scalars: Whole, names: Small,
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
                if len(names) > 0:
                    _write_down(names, scalars, day, person, other, on, layer, ring)
                if share(bits) >= rules[REACHED_SHARE]:
                    continue
                whom = TO_REACH if ring == RING_ONE else LATER
                if whom == LATER and hopeless(LATER, rules, scalars):
                    continue
                after = max(1, np.int64(reach_delay[np.int64(bits & uint64(1023))]))
                scalars[whom] += 1
                note(day + after, item(other, REACH, on, ring), items, following, head, fill, free, scalars)
                if len(names) > 0:
                    names[scalars[NAMES] - 1, N_REACH] = day + after


@njit(cache=True, nogil=True)
def _write_down(  # noqa: PLR0913, PLR0917
    names: Small, scalars: Whole, day: Index, person: Index, other: Index, met: Index, layer: Index, ring: Index
) -> None:
    """Keep who was named, for those who want to know what the department has on record."""
    row = scalars[NAMES]
    scalars[NAMES] += 1
    names[row, N_DAY], names[row, N_CASE], names[row, N_PERSON] = day, person, other
    names[row, N_MET], names[row, N_LAYER], names[row, N_RING], names[row, N_REACH] = met, layer, ring, NO_DAY
