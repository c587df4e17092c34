"""Small cities and plain courses of illness for tests of the simulation: nothing here is a figure about a disease."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from scipy.stats import gamma

from douse.city.city import City
from douse.kernels.person_word import CARE, HOSPITAL, NO_GROUP, SCHOOL, WORK, pack
from douse.simulation.contacts import Contacts
from douse.simulation.course import Course
from douse.simulation.rates import Rates
from douse.simulation.response import Response
from douse.simulation.scenario import Scenario
from douse.simulation.zoning import Zoning, no_zoning

HOME, GROUP, INSTITUTION, TRANSPORT, SHOP, ZONE, CITY, ENVIRONMENT = range(8)
ADULT = 6  # band of age


def city_of(homes: Sequence[int], *, ages=None, zone_homes=None, groups=()) -> City:
    """A city of households.

    Parameters
    ----------
    homes : sizes of the households, in order.
    ages : band of each person; everybody adult by default.
    zone_homes : number of households of each zone; one zone by default.
    groups : (kind, institution, people) each; institutions count from 0 and ascend.
    """
    sizes = np.asarray(homes, np.int64)
    people = int(sizes.sum())
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    zone_homes = np.array([len(sizes)] if zone_homes is None else zone_homes)
    zone = np.repeat(np.repeat(np.arange(len(zone_homes)), zone_homes), sizes)
    group, place, kind = (np.zeros(people, np.int64) for _ in range(3))
    members, group_start, institution, ends = [], [0, 0], [0], [0]
    for number, (what, where, people_of) in enumerate(groups, 1):
        who = np.asarray(people_of, np.int64)
        group[who], place[who], kind[who] = number, np.arange(len(who)), what
        members.extend(who)
        group_start.append(len(members))
        institution.append(where + 1)
        ends = [*ends, 0] if where + 1 == len(ends) else ends
        ends[where + 1] = len(members)
    return City(
        word=pack(
            group, place, zone, np.full(people, ADULT) if ages is None else np.asarray(ages), kind,
            np.arange(people) - first, np.repeat(sizes, sizes),
        ),
        members=np.array(members, np.uint32),
        group_start=np.array(group_start, np.uint32),
        institution=np.array(institution, np.uint32),
        institution_start=np.array([0, *ends], np.uint32),
        zone_start=np.searchsorted(zone, np.arange(len(zone_homes) + 1)).astype(np.uint32),
        zone_ids=tuple(f"z{at}" for at in range(len(zone_homes))),
        zones=pl.DataFrame(),
    )  # fmt: skip


def well_mixed(people: int) -> City:
    """Everybody lives alone, in one zone."""
    return city_of(np.ones(people, np.int64))


def households_only(size: int, number: int) -> City:
    """So many households of one size."""
    return city_of(np.full(number, size))


def small_town(people: int = 500, zones: int = 5, seed: int = 1) -> City:
    """A city with everything: households of one to six, classes, departments, care units and wards across zones."""
    rng = np.random.default_rng(seed)
    homes = []
    while sum(homes) < people:
        homes.append(min(int(rng.choice(6, p=[0.25, 0.3, 0.2, 0.15, 0.06, 0.04])) + 1, people - sum(homes)))
    ages = rng.integers(0, 16, people)
    kinds = np.where(ages < 4, SCHOOL, np.where(ages < 12, WORK, np.where(ages == 15, CARE, NO_GROUP)))
    kinds[rng.random(people) < 0.15] = NO_GROUP
    kinds[(kinds == WORK) & (rng.random(people) < 0.1)] = HOSPITAL
    groups, institutions = [], 0
    for kind, size in ((SCHOOL, 18), (WORK, 9), (CARE, 7), (HOSPITAL, 6)):
        who = rng.permutation(np.flatnonzero(kinds == kind))
        parts = [who[at : at + size] for at in range(0, len(who), size)]
        groups += [(kind, institutions + at // 3, part) for at, part in enumerate(parts)]
        institutions += -(-len(parts) // 3)
    cuts = np.linspace(0, len(homes), zones + 1).astype(int)
    return city_of(homes, ages=ages, zone_homes=np.diff(cuts), groups=groups)


def quantiles(days: Sequence[int]) -> np.ndarray:
    """A table of 1,024 days: these, each as likely as the others."""
    return np.asarray(days, np.uint8)[np.arange(1024) * len(days) // 1024]


def strengths(k: float | None) -> np.ndarray:
    """Infectiousness of persons of a gamma distribution with mean 1; None: all alike."""
    if k is None:
        return np.ones(4096)
    edges = gamma.ppf(np.linspace(0, 1, 4097), k)
    parts = np.diff(gamma.cdf(edges, k + 1))
    return parts / parts.mean()


def profile(before: int = 2, after: int = 6) -> np.ndarray:
    """Infectious on a few days before onset and after, more around it; shape (64, 64)."""
    made = np.zeros((64, 64))
    for onset in range(64):
        for day in range(max(1, onset - before), min(64, max(1, onset) + after)):
            made[onset, day] = 1.0 / (1 + abs(day - onset))
    return made / made.sum(axis=1, keepdims=True)


def a_course(**changes) -> Course:
    """A course in which everybody falls ill and nobody differs, but for what is changed."""
    none = np.zeros(16)
    plain = Course(
        incubation=quantiles([3, 4, 5, 6]), profile=profile(), strength=strengths(None), symptomatic=np.ones(16),
        asymptomatic_infectiousness=0.5, severe=none, critical=none, fatal=none, onset_to_admission=quantiles([3]),
        onset_to_death=quantiles([9]), days_in_hospital=quantiles([6]), days_in_icu=quantiles([8]),
        days_in_isolation=quantiles([10]), sensitivity=np.r_[0.0, np.ones(30), np.zeros(33)],
        susceptibility=np.ones(16), reproduction_number=2.5, household_attack=0.2, environment=None, vaccine=None,
        immunity_protection=1.0, immunity_half_life_days=np.inf, presymptomatic_share_gap=0.0,
        generation_time_gap=0.0, assumed=(),
    )  # fmt: skip
    return replace(plain, **changes)


def a_varied_course(**changes) -> Course:
    """A course in which people differ by age and by chance in everything."""
    ages = np.arange(16)
    varied = {
        "incubation": quantiles([1, 2, 3, 3, 4, 4, 5, 6, 8]), "strength": strengths(0.5),
        "symptomatic": 0.4 + ages / 40, "asymptomatic_infectiousness": 0.4, "severe": 0.1 + ages / 50,
        "critical": 0.02 + ages / 100, "fatal": np.full(16, 0.3), "onset_to_admission": quantiles([0, 2, 4, 5]),
        "onset_to_death": quantiles([1, 6, 12]), "days_in_hospital": quantiles([1, 5, 9]),
        "days_in_icu": quantiles([2, 9, 15]), "sensitivity": np.r_[0.0, 0.3, np.full(12, 0.8), np.full(50, 0.1)],
        "susceptibility": 1 - ages / 40,
    }  # fmt: skip
    return a_course(**(varied | changes))


def meetings(**slots: int) -> np.ndarray:
    """Slots of every kind of group on every day, by layer: transport, shop, zone, city; shape (2, 8, 8)."""
    made = np.zeros((2, 8, 8), np.int64)
    for layer, number in slots.items():
        made[:, :5, {"transport": TRANSPORT, "shop": SHOP, "zone": ZONE, "city": CITY}[layer]] = number
    return made


def plain_contacts(slots: int = 20) -> Contacts:
    """Meetings in the zone only, the same on all days."""
    return Contacts(meetings(zone=slots), np.ones(8), np.array([1000]), np.ones(1))


def varied_contacts() -> Contacts:
    """Meetings in every layer, fewer at the weekend, others for each kind of group."""
    slots = meetings(transport=1, shop=2, zone=3, city=2)
    slots[0, SCHOOL, GROUP : TRANSPORT + 1] = (6, 2, 0)
    slots[0, WORK, GROUP : TRANSPORT + 1] = (4, 2, 2)
    slots[:, CARE, GROUP : ZONE + 1] = (5, 1, 0, 0, 1)
    slots[:, HOSPITAL, GROUP : INSTITUTION + 1] = (4, 3)
    slots[1, :, SHOP] += slots[1, :, SHOP] > 0
    return Contacts(
        slots, np.array([1, 0.7, 0.3, 0.1, 0.1, 0.2, 0.2, 0]), np.array([40, 150, 100_000]), np.array([0.5, 0.3, 0.2])
    )


def a_scenario(city: City, rates: Rates, response: Response | None = None, zoning: Zoning | None = None, **changes):
    """A scenario in which nobody reacts and all zones are open, but for what is given; 100 days."""
    settings = {"days": 100} | changes
    return Scenario(city, rates, response or Response(), zoning or no_zoning(len(city.zone_ids)), **settings)
