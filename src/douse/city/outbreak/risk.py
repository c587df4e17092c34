"""Hazards of infection at home, at school or work and at venues, from the pathogen's reproduction number."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from douse.city.movement import Visits
from douse.city.outbreak.illness import Illness
from douse.city.town import Town
from douse.records.codes import PLACE_KINDS

_SLOT = 10  # minutes; people at a venue in the same slot count as together
_SLOTS = 24 * 60 // _SLOT
_MOST_INFECTED = 0.9  # of the people somebody meets every day


@dataclass(frozen=True)
class Risk:
    """Hazard of infection by a person of infectivity 1.

    Attributes
    ----------
    home : float
        Over a whole illness, for each member of the household.
    minute : numpy.ndarray[float64], shape (P,)
        For each minute together at a place, times the share of the illness that falls on the day.
    """

    home: float
    minute: np.ndarray


def calibrate(town: Town, illness: Illness, week: Sequence[Visits]) -> Risk:
    """Hazards under which one case infects `illness.start` people while nobody reacts, in the wanted shares.

    What a household or a room of work cannot take, having too few people who can be infected, falls to the venues.
    Meetings there are taken to be many and each unlikely to infect, so with the most infectious pathogens fewer
    people are infected than asked.

    Parameters
    ----------
    week : sequence of Visits
        Seven days of visits.
    """
    spread = town.numbers.spread
    susceptible = 1 - float(illness.immune.mean())
    average = float(illness.infectivity.mean())
    closeness = _closeness(town)
    shape = spread.dispersion.value

    def hazard(share: float, others: float) -> tuple[float, float]:
        """Hazard over a whole illness for each of some others, and the number infected."""
        # Mean over gamma infectivity x of 1 - exp(-h x) is 1 - (1 + h / shape) ** -shape; solved for h.
        open_to = max(others * susceptible, 1e-9)
        infected = min(_MOST_INFECTED, illness.start * share / open_to)
        return float(shape * ((1 - infected) ** (-1 / shape) - 1)) / average, infected * open_to

    size = np.diff(town.residents.first)
    home, at_home = hazard(spread.home_share.value, float((size * (size - 1)).sum() / len(town)))
    others, minutes = _colleagues(town, week, closeness)
    by_day, in_room = hazard(spread.day_share.value, others)
    strangers = _strangers(town, week, closeness)
    venue = (illness.start - at_home - in_room) / max(strangers * susceptible * average, 1e-9)
    return Risk(home, np.where(closeness > 0, venue * closeness, by_day / minutes))


def _closeness(town: Town) -> np.ndarray:
    """Closeness at venues; 0 at places where the same people meet every day. Shape (P,)."""
    closeness = np.zeros(len(town.places.kind))
    for venue in town.numbers.venues:
        closeness[town.places.kind == PLACE_KINDS.index(venue.kind)] = venue.closeness.value
    return closeness


def _colleagues(town: Town, week: Sequence[Visits], closeness: np.ndarray) -> tuple[float, float]:
    """Others in the room of an average resident (none for those without one), and minutes a day with each."""
    daytime = town.places.daytime
    room = np.bincount(daytime[daytime >= 0], minlength=len(closeness)) * (closeness == 0)
    others = float((room * (room - 1)).sum() / len(town))
    minutes = sum(float((v.leave - v.enter)[closeness[v.place] == 0].sum()) for v in week)
    members = max(1, int(room.sum()))
    # Both have to come: minutes present, times the chance that the other is there too.
    present = minutes / members / len(week)
    days_present = sum(int((closeness[v.place] == 0).sum()) for v in week) / members / len(week)
    return others, max(1.0, present * days_present)


def _strangers(town: Town, week: Sequence[Visits], closeness: np.ndarray) -> float:
    """Minutes a day that an average resident spends with others at venues, summed over others and weighted."""
    total = 0.0
    for visits in week:
        here = closeness[visits.place] > 0
        place = visits.place[here].astype(np.int64) * (_SLOTS + 1)
        change = np.zeros(len(closeness) * (_SLOTS + 1))
        np.add.at(change, place + visits.enter[here] // _SLOT, 1)
        np.add.at(change, place + visits.leave[here] // _SLOT, -1)
        together = change.cumsum().reshape(len(closeness), -1)
        total += float(((together * (together - 1)).sum(axis=1) * closeness).sum()) * _SLOT
    return total / len(town) / len(week)
