"""Who lives with whom in a made city: households of given sizes filled with people of given ages, zone by zone."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from douse.kernels.city_draws import STEP, below, shuffle
from douse.kernels.scan_draws import mixed

_BUCKETS = 256
_LUCK = np.uint64(255)  # noise tables have 256 elements
_CENTRE = 64  # keys are moved up by so much, that noise cannot make them negative
_S40 = np.uint64(40)

Bytes = NDArray[np.uint8]


class Rules(NamedTuple):
    """How households are put together; ages and gaps in years.

    Attributes
    ----------
    adult : int
        Age from which somebody can head a household.
    parents_age : int
        Age of heads who live with children, in the middle.
    couple_chance : int
        Of households of two and more, out of 2**24.
    couple_noise, child_noise, family_noise, size_noise : numpy.ndarray[int32], shape (256,)
        Quantiles of normal noise: age gap of couples, of children, age of families, and size times `size_step`.
    size_step : int
        Weight of one person more in a household against `size_noise`.
    child_step : int
        Years off `parents_age` that make a head as unlikely to have a child as each child before makes another.
    """

    adult: int
    parents_age: int
    couple_chance: int
    couple_noise: NDArray[np.int32]
    child_noise: NDArray[np.int32]
    family_noise: NDArray[np.int32]
    size_noise: NDArray[np.int32]
    size_step: int
    child_step: int


@njit(cache=True, nogil=True)
def fit_sizes(homes: NDArray[np.int32], people: NDArray[np.int64], free: NDArray[np.int32], key: np.uint64) -> None:
    """Shift single households by one person until each zone's households hold its people; in place.

    Parameters
    ----------
    homes : numpy.ndarray[int32], shape (Z, S)
        Households of 1 to S people.
    people : numpy.ndarray[int64], shape (Z,)
        People to hold: from as many as households to S times as many.
    free : numpy.ndarray[int32], shape (Z,)
        Smallest size (from 1) that is shifted first; smaller ones only where that is not enough.
    key : numpy.uint64
        Address of the draw.
    """
    sizes = homes.shape[1]
    for zone in range(len(homes)):
        held = np.int64(0)
        for s in range(sizes):
            held += homes[zone, s] * (s + 1)
        low = free[zone] - 1
        at = below(key + np.uint64(zone) * STEP, sizes)
        idle = 0
        while held != people[zone]:
            more = people[zone] > held
            step = 1 if more else -1
            at = (at + 1) % sizes
            goes_to = at + step
            if homes[zone, at] > 0 and low <= at and low <= goes_to and 0 <= goes_to < sizes:
                homes[zone, at] -= 1
                homes[zone, goes_to] += 1
                held += step
                idle = 0
            else:
                idle += 1
                if idle > sizes:
                    if low == 0:
                        break
                    low, idle = 0, 0


@njit(cache=True, nogil=True)
def _order(key: Bytes, count: Any, order: NDArray[np.int32], bucket: NDArray[np.int32]) -> None:
    """Positions 0 to count - 1 in order of their key, equal ones in their order; `order` is filled."""
    bucket[:] = 0
    for item in range(count):
        bucket[key[item] + 1] += 1
    for b in range(_BUCKETS):
        bucket[b + 1] += bucket[b]
    for item in range(count):
        order[bucket[key[item]]] = item
        bucket[key[item]] += 1


@njit(cache=True, inline="always")
def _key(value: Any, noise: NDArray[np.int32], state: np.uint64) -> np.uint8:
    return np.uint8(min(_BUCKETS - 1, max(0, value + _CENTRE + noise[np.int64((mixed(state) >> _S40) & _LUCK)])))


@njit(cache=True, nogil=True)
def settle(  # noqa: PLR0912, PLR0913, PLR0915, PLR0917  one pass over a zone, step by step
    zone_start: NDArray[np.uint32],
    years: NDArray[np.int32],
    in_care: NDArray[np.int32],
    homes: NDArray[np.int32],
    rules: Rules,
    key: np.uint64,
) -> tuple[Bytes, Bytes, Bytes]:
    """Fill the households of each zone; residents of care homes come last in their zone, each alone.

    Heads are adults, or the oldest there are; most larger households have a couple of near age; larger households go
    to couples of the age of parents; children live with heads a generation older; other adults fill what is left.

    Parameters
    ----------
    zone_start : numpy.ndarray[uint32], shape (Z + 1,)
        First person of each zone.
    years, in_care : numpy.ndarray[int32], shape (Z, Y)
        People in households, and in care homes, by year of age.
    homes : numpy.ndarray[int32], shape (Z, S)
        Households of 1 to S people, which hold the people of `years`.
    rules : Rules
        How they are put together.
    key : numpy.uint64
        Address of the draws.

    Returns
    -------
    tuple of numpy.ndarray[uint8], each of shape (N,)
        Age in years, position in the household (0: the head), size of the household.
    """
    everybody = np.int64(zone_start[-1])
    age, place, size = (
        np.empty(everybody, np.uint8),
        np.empty(everybody, np.uint8),
        np.empty(everybody, np.uint8),
    )
    most = np.int64(0)
    for zone in range(len(zone_start) - 1):
        living = np.int64(zone_start[zone + 1]) - np.int64(zone_start[zone])
        most = max(most, living)
    home_size, couple, first = np.empty(most, np.uint8), np.empty(most, np.uint8), np.empty(most, np.int32)
    pool, keys = np.empty(most, np.uint8), np.empty(most, np.uint8)
    order, other, slot = np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most, np.int32)
    bucket = np.empty(_BUCKETS + 1, np.int32)
    for zone in range(len(zone_start) - 1):
        begin = np.int64(zone_start[zone])
        state = mixed(key + np.uint64(zone) * STEP)
        # Households in random order.
        heads = 0
        for s in range(homes.shape[1]):
            for _ in range(homes[zone, s]):
                home_size[heads] = s + 1
                heads += 1
        state = shuffle(home_size, 0, heads, state)
        people = 0
        for h in range(heads):
            first[h] = people
            for p in range(home_size[h]):
                place[begin + people] = p
                size[begin + people] = home_size[h]
                people += 1
        # People from the oldest to the youngest; those who can head a household are shuffled.
        at = 0
        adults = 0
        for y in range(years.shape[1] - 1, -1, -1):
            for _ in range(years[zone, y]):
                pool[at] = y
                at += 1
            if y >= rules.adult:
                adults = at
        adults = max(adults, heads)
        state = shuffle(pool, 0, adults, state)
        couples = np.int64(0)
        for h in range(heads):
            state += STEP
            pairs = home_size[h] > 1 and couples < adults - heads and below(state, 1 << 24) < rules.couple_chance
            couple[h] = pairs
            couples += np.int64(pairs)
        # Couples: neighbours in age, in order of how near they are to the age of parents.
        for a in range(2 * couples):
            state += STEP
            keys[a] = _key(np.int64(pool[a]), rules.couple_noise, state)
        _order(keys, 2 * couples, order, bucket)
        for c in range(couples):
            state += STEP
            away = abs(np.int64(pool[order[2 * c]]) - rules.parents_age)
            keys[c] = _key(away, rules.family_noise, state)
        _order(keys, couples, other, bucket)
        # Their households: the larger ones first.
        c = 0
        for h in range(heads):
            if couple[h]:
                state += STEP
                keys[c] = _key((homes.shape[1] - np.int64(home_size[h])) * rules.size_step, rules.size_noise, state)
                slot[c] = h
                c += 1
        # `first` of couples is needed in the order of size; keep that order after the couples' own.
        order_of_homes = np.empty(couples, np.int32)
        _order(keys, couples, order_of_homes, bucket)
        for c in range(couples):
            pair, home = other[c], first[slot[order_of_homes[c]]]
            age[begin + home] = pool[order[2 * pair]]
            age[begin + home + 1] = pool[order[2 * pair + 1]]
        single = 2 * couples
        for h in range(heads):
            if not couple[h]:
                age[begin + first[h]] = pool[single]
                single += 1
        # Places left: children to heads of a fitting age, the younger ones to the younger heads, then other adults.
        left = 0
        for h in range(heads):
            head = np.int64(age[begin + first[h]])
            alone = 2 if couple[h] else 1
            for p in range(alone, home_size[h]):
                state += STEP
                slot[left] = first[h] + p
                away = abs(head - rules.parents_age) + (p - alone) * rules.child_step
                keys[left] = _key(away, rules.family_noise, state)
                left += 1
        _order(keys, left, order, bucket)
        children = people - adults
        for c in range(children):
            state += STEP
            spot = slot[order[c]]
            head = np.int64(age[begin + spot - place[begin + spot]])
            keys[c] = _key(head, rules.child_noise, state)
        for a in range(children, left):
            age[begin + slot[order[a]]] = pool[single]
            single += 1
        _order(keys, children, other, bucket)
        for c in range(children):
            age[begin + slot[order[other[c]]]] = pool[people - 1 - c]
        for y in range(in_care.shape[1]):
            for _ in range(in_care[zone, y]):
                age[begin + people] = y
                place[begin + people] = 0
                size[begin + people] = 1
                people += 1
    return age, place, size
