"""The agenda of a run: what people are to do, or is to be done to them, by day, in blocks that are used again."""

import numpy as np
from numba import njit

from douse.kernels.epidemic_columns import AUX_AT, BACKWARD, ITEMS_LEFT, KIND_AT, REACH, RING_AT, SEEK, WAITING
from douse.kernels.epidemic_layout import BLOCK, CALENDAR, Small, Whole, Words
from douse.kernels.squares import Bits, Index, uint64


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
