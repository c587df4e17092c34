"""Households and the people in them, so that sizes and ages have the margins of the numbers file."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from douse.city.draws import stream
from douse.city.numbers import AgeBand, CityNumbers

ADULT = 18
_OLDEST = 94
_PARENT_GAP = 28  # years from the head of a household to a child, in the middle
_COUPLES = 0.88  # households of two and more that have a couple
_MALE = 0.51


@dataclass(frozen=True)
class Residents:
    """People in order of building and household; N people, H households.

    Attributes
    ----------
    building, household, age : numpy.ndarray[int64], shape (N,)
        Building and household by number; age in years.
    male : numpy.ndarray[bool], shape (N,)
        Registered as male.
    first : numpy.ndarray[int64], shape (H + 1,)
        First person of each household; the last element is N.
    """

    building: np.ndarray
    household: np.ndarray
    age: np.ndarray
    male: np.ndarray
    first: np.ndarray

    def __len__(self) -> int:
        return len(self.age)


def settle(people: int, buildings: int, numbers: CityNumbers, seed: int) -> Residents:
    """Make `people` residents in households and give each household a building."""
    size = household_sizes(people, numbers, seed)
    random = stream(seed, "buildings")
    room = np.exp(random.normal(0, numbers.zones.building_spread.value, buildings))
    home = random.choice(buildings, size=len(size), p=room / room.sum())
    home[: min(buildings, len(size))] = np.arange(buildings)[: len(size)]  # no building stays empty
    order = np.argsort(home, kind="stable")
    size, home = size[order], home[order]
    age, male = _members(size, numbers.ages, seed)
    household = np.repeat(np.arange(len(size)), size)
    return Residents(home[household], household, age, male, np.r_[0, np.cumsum(size)])


def household_sizes(people: int, numbers: CityNumbers, seed: int) -> np.ndarray:
    """Sizes of households that sum to `people`; shape (H,)."""
    sizes = np.array([row.people for row in numbers.households])
    share = np.array([row.share.value for row in numbers.households])
    drawn = stream(seed, "households").choice(sizes, size=people, p=share / share.sum())
    last = int(np.searchsorted(np.cumsum(drawn), people))
    kept: np.ndarray = drawn[: last + 1].copy()
    kept[-1] -= kept.sum() - people
    return kept


def ages_of(people: int, bands: Sequence[AgeBand], random: np.random.Generator) -> np.ndarray:
    """Ages in ascending order with the shares of the bands, to within one person a band. Shape (people,)."""
    start = np.array([band.from_age for band in bands])
    end = np.r_[start[1:], _OLDEST + 1]
    share = np.array([band.share.value for band in bands])
    edges = np.round(np.cumsum(share / share.sum()) * people).astype(int)
    band = np.searchsorted(edges, np.arange(people), side="right")
    return np.sort(random.integers(start[band], end[band]))


def _members(size: np.ndarray, bands: Sequence[AgeBand], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Age and sex of everybody, household by household: a head, mostly a partner, then children and others.

    All ages come out of one pool, so the age margins hold exactly; who lives with whom is arranged by sorting.
    """
    random = stream(seed, "members")
    people, households = int(size.sum()), len(size)
    pool = ages_of(people, bands, random)
    adults, children = pool[pool >= ADULT], pool[pool < ADULT]
    heads, couples = _heads(size, len(adults), random)
    chosen = random.permutation(len(adults))
    paired, single, spare = np.split(adults[chosen], [2 * len(couples), len(couples) + heads])
    first = np.r_[0, np.cumsum(size)[:-1]]
    age = np.full(people, -1, dtype=np.int64)
    male = random.random(people) < _MALE
    # Couples: neighbours in age; the younger couples go to the larger households.
    paired = paired[np.argsort(paired + random.normal(0, 2, len(paired)), kind="stable")]
    larger = couples[np.argsort(-size[couples] * 8 + random.normal(0, 8, len(couples)), kind="stable")]
    age[first[larger]], age[first[larger] + 1] = paired[0::2], paired[1::2]
    male[first[larger] + 1] = ~male[first[larger]]
    alone = np.setdiff1d(np.arange(households), couples)
    age[first[alone]] = single
    # Children live with heads of fitting age; whoever is left fills the rest.
    empty = np.flatnonzero(age < 0)
    head = age[np.repeat(first, size)[empty]]
    fit = np.abs(head - _PARENT_GAP - 8) + random.normal(0, 6, len(empty))
    with_children = np.sort(empty[np.argsort(fit, kind="stable")[: len(children)]])
    head = age[np.repeat(first, size)[with_children]]
    age[with_children[np.argsort(head + random.normal(0, 4, len(with_children)), kind="stable")]] = children
    age[age < 0] = spare
    return age, male


def _heads(size: np.ndarray, adults: int, random: np.random.Generator) -> tuple[int, np.ndarray]:
    """How many households there are, and which have a couple; fewer couples where adults are few."""
    heads = len(size)
    couples = np.flatnonzero((size >= 2) & (random.random(heads) < _COUPLES))
    return heads, couples[: max(0, adults - heads)]
