"""A person of the city in one 64-bit word: what a simulation asks of somebody in one load.

| bits | what |
|---|---|
| 0-21 | group: class, department, ward, unit of a care home; 0: none |
| 22-31 | position in the group |
| 32-47 | zone, in the order of the city |
| 48-51 | age band: `AGE_STEP` years each, the last open |
| 52-54 | kind of the group |
| 55-58 | position in the household |
| 59-62 | size of the household; household mates are neighbours |
"""

from typing import Any

import numpy as np
from numba import njit, uint64
from numpy.typing import NDArray

from douse.kernels.squares import Bits, Index

Ints = NDArray[Any]  # of any width
Words = NDArray[np.uint64]

GROUP_BITS, PLACE_BITS, ZONE_BITS, AGE_BITS, KIND_BITS, HOME_BITS = 22, 10, 16, 4, 3, 4
PLACE_AT = GROUP_BITS
ZONE_AT = PLACE_AT + PLACE_BITS
AGE_AT = ZONE_AT + ZONE_BITS
KIND_AT = AGE_AT + AGE_BITS
HOME_AT = KIND_AT + KIND_BITS
SIZE_AT = HOME_AT + HOME_BITS

AGE_STEP = 5  # years
AGES = 1 << AGE_BITS
# Kinds of groups. The people of a group meet each other, and the others of their institution.
NO_GROUP, SCHOOL, WORK, CARE, HOSPITAL = range(5)
KINDS = ("none", "school", "work", "care", "hospital")
MOST_GROUPS = (1 << GROUP_BITS) - 1
LARGEST_GROUP = 1 << PLACE_BITS
MOST_ZONES = 1 << ZONE_BITS
LARGEST_HOME = (1 << HOME_BITS) - 1


def part(words: Words, at: int, bits: int) -> NDArray[np.int64]:
    """One part of people's words: `bits` of them, from bit `at` on. Shape (N,)."""
    return ((words >> np.uint64(at)) & np.uint64((1 << bits) - 1)).astype(np.int64)


@njit(cache=True, nogil=True)
def pack(  # noqa: PLR0913, PLR0917  one argument a part
    group: Ints, place: Ints, zone: Ints, age: Ints, kind: Ints, home: Ints, size: Ints
) -> Words:
    """Words of people; all arrays of shape (N,), integers within their bits."""
    words = np.empty(len(group), np.uint64)
    for person in range(len(group)):
        words[person] = (
            uint64(group[person])
            | (uint64(place[person]) << uint64(PLACE_AT))
            | (uint64(zone[person]) << uint64(ZONE_AT))
            | (uint64(age[person]) << uint64(AGE_AT))
            | (uint64(kind[person]) << uint64(KIND_AT))
            | (uint64(home[person]) << uint64(HOME_AT))
            | (uint64(size[person]) << uint64(SIZE_AT))
        )
    return words


@njit(cache=True, nogil=True)
def group_of(word: Bits) -> Index:
    """Group of a person, 0 where there is none."""
    return np.int64(word & uint64((1 << GROUP_BITS) - 1))


@njit(cache=True, nogil=True)
def place_of(word: Bits) -> Index:
    """Position of a person in the group."""
    return np.int64((word >> uint64(PLACE_AT)) & uint64((1 << PLACE_BITS) - 1))


@njit(cache=True, nogil=True)
def zone_of(word: Bits) -> Index:
    """Zone of a person."""
    return np.int64((word >> uint64(ZONE_AT)) & uint64((1 << ZONE_BITS) - 1))


@njit(cache=True, nogil=True)
def age_of(word: Bits) -> Index:
    """Age band of a person."""
    return np.int64((word >> uint64(AGE_AT)) & uint64((1 << AGE_BITS) - 1))


@njit(cache=True, nogil=True)
def kind_of(word: Bits) -> Index:
    """Kind of a person's group."""
    return np.int64((word >> uint64(KIND_AT)) & uint64((1 << KIND_BITS) - 1))


@njit(cache=True, nogil=True)
def home_of(word: Bits) -> Index:
    """Position of a person in the household."""
    return np.int64((word >> uint64(HOME_AT)) & uint64((1 << HOME_BITS) - 1))


@njit(cache=True, nogil=True)
def size_of(word: Bits) -> Index:
    """Size of a person's household, 1 and more."""
    return np.int64((word >> uint64(SIZE_AT)) & uint64((1 << HOME_BITS) - 1))
