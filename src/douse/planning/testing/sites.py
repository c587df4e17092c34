"""Sites of the day: how many, where, for how many people, and their tubes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from douse.kernels.tree import nearest_marked
from douse.library.testing_day import TestingDayRules
from douse.planning.basis import Basis
from douse.planning.plan import Round
from douse.planning.testing.candidates import candidates, matched
from douse.planning.testing.parts import equal_parts
from douse.planning.testing.rules import shift_hours

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Sites:
    """Sites (S) in the order in which they are served: that of the rounds.

    Attributes
    ----------
    name, kind, place : list
        See `TestingSite`.
    round : numpy.ndarray[int64], shape (S,)
        Position of the round.
    spot : numpy.ndarray[float64], shape (S, 2)
        Latitude, longitude; NaN where not known.
    people, pool, tubes : numpy.ndarray[int64], shape (S,)
        `pool` of a team that goes from door to door is 1.
    positive : numpy.ndarray[float64], shape (S,)
        Chance that a tube is a positive pool, whose people are tested again.
    speed : numpy.ndarray[float64], shape (S,)
        People an hour of one sampler.
    quota : numpy.ndarray[int64], shape (S,)
        Tubes that one sampler fills on a day.
    """

    name: list[str]
    kind: list[str]
    place: list[str | None]
    round: Ints
    spot: Floats
    people: Ints
    pool: Ints
    tubes: Ints
    positive: Floats
    speed: Floats
    quota: Ints


def place_sites(basis: Basis, rounds: Sequence[Round], rules: TestingDayRules) -> Sites:
    """Cut the people of each round into sites, and put these where a building is near.

    People tested singly get a team that goes from door to door, one a round.
    """
    shares = _own_people(basis, rounds)
    spots = np.column_stack([basis.zones.latitude, basis.zones.longitude])
    rows: list[tuple[int, str, int, int]] = []  # round, kind, people, pool
    middles: list[Floats] = []
    for number, one in enumerate(rounds):
        pooled = one.people - one.singles
        if pooled:
            count = math.ceil(pooled / basis.protocol.screening.people_per_site.value)
            zones, people = shares[number]
            middles += list(equal_parts(people, spots[zones], count))
            each, more = divmod(pooled, count)
            rows += [(number, "made_site", each + (n < more), one.pool_size) for n in range(count)]
        if one.singles:
            middles.append(spots[basis.zones.position[one.zone]])
            rows.append((number, "door_team", one.singles, 1))
    middle = np.array(middles).reshape(-1, 2)
    return _sites(basis, rounds, rules, rows, middle)


def _sites(
    basis: Basis, rounds: Sequence[Round], rules: TestingDayRules, rows: list[tuple[int, str, int, int]], spot: Floats
) -> Sites:
    kind, place = [row[1] for row in rows], list[str | None]([None] * len(rows))
    there = candidates(basis)
    at = there.select("latitude", "longitude").to_numpy()
    open_to_all = np.array([k == "made_site" for k in kind], dtype=np.bool_)
    wanted = np.where(open_to_all[:, None], spot, np.nan)
    for site, candidate in enumerate(matched(wanted, there["kind"], at, rules.site_reach.value)):
        if candidate >= 0:
            kind[site], place[site] = there["kind"][candidate], there["place"][candidate]
            spot[site] = at[candidate]
    number, people, pool = (np.array([row[n] for row in rows], dtype=np.int64) for n in (0, 2, 3))
    prevalence = np.array([one.prevalence for one in rounds])[number]
    door = ~open_to_all
    swabs = basis.protocol.screening.people_per_sampler.value
    speed = np.where(door, rules.people_per_door_hour.value, rules.people_per_desk_hour.value)
    return Sites(
        name=[f"{rounds[row[0]].zone}/{n + 1}" for row, n in zip(rows, _counted(number), strict=True)],
        kind=kind,
        place=place,
        round=number,
        spot=spot,
        people=people,
        pool=pool,
        tubes=-(-people // pool),
        positive=np.where(pool > 1, 1 - (1 - prevalence) ** pool, 0.0),
        speed=speed,
        quota=np.maximum(np.where(door, speed * shift_hours(basis.protocol), swabs).astype(np.int64) // pool, 1),
    )


def _counted(number: Ints) -> list[int]:
    """Position of each site within its round."""
    first = {int(one): at for at, one in reversed(list(enumerate(number.tolist())))}
    return [at - first[one] for at, one in enumerate(number.tolist())]


def _own_people(basis: Basis, rounds: Sequence[Round]) -> list[tuple[Ints, Floats]]:
    """Smallest zones of each round and their people; a round's zone itself where none has people of its own."""
    zones = basis.zones
    at = np.array([zones.position[one.zone] for one in rounds], dtype=np.int64)
    population = np.nan_to_num(zones.population)
    own = population.copy()
    inner = zones.parent >= 0
    np.subtract.at(own, zones.parent[inner], population[inner])
    marked = np.zeros(len(zones), dtype=np.bool_)
    marked[at] = True
    around = np.where(marked, np.arange(len(zones)), nearest_marked(zones.parent, zones.depth, marked))
    there = np.flatnonzero((own > 0) & (around >= 0))
    there = there[np.argsort(around[there], kind="stable")]
    first, past = (np.searchsorted(around[there], at, side=side) for side in ("left", "right"))
    return [
        (there[a:b], own[there[a:b]]) if b > a else (np.array([zone]), np.ones(1))
        for zone, a, b in zip(at, first, past, strict=True)
    ]
