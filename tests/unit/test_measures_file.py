"""Measures of a file, and what a run is told of them."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from douse.city.made import make_city
from douse.errors import DataError
from douse.kernels.epidemic_layout import SCHOOLS_CLOSED, WORK_CLOSED
from douse.readers.measures import read_measures
from douse.simulation.orders import orders_in, orders_of

FIRST = date(2026, 3, 2)


@pytest.fixture(scope="module")
def city():
    rows = [
        ("town", None, "city", None), ("north", "town", "district", None), ("a", "north", "estate", 400),
        ("b", "north", "estate", 300), ("c", "town", "estate", 200),
    ]  # fmt: skip
    return make_city(pl.DataFrame(rows, schema=["zone_id", "parent_zone", "kind", "population"], orient="row"))


def written(tmp_path, text):
    path = tmp_path / "measures.csv"
    path.write_text("\n".join(line.strip() for line in text.strip().splitlines()) + "\n", encoding="utf-8")
    return path


def test_a_level_on_a_district_holds_in_the_estates_within_it(tmp_path, city):
    path = written(
        tmp_path,
        """
        kind,zone,level,start,expires_on
        level,north,control,2026-03-05,2026-03-11
    """,
    )
    (order,) = orders_of(read_measures(path), city, FIRST)
    assert {city.zone_ids[at] for at in order.zones} == {"a", "b"}
    assert (order.bits, order.start, order.end) == (2, 3, 9)


def test_a_closure_says_what_is_closed_and_goes_on_without_an_end(tmp_path, city):
    path = written(
        tmp_path,
        """
        kind,zone,closed,start
        closure,,school,2026-03-01
        closure,c,workplace,2026-03-02
        closure,c,,2026-03-02
    """,
    )
    orders = orders_of(read_measures(path), city, FIRST)
    assert [order.bits for order in orders] == [SCHOOLS_CLOSED, WORK_CLOSED, SCHOOLS_CLOSED | WORK_CLOSED]
    assert orders[0].start == 0
    assert all(order.end > 400 for order in orders)
    assert [len(order.zones) for order in orders] == [3, 1, 1]


def test_a_round_of_screening_is_held_on_its_first_day(tmp_path, city):
    path = written(
        tmp_path,
        """
        kind,zone,start,expires_on
        screening,a,2026-03-04,2026-03-05
        screening,a,2026-02-27,2026-03-05
    """,
    )
    orders = orders_of(read_measures(path), city, FIRST)
    assert [(order.screening, order.start) for order in orders] == [(True, 2)]


def test_what_has_ended_what_is_lifted_and_what_follows_from_cases_is_passed_over(tmp_path, city):
    path = written(
        tmp_path,
        """
        action,kind,zone,level,start,expires_on
        start,level,a,lockdown,2026-02-01,2026-03-01
        lift,level,b,control,2026-03-02,2026-03-09
        start,isolation,b,,2026-03-02,2026-03-09
    """,
    )
    assert orders_of(read_measures(path), city, FIRST) == ()


def test_the_table_of_measures_says_the_same(city):
    table = pl.DataFrame(
        {
            "kind": ["level", "closure"], "zone": ["a", "c"], "level": ["lockdown", None], "closed": [None, "school"],
            "start": [date(2026, 3, 1), date(2026, 3, 4)], "ended_on": [None, date(2026, 3, 6)],
            "expires_on": [date(2026, 3, 8), date(2026, 3, 20)],
        }
    )  # fmt: skip
    lockdown, school = orders_in(table, city, FIRST)
    assert (lockdown.bits, lockdown.start, lockdown.end) == (3, 0, 6)
    assert (school.bits, school.start, school.end) == (SCHOOLS_CLOSED, 2, 4)


def test_a_measure_on_a_building_holds_in_the_smallest_zone_that_people_are_known_by(city):
    zones = pl.concat(
        [city.zones, pl.DataFrame([("a1", "a")], schema=["zone_id", "parent_zone"], orient="row")],
        how="diagonal_relaxed",
    )
    finer = type(city)(**{**city.__dict__, "zones": zones})
    table = pl.DataFrame(
        [("level", "a1", "lockdown", None, FIRST, None, None)],
        schema={
            "kind": pl.String, "zone": pl.String, "level": pl.String, "closed": pl.String, "start": pl.Date,
            "ended_on": pl.Date, "expires_on": pl.Date,
        },
        orient="row",
    )  # fmt: skip
    (order,) = orders_in(table, finer, FIRST)
    assert np.array_equal(order.zones, [city.zone_ids.index("a")])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("zone,level\na,control", "has no column kind"),
        ("kind,start\nfestival,2026-03-01", "row 1, column kind"),
        ("kind,zone,level,start\nlevel,a,control,2026-03-01\nlevel,a,,2026-03-01", "row 2"),
        ("kind,zone,level,start\nlevel,a,control,yesterday", "not a day"),
        ("kind,zone,level,start\nlevel,a,control,", "no first day"),
        ("kind,zone,level,start\nlevel,nowhere,control,2026-03-01", "the city does not have"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_what_is_allowed(tmp_path, city, text, said):
    with pytest.raises(DataError, match=said):
        orders_of(read_measures(written(tmp_path, text)), city, FIRST)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="no file"):
        read_measures(tmp_path / "none.csv")
