"""Out into a form and back through the door: what the form can hold comes back as it was."""

from datetime import UTC, timedelta, timezone

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import exchange_inputs as inputs
from douse.exchange import Sending, receive, send
from douse.library import pathogen_named
from douse.records.tables import TABLES
from exchange_inputs import plain

pytestmark = pytest.mark.slow

HELD = {
    "fhir": (
        "zones",
        "places",
        "facilities",
        "cases",
        "contacts",
        "follow_ups",
        "tests",
        "stays",
        "requests",
        "indicators",
    ),
    "frictionless": tuple(TABLES),
    "csv": tuple(TABLES),
    "dhis2": ("cases", "contacts", "follow_ups", "tests", "stays", "arrivals"),
}


def there_and_back(tmp, form, seed, **more):
    records = inputs.made(seed)
    data = inputs.written(records, tmp / "data")
    sent = send(data, tmp / "out", Sending(form, more.pop("zone", UTC), exact=True, **more))
    return records, sent, receive([tmp / "out"])


def counted(cases: pl.DataFrame) -> pl.DataFrame:
    """Cases with what an empty classification counts as."""
    return cases.with_columns(pl.col("classification").fill_null("confirmed"))


def whole(checked) -> pl.DataFrame:
    return checked.findings.filter(pl.col("action") != "note").select("rule", "column", "file")


@pytest.mark.parametrize("form", sorted(HELD))
def test_one_set_of_records_comes_back(tmp_path, form):
    records, _, back = there_and_back(tmp_path, form, 1)
    assert whole(back).is_empty()
    for table in HELD[form]:
        assert plain(back.records.table(table)).equals(plain(records.table(table))), table


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), form=st.sampled_from(sorted(HELD)))
def test_nothing_is_lost_that_the_form_can_hold(tmp_path_factory, seed, form):
    records, _, back = there_and_back(tmp_path_factory.mktemp("x"), form, seed)
    assert whole(back).is_empty()
    for table in HELD[form]:
        assert plain(back.records.table(table)).equals(plain(records.table(table))), table


@pytest.mark.parametrize("hours", [-9.5, 0, 8])
def test_local_times_come_back_whatever_the_offset(tmp_path, hours):
    zone = timezone(timedelta(hours=hours))
    records, _, back = there_and_back(tmp_path, "fhir", 7, zone=zone)
    assert plain(back.records.cases).equals(plain(records.cases))
    assert plain(back.records.table("tests")).equals(plain(records.table("tests")))


@pytest.mark.slow
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
def test_zones_come_back_from_a_map(tmp_path_factory, seed):
    records, _, back = there_and_back(tmp_path_factory.mktemp("x"), "geojson", seed)
    assert whole(back).is_empty()
    assert plain(back.records.table("zones")).equals(plain(records.table("zones")))


@pytest.mark.slow
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
def test_counts_come_back_from_data_values_but_for_those_left_out(tmp_path_factory, seed):
    records, sent, back = there_and_back(tmp_path_factory.mktemp("x"), "dhis2", seed)
    left = sent.left.filter((pl.col("table") == "indicators") & pl.col("record_id").is_not_null())["record_id"]
    named = pl.col("record_id").str.replace_all(r"\s+", " ")  # as the door names a row of a file
    kept = records.table("indicators").filter(~named.is_in(left.implode()))
    assert plain(back.records.table("indicators")).equals(plain(kept))
    assert len(left) + back.records.table("indicators").height == records.table("indicators").height


@pytest.mark.slow
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
def test_sormas_gives_back_what_its_columns_hold(tmp_path_factory, seed):
    records, _, back = there_and_back(tmp_path_factory.mktemp("x"), "sormas", seed)
    cases, found = records.cases, back.records.cases
    assert back.findings.filter(pl.col("action") == "row_set_aside").is_empty()
    held = [
        "case_id",
        "person_id",
        "classification",
        "sex",
        "age",
        "onset",
        "hospitalised_on",
        "quarantined_on",
        "outcome_on",
    ]
    assert plain(found, held).equals(plain(counted(cases), held))
    one = dict(found.select("case_id", "outcome").iter_rows())
    assert all(
        one[case] == (None if word == "lost" else word) for case, word in cases.select("case_id", "outcome").iter_rows()
    )
    disease = {"sars-cov-2-delta": "sars-cov-2-wild"}  # one word for all variants
    one = dict(found.select("case_id", "pathogen").iter_rows())
    for case, pathogen in cases.select("case_id", "pathogen").iter_rows():
        assert (one[case] and pathogen_named(one[case])) == disease.get(pathogen, pathogen)
    minute = pl.col("reported_at").fill_null(pl.col("recorded_at")).dt.truncate("1m")
    assert plain(found, ["case_id", "reported_at"]).equals(
        plain(cases.with_columns(reported_at=minute), ["case_id", "reported_at"])
    )
    contacts = ["case_id", "person_id", "first_contact", "last_contact", "age", "quarantined_on", "quarantine_ended_on"]
    assert plain(back.records.table("contacts"), contacts).equals(plain(records.table("contacts"), contacts))


@pytest.mark.slow
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
def test_godata_gives_back_what_its_columns_hold(tmp_path_factory, seed):
    records, _, back = there_and_back(tmp_path_factory.mktemp("x"), "godata", seed)
    cases, found = records.cases, back.records.cases
    assert back.findings.filter(pl.col("action") == "row_set_aside").is_empty()
    held = [
        "case_id",
        "classification",
        "zone",
        "age",
        "sex",
        "onset",
        "outcome_on",
        "exposed_from",
        "hospitalised_on",
        "recorded_at",
    ]
    assert plain(found, held).equals(plain(counted(cases), held))
    isolated = pl.col("isolated_at").dt.truncate("1d")
    assert plain(found, ["case_id", "isolated_at"]).equals(
        plain(cases.with_columns(isolated), ["case_id", "isolated_at"])
    )
    names = {person: case for case, person in cases.select("case_id", "person_id").iter_rows() if person}
    met = records.table("contacts").with_columns(pl.col("person_id").replace(names))
    links = ["case_id", "person_id", "setting", "first_contact", "last_contact", "recorded_at"]
    assert plain(back.records.table("contacts"), links).equals(plain(met, links))


def test_two_tests_of_one_day_are_one_in_go_data_and_the_other_is_told(tmp_path):
    records, sent, back = there_and_back(tmp_path, "godata", 1)
    told = sent.left.filter((pl.col("table") == "tests") & pl.col("record_id").is_not_null())
    assert len(told) > 0
    assert len(told) + back.records.table("tests").height == records.table("tests").height
