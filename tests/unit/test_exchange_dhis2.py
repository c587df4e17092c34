"""What DHIS2 keeps apart and Douse keeps together: combinations of categories, repeated events, what is beside them."""

import json
from datetime import datetime

import polars as pl
import pytest

from douse.exchange import Sending, send
from exchange_inputs import left_out, sender

FEVER = {"dataElement": "DOUSE_FEVER", "period": "20260301", "orgUnit": "z", "value": "3"}


@pytest.fixture
def sent(tmp_path):
    return sender(tmp_path)


@pytest.fixture
def exported(tmp_path):
    def export(**tables: str):
        folder = tmp_path / "data"
        folder.mkdir()
        for name, text in tables.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        send(folder, tmp_path / "out", Sending("dhis2", None))
        values = json.loads((tmp_path / "out" / "aggregate.json").read_text())["dataValues"]
        return values, left_out(tmp_path / "out")

    return export


def rules(checked) -> list[str]:
    return checked.findings["rule"].to_list()


def test_counts_by_age_and_sex_are_added_up_and_that_is_said(sent):
    parts = [FEVER | {"categoryOptionCombo": name, "value": value} for name, value in (("a", "3"), ("b", "4.0"))]
    checked = sent({"dataValues": parts})
    assert checked.records.table("indicators")["count"].to_list() == [7.0]
    assert rules(checked).count("dhis2_added_up") == 1
    assert checked.all_passed


def test_one_combination_twice_is_read_once(sent):
    parts = [FEVER | {"categoryOptionCombo": "a", "value": value} for value in ("3", "4")]
    checked = sent({"dataValues": parts})
    assert checked.records.table("indicators")["count"].to_list() == [3.0]
    assert "dhis2_value_twice" in rules(checked)


def test_what_is_no_number_is_not_added_up(sent):
    parts = [FEVER | {"categoryOptionCombo": name, "value": value} for name, value in (("a", "3"), ("b", "many"))]
    checked = sent({"dataValues": parts})
    assert checked.records.table("indicators")["count"].to_list() == [3.0]
    assert not checked.all_passed


def test_a_value_was_known_when_it_was_last_changed(sent):
    times = {"created": "2026-03-02T08:00:00.000+0000", "lastUpdated": "2026-03-09T10:00:00.000+0000"}
    checked = sent({"dataValues": [FEVER | times, FEVER | {"dataElement": "DOUSE_FEVER_OF", "created": "2026-03-02"}]})
    rows = checked.records.table("indicators").select("count", "denominator", "recorded_at").rows()
    assert rows == [(3.0, 3.0, datetime(2026, 3, 9, 10))]


def test_deaths_are_of_cases_that_stayed_cases_and_those_without_a_day_are_told(exported):
    values, left = exported(
        cases="case_id,recorded_at,zone,classification,outcome,outcome_on\n"
        "K1,2026-03-01,z,confirmed,died,2026-03-05\nK2,2026-03-01,z,discarded,died,2026-03-05\n"
        "K3,2026-03-01,z,confirmed,died,\n",
        zones="zone_id\nz\n",
    )
    deaths = [value for value in values if value["dataElement"] == "DOUSE_DEATHS"]
    assert [(value["period"], value["value"]) for value in deaths] == [("20260305", "1")]
    assert left.filter(table="cases", column="outcome_on")["rows"].to_list() == ["1"]


def test_a_stage_that_is_repeated_is_read_once_and_that_is_said(sent):
    def event(value):
        return {"programStage": "x", "dataValues": [{"dataElement": "y", "displayName": "Onset", "value": value}]}

    enrolment = {"enrollment": "e", "enrolledAt": "2026-03-04", "events": [event("2026-03-01"), event("2026-03-02")]}
    checked = sent({"trackedEntities": [{"trackedEntity": "t", "enrollments": [enrolment]}]})
    assert [str(day) for day in checked.records.cases["onset"]] == ["2026-03-01"]
    assert rules(checked).count("dhis2_repeated") == 1
    enrolment["events"][1] = event("2026-03-01")  # the same again loses nothing
    checked = sent({"trackedEntities": [{"trackedEntity": "t", "enrollments": [enrolment]}]})
    assert "dhis2_repeated" not in rules(checked)


