"""`Rates`: what an infection passes on in a city, scaled so that households and first generations are as told."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from douse.city.city import City
from douse.errors import UsageError
from douse.kernels.epidemic_columns import ASYMPTOMATIC, HOME_RATE, KNOBS
from douse.kernels.epidemic_first import first_generations
from douse.kernels.epidemic_layout import ENVIRONMENT, HOUSEHOLD, LAYERS
from douse.kernels.epidemic_onward import ALIAS, MOST_A_MATE
from douse.kernels.person_word import AGE_AT, AGE_BITS, part
from douse.kernels.squares import key_of
from douse.simulation.contacts import Contacts
from douse.simulation.course import Course

Floats = NDArray[np.float64]
SAMPLE = 200_000  # first generations that a scale is read from
_SCALES = np.array([0.02, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0])  # of transmission, at which people infected are counted
_LAYER_STEPS = 1 << 14
_ALIAS_STEPS = 1 << 12
_STEEPEST = 6.0  # of the logarithm of the rate outside: beyond, more of it infects nobody else


@dataclass(frozen=True)
class Rates:
    """Expected number of potential infections by one person of average infectiousness, over the whole illness.

    Attributes
    ----------
    home : float
        To one household mate who lives with the person every day; of a person who is much more infectious than others,
        `MOST_A_MATE` at most.
    outside : float
        To a meeting of closeness 1 that takes place every day.
    water : float
        Through the environment.
    contacts : Contacts
        Meetings.
    course : Course
        Course of the illness.
    """

    home: float
    outside: float
    water: float
    contacts: Contacts
    course: Course

    @cached_property
    def by_layer(self) -> Floats:
        """Outside the home, shape (8, 8): by kind of group and layer."""
        rate = self.outside * self.contacts.weights()
        rate[:, ENVIRONMENT] = self.water
        return rate

    @cached_property
    def total(self) -> Floats:
        """Sum over the layers outside the home; shape (8,)."""
        total: Floats = self.by_layer.sum(axis=1)
        return total

    @cached_property
    def layer_upto(self) -> NDArray[np.int16]:
        """Running shares of the layers outside the home in steps of 1 / 16384; shape (8, 8).

        The last with a share ends at the top.
        """
        rate = self.by_layer
        upto = np.cumsum(rate, axis=1)
        whole = np.where(upto[:, -1:] > 0, upto[:, -1:], 1.0)
        steps = np.round(upto / whole * _LAYER_STEPS).astype(np.int16)
        last = len(LAYERS) - 1 - np.argmax(rate[:, ::-1] > 0, axis=1)
        steps[np.arange(len(LAYERS)) >= last[:, None]] = _LAYER_STEPS
        return steps

    @cached_property
    def strength(self) -> NDArray[np.float32]:
        """Infectiousness of persons by quantile, in few bytes; shape (4096,)."""
        return self.course.strength.astype(np.float32)

    @cached_property
    def alias(self) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
        """Walker's tables of the day of transmission, by incubation; each of shape (64, 64)."""
        tables = [_alias(row) for row in self.course.profile]
        return (
            np.array([keeps for keeps, _ in tables], np.uint16),
            np.array([other for _, other in tables], np.uint8),
        )


def make_rates(city: City, course: Course, contacts: Contacts, *, seed: int = 1) -> Rates:
    """Scale transmission at home to the household attack rate, and outside so that first generations reach R.

    Where households alone would infect more than R, all of it is scaled down.

    Parameters
    ----------
    city : City
        Who can be met.
    course : Course
        `household_attack` and `reproduction_number` are met in a city where everybody can be infected.
    contacts : Contacts
        Ratios between the layers.
    seed : int
        Of the first generations that R is read from.

    Raises
    ------
    UsageError
        When nobody meets anybody outside the home and households cannot reach R.
    """
    home = _home_rate(city, course)
    target = course.reproduction_number
    start = Rates(home, 0.0, 0.0, contacts, course)
    if course.environment is not None:
        share = course.environment[0]
        start = replace(start, water=share * target / (_mean_susceptibility(city, course) * _mean_force(city, course)))
        target *= 1 - share
    reached = people_infected(city, start, seed=seed)
    if reached.sum() - reached[ENVIRONMENT] >= target:
        return _scaled_home(city, start, target, seed)
    if contacts.weights().max() == 0:
        raise UsageError(
            "Nobody meets anybody outside the home, so the reproduction number cannot be reached.",
            next_step="Give the layers of contact some meetings.",
        )

    def gap(log_outside: float) -> float:
        made = replace(start, outside=float(np.exp(log_outside)))
        infected = people_infected(city, made, seed=seed)
        return float(infected.sum() - infected[ENVIRONMENT] - target)

    guess = np.log(max(target, 0.1) / max(contacts.weights().sum(axis=1).max(), 1e-9))
    low, high = guess - 1.0, guess + 1.0
    while gap(low) > 0:
        low -= 1.0
    while gap(high) < 0:
        high += 1.0
        if high > guess + _STEEPEST:
            raise UsageError(
                f"People of this city meet too few others for a reproduction number of {target:g}.",
                next_step="Raise the meetings a day in the numbers of contacts.",
            )
    outside = float(np.exp(brentq(gap, low, high, xtol=3e-3)))
    return replace(start, outside=outside)


