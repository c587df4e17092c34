"""Homes, classrooms, rooms of work and venues of the demo city, and who spends the day where.

A place is a room that people share: a classroom, not a school; so two people at one place at one time have met.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from douse.city.draws import stream
from douse.city.numbers import CityNumbers, School
from douse.city.residents import Residents
from douse.city.zoning import Zoning
from douse.records.codes import OCCUPATIONS, PLACE_KINDS

# Staff of venues have an occupation of their own where exposure differs.
_VENUE_OCCUPATION = {"restaurant": "food_worker", "market": "food_worker", "transport": "transport_worker"}
_PREFIX = {"home": "h", "school": "s", "hospital": "w", "office": "o", "workplace": "o"}
_WARD = 25  # health workers who share a ward or a clinic


@dataclass(frozen=True)
class Places:
    """Places as arrays, P places; homes first, one a building.

    Attributes
    ----------
    ids, names : list[str]
        Identifiers and names.
    kind, building, capacity : numpy.ndarray[int64], shape (P,)
        Position in PLACE_KINDS, building, people it holds.
    daytime, occupation : numpy.ndarray[int64], shape (N,)
        Of each person: place where they work or learn (-1: none), position in OCCUPATIONS.
    """

    ids: list[str]
    names: list[str]
    kind: np.ndarray
    building: np.ndarray
    capacity: np.ndarray
    daytime: np.ndarray
    occupation: np.ndarray

    def of_kind(self, kind: str) -> np.ndarray:
        """Numbers of the places of a kind."""
        return np.flatnonzero(self.kind == PLACE_KINDS.index(kind))


class _Register:
    """Collects places while the city is built."""

    def __init__(self, zoning: Zoning, people: int) -> None:
        self.zoning = zoning
        self.rows: list[tuple[str, str, int, int]] = []
        self.titles: dict[str, int] = {}
        self.daytime = np.full(people, -1, dtype=np.int64)
        self.occupation = np.full(people, OCCUPATIONS.index("other"), dtype=np.int64)

    def add(self, kind: str, name: str, building: int, capacity: int) -> int:
        """Add one place; its number."""
        self.rows.append((kind, name, int(building), int(capacity)))
        return len(self.rows) - 1

    def send(self, people: np.ndarray, place: int, occupation: str = "") -> None:
        """Let people spend their days at a place."""
        self.daytime[people] = place
        if occupation:
            self.occupation[people] = OCCUPATIONS.index(occupation)

    def title(self, building: int, word: str, *, single: bool = False) -> str:
        """A name after the community, such as "Riverside Shop 3"; `single` leaves the number out of the first."""
        community = self.zoning.within["community"][building]
        name = f"{self.zoning.names['community'][community].removesuffix(' Community')} {word}"
        self.titles[name] = number = self.titles.get(name, 0) + 1
        return name if single and number == 1 else f"{name} {number}"

    def done(self) -> Places:
        kinds = [row[0] for row in self.rows]
        counted: dict[str, int] = {}
        ids = []
        for kind in kinds:
            prefix = _PREFIX.get(kind, "v")
            counted[prefix] = counted.get(prefix, 0) + 1
            ids.append(f"{prefix}{counted[prefix]:05d}")
        return Places(
            ids,
            [row[1] for row in self.rows],
            np.array([PLACE_KINDS.index(kind) for kind in kinds], dtype=np.int64),
            np.array([row[2] for row in self.rows], dtype=np.int64),
            np.array([row[3] for row in self.rows], dtype=np.int64),
            self.daytime,
            self.occupation,
        )


def make_places(zoning: Zoning, residents: Residents, numbers: CityNumbers, seed: int) -> Places:
    """Make all places and give pupils their class and workers their room."""
    register = _Register(zoning, len(residents))
    living = np.bincount(residents.building, minlength=len(zoning.ground.site))
    for building, name in enumerate(zoning.names["building"]):
        register.add("home", name, building, living[building])
    for school in numbers.schools:
        _school(register, residents, school, seed)
    workers = _workers(residents, numbers, zoning, seed)
    rest = _wards(register, workers, numbers, seed)
    rest = _teachers(register, rest)
    rest = _venues(register, rest, numbers, seed)
    _rooms(register, residents, rest, numbers, seed)
    return register.done()


def places_frame(places: Places, zoning: Zoning, seed: int) -> pl.DataFrame:
    """The table of places."""
    spot = zoning.ground.site[places.building] + stream(seed, "spots").normal(0, 1e-4, (len(places.ids), 2))
    return pl.DataFrame(
        {
            "place_id": places.ids,
            "name": places.names,
            "kind": pl.Series([PLACE_KINDS[k] for k in places.kind]).cast(pl.Enum(PLACE_KINDS)),
            "zone": [zoning.ids["building"][b] for b in places.building],
            "latitude": spot[:, 1].round(6),
            "longitude": spot[:, 0].round(6),
            "capacity": places.capacity,
        }
    )


def _school(register: _Register, residents: Residents, school: School, seed: int) -> None:
    """Classes of one kind of school: children of one age who live near one another."""
    pupils = np.flatnonzero((residents.age >= school.from_age) & (residents.age <= school.to_age))
    community = register.zoning.within["community"][residents.building[pupils]]
    # A school takes the children of neighbouring communities, and its classes are by age.
    per_school = int(school.class_size.value * school.classes.value)
    by_home = pupils[np.argsort(community, kind="stable")]
    random = stream(seed, "schools", school.name)
    for group in np.array_split(by_home, max(1, round(len(pupils) / per_school))):
        if group.size == 0:
            continue
        at = int(random.choice(residents.building[group]))
        title = register.title(at, school.name, single=True)
        ranked = group[np.argsort(residents.age[group] + random.random(group.size), kind="stable")]
        classes = np.array_split(ranked, max(1, round(len(ranked) / school.class_size.value)))
        for room, members in enumerate(classes):
            place = register.add("school", f"{title}, class {room + 1}", at, int(school.class_size.value))
            register.send(members, place, "pupil")


def _workers(residents: Residents, numbers: CityNumbers, zoning: Zoning, seed: int) -> np.ndarray:
    """Everybody with a job; those who work near home stand in order of their community, the rest anywhere."""
    random = stream(seed, "workers")
    work = numbers.work
    able = (residents.age >= work.from_age) & (residents.age <= work.to_age)
    employed = np.flatnonzero(able & (random.random(len(residents)) < work.employed_share.value))
    community = zoning.within["community"][residents.building[employed]] + random.random(len(employed))
    anywhere = random.uniform(0, zoning.within["community"].max() + 1, len(employed))
    near = random.random(len(employed)) < work.near_home_share.value
    return employed[np.argsort(np.where(near, community, anywhere), kind="stable")]


def _take(people: np.ndarray, wanted: int) -> tuple[np.ndarray, np.ndarray]:
    """Spread `wanted` people evenly out of an ordered list: those taken, and the rest in order."""
    wanted = min(wanted, len(people))
    taken = np.zeros(len(people), dtype=bool)
    taken[np.linspace(0, len(people) - 1, wanted).round().astype(int)] = True
    return people[taken], people[~taken]


def _wards(register: _Register, workers: np.ndarray, numbers: CityNumbers, seed: int) -> np.ndarray:
    staff = round(len(register.daytime) * numbers.work.health_workers.value / 1000)
    chosen, rest = _take(workers, max(2, staff))
    sites = hospital_sites(register.zoning, seed)
    titles = [register.title(site, "Hospital", single=True) for site in sites]
    for number, ward in enumerate(np.array_split(chosen, max(1, round(len(chosen) / _WARD)))):
        hospital = number % len(sites)
        name = f"{titles[hospital]}, ward {number // len(sites) + 1}"
        register.send(ward, register.add("hospital", name, sites[hospital], 2 * _WARD), "health_worker")
    return rest


def hospital_sites(zoning: Zoning, seed: int) -> list[int]:
    """Buildings where the two hospitals stand."""
    sites: list[int] = stream(seed, "hospitals").permutation(len(zoning.ground.site))[:2].tolist()
    return sites


def _teachers(register: _Register, workers: np.ndarray) -> np.ndarray:
    classes = [number for number, row in enumerate(register.rows) if row[0] == "school"]
    chosen, rest = _take(workers, len(classes))
    for person, place in zip(chosen, classes, strict=False):
        register.send(np.array([person]), place, "teacher")
    return rest


def _venues(register: _Register, workers: np.ndarray, numbers: CityNumbers, seed: int) -> np.ndarray:
    """Venues of every kind among the buildings, each with its staff."""
    rest = workers
    buildings = len(register.zoning.ground.site)
    for venue in numbers.venues:
        wanted = max(1, round(len(register.daytime) / venue.people_per_venue.value))
        sites = np.sort(stream(seed, "venues", venue.kind).choice(buildings, wanted, replace=wanted > buildings))
        staff = int(venue.staff.value)
        chosen, rest = _take(rest, wanted * staff)
        for number, at in enumerate(sites.tolist()):
            place = register.add(venue.kind, register.title(at, venue.name), at, 20 * staff)
            team = chosen[number * staff : (number + 1) * staff]
            register.send(team, place, _VENUE_OCCUPATION.get(venue.kind, ""))
    return rest


def _rooms(register: _Register, residents: Residents, workers: np.ndarray, numbers: CityNumbers, seed: int) -> None:
    """Rooms of work of unequal size, filled in order, so that most colleagues live near one another."""
    random = stream(seed, "rooms")
    work = numbers.work
    drawn = np.exp(random.normal(np.log(work.room_size.value), work.room_spread.value, max(1, len(workers))))
    size = np.clip(np.round(drawn), 2, work.room_largest.value).astype(int)
    ends = np.cumsum(size)
    used = int(np.searchsorted(ends, len(workers))) + 1
    for members in np.split(workers, ends[: used - 1]):
        if members.size == 0:
            continue
        at = int(residents.building[members[len(members) // 2]])
        kind = "office" if random.random() < 0.5 else "workplace"
        name = register.title(at, "Office" if kind == "office" else "Workshop")
        register.send(members, register.add(kind, name, at, len(members)))