def test_what_stands_beside_the_values_is_said(sent):
    event = {"programStage": "x", "notes": [{"value": "SECRET"}], "dataValues": []}
    entity = {
        "trackedEntity": "t",
        "geometry": {"type": "Point", "coordinates": [1, 2]},
        "relationships": [{"relationship": "r", "relationshipType": "sibling"}],
        "enrollments": [{"enrollment": "e", "enrolledAt": "2026-03-04", "events": [event]}],
    }
    checked = sent({"trackedEntities": [entity]})
    said = checked.findings.filter(rule="dhis2_beside")["column"].to_list()
    assert sorted(said) == ["geometry", "notes", "relationships"]
    assert "SECRET" not in checked.findings.write_csv()


def test_events_that_the_new_interface_lists_are_events(sent):
    values = {"DOUSE_CASE_ID": "K1", "DOUSE_RECORDED_AT": "2026-03-01"}
    listed = [{"dataElement": name, "value": value} for name, value in values.items()]
    checked = sent({"instances": [{"event": "e", "programStage": "DOUSE_CASES", "dataValues": listed}]})
    assert checked.records.cases["case_id"].to_list() == ["K1"]
    assert "dhis2_not_enrolled" not in rules(checked)


def test_data_values_that_cannot_be_read_are_said_one_by_one(sent):
    good = {"dataElement": "DOUSE_FEVER", "period": "20260301", "orgUnit": "z", "value": "3"}
    bad = [7, {}, good | {"period": "2026W10"}, good, good | {"value": "4"}, good | {"dataElement": "unknownUID1"}]
    checked = sent({"dataValues": [*bad, {"dataElement": "DOUSE_CASES_CONFIRMED", "period": "20260301", "value": "5"}]})
    assert checked.records.table("indicators")["count"].to_list() == [3.0]
    said = dict(checked.findings.filter(pl.col("row").is_not_null()).select("row", "rule").iter_rows())
    assert said == {
        1: "dhis2_no_value",
        2: "dhis2_no_value",
        3: "dhis2_not_a_day",
        5: "dhis2_value_twice",
        6: "unknown_code",
        7: "dhis2_counts_cases",
    }


def test_a_tracked_entity_sent_twice_or_deleted_is_read_once_or_not(sent):
    event = {
        "programStage": "DOUSE_CASES",
        "dataValues": [
            {"dataElement": "DOUSE_CASE_ID", "value": "K1"},
            {"dataElement": "DOUSE_RECORDED_AT", "value": "2026-03-01"},
            {"dataElement": "DOUSE_NONSENSE", "value": "x"},
        ],
    }
    one = {"trackedEntity": "a", "enrollments": [{"events": [event]}]}
    checked = sent(
        {"trackedEntities": [one, one, {"trackedEntity": "b", "deleted": True}, {"trackedEntity": "c"}, "text"]}
    )
    assert checked.records.cases["case_id"].to_list() == ["K1"]
    assert {"dhis2_twice", "dhis2_deleted", "dhis2_not_enrolled", "dhis2_element"} <= set(rules(checked))


def test_what_was_deleted_in_dhis2_is_not_read(sent):
    def event(case: str, **more: object) -> dict[str, object]:
        values = {"DOUSE_CASE_ID": case, "DOUSE_RECORDED_AT": "2026-03-01"}
        listed = [{"dataElement": name, "value": value} for name, value in values.items()]
        return {"programStage": "DOUSE_CASES", "dataValues": listed, **more}

    enrolments = [
        {"events": [event("K1"), event("K2", deleted=True)]},
        {"events": [event("K3")], "deleted": True},
    ]
    gone = {"dataElement": "DOUSE_FEVER", "period": "20260301", "orgUnit": "z", "value": "3", "deleted": True}
    checked = sent(
        {"trackedEntities": [{"trackedEntity": "a", "enrollments": enrolments}], "events": [event("K4", deleted=True)]}
    )
    assert checked.records.cases["case_id"].to_list() == ["K1"]
    assert rules(checked).count("dhis2_gone") == 3
    checked = sent({"dataValues": [gone]})
    assert checked.records.table("indicators").is_empty()
    assert "dhis2_gone" in rules(checked)
