"""douse exchange: export, import, pathogen; what is left out, what is said, what is refused."""

import csv
import json
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

import exchange_inputs as inputs
from douse.__main__ import main
from douse.records.ledger import Live, NewEntry, open_ledger
from exchange_inputs import export, left_out

pytestmark = pytest.mark.slow

FORMS = ("fhir", "dhis2", "sormas", "godata", "csv", "geojson", "frictionless")
FORMULA = ("=", "+", "-", "@")


def exact(form: str) -> tuple[str, ...]:
    """All that the form may hold; SORMAS has no place for what is exact."""
    return () if form == "sormas" else ("--exact",)


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return inputs.written(inputs.made(5, cases=20), tmp_path_factory.mktemp("data") / "records")


@pytest.mark.parametrize("form", FORMS)
def test_every_row_and_every_column_is_sent_or_said_to_be_left_out(data, tmp_path, form, capsys):
    assert export(data, tmp_path / "out", form, *exact(form)) == 0
    said = capsys.readouterr().out
    left = left_out(tmp_path / "out")
    assert left["why"].null_count() == 0
    assert ("Left out:" in said) == (left.height > 0)
    assert main(["exchange", "import", str(tmp_path / "out"), "--out", str(tmp_path / "in")]) in {0, 1}
    tables = set(left.filter(pl.col("column").is_null() & pl.col("record_id").is_null())["table"])
    for path in data.glob("*.parquet"):
        table, sent = path.stem, pl.read_parquet(path)
        back = tmp_path / "in" / path.with_suffix(".csv").name
        if not back.exists():
            assert table in tables, table
            continue
        found = pl.read_csv(back, infer_schema=False)
        columns = set(left.filter((pl.col("table") == table) & pl.col("column").is_not_null())["column"])
        for column in set(sent.columns) - {"record_id", "supersedes"}:
            lost = sent.height - sent[column].null_count() - (found.height - found[column].null_count())
            assert lost <= 0 or column in columns or table in set(left["table"]), (table, column)


WHERE = {
    "cases": "case_id,person_id,zone,recorded_at,latitude,longitude,pathogen\n"
    "K1,p1,z1,2026-03-02,31.234567,121.456789,measles\n",
    "follow_ups": "person_id,at,recorded_at,note\np1,2026-03-03,2026-03-03,calls her SECRET\n",
    "requests": "request_id,kind,requested_at,recorded_at,note\nr1,food,2026-03-03,2026-03-03,SECRET wants tea\n",
    "zones": "zone_id,name,kind,population,latitude,longitude,boundary\nz1,North,district,5000,31.9,121.9,\n"
    'z2,Old Tower,building,9,31.234567,121.456789,"{""type"":""Point"",""coordinates"":[121.456789,31.234567]}"\n',
    "places": "place_id,name,kind,zone,latitude,longitude\nh1,SECRET flat,home,z2,31.234567,121.456789\n"
    "h2,SECRET too,other,z2,31.234567,121.456789\nm1,Market,market,z1,31.8,121.8\n",
    "people": "person_id,home_place\np1,h2\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_where_people_live_goes_only_where_it_is_asked_for(tmp_path, form):
    (tmp_path / "data").mkdir()
    for name, text in WHERE.items():
        (tmp_path / "data" / f"{name}.csv").write_text(text)
    assert export(tmp_path / "data", tmp_path / "out", form) == 0
    text = "".join(path.read_text() for path in (tmp_path / "out").iterdir() if path.name != "left-out.csv")
    assert "31.23" not in text
    assert "SECRET" not in text
    assert form != "geojson" or "Old Tower" not in text
    assert form not in {"csv", "frictionless", "fhir"} or ("Market" in text and "121.8" in text)
    said = left_out(tmp_path / "out").filter(pl.col("why").str.contains("--exact"))
    if form == "sormas":  # it has a place for none of it, whatever is asked
        assert said.is_empty()
        assert export(tmp_path / "data", tmp_path / "exact", form, "--exact") == 2
        return
    assert said.height > 0
    assert export(tmp_path / "data", tmp_path / "exact", form, "--exact") == 0
    assert left_out(tmp_path / "exact").filter(pl.col("why").str.contains("--exact")).is_empty()
    text = "".join(path.read_text() for path in (tmp_path / "exact").iterdir() if path.name != "left-out.csv")
    assert "31.23" in text
    now = left_out(tmp_path / "exact").select("table", "column").unique().rows()
    for table, column in said.select("table", "column").unique().rows():  # what --exact is said to send, it sends
        assert not {(table, column), (table, None)} & set(now)


@pytest.mark.parametrize("form", ["sormas", "godata", "csv", "frictionless"])
def test_no_cell_of_a_table_begins_like_a_formula(data, tmp_path, form):
    assert export(data, tmp_path / "out", form, *exact(form)) == 0
    cells = 0
    for path in (tmp_path / "out").glob("*.csv"):
        for row in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()):
            for cell in row:
                cells += 1
                assert (
                    not cell.startswith(FORMULA) or cell.replace(".", "", 1).lstrip("-").replace("e-", "").isdigit()
                ), path.name
    assert cells > 100


