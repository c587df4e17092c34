"""Infection: what falls due on a day is thinned, and infects.

Nothing is written but the words of people of one shard: shards of one day run at the same time, and the order of what
falls due does not matter.
"""

import numpy as np
from numba import njit

from douse.kernels.epidemic_columns import AGAIN, DAYS_TO_PROTECT, GUARDED, RISK_VACCINATED, SHIELDS
from douse.kernels.epidemic_layout import (
    BLOCK,
    ENVIRONMENT,
    HOUSEHOLD,
    INFECTED_MASK,
    INGESTED,
    META_SLOT_AT,
    META_THIN_AT,
    META_VARIANT_AT,
    PERSONAL_MASK,
    RETURNS,
    SIDE_AT,
    THIN_SCALE,
    VACCINATED,
    VARIANT_AT,
    Floats,
    Numbers,
    Small,
    Whole,
    Words,
)
from douse.kernels.epidemic_nature import unshielded
from douse.kernels.epidemic_stays import openness, stay_on, takes_place, weekend
from douse.kernels.person_word import age_of, kind_of
from douse.kernels.squares import Bits, Index, draw, share, uint64


@njit(cache=True, nogil=True)
def waiting(shard: Index, day: Index, following: Small, head: Small) -> Index:
    """Events of a day that go to a shard, blocks counted as full."""
    count, block = 0, head[shard, day]
    while block >= 0:
        count += BLOCK
        block = following[block]
    return count


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
def give_back(day: Index, following: Small, head: Small, fill: Small, free: Small, left: Whole) -> None:  # noqa: PLR0913, PLR0917
    """Give the blocks of a past day back."""
    for to in range(head.shape[0]):
        block = head[to, day]
        while block >= 0:
            free[left[0]] = block
            left[0] += 1
            block = following[block]
        head[to, day] = -1
        fill[to, day] = 0
