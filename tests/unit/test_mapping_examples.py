"""The two mappings that are shipped, on the real records."""

from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from douse.readers.read import read_raw
from douse.records.check import check
from douse.records.finding import Checked
from douse.records.mapping import load_mapping
from douse.records.tables import TABLES

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="module")
def korea(shared) -> Checked:
    return check(read_raw(shared / "data" / "korea-2020", load_mapping(EXAMPLES / "korea-2020.toml")))


@pytest.fixture(scope="module")
def mers(shared) -> Checked:
    return check(read_raw(shared / "data" / "mers-korea-2015", load_mapping(EXAMPLES / "mers-korea-2015.toml")))


@pytest.mark.parametrize("name", ["korea-2020", "mers-korea-2015"])
def test_the_examples_are_mappings(name):
    assert load_mapping(EXAMPLES / f"{name}.toml").table[0].to == "cases"


def test_every_korean_row_is_kept_or_told(korea, shared):
    sent = pl.read_csv(shared / "data" / "korea-2020" / "linelist.csv", infer_schema=False)
    assert korea.records.cases.height + korea.rejected["cases"].height == sent.height
    visits = korea.findings.filter(pl.col("table") == "visits")
    told_once = visits.filter(pl.col("rule") == "identical_row").height
    routes = pl.read_csv(shared / "data" / "korea-2020" / "routes.csv", infer_schema=False)
    assert korea.records.table("visits").height + korea.rejected["visits"].height + told_once == routes.height
    for name, frame in korea.records.frames.items():
        assert TABLES[name].filter(frame).failure.counts() == {}


def test_every_dirty_korean_date_is_a_finding(korea, shared):
    sent = pl.read_csv(shared / "data" / "korea-2020" / "linelist.csv", infer_schema=False).with_columns(
        pl.all().str.strip_chars().replace("", None)
    )
    onset, told = pl.col("symptom_onset_date"), pl.col("confirmed_date")
    found = korea.findings.filter(pl.col("table") == "cases")
    lines = sent.with_row_index("row", offset=2)
    assert found.filter(rule="onset_is_told")["row"].to_list() == lines.filter(onset > told)["row"].to_list()
    untold = lines.filter(told.is_null() & onset.is_null())["row"].to_list()
    assert found.filter(rule="no_recorded_at")["row"].to_list() == untold
    released = lines.filter((pl.col("released_date") < told) & pl.col("deceased_date").is_null())["row"].to_list()
    assert found.filter(rule="confirmation_before_outcome")["row"].to_list() == released


def test_korean_zones_are_a_tree_under_the_country(korea):
    zones = korea.records.table("zones")
    roots = zones.filter(pl.col("parent_zone").is_null())["zone_id"].to_list()
    assert roots == ["Korea"]
    assert set(zones["parent_zone"].drop_nulls()) <= set(zones["zone_id"])
    assert "Seoul/Gangnam-gu" in set(zones["zone_id"])
    named = set(korea.records.cases["zone"].drop_nulls())
    assert named <= set(zones["zone_id"])
    assert not any("etc" in zone for zone in named)


def test_nothing_of_the_future_is_known_of_a_korean_patient(korea):
    known = korea.records.as_of(date(2020, 3, 5))
    assert known.cases["confirmed_at"].max() <= datetime(2020, 3, 5)
    assert known.cases["outcome_on"].max() <= date(2020, 3, 5)
    assert known.cases["outcome"].is_null().sum() > 0.9 * known.cases.height
    confirmed = set(known.cases["case_id"])
    assert set(known.table("visits")["person_id"]) <= confirmed
    assert set(known.table("visits")["place_id"].drop_nulls()) <= set(known.table("places")["place_id"])
    assert known.table("visits")["entered_at"].max() <= datetime(2020, 3, 5)


def test_korean_imports_links_and_clusters(korea):
    cases = korea.records.cases
    assert cases.filter(origin="imported").height == 606
    assert cases["infector"].drop_nulls().len() > 500
    assert "Shincheonji Church" in set(cases["cluster"])
    assert not {"etc", "overseas inflow", "contact with patient"} & set(cases["cluster"])
    assert cases["age"].null_count() < 100


def test_mers_infectors_come_from_the_contacts(mers, shared):
    cases = mers.records.cases
    assert cases.height == 162
    links = pl.read_csv(shared / "data" / "mers-korea-2015" / "contacts.csv")
    first = links.unique("to", keep="first", maintain_order=True)
    named = cases.filter(pl.col("infector").is_not_null()).select("case_id", "infector").sort("case_id")
    assert named.rows() == first.select("to", "from").sort("to").rows()
    assert mers.records.table("contacts").height == links.height
    assert cases.filter(origin="imported")["case_id"].to_list() == ["SK_1"]
    assert mers.all_passed


def test_a_mers_contact_is_known_once_both_people_are(mers):
    told = dict(mers.records.cases.select("case_id", "recorded_at").iter_rows())
    for case, person, at in mers.records.table("contacts").select("case_id", "person_id", "recorded_at").iter_rows():
        assert at == max(told[case], told[person])


def test_reading_twice_gives_the_same(korea, shared):
    again = check(read_raw(shared / "data" / "korea-2020", load_mapping(EXAMPLES / "korea-2020.toml")))
    assert again.findings.equals(korea.findings)
    assert all(again.records.table(name).equals(frame) for name, frame in korea.records.frames.items())
