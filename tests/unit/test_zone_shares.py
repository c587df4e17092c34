"""Residents of zones that have none on record, and what is known to larger zones put down to smaller ones."""

from typing import Any

import numpy as np

from conftest import records
from douse.planning.areas.ground import own_people
from douse.planning.regions import regions
from douse.records import ZoneTree
from planning_inputs import TODAY


def tree(*rows: tuple[str, str, str | None, int | None]) -> ZoneTree:
    """Zones from id, kind, zone around and residents."""
    columns = ("zone_id", "kind", "parent_zone", "population")
    zones: list[dict[str, Any]] = [dict(zip(columns, row, strict=True)) for row in rows]
    return ZoneTree(records(zones=zones).as_of(TODAY))


def people(zones: ZoneTree) -> dict[str, float]:
    own, counted = own_people(zones)
    assert counted
    return dict(zip(zones.ids, own.tolist(), strict=True))


def test_what_a_zone_holds_is_shared_by_parts_of_parts_without_residents_on_record():
    zones = tree(
        ("city", "city", None, 1000),
        ("known", "district", "city", 400),
        ("west", "district", "city", None),
        ("w1", "community", "west", None),
        ("w2", "community", "west", None),
    )
    assert people(zones) == {"city": 0, "known": 400, "west": 0, "w1": 300, "w2": 300}


def test_a_zone_without_residents_on_record_is_not_taken_for_empty():
    """The district has no number of its own: that it holds what its one counted part holds does not empty the other."""
    zones = tree(("west", "district", None, None), ("w1", "community", "west", 800), ("w2", "community", "west", None))
    assert people(zones) == {"west": 0, "w1": 800, "w2": 800}


def test_what_is_known_to_a_zone_whose_parts_are_empty_is_shared_alike():
    zones = tree(
        ("a", "city", None, 10),
        ("a1", "district", "a", 0),
        ("a2", "district", "a", 0),
        ("b", "city", None, 50),
        ("b1", "district", "b", 50),
    )
    parts = regions(zones, "district", 40)
    amount = np.where(np.array(zones.ids) == "a", 6.0, 0.0)
    assert dict(zip(parts.ids, parts.gather(amount), strict=True)) == {"a1": 3.0, "a2": 3.0, "b1": 0.0}
