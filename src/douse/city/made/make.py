"""A city from the totals of its zones."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.city.assemble import assemble
from douse.city.city import City
from douse.city.made.day import care_homes, hospitals, join, needed, schools, take_staff, workplaces
from douse.city.made.homes import settle_zones
from douse.city.made.numbers import MadeNumbers, made_numbers
from douse.city.made.totals import read_totals
from douse.city.made.work import workforce


@dataclass(frozen=True)
class Made:
    """A city, and what is known of it only while it is made.

    Attributes
    ----------
    city : City
        The city.
    group_zone : numpy.ndarray[int32], shape (G + 1,)
        Zone where each group is; -1 of group 0.
    jobs : numpy.ndarray[int64], shape (Z,)
        People who work in each zone.
    """

    city: City
    group_zone: NDArray[np.int32]
    jobs: NDArray[np.int64]


def make_city(
    totals: pl.DataFrame, numbers: MadeNumbers | None = None, seed: int = 1, *, commuting: pl.DataFrame | None = None
) -> City:
    """Make a city whose zones have the totals given.

    Parameters
    ----------
    totals : polars.DataFrame
        One row a zone of residence, and rows of zones above them; columns in `docs/city.md`.
    numbers : MadeNumbers, optional
        What fills in where the totals say nothing; the shipped numbers by default.
    seed : int
        Another seed, other people; the totals hold.
    commuting : polars.DataFrame, optional
        People who live in from_zone and work in to_zone; a gravity model where there is none.

    Returns
    -------
    City

    Raises
    ------
    DataError
        When no city can have these totals.
    UsageError
        When the city is too large.
    """
    return build_city(totals, numbers, seed, commuting=commuting).city


def build_city(
    totals: pl.DataFrame, numbers: MadeNumbers | None = None, seed: int = 1, *, commuting: pl.DataFrame | None = None
) -> Made:
    """Make a city as `make_city` does, and keep where its groups are."""
    numbers = numbers or made_numbers()
    read = read_totals(totals, numbers)
    residents = settle_zones(read, numbers, seed)
    plans = [*schools(residents, numbers), *care_homes(residents, numbers), *hospitals(residents, numbers)]
    need = needed(plans, len(read))
    work = workforce(read, residents, need, commuting, numbers, seed)
    taken = take_staff(need, work.start)
    number = np.arange(len(work.people)) - np.repeat(work.start[:-1], np.diff(work.start))
    staff = work.people[number < np.repeat(taken, np.diff(work.start))]
    groups = join([*plans, workplaces(work, taken, numbers, seed)], staff, seed)
    city = assemble(
        age=residents.age,
        home=residents.home,
        size=residents.size,
        zone_start=residents.zone_start,
        members=groups.members,
        group_start=groups.group_start,
        institution=groups.institution,
        kind=groups.kind,
        zone_ids=read.ids,
        zones=read.zones,
    )
    return Made(city, groups.zone, np.diff(work.start))