def test_a_folder_that_holds_something_is_not_written_into(data, tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine")
    assert export(data, tmp_path, "csv") == 2
    assert "holds files already" in capsys.readouterr().err
    assert main(["exchange", "import", str(data), "--out", str(tmp_path)]) == 2


def test_a_past_day_is_exported_as_it_was_known(tmp_path):
    (tmp_path / "cases.csv").write_text(
        "case_id,recorded_at,outcome,outcome_on\nK1,2026-03-01,died,2026-03-05\nK2,2026-03-09,,\n"
    )
    assert export(tmp_path / "cases.csv", tmp_path / "out", "fhir", "--as-of", "2026-03-02") == 0
    text = (tmp_path / "out" / "bundle-0001.json").read_text()
    assert "K1" in text
    assert "K2" not in text
    assert "deceased" not in text


def test_what_comes_in_goes_into_a_ledger_once(data, tmp_path, capsys):
    assert export(data, tmp_path / "out", "fhir") == 0
    asked = ["exchange", "import", str(tmp_path / "out"), "--ledger", "--folder", str(tmp_path / "ledger")]
    assert main(asked) == 0
    head = open_ledger(tmp_path / "ledger").head
    assert head > 20
    assert main(asked) == 0
    assert open_ledger(tmp_path / "ledger").head == head


def test_a_ledger_s_tasks_are_sent_as_tasks_and_stay_with_who_has_them(tmp_path):
    ledger = open_ledger(tmp_path / "ledger", make=True)
    at = datetime(2026, 3, 1, 12)
    task = {
        "task_id": "t1",
        "kind": "reach",
        "what": "Call the contact",
        "person_id": "p1",
        "due_at": "2026-03-02T09:00:00",
    }
    case = {"case_id": "K1", "onset": "2026-02-27"}
    ledger.append([NewEntry("cases", case), NewEntry("tasks", task)], author="a", at=at)
    assert export(tmp_path / "ledger", tmp_path / "out", "fhir") == 0
    found = json.loads((tmp_path / "out" / "bundle-0001.json").read_text())
    tasks = [entry["resource"] for entry in found["entry"] if entry["resource"]["resourceType"] == "Task"]
    assert [(one["status"], one["description"]) for one in tasks] == [("requested", "Call the contact")]
    assert main(["exchange", "import", str(tmp_path / "out"), "--out", str(tmp_path / "in")]) == 0
    assert "fhir_task_of_others" in (tmp_path / "in" / "findings.csv").read_text()
    assert Live(ledger).follow().current("tasks").height == 1


def test_names_of_a_dhis2_are_used_both_ways(tmp_path, capsys):
    ids = tmp_path / "ids.toml"
    ids.write_text(
        '[org_units]\nz1 = "ImspTQPwCqd"\n[data_elements]\nDOUSE_FEVER = "fbfJHSPpUQD"\n'
        '[programs]\nDOUSE_OUTBREAK = "WSGAb5XwJ3Y"\n'
    )
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "cases.csv").write_text("case_id,recorded_at,zone\nK1,2026-03-01,z1\n")
    (tmp_path / "d" / "indicators.csv").write_text(
        "zone,date,indicator,count,recorded_at\nz1,2026-03-01,fever,4,2026-03-02\n"
    )
    assert export(tmp_path / "d", tmp_path / "out", "dhis2", "--ids", str(ids)) == 0
    text = (tmp_path / "out" / "aggregate.json").read_text() + (tmp_path / "out" / "tracker.json").read_text()
    assert all(uid in text for uid in ("ImspTQPwCqd", "fbfJHSPpUQD", "WSGAb5XwJ3Y"))
    assert main(["exchange", "import", str(tmp_path / "out"), "--ids", str(ids), "--out", str(tmp_path / "in")]) == 0
    found = pl.read_csv(tmp_path / "in" / "indicators.csv")
    assert found.select("zone", "indicator", "count").rows() == [("z1", "fever", 4.0)]
    ids.write_text("[nonsense]\na = 1\n")
    assert export(tmp_path / "d", tmp_path / "out2", "dhis2", "--ids", str(ids)) == 6


