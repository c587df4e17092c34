"""First generations: whom single infections would infect in a city where everybody can be, nobody reacts."""

import numpy as np
from numba import njit

from douse.kernels.epidemic_layout import (
    ENVIRONMENT,
    HOUSEHOLD,
    LAYERS,
    META_SLOT_AT,
    META_THIN_AT,
    MOST_EVENTS,
    THIN_SCALE,
    Floats,
    Numbers,
    Small,
    Whole,
    Words,
)
from douse.kernels.epidemic_onward import onward
from douse.kernels.epidemic_stays import weekend
from douse.kernels.person_word import age_of, kind_of
from douse.kernels.squares import Index, key_of


@njit(cache=True, nogil=True)
def first_generations(  # noqa: PLR0913, PLR0917  a kernel takes its arrays one by one
    persons: Whole,
    infected: Index,
    seed: Index,
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
    susceptibility: Floats,
    knobs: Floats,
) -> Whole:
    """Different people whom each of some persons would infect, by layer.

    Parameters
    ----------
    persons : numpy.ndarray[int64], shape (P,)
        The i-th has random numbers of its own, so that one person may stand there more than once.
    infected : int
        Day of infection of the first; the next on the day after, and so on through the week.

    Returns
    -------
    numpy.ndarray[int64], shape (P, 8)
    """
    counts = np.zeros((len(persons), len(LAYERS)), np.int64)
    found = np.empty((MOST_EVENTS, 4), np.int64)
    met = np.empty(MOST_EVENTS, np.int64)
    one, on, variants, onsets = (
        np.empty(1, np.int64),
        np.full(1, infected),
        np.zeros(1, np.int64),
        np.empty(1, np.int64),
    )
    for at in range(len(persons)):
        one[0], on[0] = persons[at], infected + at % 7
        events = onward(
            1, one, on, variants, onsets, key_of(seed + at), word, members, group_start, institution,
            institution_start, zone_start, between, incubation, strength, symptomatic, profile_keeps, profile_other,
            total_rate, layer_upto, slots, variant_rate, knobs, found,
        )  # fmt: skip
        different = 0
        for event in range(events):
            day, target, meta = found[event, 1], found[event, 2], found[event, 3]
            layer, slot = meta & 7, (meta >> META_SLOT_AT) & 31
            own = word[target]
            meets = layer in (HOUSEHOLD, ENVIRONMENT) or slot < slots[weekend(day, knobs), kind_of(own), layer]
            if (
                target == persons[at]
                or not meets
                or np.float64(meta >> META_THIN_AT) * THIN_SCALE >= susceptibility[age_of(own)]
            ):
                continue
            again = False
            for before in range(different):
                again = again or met[before] == target
            if not again:
                met[different] = target
                different += 1
                counts[at, layer] += 1
    return counts
