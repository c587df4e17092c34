"""What tasks prevent is what a loop over days says."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import records
from douse.tracing.risk import risk_of
from douse.tracing.tasks.worth import contact_worth, interview_worth, source_worth
from reference.slow_exposure_risk import infectiousness
from reference.slow_worth import ahead, of_contact, of_interview
from tracing_inputs import pathogen, protocol

TODAY = date(2026, 3, 20)
VIRUS = pathogen()
RISK = risk_of(VIRUS, protocol())
SHARES = infectiousness(VIRUS, VIRUS.infectious_after_onset.value)
CLOSE = {"rel": 1e-3, "abs": 1e-5}  # the fast one leaves out tails of one in a million


def day(ago: int) -> date:
    return TODAY - timedelta(days=ago)


contact = st.fixed_dictionaries(
    {
        "last": st.integers(0, 20),
        "length": st.integers(0, 12),
        "p": st.floats(0.0, 1.0),
        "negatives": st.sets(st.integers(0, 20), max_size=2),
    }
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(contact, min_size=1, max_size=5))
def test_contacts(drawn):
    frame = pl.DataFrame(
        [
            {
                "person": f"p{n}",
                "first_exposure": day(row["last"] + row["length"]),
                "last_exposure": day(row["last"]),
                "infection_probability": row["p"],
                "place": "home",
                "quarantined_on": None,
            }
            for n, row in enumerate(drawn)
        ],
        schema_overrides={"quarantined_on": pl.Date},
    )
    tests = [
        {"person_id": f"p{n}", "sampled_at": f"{day(ago)}", "result": "negative", "result_at": f"{day(ago)}",
         "recorded_at": f"{day(ago)}"}
        for n, row in enumerate(drawn)
        for ago in row["negatives"]
    ]  # fmt: skip
    known = records(cases=[], tests=tests).as_of(TODAY)
    got = contact_worth(frame, known, VIRUS, RISK)
    for row, found in zip(drawn, got.iter_rows(named=True), strict=True):
        first, last = -row["last"] - row["length"], -row["last"]
        negatives = [-ago for ago in row["negatives"] if -ago >= first]
        now, whole, by_test = of_contact(VIRUS, first, last, 0, row["p"], negatives)
        assert found["infection_probability"] == pytest.approx(now, **CLOSE)
        assert found["quarantine"] == found["reach"] == pytest.approx(whole, **CLOSE)
        assert found["test"] == pytest.approx(by_test, **CLOSE)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), min_size=1, max_size=6))
def test_interviews(drawn):
    """Cases by days since onset, and days since they could last infect."""
    cases = pl.DataFrame(
        {
            "case_id": [f"c{n}" for n in range(len(drawn))],
            "onset": [day(since) for since, _ in drawn],
            "day": [day(since) for since, _ in drawn],
            "told_on": [TODAY] * len(drawn),
        }
    )
    windows = pl.DataFrame({"infectious_to": [day(until) for _, until in drawn]})
    got = interview_worth(cases, windows, TODAY, RISK)["interview"]
    for (since, until), found in zip(drawn, got, strict=True):
        assert found == pytest.approx(of_interview(VIRUS, SHARES, since - until, since), **CLOSE)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 30), st.integers(0, 20))
def test_sources(last, length):
    sought = pl.DataFrame({"case_id": ["a"], "infected_from": [day(last + length)], "infected_to": [day(last)]})
    days = [ahead(VIRUS, ago) for ago in range(last, last + length + 1)]
    expected = VIRUS.reproduction_number.value**2 * sum(days) / len(days)
    assert source_worth(sought, TODAY, RISK)["find_source"][0] == pytest.approx(expected, **CLOSE)
