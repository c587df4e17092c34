"""Exposures by recorded links are those of double loops."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import records
from douse.tracing.together.hosts import cases
from douse.tracing.together.journeys import of_journeys
from douse.tracing.together.named_places import of_named_places
from douse.tracing.together.wards import of_wards
from reference import slow_together
from tracing_inputs import protocol

FIRST, AS_OF = date(2026, 3, 1), date(2026, 3, 20)
WHO = protocol()
people = st.sampled_from(["a", "b", "c", "d", "e"])
days = st.integers(0, 12).map(lambda n: FIRST + timedelta(days=n))
windows = st.lists(st.tuples(people, days, st.integers(0, 6)), max_size=3, unique_by=lambda w: w[0])
LETTERS = "ABCDEF"


def hosts_of(drawn):
    spans = [(person, since, since + timedelta(days=length)) for person, since, length in drawn]
    frame = pl.DataFrame(
        [(f"case {p}", p, s, u) for p, s, u in spans],
        schema={"case_id": pl.String, "person": pl.String, "infectious_from": pl.Date, "infectious_to": pl.Date},
        orient="row",
    )
    return spans, cases(frame.with_columns(told_at=pl.lit(None, dtype=pl.Datetime("us"))))


def found_by(kind, tables, hosts, *, near):
    known = records(cases=[], **tables).as_of(AS_OF)
    rows = kind(known, hosts, WHO).with_columns(
        host=pl.col("case_id").str.strip_prefix("case "), near=pl.col("contact_class") == "close"
    )
    columns = ("host", "person", "first_exposure", "last_exposure", *(("near",) if near else ()))
    return set(rows.select(columns).iter_rows())


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(
    windows,
    st.lists(
        st.tuples(people, st.sampled_from("fg"), st.sampled_from("vw"), days, st.one_of(st.none(), st.integers(0, 5))),
        max_size=7,
    ),
    st.lists(st.tuples(people, st.sampled_from("fg"), st.sampled_from("vw")), max_size=3, unique_by=lambda s: s[0]),
)
def test_wards(drawn, stays, staff):
    spans, hosts = hosts_of(drawn)
    ended = [(p, f, w, a, None if n is None else a + timedelta(days=n)) for p, f, w, a, n in stays]
    tables = {
        "stays": [
            {"person_id": p, "place": "hospital", "facility_id": f, "ward": w, "entered_on": a, "left_on": b,
             "recorded_at": f"{FIRST}"}
            for p, f, w, a, b in ended
        ],
        "people": [{"person_id": p, "daytime_place": f, "group": w} for p, f, w in staff],
    }  # fmt: skip
    expected = slow_together.wards(spans, ended, staff, AS_OF)
    assert found_by(of_wards, tables, hosts, near=False) == expected


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(
    windows,
    st.lists(
        st.tuples(
            people,
            st.sampled_from(["T1", "T2"]),
            days,
            st.sampled_from([None, "1", "2"]),
            st.one_of(st.none(), st.tuples(st.integers(1, 9), st.integers(0, 5))),
        ),
        max_size=9,
    ),
)
def test_journeys(drawn, trips):
    spans, hosts = hosts_of(drawn)
    rows, read = [], []
    for person, vehicle, day, coach, place in trips:
        seat = "" if place is None else f"{place[0]}{LETTERS[place[1]]}"
        text = f"coach {coach} seat {seat}" if coach else seat
        rows.append(
            {"person_id": person, "arrived_at": f"{day}T10:00:00", "carrier": vehicle, "seat": text or None,
             "recorded_at": f"{day}"}
        )  # fmt: skip
        read.append((person, vehicle, day, coach, *(place or (None, None))))
    expected = slow_together.journeys(spans, read, 2, 2)
    assert found_by(of_journeys, {"arrivals": rows}, hosts, near=True) == expected


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(
    windows,
    st.lists(st.tuples(people, st.integers(0, 40), st.integers(0, 40), days, st.booleans()), max_size=9),
    st.sampled_from([(0.0, 0.0), (37.5, 127.0), (-33.9, -70.6), (64.1, -21.9)]),
)
def test_named_places(drawn, visits, around):
    spans, hosts = hosts_of(drawn)
    rows, read = [], []
    for person, north, east, day, day_only in visits:
        latitude, longitude = around[0] + north * 0.00007, around[1] + east * 0.0001
        times = ("", None) if day_only else ("T09:00:00", f"{day}T10:00:00")
        rows.append(
            {"person_id": person, "latitude": latitude, "longitude": longitude, "entered_at": f"{day}{times[0]}",
             "left_at": times[1], "recorded_at": f"{day}"}
        )  # fmt: skip
        read.append((person, latitude, longitude, day, day_only))
    expected = slow_together.named_places(spans, read)
    assert found_by(of_named_places, {"visits": rows}, hosts, near=True) == expected
