"""A past day's situation uses nothing told later, and no records whatever make it fail or answer with NaN."""

import dataclasses
import math
from datetime import date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import records
from douse.library.load import load
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records import Records, ZoneTree, codes
from douse.situation import Situation, describe

PATHOGEN = load(Pathogen, "sars-cov-2-wild")
PROTOCOL = load(Protocol, "who-generic")
START = date(2020, 3, 1)

days = st.none() | st.integers(0, 30).map(lambda n: START + timedelta(days=n))
moments = days.map(lambda d: d and datetime(d.year, d.month, d.day)) | st.integers(0, 30 * 24).map(
    lambda n: datetime(2020, 3, 1) + timedelta(hours=n)
)
told = moments.map(lambda m: m or datetime(2020, 3, 2))
people = st.sampled_from(["c0", "c1", "c2", "p0", "p1", "p2"])
zones = st.none() | st.sampled_from(["z0", "z1", "z2"])


def code(allowed):
    return st.none() | st.sampled_from(allowed)


cases = st.fixed_dictionaries(
    {
        "person_id": st.none() | people,
        "classification": code(codes.CLASSIFICATIONS),
        "zone": zones,
        "age": st.none() | st.integers(0, 130),
        "origin": code(codes.ORIGINS),
        "infector": st.none() | people,
        "cluster": code(["choir"]),
        "found_by": code(codes.FOUND_BY),
        "severity": code(codes.SEVERITIES),
        "outcome": code(codes.OUTCOMES),
        "contacts_found": st.none() | st.integers(0, 9),
        "recorded_at": told,
        **dict.fromkeys(("onset", "quarantined_on", "exposed_from", "hospitalised_on", "outcome_on"), days),
        **dict.fromkeys(("tested_at", "confirmed_at", "reported_at", "isolated_at"), moments),
    }
)
contacts = st.fixed_dictionaries(
    {
        "case_id": people,
        "person_id": people,
        "contact_class": code(codes.CONTACT_CLASSES),
        "quarantine_place": code(codes.STAY_PLACES),
        "recorded_at": told,
        **dict.fromkeys(("last_contact", "quarantined_on", "quarantine_ended_on"), days),
        **dict.fromkeys(("found_at", "reached_at"), moments),
    }
)
stays = st.fixed_dictionaries(
    {
        "person_id": people,
        "place": st.sampled_from(codes.STAY_PLACES),
        "entered_on": days,
        "left_on": days,
        "recorded_at": told,
    }
)
arrivals = st.fixed_dictionaries(
    {"person_id": people, "arrived_at": moments, "quarantine_until": days, "recorded_at": told}
)
measures = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(codes.MEASURE_KINDS),
        "zone": zones,
        "level": code(codes.LEVELS),
        "recorded_at": told,
        **dict.fromkeys(("start", "expires_on", "ended_on"), days),
    }
)
areas = st.fixed_dictionaries(
    {"parent_zone": zones, "population": st.none() | st.integers(0, 9), "recorded_at": st.none() | told}
)


def numbered(key, rows):
    """Lists of rows with a key column c0, c1 ..., and an identifier of each record."""
    return st.lists(rows, max_size=8).map(
        lambda found: [{**row, key: f"{key[0]}{n}", "record_id": f"{key}{n}"} for n, row in enumerate(found)]
    )


tables = st.fixed_dictionaries(
    {
        "cases": numbered("case_id", cases),
        "contacts": st.lists(contacts, max_size=6),
        "stays": st.lists(stays, max_size=4),
        "arrivals": st.lists(arrivals, max_size=4),
        "measures": numbered("measure_id", measures),
        "zones": numbered("zone_id", areas),
    }
)


def situation(made: Records, day: date) -> Situation:
    known = made.as_of(day)
    return describe(known, ZoneTree(known), PATHOGEN, PROTOCOL)


