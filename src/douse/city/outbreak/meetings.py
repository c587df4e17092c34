"""Who met whom on a day, at home and wherever visits overlap."""

from dataclasses import dataclass

import numpy as np

from douse.city.movement import Visits
from douse.city.town import Town
from douse.records.codes import PLACE_KINDS, SETTINGS

HOME = -1  # a place: one's own home
_SETTING_BY_KIND = {"school": "school", "workplace": "workplace", "office": "workplace", "hospital": "healthcare"}


@dataclass(frozen=True)
class Meetings:
    """Everybody whom one person met on one day; m meetings.

    Attributes
    ----------
    other, setting : numpy.ndarray[int64], shape (m,)
        Number of the other person, position in SETTINGS.
    minutes : numpy.ndarray[float64], shape (m,)
        Time together.
    """

    other: np.ndarray
    setting: np.ndarray
    minutes: np.ndarray


def overlaps(visits: Visits, present: np.ndarray, visit: int) -> tuple[np.ndarray, np.ndarray]:
    """People who were at the place of one visit at the same time, and for how many minutes.

    Parameters
    ----------
    present : numpy.ndarray[bool], shape (n,)
        Visits that took place.
    visit : int
        Position of the visit.
    """
    here = visits.at(int(visits.place[visit]))
    minutes = np.minimum(visits.leave[here], visits.leave[visit]) - np.maximum(visits.enter[here], visits.enter[visit])
    met = present[here] & (minutes > 0) & (visits.person[here] != visits.person[visit])
    return visits.person[here][met].astype(np.int64), minutes[met].astype(np.float64)


def setting_of_places(town: Town) -> np.ndarray:
    """Position in SETTINGS of each place; shape (P,)."""
    by_kind = _SETTING_BY_KIND | {venue.kind: venue.setting for venue in town.numbers.venues} | {"home": "household"}
    code = np.array([SETTINGS.index(by_kind.get(kind, "other")) for kind in PLACE_KINDS])
    setting: np.ndarray = code[town.places.kind]
    return setting
