"""Signals and traces of a day: never an exception; rows told later and the order of rows change nothing."""

import math
from dataclasses import astuple
from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from conftest import frame
from douse.records import Records
from douse.signals import Scene, detect
from douse.tracing import trace
from tracing_inputs import known_on, pathogen, protocol

pytestmark = pytest.mark.slow

START = datetime(2026, 3, 1)
AS_OF = "2026-03-13"
PROTOCOLS = ("who-generic", "china-9")

people = st.sampled_from([f"p{n}" for n in range(6)])
cases = st.sampled_from([f"c{n}" for n in range(6)] + ["nobody"])
zones = st.sampled_from(["city", "block", "house", "elsewhere", None])
a_day = st.integers(0, 19).map(lambda n: (START + timedelta(days=n)).date())
a_moment = st.integers(0, 20 * 24).map(lambda n: START + timedelta(hours=n))
days, moments = st.one_of(st.none(), a_day), st.one_of(st.none(), a_moment)
told = st.integers(0, 19).map(lambda n: START + timedelta(days=n))
maybe = st.sampled_from


def rows(most: int, **columns: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(st.fixed_dictionaries({"recorded_at": told, **columns}), max_size=most)


def drawn_tables() -> st.SearchStrategy:
    tables = {
        "cases": rows(
            9, case_id=cases, person_id=st.one_of(st.none(), people), infector=st.one_of(st.none(), cases), zone=zones,
            onset=days, tested_at=moments, confirmed_at=moments, isolated_at=moments, outcome_on=days,
            origin=maybe([None, "imported", "local"]), cluster=maybe([None, "church"]), contacts_found=maybe([None, 0]),
            classification=maybe([None, "suspected", "confirmed"]),
        ),
        "contacts": rows(
            9, case_id=st.one_of(cases, people), person_id=st.one_of(cases, people), zone=zones, last_contact=days,
            contact_class=maybe([None, "close", "secondary", "general"]), setting=maybe([None, "meal", "shop"]),
            minutes=maybe([None, 3.0, 30.0]), found_at=moments, reached_at=moments, quarantined_on=days,
            quarantine_ended_on=days, follow_up=maybe([None, "lost", "cancelled", "under_follow_up"]),
        ),
        "visits": rows(
            9, person_id=st.one_of(cases, people), place_id=maybe([None, "cafe", "gym"]), zone=zones,
            entered_at=a_moment, left_at=moments, latitude=maybe([None, 1.5]),
            longitude=maybe([None, 2.5]), kind=maybe([None, "cafe", "home", "event"]),
        ),
        "people": rows(
            6, person_id=people, household=maybe([None, "h1", "h2"]), zone=zones, group=maybe([None, "w1", "3B"]),
            daytime_place=maybe([None, "f", "cafe"]), occupation=maybe([None, "pupil"]),
        ),
        "places": st.just(
            [
                {"place_id": "cafe", "kind": "cafe", "ventilation": "poor", "latitude": 1.5001, "longitude": 2.5},
                {"place_id": "gym", "kind": "gym"},
            ]
        ),
        "tests": rows(4, person_id=people, sampled_at=a_moment),
        "stays": rows(
            4, person_id=people, place=maybe(["home", "quarantine_site", "hospital"]),
            entered_on=a_day, left_on=days, facility_id=maybe([None, "f"]), ward=maybe([None, "w1", "w2"]),
        ),
        "arrivals": rows(
            3, person_id=people, arrived_at=a_moment, origin=maybe(["X", None]), carrier=maybe([None, "T1"]),
            seat=maybe([None, "12A", "coach 2 13C", "9"]), from_zone=maybe([None, "city"]),
        ),
        "zones": st.just(
            [
                {"zone_id": "city", "kind": "city"},
                {"zone_id": "block", "kind": "community", "parent_zone": "city"},
                {"zone_id": "house", "kind": "building", "parent_zone": "block"},
            ]
        ),
    }  # fmt: skip
    return st.fixed_dictionaries({"cases": tables.pop("cases")}, optional=tables)


def as_records(tables: dict[str, list[dict]]) -> Records:
    numbered = {
        name: [row | {"record_id": f"{name}-{at}"} for at, row in enumerate(given_rows)]
        for name, given_rows in tables.items()
    }
    return Records({name: frame(name, made) for name, made in numbered.items()}, frozenset(tables))


def answers(records: Records, name: str):
    rules = protocol(name)
    known, situation, tree = known_on(records, AS_OF, rules)
    return (
        trace(known, situation, tree, pathogen(), rules),
        detect(Scene(known, situation, tree, pathogen(), rules)),
    )


def same(records: Records, other: Records, name: str) -> None:
    (trace_1, signals_1), (trace_2, signals_2) = answers(records, name), answers(other, name)
    assert signals_1 == signals_2
    assert trace_1.chains == trace_2.chains
    for part in ("links", "contacts", "worklist", "places"):
        assert_frame_equal(getattr(trace_1, part), getattr(trace_2, part))


def truncated(records: Records) -> Records:
    end = datetime.fromisoformat(AS_OF) + timedelta(days=1)
    told_by_then = pl.col("recorded_at").is_null() | (pl.col("recorded_at") < end)
    return Records({name: made.filter(told_by_then) for name, made in records.frames.items()}, records.sent)


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(drawn_tables(), st.sampled_from(PROTOCOLS), st.integers(0, 999))
def test_nothing_told_later_and_no_order_of_rows_matters(tables, name, seed):
    records = as_records(tables)
    same(records, truncated(records), name)
    shuffled = {table: made.sample(fraction=1, shuffle=True, seed=seed) for table, made in records.frames.items()}
    same(records, Records(shuffled, records.sent), name)


@settings(max_examples=8, deadline=None)
@given(drawn_tables(), st.sampled_from(PROTOCOLS))
def test_answers_are_complete_and_finite(tables, name):
    made, signals = answers(as_records(tables), name)
    numbers = [value for signal in signals for value in astuple(signal) if isinstance(value, float)]
    assert all(math.isfinite(value) for value in numbers)
    assert len({signal.id for signal in signals}) == len(signals)
    for part in (made.links, made.contacts, made.worklist, made.places):
        for column in part.iter_columns():
            assert column.dtype != pl.Float64 or column.drop_nulls().is_finite().all()
    assert made.links["case_id"].is_unique().all()
    assert made.contacts["person"].is_unique().all()
    assert sum(chain.cases for chain in made.chains) == made.links.height
    for column in ("person", "task", "reason", "priority", "overdue", "case_id"):
        assert made.worklist[column].null_count() == 0
    assert made.worklist.select("person", "task").is_duplicated().sum() == 0
    assert made.worklist["priority"].is_between(1, 5).all()
    ill = set(made.links["case_id"])
    assert not ill & set(made.contacts["person"])
    # Whoever has to stay in does so for no longer than the protocol says, counted from the last exposure.
    days = made.contacts.select((pl.col("quarantine_end") - pl.col("last_exposure")).dt.total_days()).to_series()
    assert set(days.drop_nulls().unique()) <= {7, 14}