def test_a_tracker_of_others_is_read_by_its_labels(tmp_path):
    attributes = [
        {"attribute": "w75KJ2mc4zz", "displayName": "First name", "value": "Never"},
        {"attribute": "cejWyOfXge6", "displayName": "Gender", "value": "Male"},
        {"attribute": "xyz", "displayName": "Date of onset", "value": "2026-03-01"},
        {"attribute": "abc", "displayName": "Shoe size", "value": "41"},
    ]
    enrolment = {
        "enrollment": "JMgRZyeLWOo",
        "orgUnit": "DiszpKrYNg8",
        "enrolledAt": "2026-03-02T00:00:00.000",
        "events": [],
    }
    one = {"trackedEntity": "IzHblRD2sDH", "attributes": attributes, "enrollments": [enrolment]}
    (tmp_path / "t.json").write_text(json.dumps({"trackedEntities": [one]}))
    assert main(["exchange", "import", str(tmp_path / "t.json"), "--out", str(tmp_path / "in")]) == 0
    row = pl.read_csv(tmp_path / "in" / "cases.csv", infer_schema=False).row(0, named=True)
    assert (row["case_id"], row["zone"], row["sex"], row["onset"]) == (
        "JMgRZyeLWOo",
        "DiszpKrYNg8",
        "male",
        "2026-03-01",
    )
    said = (tmp_path / "in" / "findings.csv").read_text()
    assert "Shoe size" in said
    assert "personal_not_read" in said
    assert "Never" not in said


@pytest.mark.parametrize("zone", ["+20:00", "+08:75", "-14:01", "+08:-30", "Nowhere/City", "+"])
def test_an_offset_that_fhir_has_not_is_refused(data, tmp_path, zone, capsys):
    with pytest.raises(SystemExit):
        export(data, tmp_path / "out", "fhir", f"--time-zone={zone}")
    assert "time zone" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_mapping_says_nothing_of_a_ledger(tmp_path, capsys):
    ledger = open_ledger(tmp_path / "ledger", make=True)
    ledger.append([NewEntry("cases", {"case_id": "K1"})], author="a", at=datetime(2026, 3, 1, 12))
    (tmp_path / "map.toml").write_text("")
    assert export(tmp_path / "ledger", tmp_path / "out", "csv", "--map", str(tmp_path / "map.toml")) == 2
    assert "--map" in capsys.readouterr().err


def test_where_the_ledger_is_says_nothing_where_none_is_written(data, tmp_path, capsys):
    assert main(["exchange", "import", str(data), "--folder", str(tmp_path / "x")]) == 2
    assert "--ledger" in capsys.readouterr().err


