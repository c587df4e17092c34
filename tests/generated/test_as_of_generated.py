"""The as-of view equals its slow twin on generated records, and never depends on what was recorded later."""

from datetime import date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import frame
from douse.records import Records
from reference.slow_as_of import as_of

START = datetime(2026, 3, 1)
days = st.one_of(st.none(), st.integers(0, 12).map(lambda n: (START + timedelta(days=n)).date()))
names = st.sampled_from("abcd")


@st.composite
def case_rows(draw: st.DrawFn) -> list[dict]:
    rows: list[dict] = []
    for number in range(draw(st.integers(1, 8))):
        earlier = [row["record_id"] for row in rows] + [f"r{number + 1}", "nobody"]
        corrects = draw(st.one_of(st.none(), st.sampled_from(earlier)))
        corrected = next((row for row in rows if row["record_id"] == corrects), None)
        rows.append(
            {
                "record_id": f"r{number}",
                "case_id": corrected["case_id"] if corrected else f"c{number}",
                # distinct moments: which of two records told at one moment is later is the order of the file
                "recorded_at": START + timedelta(days=draw(st.integers(0, 9)), seconds=number),
                "supersedes": corrects,
                "same_as": draw(st.one_of(st.none(), st.none(), st.integers(0, 7).map(lambda n: f"c{n}"))),
                "infector": draw(st.one_of(st.none(), st.integers(0, 7).map(lambda n: f"c{n}"))),
                "onset": draw(days),
                "outcome": draw(st.sampled_from([None, "died", "recovered"])),
                "outcome_on": draw(days),
            }
        )
    return rows


def seen(records: Records, moment: date | datetime) -> dict[str, dict]:
    cases = records.as_of(moment).cases
    columns = ["case_id", "infector", "same_as", "onset", "outcome", pl.col("first_recorded_at").alias("first")]
    return {row.pop("case_id"): row for row in cases.select(columns).iter_rows(named=True)}


@pytest.mark.slow
@given(case_rows(), st.integers(0, 12))
@settings(max_examples=150, deadline=None)
def test_the_view_equals_its_slow_twin(rows, day):
    moment = START + timedelta(days=day)
    assert seen(Records({"cases": frame("cases", rows)}), moment) == as_of(rows, moment)


@pytest.mark.slow
@given(case_rows(), st.integers(0, 12))
@settings(max_examples=60, deadline=None)
def test_the_view_does_not_depend_on_later_rows(rows, day):
    moment = START + timedelta(days=day)
    cut = [row for row in rows if row["recorded_at"] <= moment]
    assert seen(Records({"cases": frame("cases", rows)}), moment) == seen(
        Records({"cases": frame("cases", cut)}), moment
    )