def people_infected(
    city: City, rates: Rates, *, scale: float = 1.0, sample: int = SAMPLE, seed: int = 1
) -> NDArray[np.float64]:
    """People whom one infection infects on average where everybody can be, by layer; shape (8,)."""
    infected: NDArray[np.float64] = generation(city, rates, scale=scale, sample=sample, seed=seed).mean(axis=0)
    return infected


def generation(
    city: City, rates: Rates, *, scale: float = 1.0, sample: int = SAMPLE, seed: int = 1
) -> NDArray[np.int64]:
    """People whom each of `sample` infections of randomly chosen people infects, by layer; shape (sample, 8)."""
    persons = (np.arange(sample) * max(1, len(city) // sample) + seed) % len(city)
    knobs = np.zeros(KNOBS)
    knobs[ASYMPTOMATIC] = rates.course.asymptomatic_infectiousness
    knobs[HOME_RATE] = rates.home
    keeps, other = rates.alias
    return first_generations(
        persons, 0, seed * sample, city.word, city.members, city.group_start, city.institution,
        city.institution_start, city.zone_start, rates.contacts.neighbourhoods(np.uint64(key_of(seed)), len(city)),
        rates.course.incubation, rates.strength, rates.course.symptomatic, keeps, other, rates.total,
        rates.layer_upto, rates.contacts.slot_table, np.array([scale, scale]), rates.course.susceptibility, knobs,
    )  # fmt: skip


def scale_for(city: City, rates: Rates, reproduction: float, *, seed: int = 1) -> float:
    """Factor on all transmission that lets one infection infect so many where everybody can be.

    Raises
    ------
    UsageError
        When no factor does.
    """
    reached = np.array([people_infected(city, rates, scale=s, sample=20_000, seed=seed).sum() for s in _SCALES])
    if not 0 <= reproduction <= reached[-1]:
        raise UsageError(
            f"No city of these contacts has a reproduction number of {reproduction:g}.",
            allowed=f"0 to {reached[-1]:.2g}",
            next_step="Choose a number in between.",
        )
    return float(np.interp(reproduction, np.r_[0.0, reached], np.r_[0.0, _SCALES]))


def _scaled_home(city: City, start: Rates, target: float, seed: int) -> Rates:
    def gap(log_home: float) -> float:
        infected = people_infected(city, replace(start, home=float(np.exp(log_home))), seed=seed)
        return float(infected[HOUSEHOLD] - target)

    top = np.log(start.home)
    return replace(start, home=float(np.exp(brentq(gap, top - 12, top, xtol=3e-3))))


def _home_rate(city: City, course: Course) -> float:
    """Rate to a household mate over the whole illness of somebody with symptoms that gives the attack rate."""
    wanted = course.household_attack
    if not 0 <= wanted < 1:
        raise UsageError(f"A household attack rate of {wanted:g} is not possible.", allowed="0 to below 1")
    if wanted == 0:
        return 0.0
    weight = _ages(city)

    def gap(log_rate: float) -> float:
        rate = np.minimum(np.exp(log_rate) * course.strength, MOST_A_MATE)
        return float(((1 - np.exp(-np.multiply.outer(rate, course.susceptibility))) @ weight).mean() - wanted)

    if gap(12.0) < 0:
        raise UsageError(
            f"A household attack rate of {wanted:g} cannot be reached: too many people pass nothing on.",
            next_step="Raise the dispersion k of the pathogen, or lower the attack rate.",
        )
    return float(np.exp(brentq(gap, -12.0, 12.0)))


def _ages(city: City) -> Floats:
    """Share of residents by age band; shape (16,)."""
    age = part(city.word, AGE_AT, AGE_BITS)
    counts = np.bincount(age, minlength=1 << AGE_BITS)
    share: Floats = counts / max(1, counts.sum())
    return share


def _mean_force(city: City, course: Course) -> float:
    """Infectiousness of residents, those without symptoms included."""
    ill = float(_ages(city) @ course.symptomatic)
    return ill + (1 - ill) * course.asymptomatic_infectiousness


def _mean_susceptibility(city: City, course: Course) -> float:
    return float(_ages(city) @ course.susceptibility)


def _alias(chance: Floats) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Walker's table of one distribution over 64 days (Walker 1977, doi 10.1145/355744.355749)."""
    scaled = chance / chance.sum() * ALIAS
    keeps, other = np.full(ALIAS, _ALIAS_STEPS, np.int32), np.arange(ALIAS, dtype=np.int32)
    small = [day for day in range(ALIAS) if scaled[day] < 1]
    large = [day for day in range(ALIAS) if scaled[day] >= 1]
    while small and large:
        low, high = small.pop(), large.pop()
        keeps[low], other[low] = round(float(scaled[low]) * _ALIAS_STEPS), high
        scaled[high] -= 1 - scaled[low]
        (small if scaled[high] < 1 else large).append(high)
    return keeps, other
