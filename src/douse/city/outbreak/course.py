"""The stage of an outbreak, and what happened on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from douse.city.movement import Visits
from douse.city.outbreak.files import NEVER, Files
from douse.city.outbreak.illness import Illness
from douse.city.outbreak.imports import Traveller
from douse.city.outbreak.risk import Risk
from douse.city.town import Town
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records.codes import SEVERITIES

ELSEWHERE = -2  # a place: infected outside the city


@dataclass(frozen=True)
class Scene:
    """What stays the same whatever the luck; `visits` has one element a day."""

    town: Town
    illness: Illness
    risk: Risk
    pathogen: Pathogen
    protocol: Protocol
    first_day: date
    visits: Sequence[Visits]

    @property
    def days(self) -> int:
        """Length of the run."""
        return len(self.visits)

    def dates(self, days: np.ndarray) -> pl.Series:
        """Days of the run as dates; empty where the day is NEVER."""
        dates = pl.Series(np.datetime64(self.first_day, "D") + days.astype("timedelta64[D]")).cast(pl.Date)
        return dates.set(pl.Series(days >= NEVER), None)


@dataclass
class Course:
    """What happened; N people.

    Attributes
    ----------
    infected_on, infector, place : numpy.ndarray[int64], shape (N,)
        Day (NEVER: not infected); number of the infector (-1: infected elsewhere); number of the place, or HOME,
        or ELSEWHERE.
    present : list[numpy.ndarray[bool]]
        For each day, the visits that took place.
    """

    infected_on: np.ndarray
    infector: np.ndarray
    place: np.ndarray
    files: Files
    travellers: tuple[Traveller, ...]
    present: list[np.ndarray] = field(default_factory=list)

    def onset(self, illness: Illness) -> np.ndarray:
        """Day of onset (of most shedding, for people without symptoms); at least NEVER where not infected."""
        onset: np.ndarray = self.infected_on + illness.incubation
        return onset

    def known_cases(self, days: int) -> np.ndarray:
        """Numbers of the people who were confirmed within so many days, in order of confirmation."""
        known = np.flatnonzero(self.files.confirmed_on < days)
        return known[np.lexsort((known, self.files.confirmed_on[known]))]


def truth(scene: Scene, course: Course) -> pl.DataFrame:
    """Every infection, known or not: for tests, never part of the records."""
    people = np.flatnonzero(course.infected_on < NEVER)
    people = people[np.lexsort((people, course.infected_on[people]))]
    ids = scene.town.person_ids
    infector, place = pl.Series(course.infector[people]), pl.Series(course.place[people])
    return pl.DataFrame(
        {
            "person_id": ids.gather(people),
            "infected_on": scene.dates(course.infected_on[people]),
            "infector": ids.gather(infector.set(infector < 0, None)),
            "place": pl.Series(scene.town.places.ids, dtype=pl.String).gather(place.set(place < 0, None)),
            "onset": scene.dates(course.onset(scene.illness)[people]),
            "symptomatic": scene.illness.symptomatic[people],
            "severity": [SEVERITIES[i] for i in scene.illness.severity[people]],
            "confirmed_on": scene.dates(course.files.confirmed_on[people]),
        }
    )
