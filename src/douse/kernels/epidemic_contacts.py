"""Who meets whom: contacts are made anew where they are asked for, and are the same from both sides.

In slot s of day d the partner of position p among n people is (r - p) mod n with r hashed from group, day and slot:
partner(partner(p)) = p. Between zones people stand in blocks of one size along the curve of the city, moved by a hashed
offset: near people meet more than far ones, as the mixture of sizes says. Neighbours meet neighbours in one slot, and
others in the next: few meetings infect, so that two of one slot hardly ever do.
"""

import numpy as np
from numba import njit

from douse.kernels.epidemic_layout import (
    CITY,
    GROUP,
    HOUSEHOLD,
    INSTITUTION,
    OFFSET,
    REFLECT,
    SCALE,
    Floats,
    Numbers,
    Whole,
)
from douse.kernels.person_word import group_of, home_of, place_of, size_of, zone_of
from douse.kernels.squares import Bits, Index, below, draw, share


@njit(cache=True, nogil=True)
def mirrored(position: Index, n: Index, about: Bits) -> Index:
    """Partner of a position among n."""
    other = below(about, n) - position
    if other < 0:
        other += n
    return other


@njit(cache=True, nogil=True)
def when(layer: Index, slot: Index, day: Index) -> Index:
    """Layer, slot and day in one number below 2^17, for the address of a random number."""
    return np.int64((day << 8) | (slot << 3) | layer)


@njit(cache=True, nogil=True, inline="always")
def meeting(  # noqa: PLR0913, PLR0917  a kernel takes its arrays one by one
    person: Index,
    word: Bits,
    layer: Index,
    slot: Index,
    day: Index,
    key: Bits,
    group_start: Numbers,
    institution: Numbers,
    institution_start: Numbers,
    zone_start: Numbers,
    between: Whole,
) -> Index:
    """Whom a person meets in a slot of a layer on a day; in a group or an institution: the place of that in `members`.

    The person itself where there is nobody else.

    Parameters
    ----------
    person, word : int, uint64
        Number and word.
    layer, slot, day : int
        At home the slot says which of the others, from 0.
    key : uint64
        Of the run.
    group_start, institution, institution_start, zone_start
        As in `city.City`.
    between : shape (days, slots, 2)
        People of a block between zones, and by how many people the blocks are moved; see `neighbourhoods`.
    """
    if layer == HOUSEHOLD:
        size, home = size_of(word), home_of(word)
        other = home + 1 + slot
        if other >= size:
            other -= size
        return np.int64(person) - home + other
    at = when(layer, slot, day)
    if layer in (GROUP, INSTITUTION):
        where = group_of(word)
        start, end = np.int64(group_start[where]), np.int64(group_start[where + 1])
        place = place_of(word)
        if layer == INSTITUTION:
            where = np.int64(institution[where])
            place += start - np.int64(institution_start[where])
            start, end = np.int64(institution_start[where]), np.int64(institution_start[where + 1])
        return start + mirrored(place, end - start, draw(key, where, REFLECT | at))
    if layer != CITY:
        zone = zone_of(word)
        start = np.int64(zone_start[zone])
        return start + mirrored(person - start, np.int64(zone_start[zone + 1]) - start, draw(key, zone, REFLECT | at))
    people = np.int64(zone_start[len(zone_start) - 1])
    size, shift = between[day, slot, 0], between[day, slot, 1]
    along = np.int64(person) + shift
    if along >= people:
        along -= people
    block = along // size
    start = block * size
    other = start + mirrored(along - start, min(size, people - start), draw(key, block, REFLECT | at)) - shift
    if other < 0:
        other += people
    return other


@njit(cache=True, nogil=True)
def partner(  # noqa: PLR0913, PLR0917
    person: Index, word: Bits, layer: Index, slot: Index, day: Index, key: Bits, members: Numbers,
    group_start: Numbers, institution: Numbers, institution_start: Numbers, zone_start: Numbers, between: Whole,
) -> Index:  # fmt: skip
    """Whom a person meets in a slot of a layer on a day; see `meeting`. Somebody without a group has no slots in it."""
    other = meeting(
        person, word, layer, slot, day, key, group_start, institution, institution_start, zone_start, between
    )
    return np.int64(members[other]) if layer in (GROUP, INSTITUTION) else other


@njit(cache=True, nogil=True)
def neighbourhoods(  # noqa: PLR0913, PLR0917
    key: Bits, days: Index, slots: Index, block_people: Whole, block_upto: Floats, people: Index
) -> Whole:
    """Blocks of people who meet between zones, by day and slot.

    Parameters
    ----------
    block_people, block_upto : shape (K,)
        People of a block, and up to which share of the slots they hold.
    people : int
        Of the city.

    Returns
    -------
    numpy.ndarray[int64], shape (days, slots, 2)
        People of a block, and by how many people blocks are moved.
    """
    between = np.empty((days, slots, 2), np.int64)
    for day in range(days):
        for slot in range(slots):
            at = when(CITY, slot, day)
            u = share(draw(key, 0, SCALE | at))
            scale = 0
            while u >= block_upto[scale]:
                scale += 1
            between[day, slot, 0] = min(block_people[scale], people)
            between[day, slot, 1] = below(draw(key, 0, OFFSET | at), people)
    return between
