"""The search for people whose luck agrees with the record, beside the search done slowly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.kernels import epidemic_start as kernel
from douse.kernels.squares import key_of

MASK = (1 << 64) - 1
AGE_AT, SIZE_AT = 48, 59  # of the person's word


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 40)), min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_people_of_ranges_are_counted_through(ranges):
    low = np.array([begin for begin, _ in ranges])
    upto = np.cumsum([people for _, people in ranges])
    everybody = [person for begin, people in ranges for person in range(begin, begin + people)]
    # A list of another case stands before.
    first, low, upto = np.array([0, 1, 1 + len(ranges)]), np.r_[7, low], np.r_[3, upto]
    assert [kernel.nth(at, 1, first, low, upto) for at in range(len(everybody))] == everybody


def slow_draw(key: int, who: int, what: int) -> int:
    """Squares (Widynski 2020), five rounds, in whole numbers of any size."""
    x = (((who << 32) | what) * key) & MASK
    y, z = x, (x + key) & MASK
    for add in (y, z, y):
        x = (x * x + add) & MASK
        x = (x >> 32) | ((x << 32) & MASK)
    t = x = (x * x + z) & MASK
    x = (x >> 32) | ((x << 32) & MASK)
    return t ^ (((x * x + y) & MASK) >> 32)


def slow_known_on(key, person, infected, tables, seeks):
    """Onset, whether ill, and the day of being known, from the addresses of the random numbers."""
    incubation, symptomatic, delay, sensitivity = tables
    nature = slow_draw(key, person, infected)
    onset = infected + int(incubation[nature & 1023])
    if (nature >> 32) / 2**32 >= symptomatic:
        return onset, False, None
    if (slow_draw(key, person, 8 << 27) >> 11) / 2**53 >= seeks:
        return onset, True, None
    sampled = onset + int(delay[slow_draw(key, person, (8 << 27) | (1 << 10) | infected) & 1023])
    found = (slow_draw(key, person, (9 << 27) | sampled) >> 11) / 2**53 < sensitivity[min(sampled - infected, 63)]
    return onset, True, sampled + 1 if found else None


@pytest.mark.parametrize("seed", range(3))
def test_who_is_placed_agrees_as_far_as_it_says(seed):
    random = np.random.default_rng(seed)
    people, cases, start, seeks = 3000, 40, 60, 0.6
    word = random.integers(0, 16, people).astype(np.uint64) << np.uint64(AGE_AT)
    word |= np.uint64(1) << np.uint64(SIZE_AT)
    incubation, delay = random.integers(2, 9, 1024).astype(np.uint8), random.integers(1, 5, 1024).astype(np.uint8)
    strength, symptomatic, sensitivity = np.ones(4096, np.float32), np.full(16, 0.7), np.linspace(0, 1, 64) ** 0.2
    key = np.uint64(0x1234567890ABCDEF | 1)
    onset = random.integers(start - 2, start + 6, cases)
    wanted = np.stack(
        [np.full(cases, -1), np.zeros(cases, int), np.full(cases, -1), onset, onset + random.integers(3, 6, cases),
         np.full(cases, start)], axis=1,
    )  # fmt: skip
    wanted[::7, kernel.C_PERSON] = np.arange(0, 7 * len(wanted[::7]), 7)
    taken = np.zeros(people, np.uint8)
    placed = kernel.place_cases(
        wanted, np.array([0, 1]), np.array([0]), np.array([people]), taken, start, key, np.uint64(key_of(77)), word,
        np.zeros(1, np.uint32), np.zeros(2, np.uint32), incubation, strength, symptomatic, delay, sensitivity, seeks, 1,
    )  # fmt: skip
    tables = (incubation, 0.7, delay, sensitivity)
    assert len(set(placed[:, kernel.P_PERSON])) == cases == taken.sum()
    assert (placed[::7, kernel.P_PERSON] == wanted[::7, kernel.C_PERSON]).all()
    exact = 0
    for (_, _, _, on, told, latest), (person, infected, miss) in zip(wanted.tolist(), placed.tolist(), strict=True):
        fell_ill, ill, known_on = slow_known_on(int(key), person, infected, tables, seeks)
        assert infected <= latest
        late = known_on is None or known_on - 1 <= start
        assert miss == 4 * abs(fell_ill - on) + (30 if not ill or late else 2 * abs(known_on - told))
        exact += miss == 0
    assert exact >= 0.6 * cases
    hidden = random.integers(start - 10, start + 1, 50)
    low, high = np.zeros(50, int), np.full(50, people)
    persons = kernel.place_hidden(
        low, high, hidden, start + 12, taken, key, np.uint64(key_of(78)), word, incubation, strength, symptomatic,
        delay, sensitivity, seeks, 1,
    )  # fmt: skip
    assert len(set(persons) | set(placed[:, kernel.P_PERSON])) == 50 + cases
    for person, infected in zip(persons.tolist(), hidden.tolist(), strict=True):
        _, _, known_on = slow_known_on(int(key), person, infected, tables, seeks)
        assert known_on is None or known_on > start + 12
