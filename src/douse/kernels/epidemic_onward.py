"""All that infections may pass on, drawn at once: whom each would meet and infect, on which day, in which layer.

Loads that miss the cache are made in batches, layer by layer.
"""

import numpy as np
from numba import njit

from douse.kernels.epidemic_columns import ASYMPTOMATIC, HOME_RATE, HOME_WHEN_ILL
from douse.kernels.epidemic_contacts import meeting
from douse.kernels.epidemic_layout import (
    CITY,
    ENVIRONMENT,
    GROUP,
    HOUSEHOLD,
    INSTITUTION,
    META_SLOT_AT,
    META_THIN_AT,
    META_VARIANT_AT,
    MOST_EVENTS,
    ONWARD,
    SURVIVES,
    THIN_BITS,
    TRANSPORT,
    Floats,
    Numbers,
    Small,
    Whole,
    Words,
)
from douse.kernels.epidemic_nature import nature, stays_home_ill
from douse.kernels.epidemic_stays import weekend
from douse.kernels.person_word import age_of, kind_of, size_of, zone_of
from douse.kernels.squares import Bits, Index, below, draw, poisson, uint64

ALIAS = 64
BATCH = 64  # infections whose loads are made together
MOST_A_MATE = 8.0  # expected events to a household mate: infected in 9,997 of 10,000 cases, so that more say nothing
_LAYER_SCALE, _SHARE_SCALE = 1 << 14, 1 << 12
_HALF_SCALE = 1.0 / (1 << 32)


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
