"""Residents who come home infected, and how the entry rules deal with them."""

from dataclasses import dataclass

import numpy as np

from douse.city.draws import stream
from douse.city.outbreak.illness import Illness
from douse.city.outbreak.interview import quarantine_days, starts_at_site
from douse.city.residents import ADULT
from douse.city.town import Town
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol

RUN_DAYS = 35  # the days of the numbers file are those of a run of this length
_RETIRED = 65
_LATE_BY = 10  # days of a run of 35 from arrival to the test of somebody who was long ill
_GROUP = 20  # people among whom a traveller is chosen
_EXTREME = 3.0  # infectivity above which a traveller would decide the whole run


@dataclass(frozen=True)
class Traveller:
    """One traveller; days of the run, `infected_on` may lie before it; `how` as in the numbers file.

    `tested_on`: the days of tests after arrival, or the day of the test of somebody who comes late.
    """

    person: int
    how: str
    arrives: int
    infected_on: int
    tested_on: tuple[int, ...]
    quarantine_until: int  # before the arrival: none
    at_site: bool


def travellers(
    town: Town, illness: Illness, pathogen: Pathogen, protocol: Protocol, days: int
) -> tuple[Traveller, ...]:
    """Choose the travellers of a run of so many days, in order of arrival."""
    rule = protocol.quarantine.get("arrival")
    # Where the protocol has no quarantine of arrivals they stay at home until the result of the test.
    stay = max(1, quarantine_days(rule, pathogen))
    chosen: list[Traveller] = []
    for number, plan in enumerate(town.numbers.imports):
        random = stream(town.seed, "traveller", number)
        arrives = round(plan.day * days / RUN_DAYS)
        person = _choose(town, illness, plan.how, [t.person for t in chosen], random)
        # Infected abroad, so that the infectious days begin about the day of arrival.
        ago = max(1, int(illness.incubation[person]) - int(random.integers(1, 3)))
        tested = {"entry": (arrives + 1, arrives + 3), "late": (arrives + round(_LATE_BY * days / RUN_DAYS),)}
        chosen.append(
            Traveller(
                person,
                plan.how,
                arrives,
                arrives - ago,
                tested.get(plan.how, ()),
                arrives + (stay if plan.how == "entry" else -1),
                starts_at_site(rule),
            )
        )
    return tuple(chosen)


def _choose(town: Town, illness: Illness, how: str, taken: list[int], random: np.random.Generator) -> int:
    """An adult of working age who will have symptoms; one who spreads the illness, unless found at entry."""
    age = town.residents.age
    fits = (age >= ADULT) & (age < _RETIRED) & illness.symptomatic & ~illness.immune
    fits[taken] = False
    if how != "entry":
        fits &= town.places.daytime >= 0
    found = np.flatnonzero(fits)
    if found.size == 0:
        found = np.setdiff1d(np.arange(len(town)), taken)
    group = random.choice(found, size=min(_GROUP, len(found)), replace=False)
    if how == "entry":
        return int(group[0])
    spreads = illness.infectivity[group]
    return int(group[np.argmax(np.where(spreads < _EXTREME, spreads, 0))])
