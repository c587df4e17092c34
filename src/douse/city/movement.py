"""Who would be where on a day: at school or work, and on visits to venues."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from scipy.spatial import KDTree

from douse.city.draws import stream
from douse.city.numbers import Venue
from douse.city.places import Places
from douse.city.town import Town
from douse.records.codes import PLACE_KINDS

LAST_MINUTE = 24 * 60 - 1
_SATURDAY = 5
# Minutes of the day, by kind of place where somebody learns or works: from, to.
SCHOOL_HOURS = (8 * 60, 16 * 60)
WORK_HOURS = (9 * 60, 17 * 60 + 30)
EVENING = 17 * 60 + 45  # earliest visit after school or work
SHIFT = 8 * 60
WEEKEND_STAFF = 5 / 7
# Kinds where the staff works in shifts all week.
SHIFT_KINDS = ("hospital", "restaurant", "shop", "market", "leisure", "transport")


@dataclass(frozen=True)
class Visits:
    """Visits of one day, in order of place, then person; n visits of N people at P places.

    Attributes
    ----------
    person, place : numpy.ndarray[int32], shape (n,)
        Numbers of the person and the place.
    enter, leave : numpy.ndarray[int16], shape (n,)
        Minutes since midnight.
    """

    person: np.ndarray
    place: np.ndarray
    enter: np.ndarray
    leave: np.ndarray

    def __len__(self) -> int:
        return len(self.person)

    def at(self, place: int) -> slice:
        """The visits to a place."""
        first, last = np.searchsorted(self.place, [place, place + 1])
        return slice(int(first), int(last))

    def of(self, person: int) -> np.ndarray:
        """Positions of the visits of a person."""
        order, sorted_person = self._by_person
        first, last = np.searchsorted(sorted_person, [person, person + 1])
        return order[first:last]

    @cached_property
    def _by_person(self) -> tuple[np.ndarray, np.ndarray]:
        order = np.argsort(self.person, kind="stable")
        return order, self.person[order]


@dataclass(frozen=True)
class Habits:
    """What does not change from day to day: the venues near each building."""

    near: dict[str, np.ndarray]  # kind -> places, shape (buildings, nearest), nearest first


def habits(town: Town) -> Habits:
    """Find the nearest venues of every kind."""
    site = town.zoning.ground.site
    nearest = int(town.numbers.movement.nearest.value)
    near = {}
    for venue in town.numbers.venues:
        places = town.places.of_kind(venue.kind)
        found = KDTree(site[town.places.building[places]]).query(site, k=range(1, min(nearest, len(places)) + 1))[1]
        near[venue.kind] = places[found]
    return Habits(near)


def visits_of_day(town: Town, usual: Habits, day: date) -> Visits:
    """Visits that would take place if everybody were well and nobody cautious.

    Nobody is in two places at once: a visit that begins during another one is left out.
    """
    parts = [_daytime(town, day)]
    busy = np.zeros(len(town), dtype=bool)
    busy[parts[0][0]] = True
    parts += [_venue(town, usual, venue, day, busy) for venue in town.numbers.venues]
    person, place, enter, leave = (np.concatenate([part[i] for part in parts]) for i in range(4))
    order = np.argsort(person.astype(np.int64) * (LAST_MINUTE + 1) + enter, kind="stable")
    person, place, enter, leave = person[order], place[order], enter[order], leave[order]
    clash = np.r_[False, (person[1:] == person[:-1]) & (enter[1:] <= latest_leave(person, leave)[:-1])]
    free = ~clash
    by_place = np.flatnonzero(free)[np.argsort(place[free], kind="stable")]
    return Visits(
        person[by_place].astype(np.int32),
        place[by_place].astype(np.int32),
        enter[by_place].astype(np.int16),
        leave[by_place].astype(np.int16),
    )


def latest_leave(person: np.ndarray, leave: np.ndarray) -> np.ndarray:
    """Latest end of this and all earlier visits of the same person; rows are in order of person. Shape (n,)."""
    step = LAST_MINUTE + 1
    return np.maximum.accumulate(person.astype(np.int64) * step + leave) - person.astype(np.int64) * step


def is_weekend(day: date) -> bool:
    """Whether schools and offices are closed."""
    return day.weekday() >= _SATURDAY


Part = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _daytime(town: Town, day: date) -> Part:
    random = stream(town.seed, "daytime", day.isoformat())
    come, early, late = random.random((3, len(town)))
    place = town.places.daytime
    kind = np.where(place >= 0, town.places.kind[place], -1)
    in_shifts = np.isin(kind, [PLACE_KINDS.index(k) for k in SHIFT_KINDS])
    at_school = kind == PLACE_KINDS.index("school")
    attends = town.numbers.work.attends.value
    chance = np.where(in_shifts, WEEKEND_STAFF, 0.0 if is_weekend(day) else attends)
    going = np.flatnonzero((place >= 0) & (come < chance))
    opens, closes = _opening(town.places, town.numbers.venues)
    begins = np.where(at_school, SCHOOL_HOURS[0], WORK_HOURS[0])[going]
    ends = np.where(at_school, SCHOOL_HOURS[1], WORK_HOURS[1])[going]
    at = place[going]
    shift = opens[at] + early[going] * np.maximum(0, closes[at] - opens[at] - SHIFT)
    begins = np.where(in_shifts[going], shift, begins - 20 + 40 * early[going])
    ends = np.where(in_shifts[going], np.minimum(begins + SHIFT, closes[at]), ends + 60 * late[going] ** 2)
    return going, at, begins.astype(np.int64), np.minimum(ends, LAST_MINUTE).astype(np.int64)


def _opening(places: Places, venues: tuple[Venue, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Minutes of opening and closing of every place; places that are not venues never close."""
    opens = np.zeros(len(places.kind))
    closes = np.full(len(places.kind), float(LAST_MINUTE))
    for venue in venues:
        of_kind = places.of_kind(venue.kind)
        opens[of_kind], closes[of_kind] = venue.opens * 60, venue.closes * 60
    return opens, closes


def _venue(town: Town, usual: Habits, venue: Venue, day: date, busy: np.ndarray) -> Part:
    """Visits to venues of one kind; people who are `busy` in the daytime come in the evening."""
    random = stream(town.seed, "venue", venue.kind, day.isoformat())
    come, near, which, when, length = random.random((5, len(town)))
    rate = venue.weekend.value if is_weekend(day) else venue.weekday.value
    going = np.flatnonzero(come < rate)
    choices = usual.near[venue.kind]
    # The nearest venue is chosen most often: squaring shifts the choice towards the first.
    close_by = choices[town.residents.building[going], (which[going] ** 2 * choices.shape[1]).astype(int)]
    everywhere = town.places.of_kind(venue.kind)
    far = everywhere[(which[going] * len(everywhere)).astype(int)]
    place = np.where(near[going] < town.numbers.movement.near_share.value, close_by, far)
    minutes = np.clip(venue.minutes.value * (0.5 + length[going]), 5, None)
    first = np.where(busy[going], max(venue.opens * 60, EVENING), venue.opens * 60)
    enter = first + when[going] * np.maximum(15, venue.closes * 60 - first - minutes)
    leave = np.minimum(enter + minutes, LAST_MINUTE)
    return going, place, enter.astype(np.int64), leave.astype(np.int64)
