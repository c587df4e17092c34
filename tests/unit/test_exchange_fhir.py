"""What FHIR says that must not be passed over: errors, modifiers, versions, pages, half dates, broken references."""

import base64
import json

import polars as pl
import pytest

from douse.exchange import receive
from exchange_inputs import sender

CASE = {
    "resourceType": "Condition",
    "id": "c1",
    "subject": {"reference": "Patient/p1"},
    "code": {"text": "measles"},
    "onsetDateTime": "2026-03-01",
    "recordedDate": "2026-03-02",
}
PATIENT = {"resourceType": "Patient", "id": "p1", "gender": "female"}
OURS = "urn:douse:"
CONTACT = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": f"{OURS}code:observation", "code": "contact"}]},
    "subject": {"identifier": {"system": f"{OURS}id:person", "value": "p9"}},
    "focus": [{"reference": "Condition/c1"}],
    "effectivePeriod": {"start": "2026-03-01", "end": "2026-03-02"},
    "issued": "2026-03-03T00:00:00Z",
}
COUNT = {
    "resourceType": "MeasureReport",
    "status": "complete",
    "type": "summary",
    "measure": f"{OURS}measure:fever",
    "date": "2026-03-02",
    "period": {"start": "2026-03-01", "end": "2026-03-01"},
    "subject": {"identifier": {"system": f"{OURS}id:zone", "value": "z1"}},
    "group": [
        {
            "population": [
                {
                    "code": {
                        "coding": [
                            {
                                "system": "http://terminology.hl7.org/CodeSystem/measure-population",
                                "code": "numerator",
                            }
                        ]
                    },
                    "count": 4,
                }
            ]
        }
    ],
}
PCR = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "94500-6"}]},
    "subject": {"reference": "Patient/p1"},
    "effectiveDateTime": "2026-03-02T10:00:00Z",
}


@pytest.fixture
def sent(tmp_path):
    return sender(tmp_path)


def bundle(*resources, **more):
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]} | more


def rules(checked, action=None) -> list[str]:
    found = checked.findings if action is None else checked.findings.filter(pl.col("action") == action)
    return found["rule"].to_list()


@pytest.mark.parametrize(
    "more",
    [
        {"modifierExtension": [{"url": "http://example.org/is-not", "valueBoolean": True}]},
        {"implicitRules": "http://example.org/other-rules"},
    ],
)
def test_what_changes_the_meaning_in_a_way_that_is_not_known_is_set_aside(sent, more):
    checked = sent(bundle(PATIENT, CASE | more))
    assert checked.records.cases.is_empty()
    assert rules(checked, "row_set_aside") == ["fhir_modifier"]


@pytest.mark.parametrize(
    ("resource", "table"),
    [
        (CONTACT | {"status": "entered-in-error"}, "contacts"),
        (CONTACT | {"status": "cancelled"}, "contacts"),
        (COUNT | {"status": "error"}, "indicators"),
        (PCR | {"status": "entered-in-error"}, "tests"),
    ],
)
def test_what_was_entered_in_error_is_no_record(sent, resource, table):
    checked = sent(bundle(PATIENT, CASE, resource))
    assert checked.records.table(table).is_empty()
    assert "fhir_in_error" in rules(checked)


def test_good_ones_of_the_same_are_records(sent):
    checked = sent(bundle(PATIENT, CASE, CONTACT, COUNT, PCR))
    assert [checked.records.table(name).height for name in ("cases", "contacts", "indicators", "tests")] == [1, 1, 1, 1]


def test_entered_in_error_counts_wherever_it_stands_among_the_codings(sent):
    systems = ("http://example.org/status", "http://terminology.hl7.org/CodeSystem/condition-ver-status")
    codings = [{"system": systems[0], "code": "ok"}, {"system": systems[1], "code": "entered-in-error"}]
    checked = sent(bundle(PATIENT, CASE | {"verificationStatus": {"coding": codings}}))
    assert checked.records.cases.is_empty()


