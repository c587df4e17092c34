"""Who meets whom: contacts are made anew where they are asked for, and are the same from both sides.

In slot s of day d the partner of position p among n people is (r - p) mod n with r hashed from group, day and slot:
partner(partner(p)) = p. Where neighbours of one household would meet neighbours of another, positions are permuted
first. Between zones people stand in blocks of one size along the curve of the city, moved by a hashed offset: near
people meet more than far ones, as the mixture of sizes says.
"""

import numpy as np
from numba import njit, uint64

from douse.kernels.epidemic_layout import (
    CITY,
    GROUP,
    HOUSEHOLD,
    INSTITUTION,
    OFFSET,
    PERMUTE,
    REFLECT,
    SCALE,
    Floats,
    Numbers,
    Whole,
)
from douse.kernels.person_word import group_of, home_of, place_of, size_of, zone_of
from douse.kernels.squares import below, draw, share

_A, _A_BACK = uint64(0x9E3779B1), uint64(0x0E8B2F51)  # odd, and its inverse modulo 2^32


@njit(cache=True, nogil=True)
def _bits(n: int) -> np.int64:
    """Bits that hold 0 .. n - 1."""
    bits = np.int64(1)
    while (1 << bits) < n:
        bits += 1
    return bits


@njit(cache=True, nogil=True)
def permuted(position: int, n: int, bits: int, salt: np.uint64) -> np.int64:
    """Where a position among n goes: mixed within the next power of two, again until it lies below n."""
    mask = (uint64(1) << uint64(bits)) - uint64(1)
    half = uint64((bits + 1) // 2)
    x = uint64(position)
    while True:
        x = ((x ^ salt) * _A) & mask
        x ^= x >> half
        x = ((x ^ (salt >> uint64(32))) * _A) & mask
        x ^= x >> half
        if x < uint64(n):
            return np.int64(x)


@njit(cache=True, nogil=True)
def unpermuted(position: int, n: int, bits: int, salt: np.uint64) -> np.int64:
    """The way back of `permuted`."""
    mask = (uint64(1) << uint64(bits)) - uint64(1)
    half = uint64((bits + 1) // 2)
    x = uint64(position)
    while True:
        x ^= x >> half
        x = ((x * _A_BACK) ^ (salt >> uint64(32))) & mask
        x ^= x >> half
        x = ((x * _A_BACK) ^ salt) & mask
        if x < uint64(n):
            return np.int64(x)


@njit(cache=True, nogil=True)
def reflected(position: int, n: int, about: np.uint64, salt: np.uint64) -> np.int64:
    """Partner of a position among n, under a permutation."""
    bits = _bits(n)
    place = permuted(position, n, bits, salt)
    other = below(about, n) - place
    if other < 0:
        other += n
    return unpermuted(other, n, bits, salt)


@njit(cache=True, nogil=True)
def when(layer: int, slot: int, day: int) -> np.int64:
    """Layer, slot and day in one number below 2^17, for the address of a random number."""
    return np.int64((day << 8) | (slot << 3) | layer)


@njit(cache=True, nogil=True)
def partner(  # noqa: PLR0913, PLR0917  a kernel takes its arrays one by one
    person: int,
    word: np.uint64,
    layer: int,
    slot: int,
    day: int,
    key: np.uint64,
    members: Numbers,
    group_start: Numbers,
    institution: Numbers,
    institution_start: Numbers,
    zone_start: Numbers,
    scale_size: Whole,
    scale_upto: Floats,
    people: int,
) -> np.int64:
    """Whom a person meets in a slot of a layer on a day; the person itself where there is nobody.

    Parameters
    ----------
    person, word : int, uint64
        Number and word.
    layer, slot, day : int
        At home the slot says which of the others, from 0.
    key : uint64
        Of the run.
    members, group_start, institution, institution_start, zone_start
        As in `city.City`.
    scale_size, scale_upto : shape (K,)
        People in one block between zones, and up to which share of the slots that size holds.
    people : int
        Of the city.
    """
    if layer == HOUSEHOLD:
        size, home = size_of(word), home_of(word)
        other = home + 1 + slot
        if other >= size:
            other -= size
        return np.int64(person) - home + other
    at = when(layer, slot, day)
    if layer in (GROUP, INSTITUTION):
        group = group_of(word)
        if group == 0:
            return np.int64(person)
        start, end = np.int64(group_start[group]), np.int64(group_start[group + 1])
        place = place_of(word)
        where = group
        if layer == INSTITUTION:
            where = np.int64(institution[group])
            place += start - np.int64(institution_start[where])
            start, end = np.int64(institution_start[where]), np.int64(institution_start[where + 1])
        other = below(draw(key, where, REFLECT | at), end - start) - place
        if other < 0:
            other += end - start
        return np.int64(members[start + other])
    if layer != CITY:
        zone = zone_of(word)
        start = np.int64(zone_start[zone])
        about = draw(key, zone, REFLECT | at)
        return start + reflected(person - start, np.int64(zone_start[zone + 1]) - start, about, about * uint64(5))
    u = share(draw(key, 0, SCALE | at))
    scale = 0
    while u >= scale_upto[scale]:
        scale += 1
    size = min(scale_size[scale], people)
    shift = below(draw(key, 0, OFFSET | at), people)
    along = np.int64(person) + shift
    if along >= people:
        along -= people
    block = along // size
    start = block * size
    about = draw(key, block, REFLECT | at)
    other = start + reflected(along - start, min(size, people - start), about, draw(key, 0, PERMUTE | at)) - shift
    if other < 0:
        other += people
    return other
