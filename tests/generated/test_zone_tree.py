"""The tree of zones: sums over subtrees equal a plain walk; loops and strangers do no harm."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import frame, records
from douse.records import Records, ZoneTree

AS_OF = date(2026, 3, 1)


def tree(rows: list[dict]) -> ZoneTree:
    return ZoneTree(Records({"zones": frame("zones", rows)}).as_of(AS_OF))


@st.composite
def parents(draw: st.DrawFn) -> list[dict]:
    size = draw(st.integers(1, 12))
    parent = st.one_of(st.none(), st.integers(0, size).map(lambda n: f"z{n:02}"))
    return [{"zone_id": f"z{i:02}", "parent_zone": draw(parent)} for i in range(size)]


def within(made: ZoneTree, zone: int, whole: int) -> bool:
    while zone >= 0:
        if zone == whole:
            return True
        zone = int(made.parent[zone])
    return False


@pytest.mark.slow
@given(parents(), st.lists(st.integers(0, 50), min_size=14, max_size=14))
@settings(max_examples=100, deadline=None)
def test_roll_up_is_the_sum_over_everything_within(rows, numbers):
    made = tree(rows)
    values = np.array(numbers[: len(made)])
    slow = [sum(values[z] for z in range(len(made)) if within(made, z, whole)) for whole in range(len(made))]
    assert made.roll_up(values).tolist() == slow
    assert all(sorted(made.subtree(w)) == [z for z in range(len(made)) if within(made, z, w)] for w in range(len(made)))


@pytest.mark.slow
@given(parents())
@settings(max_examples=100, deadline=None)
def test_parents_come_before_children_whatever_the_loops(rows):
    made = tree(rows)
    assert (made.parent < np.arange(len(made))).all()
    assert set(made.ids) >= {row["zone_id"] for row in rows}


def test_population_is_recorded_or_the_sum_of_the_children():
    made = tree(
        [
            {"zone_id": "city"},
            {"zone_id": "north", "parent_zone": "city", "population": 300},
            {"zone_id": "south", "parent_zone": "city"},
            {"zone_id": "s1", "parent_zone": "south", "population": 10},
            {"zone_id": "s2", "parent_zone": "south"},
        ]
    )
    people = dict(zip(made.ids, made.population, strict=True))
    assert people["city"] == 310
    assert people["south"] == 10
    assert np.isnan(people["s2"])


def test_a_zone_that_only_a_case_names_is_a_root():
    known = records(
        zones="""
          zone_id | parent_zone
          --------+------------
          city    |
        """,
        cases="""
          case_id | zone   | recorded_at
          --------+--------+------------
          a       | nowhere | 2026-02-01
        """,
    ).as_of(AS_OF)
    made = ZoneTree(known)
    assert made.ids == ["city", "nowhere"]
    assert made.index(pl.Series(["nowhere", None, "city", "moon"])).tolist() == [1, -1, 0, -1]
