"""Ages and households of made cities, zone by zone, so that the totals hold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from douse.city.draws import key, stream
from douse.city.made.columns import OPEN
from douse.city.made.numbers import MadeNumbers
from douse.city.made.shares import age_shares, by_year, tilted, whole
from douse.city.made.totals import Totals
from douse.errors import DataError
from douse.kernels.city_homes import Rules, fit_sizes, settle
from douse.kernels.person_word import LARGEST_HOME

Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]
_SIZE_STEP = 8  # weight of a person in a household against noise; finer than whole people
_HALF = 9  # years: half of childhood, from the birth of a child to its middle


@dataclass(frozen=True)
class Residents:
    """People in the order of the city; N people in Z zones.

    Attributes
    ----------
    age, home, size : numpy.ndarray[uint8], shape (N,)
        Age in years, position in the household, size of the household.
    zone_start : numpy.ndarray[uint32], shape (Z + 1,)
        First person of each zone.
    in_care : numpy.ndarray[int64], shape (Z,)
        Residents of care homes, who come last in their zone.
    """

    age: Bytes
    home: Bytes
    size: Bytes
    zone_start: NDArray[np.uint32]
    in_care: Ints

    def __len__(self) -> int:
        return len(self.age)


def settle_zones(totals: Totals, numbers: MadeNumbers, seed: int) -> Residents:
    """People of all zones.

    Raises
    ------
    DataError
        When the households of a zone cannot hold its people.
    """
    years = people_by_year(totals, numbers, seed)
    care = _care(years, numbers, seed)
    homes = home_counts(totals, totals.population - care.sum(axis=1), numbers, seed)
    start = np.r_[0, np.cumsum(totals.population)].astype(np.uint32)
    age, home, size = settle(
        start,
        (years - care).astype(np.int32),
        care.astype(np.int32),
        homes,
        _rules(numbers),
        key(seed, "settle"),
    )
    return Residents(age, home, size, start, care.sum(axis=1))


def people_by_year(totals: Totals, numbers: MadeNumbers, seed: int) -> Ints:
    """Residents of each zone by year of age: age columns spread over their years, whole zones where there are none.

    Shape (Z, oldest + 1).
    """
    share = age_shares(numbers)
    luck = stream(seed, "years").random((len(totals), len(totals.age_from) + 1))
    years = np.zeros((len(totals), len(share)), np.int64)
    silent = (totals.ages < 0).any(axis=1)
    years[silent] = by_year(totals.population[silent], share, luck[silent, -1])
    for column, (first, last) in enumerate(zip(totals.age_from, totals.age_to, strict=True)):
        band = slice(first, min(last, OPEN) + 1)
        weight = share[band] if share[band].sum() > 0 else np.ones(len(share[band]))
        spread = by_year(totals.ages[~silent, column], weight / weight.sum(), luck[~silent, column])
        years[~silent, band] += spread
    return years


def _care(years: Ints, numbers: MadeNumbers, seed: int) -> Ints:
    """Residents of care homes by zone and year of age; none in a city too small for a home."""
    care = numbers.made.care
    old = np.where(np.arange(years.shape[1]) >= care.from_age.value, years, 0)
    due = np.cumsum(old.ravel()) * care.share.value
    if due[-1] < care.home_size.value / 2:
        return np.zeros_like(years)
    luck = stream(seed, "care").random()
    chosen: Ints = np.diff(np.floor(np.r_[0.0, np.round(due, 6)] + luck)).astype(np.int64).reshape(years.shape)
    return np.minimum(chosen, old)


def home_counts(totals: Totals, people: Ints, numbers: MadeNumbers, seed: int) -> NDArray[np.int32]:
    """Households of each zone by size, 1 to `LARGEST_HOME`, that hold `people`; shape (Z, LARGEST_HOME).

    Raises
    ------
    DataError
        When they cannot.
    """
    usual = _usual(numbers)
    size = np.arange(1.0, LARGEST_HOME + 1)
    mean = float(usual @ size)
    told = totals.households >= 0
    households = np.where(told, totals.households, np.maximum(1, np.round(totals.population / mean))).astype(np.int64)
    households = np.minimum(households, people)
    _refuse_crowded(totals, households, people)
    wanted = np.tile(usual, (len(totals), 1))
    by_size = (totals.homes >= 0).all(axis=1) & (totals.homes.sum(axis=1) == households)
    exact = np.zeros(len(totals), bool)
    open_size = totals.homes.shape[1]
    if by_size.any():
        wanted[by_size], exact[by_size] = _split_open(totals, by_size, people, numbers, size)
    bent = tilted(wanted, size, people / np.maximum(households, 1))
    share = np.where(exact[:, None], wanted, bent)
    homes = whole(share, households)
    closed = open_size - 1
    homes[exact, :closed] = totals.homes[exact, :closed]
    homes[exact, closed:] = whole(share[exact, closed:], totals.homes[exact, closed])
    counts = homes.astype(np.int32)
    fit_sizes(counts, people, np.where(exact, open_size, 1).astype(np.int32), key(seed, "sizes"))
    return counts


def _usual(numbers: MadeNumbers) -> NDArray[np.float64]:
    """Shares of households of 1 to `LARGEST_HOME` people; the last class of the numbers fades out above."""
    share = np.zeros(LARGEST_HOME)
    for row in numbers.base.households:
        share[row.people - 1] = row.share.value
    last = max(row.people for row in numbers.base.households)
    share[last - 1 :] = share[last - 1] * _fading(LARGEST_HOME - last + 1, numbers)
    share /= share.sum()
    return share


def _fading(sizes: int, numbers: MadeNumbers) -> NDArray[np.float64]:
    """Shares of an open class by size; sums to 1."""
    fading = numbers.made.homes.larger_ratio.value ** np.arange(sizes)
    shares: NDArray[np.float64] = fading / fading.sum()
    return shares


def _split_open(
    totals: Totals, rows: NDArray[np.bool_], people: Ints, numbers: MadeNumbers, size: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Shares of zones with households by size, the open class spread; and where the sizes below can be kept as told."""
    told = totals.homes[rows].astype(np.float64)
    closed = told.shape[1] - 1
    fading = np.tile(_fading(len(size) - closed, numbers), (len(told), 1))
    spread = np.c_[told[:, :closed], told[:, closed:] * fading]
    left = people[rows] - told[:, :closed] @ size[:closed]
    mean = left / np.maximum(told[:, closed], 1)
    reach = size[closed] + numbers.made.homes.open_mean.value
    # Residents of care homes may be missing, and counts be rounded: that much is made up for by single households.
    slack = totals.population[rows] * (1 + numbers.made.ages.tolerance.value) - people[rows]
    enough = left + slack >= size[closed] * told[:, closed]
    exact = np.where(told[:, closed] > 0, enough & (mean <= reach), np.abs(left) <= slack)
    held = spread @ size
    off = np.abs(totals.population[rows] - held) > numbers.made.homes.tolerance.value * held
    if (bad := off & ~exact).any():
        at = int(np.flatnonzero(rows)[np.argmax(bad)])
        raise DataError(
            f"Zone totals: the households of {totals.ids[at]} hold about {round(float(held[np.argmax(bad)])):,} "
            f"people, its population is {totals.population[at]:,}; {int(bad.sum())} zones are like this.",
            allowed=f"a difference of at most {numbers.made.homes.tolerance.value:.0%}",
            next_step="Check the columns of households by size; the last means so many people and more.",
        )
    bent = tilted(fading, size[closed:], np.maximum(mean, size[closed]))
    spread[exact, closed:] = told[exact, closed:] * bent[exact]
    return spread / np.maximum(told.sum(axis=1, keepdims=True), 1), exact


def _refuse_crowded(totals: Totals, households: Ints, people: Ints) -> None:
    crowded = people > households * LARGEST_HOME
    if crowded.any():
        at = int(np.argmax(crowded))
        raise DataError(
            f"Zone totals: {totals.ids[at]} has {totals.population[at]:,} people in {totals.households[at]:,} "
            "households.",
            allowed=f"at most {LARGEST_HOME} people a household on average",
            next_step="Correct the number of households, or leave it empty.",
        )


def _rules(numbers: MadeNumbers) -> Rules:
    homes = numbers.made.homes
    return Rules(
        int(numbers.made.ages.adult.value),
        int(homes.parent_gap.value) + _HALF,
        int(homes.couples.value * (1 << 24)),
        _noise(homes.couple_gap.value),
        _noise(homes.child_spread.value),
        _noise(homes.family_spread.value),
        _noise(homes.size_spread.value * _SIZE_STEP),
        _SIZE_STEP,
        int(homes.child_step.value),
    )


def _noise(spread: float) -> NDArray[np.int32]:
    """256 quantiles of a normal distribution, in whole numbers."""
    noise: NDArray[np.int32] = np.round(spread * ndtri((np.arange(256) + 0.5) / 256)).astype(np.int32)
    return noise
