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
FREE_TEST_DAYS = 7  # of people who are free: tests within a week
_SURE = 1e-12


def judged(infected: Infected, stay: Sequence[str], test_days: Sequence[int]) -> tuple[float, float]:
    """Chance that an infected arrival is missed, and share of transmission that is let through.

    A test on a day finds the infection with the chance of that day; symptoms are told on the day of onset, or on the
    day of arrival where it was before, with the chance of the place. Who is found on a day is apart from others from
    the next day on. A person is missed who is free on a day when infectious before being found::

        missed      = sum of weight x P(not found before the first day when free and infectious)
        let through = sum of weight x infectiousness on day d x P(not found before d) x what the place lets through

    Parameters
    ----------
    infected : Infected
        States.
    stay : Sequence[str]
        Place on each day from the day of arrival on; free after.
    test_days : Sequence[int]
        Days with a test; day 1 is the day of arrival.
    """
    unfound = not_found_before(infected, stay, test_days)
    free = np.array([place == "free" for place in _places(infected, stay)])
    counts = free & (infected.infectiousness >= infected.infectious_from)
    first = np.argmax(counts, axis=1)
    missed = np.where(counts.any(axis=1), unfound[np.arange(len(first)), first], 0.0)
    goes_on = np.array([infected.lets_through[place] for place in _places(infected, stay)])
    through = (infected.infectiousness * unfound * goes_on).sum(axis=1)
    return float(infected.weight @ missed), float(infected.weight @ through)


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
class _Stay:
    """A stay, and by state the chance that symptoms leave a person unfound until first free and infectious."""

    place: str
    days: int
    weight: Floats
    first: Ints  # column of that day


def schedules(infected: Infected, *, most_days: int, most_tests: int) -> tuple[EntrySchedule, ...]:
    """For each stay and number of tests the test days that miss least; without those that another one beats.

    One beats another when it misses no more with no more person-days and no more tests, at no dearer a place.
    """
    found = []
    for place, days in [("free", 0), *((p, d) for p in ("home", "central") for d in range(1, most_days + 1))]:
        stay = _stay(infected, place, days)
        within = min(days or FREE_TEST_DAYS, infected.days)
        for tests in range(min(most_tests, within) + 1):
            test_days = _best_days(infected, stay, within, tests)
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


def _stay(infected: Infected, place: str, days: int) -> _Stay:
    where = _places(infected, [place] * days)
    counts = (np.array(where) == "free") & (infected.infectiousness >= infected.infectious_from)
    first = np.where(counts.any(axis=1), np.argmax(counts, axis=1), -1)
    symptoms = _by_symptoms(infected, where)
    weight = np.where(first >= 0, infected.weight * symptoms[np.arange(len(first)), first], 0.0)
    return _Stay(place, days, weight, first)


def _best_days(infected: Infected, stay: _Stay, within: int, tests: int) -> tuple[int, ...]:
    """The test days, so many of the first days, that miss least; the earliest of equals."""
    if not tests:
        return ()
    days = np.array(list(combinations(range(within), tests)), dtype=np.int64)
    # What a test does depends on the days since infection, and on whether it comes before the day that counts.
    states = np.stack([infected.age, np.minimum(stay.first, within)])
    alike, which = np.unique(states, axis=1, return_inverse=True)
    weight = np.bincount(which.ravel(), stay.weight, alike.shape[1])
    one_of = np.zeros(alike.shape[1], dtype=np.int64)
    one_of[which.ravel()] = np.arange(len(stay.first))
    slips = 1 - infected.sensitivity[one_of][:, :within] * (np.arange(within)[None, :] < stay.first[one_of][:, None])
    missed = weight @ np.prod(slips[:, days], axis=2)
    best = int(np.argmin(np.round(missed, 14)))
    return tuple(int(day) + 1 for day in days[best])
