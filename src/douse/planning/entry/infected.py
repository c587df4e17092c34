"""The state in which infected people arrive, and what finds them: everything that a schedule is judged by."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from douse.library.pathogen import Pathogen
from douse.library.placing import Entry
from douse.library.protocol import Protocol
from douse.library.stand_in import part_of
from douse.simulation.course import course_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PLACES = ("free", "home", "central")


@dataclass(frozen=True)
class Infected:
    """Infected arrivals by incubation and days since infection on the day of arrival (S states).

    Attributes
    ----------
    weight : numpy.ndarray[float64], shape (S,)
        Chance of each state; sums to 1.
    incubation, age : numpy.ndarray[int64], shape (S,)
        Days from infection to onset, and to the day of arrival.
    symptomatic : numpy.ndarray[float64], shape (S,)
        Chance that there are symptoms, from onset on.
    infectiousness : numpy.ndarray[float64], shape (S, D)
        Share of a person's transmission on each day from arrival on (column 0 is day 1, the day of arrival).
    sensitivity : numpy.ndarray[float64], shape (S, D)
        Chance that a test on that day finds the infection.
    told : dict[str, float]
        By place: chance that somebody who falls ill there is found for it.
    keeps : dict[str, float]
        By place: travellers who keep to a stay there; others are free all the same.
    lets_through : dict[str, float]
        By place: transmission that goes on of those who keep to it.
    infectious_from : float
        A day with less of a person's transmission does not count as infectious.
    """

    weight: Floats
    incubation: Ints
    age: Ints
    symptomatic: Floats
    infectiousness: Floats
    sensitivity: Floats
    told: dict[str, float]
    keeps: dict[str, float]
    lets_through: dict[str, float]
    infectious_from: float

    @property
    def days(self) -> int:
        """Days from arrival that are looked at."""
        return int(self.infectiousness.shape[1])


def entry_rules(protocol: Protocol) -> Entry:
    """The protocol's, else those of who-generic."""
    return part_of(protocol, lambda rules: rules.entry)


def infected_arrivals(pathogen: Pathogen, rules: Entry) -> Infected:
    """States of infected arrivals.

    Prevalence counts people from infection to their last infectious day; where infections are as many every day, each
    day of that time is as likely on arrival. Some of those who fell ill before the journey stay away.
    """
    course = course_of(pathogen)
    chance = np.bincount(course.incubation, minlength=course.profile.shape[0]) / len(course.incubation)
    after = max(1, round(pathogen.infectious_after_onset.value))
    pairs = [
        (incubation, age, chance[incubation])
        for incubation in np.flatnonzero(chance).tolist()
        for age in range(incubation + after + 1)
    ]
    incubation, age = (np.array([pair[at] for pair in pairs], dtype=np.int64) for at in (0, 1))
    weight = np.array([pair[2] for pair in pairs], dtype=np.float64)
    ill = 1 - pathogen.asymptomatic_share.value
    fell_ill = age > incubation
    travels = np.where(fell_ill, 1 - ill * (1 - rules.travels_ill.value), 1.0)
    symptomatic = np.where(fell_ill, ill * rules.travels_ill.value / travels, ill)
    weight *= travels
    # On day d of those who arrive with age a, the infection is a + d - 1 days old; what is past the tables is over.
    span = int((incubation + after - age).max()) + 1
    days = age[:, None] + np.arange(span)[None, :]
    inside = days < course.profile.shape[1]
    at = np.minimum(days, course.profile.shape[1] - 1)
    return Infected(
        weight=weight / weight.sum(),
        incubation=incubation,
        age=age,
        symptomatic=symptomatic,
        infectiousness=np.where(inside, course.profile[incubation[:, None], at], 0.0),
        sensitivity=course.sensitivity[at],
        told={"free": rules.told_free.value, "home": rules.told_home.value, "central": rules.told_central.value},
        keeps={"free": 1.0, "home": rules.keeps_home.value, "central": rules.keeps_central.value},
        lets_through={
            "free": 1.0, "home": rules.lets_through_home.value, "central": rules.lets_through_central.value,
        },
        infectious_from=rules.infectious_from.value,
    )  # fmt: skip
