"""The zones of the demo city: a tree that sums up, outlines that tile."""

import json
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from douse.city.ground import KM_PER_DEGREE
from douse.city.numbers import city_numbers
from douse.city.zoning import KINDS, Zoning, make_zones


def drawn(people: int, seed: int) -> tuple[Zoning, pl.DataFrame]:
    zoning = make_zones(people, city_numbers().zones, seed)
    buildings = len(zoning.ground.site)
    return zoning, zoning.frame(np.arange(buildings) + 1, np.ones(buildings))


def rings(zones: pl.DataFrame) -> dict[str, list[list[float]]]:
    """Outer ring of each zone; fails on anything but a polygon of one ring."""
    found = {}
    for zone, text in zones.select("zone_id", "boundary").iter_rows():
        shape = json.loads(text)
        assert shape["type"] == "Polygon", f"{zone} is in several pieces"
        assert len(shape["coordinates"]) == 1, f"{zone} has a hole"
        found[zone] = shape["coordinates"][0]
    return found


def area(ring: list[list[float]]) -> float:
    """Signed area by the shoelace formula; positive when anticlockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


CITIES = [(100, 1), (500, 2), (5_000, 3), (20_000, 4), (60_000, 5), (200_000, 1)]


@pytest.mark.parametrize(("people", "seed"), CITIES)
def test_populations_sum_up_the_tree(people, seed):
    zones = drawn(people, seed)[1]
    below = zones.group_by("parent_zone").agg(pl.col("population").sum(), pl.col("households").sum())
    both = zones.join(below, left_on="zone_id", right_on="parent_zone", suffix="_below")
    assert both.height == zones.filter(pl.col("kind") != "building").height
    assert (both["population"] == both["population_below"]).all()
    assert (both["households"] == both["households_below"]).all()


@pytest.mark.parametrize(("people", "seed"), CITIES)
def test_every_zone_is_one_closed_ring(people, seed):
    for zone, ring in rings(drawn(people, seed)[1]).items():
        assert ring[0] == ring[-1], f"{zone} is not closed"
        assert len(ring) >= 4
        inner = [tuple(point) for point in ring[:-1]]
        assert len(set(inner)) == len(inner), f"{zone} touches itself"
        assert area(ring) > 0, f"{zone} is not anticlockwise"


@pytest.mark.parametrize(("people", "seed"), CITIES)
def test_children_tile_their_parent(people, seed):
    zones = drawn(people, seed)[1]
    ring = rings(zones)
    children: dict[str, list[str]] = {}
    for zone, parent in zones.select("zone_id", "parent_zone").iter_rows():
        children.setdefault(parent, []).append(zone)
    for parent, inner in children.items():
        if parent is None:
            continue
        outer = np.array(ring[parent])
        for zone in inner:
            points = np.array(ring[zone])
            assert (points >= outer.min(axis=0)).all()
            assert (points <= outer.max(axis=0)).all()
        assert sum(area(ring[zone]) for zone in inner) == pytest.approx(area(ring[parent]), rel=1e-9)


def test_neighbours_share_their_corners():
    zones = drawn(20_000, 1)[1].filter(pl.col("kind") == "building")
    used: dict[tuple[float, float], int] = {}
    for ring in rings(zones).values():
        for point in {tuple(point) for point in ring}:
            used[point] = used.get(point, 0) + 1
    # In the inside of the city three plots meet in a corner; at its edge two or one.
    assert max(used.values()) == 3
    assert sum(n == 3 for n in used.values()) > len(used) / 2


def test_sizes_of_zones_are_those_of_the_numbers_file():
    zones = drawn(200_000, 1)[1]
    count = dict(zones.group_by("kind").len().iter_rows())
    assert count["city"] == 1
    assert 4 <= count["district"] <= 6
    assert count["community"] == pytest.approx(200_000 / 5_000, rel=0.1)
    assert count["estate"] == pytest.approx(200_000 / 1_200, rel=0.1)
    assert count["building"] == round(200_000 / 120)
    buildings = zones.filter(pl.col("kind") == "building").group_by("parent_zone").len()["len"]
    assert buildings.max() <= 3 * buildings.min()


def test_the_city_has_the_density_of_the_numbers_file():
    zones = drawn(60_000, 1)[1]
    city = rings(zones)["city"]
    km2 = area(city) * KM_PER_DEGREE**2 * np.cos(np.radians(zones["latitude"][0]))
    assert km2 == pytest.approx(60_000 / city_numbers().zones.people_per_km2.value, rel=0.01)


def test_names_and_ids_tell_zones_apart():
    zoning, zones = drawn(1_000_000, 1)
    assert zones["zone_id"].is_unique().all()
    for kind in KINDS:
        assert len(set(zoning.names[kind])) == len(zoning.names[kind]), kind
    assert (
        zones.filter(pl.col("kind") == "building")["zone_id"]
        .str.contains(r"^d\dc\d\d\de\db\d\d$|^d\dc\d\de\db\d\d$")
        .all()
    )


def test_another_seed_is_another_city():
    assert drawn(5_000, 1)[1]["boundary"][0] != drawn(5_000, 2)[1]["boundary"][0]
    assert drawn(5_000, 1)[1].equals(drawn(5_000, 1)[1])
