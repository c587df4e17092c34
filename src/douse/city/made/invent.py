"""Totals of the zones of a city that nobody counted."""

import numpy as np
import polars as pl

from douse.city.draws import stream
from douse.city.ground import CENTRE_LATITUDE, CENTRE_LONGITUDE, KM_PER_DEGREE
from douse.city.made.curve import along_curve
from douse.city.made.numbers import MadeNumbers, made_numbers
from douse.city.made.shares import whole
from douse.city.names import CITY, community_names, district_names
from douse.city.numbers import Zones
from douse.errors import UsageError

FEWEST_PEOPLE, MOST_PEOPLE = 100, 50_000_000
_GOLDEN = np.pi * (3 - np.sqrt(5))  # turn from one zone to the next, so that they cover a disc evenly
_JITTER = 0.3  # of the distance between zones


def totals_of(people: int, seed: int, numbers: MadeNumbers | None = None) -> pl.DataFrame:
    """Invent zones and totals: estates in communities around a centre with more jobs, in districts, in one city.

    Parameters
    ----------
    people : int
        Residents, 100 to 50,000,000.
    seed : int
        Another seed, another city.
    numbers : MadeNumbers, optional
        The shipped numbers by default.

    Returns
    -------
    polars.DataFrame
        Columns zone_id, name, kind, parent_zone, population, jobs, latitude, longitude; as `make_city` takes them.

    Raises
    ------
    UsageError
        When the size makes no city.
    """
    if not FEWEST_PEOPLE <= people <= MOST_PEOPLE:
        raise UsageError(
            f"A city of {people:,} people cannot be made.",
            allowed=f"{FEWEST_PEOPLE} to {MOST_PEOPLE:,} people",
            next_step="Choose a number in between.",
        )
    numbers = numbers or made_numbers()
    base, invented = numbers.base.zones, numbers.made.invented
    zones = max(1, round(people / base.people_per_community.value))
    random = stream(seed, "invented zones")
    weight = np.exp(random.normal(0, invented.zone_spread.value, zones))
    population = 1 + whole(weight[None, :], np.array([people - zones]))[0]
    reach = np.sqrt(people / base.people_per_km2.value / np.pi)
    km, far = _sites(zones, reach, invented.centre_squeeze.value, random)
    order = along_curve(km)
    km, far = km[order], far[order]
    pull = 1 + (invented.centre_jobs.value - 1) * np.exp(-far / invented.centre_reach.value)
    workers = people * base_share(numbers)
    jobs = whole(np.round(population * pull, 6)[None, :], np.array([round(workers)]))[0]
    district = _districts(zones, int(invented.districts.value))
    centres = np.stack([np.bincount(district, km[:, axis]) / np.bincount(district) for axis in (0, 1)], axis=1)
    names = community_names(zones, seed)
    city = {"zone_id": ["city"], "name": [CITY], "kind": ["city"], "parent_zone": [None]}
    above = {
        "zone_id": [f"d{d + 1}" for d in range(len(centres))],
        "name": district_names(centres, km.mean(axis=0)),
        "kind": ["district"] * len(centres),
        "parent_zone": ["city"] * len(centres),
    }
    number = np.arange(zones) - np.searchsorted(district, district)
    ids = [f"d{d + 1}c{n + 1:04d}" for d, n in zip(district.tolist(), number.tolist(), strict=True)]
    communities = {
        "zone_id": ids,
        "name": [f"{name} Community" for name in names],
        "kind": ["community"] * zones,
        "parent_zone": [f"d{d + 1}" for d in district.tolist()],
    }
    living = _estates(ids, names, km, (population, jobs), base, random)
    text = dict.fromkeys(("zone_id", "name", "kind", "parent_zone"), pl.String)
    parts = [pl.DataFrame(part, schema_overrides=text) for part in (city, above, communities, living)]
    return pl.concat(parts, how="diagonal")


def _estates(  # noqa: PLR0913, PLR0917  communities, and what splits them
    communities: list[str],
    names: list[str],
    km: np.ndarray,
    totals: tuple[np.ndarray, np.ndarray],
    base: Zones,
    random: np.random.Generator,
) -> dict[str, object]:
    """Zones of residence: estates around the middle of their community, each with its part of residents and jobs."""
    population, jobs = totals
    count = np.maximum(1, np.round(population / base.people_per_estate.value)).astype(np.int64)
    count = np.minimum(count, population)
    community = np.repeat(np.arange(len(count)), count)
    first = np.cumsum(count) - count
    number = np.arange(len(community)) - first[community]
    split = [_even(total, count, number, community) for total in (population, jobs)]
    radius = np.sqrt(population / base.people_per_km2.value / np.pi)[community]
    turn, out = random.random((2, len(community)))
    away = (radius * np.sqrt(out))[:, None] * np.stack([np.cos(2 * np.pi * turn), np.sin(2 * np.pi * turn)], axis=1)
    place = _on_earth(km[community] + away)
    pairs = list(zip(community.tolist(), number.tolist(), strict=True))
    return {
        "zone_id": [f"{communities[c]}e{n + 1:02d}" for c, n in pairs],
        "name": [f"{names[c]} Estate {n + 1}" for c, n in pairs],
        "kind": ["estate"] * len(community),
        "parent_zone": [communities[c] for c in community.tolist()],
        "population": split[0],
        "jobs": split[1],
        "latitude": place[:, 1],
        "longitude": place[:, 0],
    }


def _even(total: np.ndarray, parts: np.ndarray, number: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Totals cut into parts of one size, the first ones larger by one where they do not go in."""
    return np.asarray(total[of] // parts[of] + (number < total[of] % parts[of]))


def base_share(numbers: MadeNumbers) -> float:
    """Share of all residents who work."""
    work, bands = numbers.base.work, numbers.base.ages
    starts = [band.from_age for band in bands]
    ends = [*starts[1:], starts[-1] + 1]
    able = sum(
        band.share.value * max(0, min(end, work.to_age + 1) - max(start, work.from_age)) / (end - start)
        for band, start, end in zip(bands, starts, ends, strict=True)
    )
    return float(able / sum(band.share.value for band in bands) * work.employed_share.value)


def _sites(zones: int, reach: float, squeeze: float, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Centroids in km around the centre, and their distance from it as a share of the radius."""
    far = np.sqrt((np.arange(zones) + 0.5) / zones)
    turn = np.arange(zones) * _GOLDEN
    jitter = random.uniform(-_JITTER, _JITTER, (zones, 2)) / np.sqrt(zones)
    plane = np.c_[far * np.cos(turn), far * np.sin(turn)] + jitter
    away = np.hypot(plane[:, 0], plane[:, 1])
    # Narrower in the centre; the square root keeps the whole as large as its people and their density say.
    narrow = squeeze + (1 - squeeze) * away
    return np.round(plane * narrow[:, None] * reach, 3), away * narrow


def _districts(zones: int, most: int) -> np.ndarray:
    """District of each zone, along the curve."""
    several = min(most, max(1, round(0.8 * np.sqrt(zones))))
    district: np.ndarray = np.arange(zones) * several // zones
    return district


def _on_earth(km: np.ndarray) -> np.ndarray:
    """Longitude and latitude, degrees, of points around the centre of invented cities."""
    east = CENTRE_LONGITUDE + km[:, 0] / (KM_PER_DEGREE * np.cos(np.radians(CENTRE_LATITUDE)))
    place: np.ndarray = np.c_[east, CENTRE_LATITUDE + km[:, 1] / KM_PER_DEGREE].round(6)
    return place