def test_a_key_within_one_table_names_no_other_resource(data, tmp_path):
    assert export(data, tmp_path / "out", "frictionless", "--exact") == 0
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text())
    zones = next(one for one in package["resources"] if one["name"] == "zones")
    keys = {key["fields"]: key["reference"] for key in zones["schema"]["foreignKeys"]}
    assert keys["parent_zone"] == {"resource": "", "fields": "zone_id"}
    cases = next(one for one in package["resources"] if one["name"] == "cases")
    assert {"fields": "zone", "reference": {"resource": "zones", "fields": "zone_id"}} in cases["schema"]["foreignKeys"]


def cells_of(path: Path, *, entities: bool = False) -> list[dict[str, str]]:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return list(csv.DictReader(lines[1:] if entities else lines))


@pytest.mark.parametrize(
    ("form", "column", "word"),
    [
        ("sormas", "caseClassification", "CONFIRMED"),
        ("godata", "classification", "LNG_REFERENCE_DATA_CATEGORY_CASE_CLASSIFICATION_CONFIRMED"),
    ],
)
def test_a_case_that_counts_as_confirmed_is_sent_as_one(tmp_path, form, column, word):
    (tmp_path / "cases.csv").write_text("case_id,recorded_at,classification\nK1,2026-03-01,\nK2,2026-03-01,suspected\n")
    assert export(tmp_path / "cases.csv", tmp_path / "out", form) == 0
    rows = cells_of(tmp_path / "out" / f"{form}-cases.csv", entities=form == "sormas")
    assert [row[column] == word for row in rows] == [True, False]
    said = left_out(tmp_path / "out").filter(pl.col("column") == "classification")
    assert said["rows"].to_list() == ["1"]
    assert main(["exchange", "import", str(tmp_path / "out"), "--out", str(tmp_path / "in")]) in {0, 1}
    back = pl.read_csv(tmp_path / "in" / "cases.csv", infer_schema=False)
    assert back.sort("case_id")["classification"].to_list() == ["confirmed", "suspected"]


def test_sormas_is_told_the_unit_of_an_age_and_the_disease_of_a_contact(tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "cases.csv").write_text(
        "case_id,recorded_at,age,pathogen\nK1,2026-03-01,40,measles\nK2,2026-03-01,,\n"
    )
    (tmp_path / "d" / "contacts.csv").write_text(
        "case_id,person_id,recorded_at,age\nK1,p,2026-03-01,9\nK2,q,2026-03-01,\n"
    )
    assert export(tmp_path / "d", tmp_path / "out", "sormas") == 0
    for name, diseases in (("cases", ["MEASLES", ""]), ("contacts", ["MEASLES", ""])):
        rows = cells_of(tmp_path / "out" / f"sormas-{name}.csv", entities=True)
        assert [row["person.approximateAgeType"] for row in rows] == ["YEARS", ""]
        assert [row["disease"] for row in rows] == diseases
    assert left_out(tmp_path / "out").filter(pl.col("table") == "contacts")["column"].to_list() == ["found_at"]


def test_visits_in_a_folder_of_their_own_are_said_to_stay(tmp_path):
    data = tmp_path / "data"
    (data / "visits").mkdir(parents=True)
    (data / "cases.csv").write_text("case_id,recorded_at\nK1,2026-03-01\n")
    visits = (
        "person_id,place_id,entered_at,left_at,recorded_at\np,m,2026-03-01 09:00,2026-03-01 10:00,2026-03-01 11:00\n"
    )
    (data / "visits" / "day.csv").write_text(visits)
    assert export(data, tmp_path / "out", "csv") == 0
    assert left_out(tmp_path / "out").filter(table="visits")["rows"].to_list() == ["1"]
    assert main(["index", str(data), "--quiet"]) == 0
    assert export(data, tmp_path / "out2", "csv") == 0
    assert left_out(tmp_path / "out2").filter(table="visits")["rows"].to_list() == ["1"]
