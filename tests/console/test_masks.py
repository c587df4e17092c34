"""What others see of a person: always the same point, never the true one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from douse.console import reading
from douse.console.ground import Ground
from douse.console.masks import SPREAD_M, point
from douse.console.permissions import Actor, Grant, Refused

OUTSIDER = Actor("t", (Grant("tracer", "south-2"),), verified=True)
ZONES = pl.DataFrame(
    {
        "zone_id": ["d", "d-1"], "parent_zone": [None, "d"], "kind": ["district", "community"], "name": ["D", "D 1"],
        "latitude": [30.0, 30.01], "longitude": [120.0, 120.0],
    }
)  # fmt: skip


@given(st.text(min_size=1, max_size=40), st.binary(min_size=16, max_size=32))
def test_a_masked_point_is_near_the_coarse_zone_and_always_the_same(person: str, key: bytes) -> None:
    ground = Ground(ZONES)
    first, again = (point(person, "d-1", ground, key) for _ in range(2))
    assert first == again
    latitude, longitude = first
    assert latitude is not None
    assert longitude is not None
    north = (latitude - 30.0) * 111_320
    east = (longitude - 120.0) * 111_320 * 0.866
    assert (north**2 + east**2) ** 0.5 <= SPREAD_M * 1.01


def test_two_persons_and_two_instances_have_different_points() -> None:
    ground = Ground(ZONES)
    points = {point(f"p{n}", "d-1", ground, b"k" * 32) for n in range(200)}
    assert len(points) == 200
    assert point("p1", "d-1", ground, b"k" * 32) != point("p1", "d-1", ground, b"x" * 32)


@pytest.mark.usefixtures("city")
def test_a_person_has_one_point_in_all_tables_however_often_they_are_written_down(put: Callable[..., None]) -> None:
    for hour in (8, 12, 16):
        put(
            "visits",
            {
                "person_id": "p-north-1", "zone": "north-2", "latitude": 30.2 + hour / 100, "longitude": 120.3,
                "entered_at": datetime(2026, 3, 30, hour),
            },
        )  # fmt: skip
    snapshot = reading.follow()
    of_case = reading.visible(OUTSIDER, snapshot, "cases", outside=True).filter(person_id="p-north-1")
    visits = reading.visible(OUTSIDER, snapshot, "visits", outside=True).filter(person_id="p-north-1")
    points = set(of_case.select("latitude", "longitude").rows()) | set(visits.select("latitude", "longitude").rows())
    assert len(points) == 1
    assert points.pop()[0] is not None


@pytest.mark.usefixtures("city")
def test_masked_rows_are_for_those_who_may_see_outside() -> None:
    with pytest.raises(Refused):
        reading.visible(Actor("r", (Grant("reporter", "north"),)), reading.follow(), "cases", outside=True)


@pytest.mark.usefixtures("city")
def test_who_may_not_see_personal_columns_sees_them_empty_in_the_own_zones_too() -> None:
    rows = reading.visible(Actor("r", (Grant("reporter", "north"),)), reading.follow(), "cases")
    assert rows["sex"].null_count() == len(rows) == 2
    assert rows["age"].to_list() == [37, 37]


@pytest.mark.usefixtures("city")
def test_two_roles_each_count_in_their_own_zone_only() -> None:
    both = Actor("b", (Grant("tracer", "north"), Grant("reporter", "south")), verified=True)
    rows = reading.visible(both, reading.follow(), "cases")
    shown: dict[str, Any] = dict(rows.select("zone", "sex").iter_rows())
    assert shown == {"north-1": "female", "north-2": "female", "south-1": None, "south-2": None}
