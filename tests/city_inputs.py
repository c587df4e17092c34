"""Zone totals, and what a city is when taken apart, for tests of made cities."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from douse.city.city import City
from douse.city.made import Made, build_city, totals_of
from douse.kernels import person_word

PARTS = ("group", "place", "zone", "age", "kind", "home", "size")
WIDTHS = (22, 10, 16, 4, 3, 4, 4)


@dataclass(frozen=True)
class Apart:
    """The parts of every person's word, by bit arithmetic of its own."""

    group: np.ndarray
    place: np.ndarray
    zone: np.ndarray
    age: np.ndarray
    kind: np.ndarray
    home: np.ndarray
    size: np.ndarray


def apart(city: City) -> Apart:
    parts, left = {}, city.word.copy()
    for name, width in zip(PARTS, WIDTHS, strict=True):
        parts[name] = (left % np.uint64(1 << width)).astype(np.int64)
        left = left // np.uint64(1 << width)
    assert (left == 0).all()
    return Apart(**parts)


@cache
def made(people: int = 30_000, seed: int = 1) -> Made:
    return build_city(totals_of(people, seed), seed=seed)


def zones(**columns: list[object]) -> pl.DataFrame:
    """Totals with identifiers of their own."""
    rows = len(next(iter(columns.values())))
    return pl.DataFrame({"zone_id": [f"z{n:02d}" for n in range(rows)], **columns})


def check_whole(city: City) -> None:
    """What must hold of every city."""
    people, parts = len(city), apart(city)
    assert city.word.dtype == np.uint64
    for array in (city.members, city.group_start, city.institution, city.institution_start, city.zone_start):
        assert array.dtype == np.uint32
    groups, institutions = len(city.institution) - 1, int(city.institution[-1])
    assert len(city.group_start) == groups + 2
    assert groups <= person_word.MOST_GROUPS
    assert len(city.institution_start) == institutions + 2
    assert len(city.zone_start) == len(city.zone_ids) + 1 == len(set(city.zone_ids)) + 1
    start = city.group_start.astype(np.int64)
    assert start[0] == start[1] == 0
    assert start[-1] == len(city.members) == len(np.unique(city.members))
    size = np.diff(start)
    assert (size[1:] >= 1).all()
    assert size.max(initial=0) <= person_word.LARGEST_GROUP
    # Each member's word points back to the place among the members.
    in_group = np.flatnonzero(parts.group > 0)
    assert len(in_group) == len(city.members)
    assert (city.members[start[parts.group[in_group]] + parts.place[in_group]] == in_group).all()
    assert (parts.place[parts.group == 0] == 0).all()
    assert ((parts.kind > 0) == (parts.group > 0)).all()
    kind = np.zeros(groups + 1, np.int64)
    kind[parts.group] = parts.kind
    assert (kind[parts.group] == parts.kind).all()
    # Institutions ascend, have one kind, and begin where their first group does.
    institution = city.institution.astype(np.int64)
    assert (np.diff(institution) >= 0).all()
    assert set(institution.tolist()) == set(range(institutions + 1))
    first = np.searchsorted(institution, np.arange(1, institutions + 1))
    assert (city.institution_start[1:-1] == start[first]).all()
    assert city.institution_start[-1] == len(city.members)
    assert (kind[first][institution[1:] - 1] == kind[1:]).all()
    # Zones are stretches of people, households stretches within.
    assert (parts.zone == np.repeat(np.arange(len(city.zone_ids)), np.diff(city.zone_start.astype(np.int64)))).all()
    assert (np.diff(city.zone_start.astype(np.int64)) > 0).all()
    head = np.arange(people) - parts.home
    assert (parts.size >= 1).all()
    assert (parts.home < parts.size).all()
    assert (parts.home[head] == 0).all()
    assert (parts.size[head] == parts.size).all()
    assert (parts.zone[head] == parts.zone).all()
    assert parts.size[parts.home == 0].sum() == people