@pytest.mark.parametrize(
    ("name", "resources"),
    [
        ("Condition.onsetDateTime", [PATIENT, CASE | {"onsetDateTime": "2026-03"}]),
        ("Condition.abatementDateTime", [PATIENT, CASE | {"abatementDateTime": "2026"}]),
        ("Patient.deceasedDateTime", [PATIENT | {"deceasedDateTime": "2026-03"}, CASE]),
    ],
)
def test_a_month_alone_is_no_day_and_that_is_said(sent, name, resources):
    checked = sent(bundle(*resources))
    assert checked.records.cases.height == 1
    said = checked.findings.filter(pl.col("rule") == "fhir_part_of_a_date")
    assert said["column"].to_list() == [name]


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/nobody"},
        {"reference": "#contained"},
        {"display": "SECRET"},
        {"identifier": {"system": "http://hospital.example", "value": "SECRET"}},
    ],
)
def test_a_reference_to_nothing_in_these_files_is_said(sent, subject):
    checked = sent(bundle(PATIENT, CASE | {"subject": subject}))
    said = checked.findings.filter(pl.col("rule") == "fhir_names_nothing")
    assert said.select("row", "column").rows() == [(2, "Condition.subject")]
    assert "SECRET" not in checked.findings.write_csv()


def test_a_reference_to_a_version_names_the_resource(sent):
    checked = sent(bundle(PATIENT, CASE | {"subject": {"reference": "Patient/p1/_history/3"}}))
    assert checked.records.cases["sex"].to_list() == ["female"]
    assert "fhir_names_nothing" not in rules(checked)


def test_one_page_of_several_is_said(sent):
    links = [{"relation": "self", "url": "http://x.example/a"}, {"relation": "next", "url": "http://x.example/b"}]
    checked = sent(bundle(PATIENT, CASE, link=links))
    assert rules(checked).count("fhir_more_pages") == 1
    assert "fhir_more_pages" not in rules(sent(bundle(PATIENT, CASE, link=links[:1])))


def test_what_a_history_deleted_does_not_come_back_by_an_older_version(sent):
    gone = {"fullUrl": "http://x.example/Condition/c1", "request": {"method": "DELETE", "url": "Condition/c1"}}
    older = [
        {"fullUrl": f"http://x.example/{one['resourceType']}/{one['id']}", "resource": one} for one in (CASE, PATIENT)
    ]
    checked = sent({"resourceType": "Bundle", "type": "history", "entry": [gone, *older]})
    assert checked.records.cases.is_empty()
    assert "dhis2_gone" not in rules(checked)
    assert "fhir_deleted" in rules(checked)


def test_resources_without_an_id_are_others_in_another_file(sent):
    nameless = {name: value for name, value in CASE.items() if name != "id"}
    monday = sent(bundle(PATIENT, nameless)).records.cases["case_id"].to_list()
    tuesday = sent(bundle(PATIENT, nameless | {"onsetDateTime": "2026-03-02"})).records.cases["case_id"].to_list()
    again = sent(bundle(PATIENT, nameless)).records.cases["case_id"].to_list()
    assert monday == again
    assert monday != tuesday


def test_a_line_ends_where_the_line_ends(sent):
    said = PCR | {"note": [{"text": "one\u2028two\x85three"}], "id": "o1"}
    text = "\n".join(json.dumps(one, ensure_ascii=False) for one in (PATIENT, CASE, said))
    checked = sent(text, "file.ndjson")
    assert checked.records.table("tests").height == 1
    assert rules(checked, "row_set_aside") == []


def test_a_count_of_a_week_is_none_of_a_day(sent):
    checked = sent(bundle(COUNT | {"period": {"start": "2026-03-01", "end": "2026-03-07"}}))
    assert checked.records.table("indicators").is_empty()
    assert rules(checked, "row_set_aside") == ["fhir_not_a_day"]


