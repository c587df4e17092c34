"""What hostile or broken files can do to exchange: be refused, or be said. Nothing is fetched, nothing raises."""

import contextlib
import json
import socket

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from douse.errors import DataError, DouseError
from douse.exchange import receive
from douse.readers.exchange import json_file
from exchange_inputs import sender

BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><Bundle>&c;</Bundle>'
CASE = {
    "resourceType": "Condition",
    "id": "c1",
    "subject": {"reference": "Patient/p1"},
    "code": {"text": "measles"},
    "onsetDateTime": "2026-03-01",
    "recordedDate": "2026-03-02",
}
PATIENT = {"resourceType": "Patient", "id": "p1", "gender": "female"}


@pytest.fixture
def sent(tmp_path):
    return sender(tmp_path)


def bundle(*resources, **more):
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one, **more} for one in resources]}


def rules(checked) -> list[str]:
    return checked.findings["rule"].to_list()


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("something was fetched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.parametrize("name", ["bundle.json", "bundle.xml", "bundle.ndjson.json", "zones.geojson"])
def test_xml_is_never_read(sent, name):
    with pytest.raises(DataError, match="XML"):
        sent(BOMB, name)


@pytest.mark.parametrize(
    "text", ["[" * 1_000_000, '{"resourceType":' * 300_000, '{"a":' + "[" * 5_000 + "]" * 5_000 + "}"]
)
def test_nesting_without_end_is_refused(sent, text):
    with pytest.raises(DataError):
        sent(text)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(sent, monkeypatch):
    monkeypatch.setattr(json_file, "MOST_BYTES", 1000)
    with pytest.raises(DataError, match="too large"):
        sent(json.dumps(bundle(*[CASE] * 10)))


@pytest.mark.parametrize("text", ["", "{", "null", "NaN", '{"a": Infinity}', '"text"', "[1, 2", "\x00\x01\x02\x03"])
def test_what_is_no_json_is_said(sent, text):
    refused = ""
    try:
        checked = sent(text)
    except DataError as error:
        refused = str(error)
    else:
        assert checked.records.cases.is_empty()
        assert not checked.findings.is_empty()
    assert not refused or "file.json" in refused


@pytest.mark.parametrize("number", ["1e400", "-1e400", "9" * 400, "9" * 400 + ".5", "9" * 5000])
@pytest.mark.parametrize(
    "around",
    [
        '{{"type":"Feature","id":"z","geometry":{{"type":"Polygon","coordinates":[[[1,2,{0}],[3,4],[5,6],[1,2]]]}}}}',
        '{{"type":"Feature","id":"z","properties":{{"population":{0}}},"geometry":null}}',
        '{{"dataValues":[{{"dataElement":"DOUSE_FEVER","period":"20260301","orgUnit":"z","value":{0}}}]}}',
        '{{"trackedEntities":[{{"trackedEntity":{0}}}]}}',
    ],
)
def test_a_number_without_end_is_refused(sent, around, number):
    with pytest.raises(DataError, match=r"a number that is too large|is not JSON"):
        sent(around.format(number))


def test_a_line_with_a_number_without_end_is_no_resource(sent):
    line = '{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueInteger":1e999}'
    checked = sent(f"{line}\n{json.dumps(CASE)}", "file.ndjson")
    assert rules(checked).count("fhir_no_resource") == 1
    assert checked.records.cases.height == 1


def test_a_second_resource_of_one_address_is_set_aside(sent):
    second = CASE | {"onsetDateTime": "2026-01-01"}
    checked = sent(bundle(PATIENT, CASE, second))
    assert checked.records.cases["onset"].cast(pl.String).to_list() == ["2026-03-01"]
    aside = checked.findings.filter(pl.col("rule") == "fhir_twice")
    assert aside.select("row", "action").rows() == [(3, "row_set_aside")]


@pytest.mark.parametrize("name", ["record_id", "supersedes"])
def test_no_entry_of_others_takes_the_place_of_a_record(sent, name):
    values = {"DOUSE_CASE_ID": "K1", "DOUSE_RECORDED_AT": "2026-03-01", f"DOUSE_{name.upper()}": "K0"}
    listed = [{"dataElement": element, "value": value} for element, value in values.items()]
    extension = {"url": f"urn:douse:column:cases.{name}", "valueString": "K0"}
    forms = {
        "cases": bundle(PATIENT, CASE | {"extension": [extension]}),
        "zones": {"type": "Feature", "id": "z", "geometry": None, "properties": {name: "K0"}},
        "others": {
            "trackedEntities": [
                {
                    "trackedEntity": "t",
                    "attributes": [{"attribute": "x", "displayName": name.replace("_", " "), "value": "K0"}],
                    "enrollments": [{"enrollment": "e", "enrolledAt": "2026-03-04", "events": []}],
                }
            ]
        },
        "events": {"events": [{"programStage": "DOUSE_CASES", "dataValues": listed}]},
    }
    for form, value in forms.items():
        checked = sent(value)
        rows = checked.records.table("zones" if form == "zones" else "cases")
        assert rows.height == 1
        assert "K0" not in rows[name].to_list()
        assert "names_of_records" in rules(checked)


def test_a_reference_to_another_server_is_not_followed(sent):
    away = CASE | {"subject": {"reference": "http://169.254.169.254/latest/Patient/p1"}}
    checked = sent(bundle(PATIENT, away))
    assert "fhir_outside" in rules(checked)
    assert checked.records.cases["sex"].to_list() == [None]


def test_names_and_addresses_are_never_read(sent):
    personal = PATIENT | {"name": [{"family": "Secret"}], "telecom": [{"value": "000"}], "birthDate": "1990-01-01"}
    checked = sent(bundle(personal, CASE))
    assert rules(checked).count("fhir_personal") == 3
    everything = checked.findings.write_csv() + checked.records.cases.write_csv()
    assert "Secret" not in everything
    assert "1990" not in everything


def test_what_the_library_refuses_is_set_aside_and_no_value_is_said(sent):
    checked = sent(bundle(PATIENT, CASE | {"onsetDateTime": "SECRET-VALUE"}, {"resourceType": "Nonsense"}, 7, None))
    aside = checked.findings.filter(pl.col("action") == "row_set_aside")
    assert aside["row"].to_list() == [2, 3, 4, 5]
    assert "SECRET" not in checked.findings.write_csv()


def test_an_illness_that_is_none_of_the_library_is_no_case(sent):
    checked = sent(bundle(PATIENT, CASE | {"code": {"text": "Fracture of ankle"}}))
    assert checked.records.cases.is_empty()
    assert "fhir_other_condition" in rules(checked)


def test_a_condition_entered_in_error_is_no_case(sent):
    status = {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "entered-in-error"}]
    }
    assert sent(bundle(PATIENT, CASE | {"verificationStatus": status})).records.cases.is_empty()


