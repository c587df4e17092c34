"""Rows are seen within the zones of one's roles; others only masked."""

import polars as pl
import pytest

from douse.console import reading
from douse.console.permissions import Actor, Grant, Refused


def tracer(zone: str, *, verified: bool = True) -> Actor:
    return Actor("t", (Grant("tracer", zone),), verified)


@pytest.mark.usefixtures("city")
def test_a_tracer_sees_the_cases_of_the_own_zones_only() -> None:
    rows = reading.visible(tracer("north"), reading.follow(), "cases")
    assert set(rows["zone"]) == {"north-1", "north-2"}
    assert set(rows["sex"]) == {"female"}


@pytest.mark.usefixtures("city")
def test_a_contact_without_a_zone_is_where_the_case_is() -> None:
    rows = reading.visible(tracer("south-1"), reading.follow(), "contacts")
    assert rows["person_id"].to_list() == ["c-south-1"]


@pytest.mark.usefixtures("city")
def test_without_a_second_factor_a_tracer_has_no_role() -> None:
    with pytest.raises(Refused):
        reading.visible(tracer("north", verified=False), reading.follow(), "cases")


@pytest.mark.usefixtures("city")
def test_outside_ones_zones_only_pseudonym_coarse_zone_and_coarse_age_are_left() -> None:
    rows = reading.visible(tracer("north-1"), reading.follow(), "cases", outside=True)
    others = rows.filter(~pl.col("within"))
    assert len(others) == 3
    assert set(others["zone"]) == {"north", "south"}
    assert set(others["age"]) == {30}
    filled = {name for name in others.columns if others[name].null_count() < len(others)}
    assert filled == {"record_id", "case_id", "person_id", "zone", "age", "latitude", "longitude", "within"}
    assert not set(others["latitude"]) & {30.123456}