def test_an_outline_that_cannot_be_read_is_said(sent):
    def zone(data):
        extension = {
            "url": "http://hl7.org/fhir/StructureDefinition/location-boundary-geojson",
            "valueAttachment": {"data": data},
        }
        return {
            "resourceType": "Location",
            "id": "z",
            "identifier": [{"system": f"{OURS}id:zone", "value": "z1"}],
            "extension": [extension],
        }

    good = base64.b64encode(b'{"type":"Point","coordinates":[1,2]}').decode()
    assert "fhir_extension" not in rules(sent(zone(good)))
    bad = base64.b64encode(b"\xff\xfe").decode()
    checked = sent(zone(bad))
    assert checked.records.table("zones").height == 1
    assert "fhir_extension" in rules(checked)


def test_an_extension_of_ours_with_a_value_that_is_no_cell_is_said(sent):
    extension = {"url": f"{OURS}column:cases.cluster", "valuePeriod": {"start": "2026-01-01"}}
    assert "fhir_extension" in rules(sent(bundle(PATIENT, CASE | {"extension": [extension]})))


@pytest.mark.parametrize(
    ("interpretation", "result"), [("POS", "positive"), ("NEG", "negative"), ("IND", "indeterminate"), ("H", None)]
)
def test_a_result_may_stand_in_the_interpretation(sent, interpretation, result):
    system = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
    given = PCR | {"interpretation": [{"coding": [{"system": system, "code": interpretation}]}]}
    checked = sent(bundle(PATIENT, given))
    assert checked.records.table("tests")["result"].to_list() == [result]
    assert ("fhir_element" in rules(checked)) == (result is None)


@pytest.mark.parametrize(
    ("system", "code", "pathogen"),
    [
        ("icd-10", "B05.2", "measles"),
        ("icd-10-cm", "B05.9", "measles"),
        ("icd-10-cm", "U07.1", "sars-cov-2-wild"),
        ("icd-10", "A00.1", "cholera"),
    ],
)
def test_an_illness_is_known_by_the_finer_codes_too(sent, system, code, pathogen):
    given = CASE | {"code": {"coding": [{"system": f"http://hl7.org/fhir/sid/{system}", "code": code}]}}
    assert sent(bundle(PATIENT, given)).records.cases["pathogen"].to_list() == [pathogen]


def test_where_somebody_lived_before_is_not_where_they_live(sent):
    address = [
        {"use": "old", "city": "Old Town"},
        {"use": "temp", "city": "Hotel"},
        {"use": "home", "city": "New Town"},
    ]
    checked = sent(bundle(PATIENT | {"address": address}, CASE))
    assert checked.records.cases["zone"].to_list() == ["New Town"]
    checked = sent(bundle(PATIENT | {"address": address[:1]}, CASE))
    assert checked.records.cases["zone"].to_list() == [None]


def test_files_that_are_named_together_belong_together(tmp_path):
    for folder, name, value in (("a", "Patient.ndjson", PATIENT), ("b", "Condition.ndjson", CASE)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(json.dumps(value))
    checked = receive([tmp_path / "b" / "Condition.ndjson", tmp_path / "a"])
    assert checked.records.cases["sex"].to_list() == ["female"]
    assert "fhir_names_nothing" not in rules(checked)


def test_files_of_one_name_in_two_folders_are_two_files(tmp_path):
    for folder, value in (("a", {"resourceType": "Nonsense"}), ("b", CASE)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "bundle.json").write_text(json.dumps(bundle(value)))
    checked = receive([tmp_path / "a", tmp_path / "b"])
    assert checked.records.cases["case_id"].to_list() == ["c1"]
    assert rules(checked, "row_set_aside") == ["fhir_refused"]


def test_another_server_s_resource_of_the_same_name_is_not_taken_for_it(tmp_path):
    for folder, sex in (("a", "female"), ("b", "male")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "bundle.json").write_text(json.dumps(bundle(PATIENT | {"gender": sex}, CASE)))
    checked = receive([tmp_path / "a", tmp_path / "b"])
    assert checked.records.cases["sex"].to_list() == ["female"]
    assert rules(checked, "row_set_aside") == ["fhir_twice", "fhir_twice"]
