"""A city of the people in the records, or one made from the totals of the zones."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.city.assemble import assemble
from douse.city.city import City
from douse.city.draws import key, stream
from douse.city.ground import KM_PER_DEGREE
from douse.city.known_groups import groups_of
from douse.city.known_zones import with_zones
from douse.city.made.curve import along_curve
from douse.city.made.make import make_city
from douse.city.made.numbers import MadeNumbers, made_numbers
from douse.city.made.shares import age_shares
from douse.city.made.totals import TREE
from douse.errors import DataError
from douse.kernels.city_draws import shuffle_within
from douse.kernels.person_word import LARGEST_HOME
from douse.records.records import Records
from douse.records.zone_tree import ZoneTree

_SEED = 0  # of what records leave open: they are what they are, whatever the seed of a run


@dataclass(frozen=True)
class Peopled:
    """A city, and who its people are.

    Attributes
    ----------
    city : City
        The city.
    person_ids : polars.Series or None
        Pseudonyms of real people, in the order of the city; None where the people are made.
    """

    city: City
    person_ids: pl.Series | None


def city_of_records(known: Records, zones: ZoneTree, numbers: MadeNumbers | None = None) -> Peopled | None:
    """Make a city of the table of people; None where there are no people in it.

    People live in the smallest zone that records name: that of most of their household, else their own or that of
    their home place, else one drawn like those of the others. Who has no household lives alone; a household of more
    than 15 is cut. People meet in their `group` at their `daytime_place`; a place without groups is cut into classes
    or rooms. Who has no age gets one of those in the zone, else in the city.

    Parameters
    ----------
    known : Records
        What was known at a moment.
    zones : ZoneTree
        Of the same records.
    numbers : MadeNumbers, optional
        Sizes of classes and rooms, and ages where nobody's is known.
    """
    people = known.table("people")
    if people.is_empty():
        return None
    numbers = numbers or made_numbers()
    placed = with_zones(known, zones, stream(_SEED, "zones of people"))
    placed = _in_order(placed, zones)
    ids = placed["person_id"]
    zone = placed["zone"].to_numpy()
    count = np.bincount(zone, minlength=int(zone[-1]) + 1)
    start = np.r_[0, np.cumsum(count)].astype(np.uint32)
    home, size = _homes(placed)
    age = _ages(placed, zone, numbers)
    groups = groups_of(placed, known, age, numbers)
    members = groups.members
    shuffle_within(members, groups.group_start, key(_SEED, "seats"))
    named = placed.group_by("zone", maintain_order=True).agg(pl.col("zone_id").first())["zone_id"]
    city = assemble(
        age=age,
        home=home,
        size=size,
        zone_start=start,
        members=members,
        group_start=groups.group_start,
        institution=groups.institution,
        kind=groups.kind,
        zone_ids=tuple(named),
        zones=_tree(known),
    )
    return Peopled(city, ids)


def city_for(known: Records, zones: ZoneTree, seed: int, numbers: MadeNumbers | None = None) -> Peopled:
    """The city of the records: of real people where there is a table of them, else made from the zones' populations.

    Raises
    ------
    DataError
        When the records hold neither people nor populations.
    """
    real = city_of_records(known, zones, numbers)
    if real is not None:
        return real
    return Peopled(make_city(totals_in(known), numbers, seed), None)


def totals_in(known: Records) -> pl.DataFrame:
    """Zone totals in the table of zones: the smallest zones whose populations cover those above them.

    Zones within a zone of known population are used where each of them has a population; zones where nobody lives
    are left out.

    Raises
    ------
    DataError
        When no zone has a population.
    """
    table = known.table("zones")
    people = dict(table.select("zone_id", "population").iter_rows())
    within: dict[str | None, list[str]] = {}
    for zone, above in table.select("zone_id", "parent_zone").iter_rows():
        within.setdefault(above if above in people and above != zone else None, []).append(zone)
    covered: dict[str, bool] = {}
    order = list(within.get(None, []))
    for zone in order:
        order.extend(within.get(zone, []))
    for zone in reversed(order):
        inner = within.get(zone, [])
        covered[zone] = bool(inner) and all(covered[z] or people[z] is not None for z in inner)
    kept: list[str] = []
    living: set[str] = set()
    queue = list(within.get(None, []))
    for zone in queue:
        inner = within.get(zone, [])
        if inner and (covered[zone] or people[zone] is None):
            kept.append(zone)
            queue.extend(inner)
        elif people[zone]:
            kept.append(zone)
            living.add(zone)
    if not living:
        raise DataError(
            "The records hold neither people nor populations of zones: there is nobody to simulate.",
            allowed="a table of people, or of zones with the column population",
            next_step="Send one of them, or make a city with `douse city new`.",
        )
    columns = [column for column in TREE if column in table.columns]
    rows = table.select(columns).filter(pl.col("zone_id").is_in(kept))
    lives = pl.col("zone_id").is_in(list(living))
    # A zone above others that nobody lives in would count as one of residence: only those above somebody stay.
    above = set(rows.filter(lives)["parent_zone"].drop_nulls())
    parents = dict(rows.select("zone_id", "parent_zone").iter_rows())
    for zone in list(above):
        at = parents.get(zone)
        while at is not None and at not in above:
            above.add(at)
            at = parents.get(at)
    return rows.filter(lives | pl.col("zone_id").is_in(list(above)))


def _in_order(placed: pl.DataFrame, zones: ZoneTree) -> pl.DataFrame:
    """People by zone along the curve, households together; `zone` counts up from 0, `zone_id` names it."""
    tree = placed["tree"].to_numpy()
    used = np.unique(tree)
    place = np.stack([zones.longitude[used], zones.latitude[used]], axis=1)
    order = np.arange(len(used))
    if np.isfinite(place).all():
        east = (place[:, 0] - place[0, 0] + 180) % 360 - 180
        km = np.round(np.c_[east * np.cos(np.radians(place[:, 1].mean())), place[:, 1]] * KM_PER_DEGREE, 3)
        order = along_curve(km)
    number = np.empty(len(zones), np.int64)
    number[used[order]] = np.arange(len(used))
    ids = pl.Series(zones.ids, dtype=pl.String)
    return placed.with_columns(zone=pl.Series(number[tree]), zone_id=ids.gather(tree)).sort(
        "zone", "household", "person_id", maintain_order=True
    )


def _homes(placed: pl.DataFrame) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Position in the household and its size; more than `LARGEST_HOME` live in several."""
    home = placed["household"].rle_id().to_numpy()
    count = np.bincount(home)
    number = np.arange(len(home)) - np.repeat(np.cumsum(count) - count, count)
    last = count[home] // LARGEST_HOME * LARGEST_HOME
    size = np.where(number < last, LARGEST_HOME, count[home] - last)
    return (number % LARGEST_HOME).astype(np.uint8), size.astype(np.uint8)


def _ages(placed: pl.DataFrame, zone: NDArray[np.int64], numbers: MadeNumbers) -> NDArray[np.uint8]:
    """Ages in years; where there is none, one of the zone, of the city, of the numbers."""
    told = placed["age"].fill_null(-1).to_numpy()
    missing = np.flatnonzero(told < 0)
    age = told.clip(0, 254).astype(np.uint8)
    if len(missing) == 0:
        return age
    luck = stream(_SEED, "ages").random((2, len(missing)))
    has = np.flatnonzero(told >= 0)
    if len(has) == 0:
        edges = np.cumsum(age_shares(numbers))
        drawn: NDArray[np.uint8] = np.minimum(np.searchsorted(edges, luck[0]), len(edges) - 1).astype(np.uint8)
        return drawn
    first, end = np.searchsorted(zone[has], zone[missing]), np.searchsorted(zone[has], zone[missing], side="right")
    nobody = first == end
    first, end = np.where(nobody, 0, first), np.where(nobody, len(has), end)
    age[missing] = age[has[first + (luck[0] * (end - first)).astype(np.int64)]]
    return age


def _tree(known: Records) -> pl.DataFrame:
    table = known.table("zones")
    return table.select([column for column in TREE if column in table.columns])