def test_a_death_is_of_the_person(sent):
    checked = sent(bundle(PATIENT | {"deceasedDateTime": "2026-03-09T10:00:00Z"}, CASE))
    row = checked.records.cases.row(0, named=True)
    assert (row["outcome"], str(row["outcome_on"]), row["sex"], row["person_id"]) == (
        "died",
        "2026-03-09",
        "female",
        "p1",
    )


def test_the_first_feature_may_have_the_number_nought(sent):
    features = [{"type": "Feature", "id": number, "geometry": None, "properties": {}} for number in (0, 1, {}, [])]
    checked = sent({"type": "FeatureCollection", "features": features})
    assert checked.records.table("zones")["zone_id"].to_list() == ["0", "1"]


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "Polygon", "coordinates": [[["<script>", 1], [2, 3]]]},
        {"type": "Point", "coordinates": [1]},
        {"type": "Point"},
        {"type": "Polygon", "coordinates": []},
        {"type": "Nothing", "coordinates": [1, 2]},
        {"type": "LineString", "coordinates": [[1, 2]]},
        {"type": "Polygon", "coordinates": [[[1, 1], [2, 2], [3, 1]]]},
        {"type": "Polygon", "coordinates": [[[1, 1], [2, 2], [3, 1], [1, 2]]]},
        {"type": "MultiPolygon", "coordinates": [[[[1, 1], [2, 2], [1, 1]]]]},
        {"type": "Point", "coordinates": [999, 0]},
        {"type": "GeometryCollection", "geometries": [{"type": "Point"}]},
        "text",
        7,
    ],
)
def test_a_shape_that_is_none_is_set_aside_and_its_zone_kept(sent, shape):
    checked = sent(
        {"type": "FeatureCollection", "features": [{"type": "Feature", "id": "z", "geometry": shape, "properties": {}}]}
    )
    zone = checked.records.table("zones").row(0, named=True)
    assert (zone["zone_id"], zone["boundary"], zone["latitude"]) == ("z", None, None)
    assert "geojson_no_shape" in rules(checked)


NESTED = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "resourceType",
                    "entry",
                    "resource",
                    "type",
                    "features",
                    "geometry",
                    "properties",
                    "coordinates",
                    "id",
                    "code",
                    "coding",
                    "dataValues",
                    "dataElement",
                    "period",
                    "value",
                    "trackedEntities",
                    "enrollments",
                    "events",
                    "subject",
                    "extension",
                    "url",
                    "identifier",
                    "resources",
                    "path",
                    "name",
                    "attributes",
                    "reference",
                    "system",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)
STARTS = st.sampled_from(
    [
        {"resourceType": "Bundle", "type": "collection"},
        {"type": "FeatureCollection"},
        {"resourceType": "Condition"},
        {"resourceType": "Observation"},
        {},
    ]
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@example(value=True, start={"type": "FeatureCollection"})
@given(value=NESTED, start=STARTS)
def test_no_json_whatever_raises_but_for_people(tmp_path_factory, value, start):
    given = (
        start | value
        if isinstance(value, dict)
        else start | {"entry": value, "features": value, "dataValues": value, "events": value}
    )
    path = tmp_path_factory.mktemp("x") / "file.json"
    path.write_text(json.dumps(given), encoding="utf-8")
    with contextlib.suppress(DouseError):  # any other error fails
        receive([path])
