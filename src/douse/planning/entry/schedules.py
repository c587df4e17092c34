"""What a schedule of tests and quarantine misses, in closed form; and the schedules worth considering."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from douse.planning.entry.infected import Infected
from douse.planning.entry.values import EntrySchedule

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
_SURE = 1e-12
_AT_ONCE = 2000  # choices of test days that are judged together: all at once would not fit in memory


def judged(infected: Infected, stay: Sequence[str], test_days: Sequence[int]) -> tuple[float, float]:
    """Chance that an infected arrival is missed, and share of transmission that is let through.

    A test on a day finds the infection with the chance of that day; symptoms are told on the day of onset, or on the
    day of arrival where it was before, with the chance of the place. Who is found on a day is apart from others from
    the next day on. A person is missed who is free on a day when infectious before being found::

        missed      = sum of weight x P(not found before the first day when free and infectious)
        let through = sum of weight x infectiousness on day d x P(not found before d) x what the place lets through

    Both are means over those who keep to the stay and those who do not (`who_keeps`).

    Parameters
    ----------
    infected : Infected
        States.
    stay : Sequence[str]
        Place on each day from the day of arrival on; free after.
    test_days : Sequence[int]
        Days with a test; day 1 is the day of arrival.
    """
    missed = through = 0.0
    for share, kept in who_keeps(infected, stay):
        unfound = not_found_before(infected, kept, test_days)
        places = _places(infected, kept)
        first, is_one = _first_free(infected, places)
        at_first = np.where(is_one, unfound[np.arange(len(first)), first], 0.0)
        goes_on = np.array([infected.lets_through[place] for place in places])
        missed += share * float(infected.weight @ at_first)
        through += share * float(infected.weight @ (infected.infectiousness * unfound * goes_on).sum(axis=1))
    return missed, through


def who_keeps(infected: Infected, stay: Sequence[str]) -> list[tuple[float, tuple[str, ...]]]:
    """Shares of travellers by what they keep to, with the stay as they keep it.

    Whoever keeps to the place that fewer keep to keeps to the other one too.
    """
    places = sorted(set(stay), key=lambda place: infected.keeps[place])
    found, below = [], 0.0
    for at, place in enumerate(places):
        kept = tuple(one if one in places[at:] else "free" for one in stay)
        found.append((infected.keeps[place] - below, kept))
        below = infected.keeps[place]
    found.append((1 - below, ("free",) * len(stay)))
    return [(share, kept) for share, kept in found if share > 0]


def _first_free(infected: Infected, places: Sequence[str]) -> tuple[Ints, Bools]:
    """Column of the first day when free and infectious, by state, and whether there is one."""
    free = np.array([place == "free" for place in places])
    counts: Bools = free & (infected.infectiousness >= infected.infectious_from)
    is_one: Bools = np.logical_or.reduce(counts, axis=1)
    return np.argmax(counts, axis=1), is_one


def not_found_before(infected: Infected, stay: Sequence[str], test_days: Sequence[int]) -> Floats:
    """Chance that nothing has found a person before each day; shape (S, D)."""
    tested = np.isin(np.arange(1, infected.days + 1), list(test_days))
    slips = np.where(tested, 1 - infected.sensitivity, 1.0)
    by_test = np.concatenate([np.ones((len(slips), 1)), np.cumprod(slips, axis=1)[:, :-1]], axis=1)
    return by_test * _by_symptoms(infected, stay)


def _by_symptoms(infected: Infected, stay: Sequence[str]) -> Floats:
    """Chance that symptoms have not told of a person before each day; shape (S, D)."""
    told = np.array([infected.told[place] for place in _places(infected, stay)])
    onset = np.maximum(infected.incubation - infected.age, 0)  # column of the day when they are told
    inside = np.minimum(onset, infected.days - 1)
    chance = infected.symptomatic * told[inside] * (onset < infected.days)
    later = np.arange(infected.days)[None, :] > onset[:, None]
    slips: Floats = np.where(later, 1 - chance[:, None], 1.0)
    return slips


def _places(infected: Infected, stay: Sequence[str]) -> tuple[str, ...]:
    return (*stay, *["free"] * infected.days)[: infected.days]


@dataclass(frozen=True)
class _Chances:
    """By state and who keeps to a stay: chance that symptoms leave a person unfound until first free and infectious.

    `state`: row of the state; `first`: column of that day.
    """

    weight: Floats
    state: Ints
    first: Ints


def schedules(infected: Infected, *, most_days: int, most_tests: int, free_days: int) -> tuple[EntrySchedule, ...]:
    """For each stay and number of tests the test days that miss least; without those that another one beats.

    One beats another when it misses no more with no more person-days and no more tests, at no dearer a place. Who is
    free is tested within the first `free_days`.
    """
    found = []
    for place, days in [("free", 0), *((p, d) for p in ("home", "central") for d in range(1, most_days + 1))]:
        chances = _chances(infected, [place] * days)
        within = min(days or free_days, infected.days)
        for tests in range(min(most_tests, within) + 1):
            test_days = _best_days(infected, chances, within, tests)
            missed, through = judged(infected, [place] * days, test_days)
            found.append(EntrySchedule(place, days, test_days, missed, through))
    return tuple(one for one in found if not any(beats(other, one) for other in found))


def beats(other: EntrySchedule, one: EntrySchedule) -> bool:
    """Whether another schedule misses no more for no more of anything, and is not the same."""
    rank = {"free": 0, "home": 1, "central": 2}
    theirs, ours = (
        (rank[s.place], s.days, len(s.test_days), s.missed if s.missed > _SURE else 0.0) for s in (other, one)
    )
    return theirs != ours and all(a <= b for a, b in zip(theirs, ours, strict=True))


def _chances(infected: Infected, stay: Sequence[str]) -> _Chances:
    parts = []
    for share, kept in who_keeps(infected, stay):
        places = _places(infected, kept)
        first, is_one = _first_free(infected, places)
        state = np.flatnonzero(is_one)
        symptoms = _by_symptoms(infected, places)[state, first[state]]
        parts.append((share * infected.weight[state] * symptoms, state, first[state]))
    return _Chances(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def _best_days(infected: Infected, chances: _Chances, within: int, tests: int) -> tuple[int, ...]:
    """The test days, so many of the first days, that miss least; the earliest of equals."""
    if not tests:
        return ()
    days = np.array(list(combinations(range(within), tests)), dtype=np.int64)
    # What a test does depends on the days since infection, and on whether it comes before the day that counts.
    states = np.stack([infected.age[chances.state], np.minimum(chances.first, within)])
    alike, one_of, which = np.unique(states, axis=1, return_index=True, return_inverse=True)
    weight = np.bincount(which.ravel(), chances.weight, alike.shape[1])
    before = np.arange(within)[None, :] < alike[1][:, None]
    slips = 1 - infected.sensitivity[chances.state[one_of]][:, :within] * before
    parts = np.array_split(days, 1 + len(days) // _AT_ONCE)
    missed = np.concatenate([weight @ np.prod(slips[:, part], axis=2) for part in parts])
    best = int(np.argmin(np.round(missed, 14)))
    return tuple(int(day) + 1 for day in days[best])