def assert_same(one: Situation, other: Situation) -> None:
    for part in dataclasses.fields(Situation):
        first, second = getattr(one, part.name), getattr(other, part.name)
        if isinstance(first, pl.DataFrame):
            assert first.schema == second.schema, part.name
            assert first.equals(second, null_equal=True), part.name
        else:
            assert first == second, part.name


def numbers(value):
    """Every float of a situation."""
    if isinstance(value, float):
        yield value
    elif isinstance(value, tuple):
        for inner in value:
            yield from numbers(inner)
    elif dataclasses.is_dataclass(value):
        for part in dataclasses.fields(value):
            yield from numbers(getattr(value, part.name))
    elif isinstance(value, pl.DataFrame):
        for column in value.select(pl.col(pl.Float64)).iter_columns():
            yield from column.drop_nulls()


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(tables=tables, day=st.integers(0, 32).map(lambda n: START + timedelta(days=n)))
def test_records_told_later_change_nothing_and_every_number_is_finite(tables, day):
    everything = records(**tables)
    at = datetime(day.year, day.month, day.day, 23, 59, 59)
    then = Records(
        {
            name: frame.filter(pl.col("recorded_at").is_null() | (pl.col("recorded_at") <= at))
            for name, frame in everything.frames.items()
        },
        everything.sent,
    )
    found = situation(everything, day)
    assert_same(found, situation(then, day))
    assert all(math.isfinite(number) for number in numbers(found))
    assert found.total == found.by_age["cases"].sum() == found.by_origin["cases"].sum() == found.cases.height
    assert found.active == found.severity["active"].sum() == found.cases["active"].sum()


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(tables=tables, seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(tables, seed):
    shuffled = {name: seed.sample(rows, len(rows)) for name, rows in tables.items()}
    day = START + timedelta(days=20)
    assert_same(situation(records(**tables), day), situation(records(**shuffled), day))


CORRECTED = [
    {"record_id": "one", "case_id": "a", "zone": "z0", "onset": "2020-03-01", "recorded_at": "2020-03-02"},
    {
        "record_id": "two",
        "case_id": "a",
        "zone": "z1",
        "onset": "2020-03-01",
        "recorded_at": "2020-03-12",
        "supersedes": "one",
    },
    {"record_id": "b", "case_id": "b", "same_as": "a", "onset": "2020-03-03", "recorded_at": "2020-03-12"},
]


@pytest.mark.parametrize("day", [date(2020, 3, 2), date(2020, 3, 11), date(2020, 3, 12)])
def test_a_correction_or_a_merge_to_come_changes_nothing(day):
    at = datetime(day.year, day.month, day.day, 23)
    earlier = [row for row in CORRECTED if datetime.fromisoformat(row["recorded_at"]) <= at]
    found = situation(records(cases=CORRECTED), day)
    assert_same(found, situation(records(cases=earlier), day))
    assert found.total == 1


def test_no_records_at_all_give_a_stated_answer():
    found = situation(Records({}), START)
    assert (found.total, found.active, found.deaths, found.new_today) == (0, 0, 0, 0)
    assert (
        found.r_now.why_not == found.growth_per_day.why_not == found.doubling_days.why_not == "There are no cases yet."
    )
    assert found.by_origin["share"].to_list() == [None, None, None]
    assert found.curve.is_empty()
    assert found.by_zone.is_empty()
    assert {milestone.met for milestone in found.milestones} == {None}


def test_frames_have_the_same_columns_with_and_without_rows():
    empty, full = situation(Records({}), START), situation(records(cases=CORRECTED), date(2020, 3, 30))
    for part in dataclasses.fields(Situation):
        if isinstance(getattr(empty, part.name), pl.DataFrame):
            assert getattr(empty, part.name).schema == getattr(full, part.name).schema, part.name


def test_records_that_are_no_as_of_view_are_refused():
    made = records(cases=CORRECTED)
    with pytest.raises(ValueError, match="as_of"):
        describe(made, ZoneTree(made.as_of(START)), PATHOGEN, PROTOCOL)
