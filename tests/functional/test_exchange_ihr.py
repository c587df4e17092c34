"""douse exchange export --format ihr: what is told, what is left out, what is refused."""

import json
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from douse.__main__ import main
from douse.records.ledger import NewEntry, open_ledger
from exchange_inputs import export, left_out

pytestmark = pytest.mark.slow

CASES = """case_id,recorded_at,pathogen,zone,occupation,origin,origin_place
K1,2026-03-01T10:00,sars-cov-2-wild,n1,health_worker,,
K2,2026-03-01,sars-cov-2-wild,n1,,imported,=Elsewhere
K3,2026-03-02,sars-cov-2-wild,n2,,,
K4,2026-03-02,measles,n1,,,
K5,2026-03-09,sars-cov-2-wild,n1,,,
K6,never,sars-cov-2-wild,n1,,,
"""


@pytest.fixture
def event(tmp_path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cases.csv").write_text(CASES)
    (tmp_path / "data" / "zones.csv").write_text("zone_id,name,kind\nn1,North,district\nn2,South,district\n")
    return tmp_path / "data"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_notification_holds_counts_and_says_what_it_does_not_tell(event, tmp_path, language):
    out = tmp_path / "out"
    more = ("--pathogen", "sars-cov-2-wild", "--zone", "n1", "--as-of", "2026-03-05", "--event", "Fever in a district")
    assert export(event, out, "ihr", *more, "--lang", language) == 0
    assert {path.name for path in out.iterdir()} == {"notification.txt", "notification.json", "left-out.csv"}
    text, found = (out / "notification.txt").read_text(), json.loads((out / "notification.json").read_text())
    assert "Fever in a district" in text
    assert not any(name in text + str(found) for name in ("K1", "K2", "K3"))
    assert (found["zone"], found["pathogen"], found["detected_at"]) == ("n1", "sars-cov-2-wild", "2026-03-01T00:00:00")
    assert found["known_at"].startswith("2026-03-05T23:59")
    answers = {one["name"]: one["answer"] for part in found["criteria"] for one in part["questions"]}
    assert (answers["linked"], answers["impact"], answers["media"]) == ("yes", "yes", "not_known")
    assert {one["name"]: one["due_at"] for one in found["deadlines"]} == {"assess": "2026-03-03T00:00:00"}
    assert [line[2:] for line in text.splitlines() if line.startswith("- ")] == [
        line for part in found["sections"] for line in part["lines"]
    ]
    left = left_out(out)
    rows = left.filter((pl.col("table") == "cases") & pl.col("column").is_null())["rows"].cast(int).to_list()
    assert rows == [1, 1, 2, 2]  # set aside; told after the day; measles and of the other zone; counted
    assert not left["why"].str.contains("--exact").any()  # which this form does not have
    unanswered = dict(left.filter(pl.col("table") == "assessments").select("column", pl.col("rows").cast(int)).rows())
    assert unanswered["restrictions"] == sum(
        one["answer"] == "not_known" for part in found["criteria"][3:] for one in part["questions"]
    )


def test_a_notification_of_an_assessment_keeps_what_persons_answered(tmp_path, capsys):
    ledger = open_ledger(tmp_path / "ledger", make=True)
    at = datetime(2026, 3, 1, 12)
    rows = [{"case_id": f"K{n}", "zone": zone, "pathogen": "measles"} for n, zone in enumerate("aab")]
    zones = [{"zone_id": zone, "name": zone, "kind": "district"} for zone in "ab"]
    new = [*(NewEntry("zones", row) for row in zones), *(NewEntry("cases", row) for row in rows)]
    ledger.append(new, author="t", at=at)
    asked = ("--zone", "a", "--event", "Rash", "--set", "media=yes: An embassy asked", "--set", "linked=no: None")
    assert main(["ihr", "assess", str(tmp_path / "ledger"), *asked, "--keep"]) == 0
    kept = capsys.readouterr().out.split("On the ledger: ")[1].split()[0]
    ledger.append([NewEntry("cases", rows[0] | {"case_id": "K9"})], author="t", at=datetime(2026, 3, 2))
    assert export(tmp_path / "ledger", tmp_path / "out", "ihr", "--assessment", kept) == 0
    text, found = (tmp_path / "out" / "notification.txt").read_text(), json.loads(
        (tmp_path / "out" / "notification.json").read_text()
    )  # fmt: skip
    assert "An embassy asked" in text
    assert "3 cases in all" in text  # filled in anew
    assert (found["event"], found["zone"], found["pathogen"], found["ledger"]) == ("Rash", "a", "measles", ledger.head)
    given = {one["name"]: one["answer"] for part in found["criteria"] for one in part["questions"] if one["typed"]}
    assert given == {"media": "yes", "linked": "no"}
    assert export(tmp_path / "ledger", tmp_path / "out2", "ihr", "--assessment", "none") == 2
    assert "no such assessment" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("form", "more", "said"),
    [
        ("ihr", ("--zone", "nowhere", "--pathogen", "measles"), "no such zone"),
        ("ihr", ("--zone", "n2", "--pathogen", "measles"), "no case of that disease"),
        ("ihr", ("--exact",), "--exact says nothing"),
        ("ihr", ("--assessment", "x", "--zone", "n1"), "says its zone"),
        ("csv", ("--zone", "n1"), "--zone says nothing"),
        ("csv", ("--ids", "x.toml"), "--ids says nothing"),
        ("fhir", ("--protocol", "who-generic"), "--protocol says nothing"),
        ("csv", ("--time-zone", "+08:00"), "--time-zone says nothing"),
    ],
)
def test_an_option_that_a_form_has_no_use_for_is_refused(event, tmp_path, form, more, said, capsys):
    assert export(event, tmp_path / "out", form, *more) == 2
    assert said in " ".join(capsys.readouterr().err.split())
