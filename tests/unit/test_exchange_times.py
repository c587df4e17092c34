"""Times of FHIR from servers that keep UTC, and times that are shown as they were told."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from douse.__main__ import main
from douse.errors import UsageError
from douse.exchange import receive
from douse.readers.exchange.fhir.times import local

CASE = {
    "resourceType": "Condition",
    "id": "c1",
    "subject": {"reference": "Patient/p1"},
    "code": {"text": "measles"},
    "onsetDateTime": "2026-03-01T16:30:00Z",
    "recordedDate": "2026-03-02T17:00:00.5Z",
}
PATIENT = {"resourceType": "Patient", "id": "p1", "deceasedDateTime": "2026-03-09T20:00:00+00:00"}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "f.json"
    path.write_text(
        json.dumps(
            {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in (PATIENT, CASE)]}
        )
    )
    return path


def test_times_of_utc_are_read_as_those_of_the_place(file):
    cases = receive([file], zone=ZoneInfo("Asia/Shanghai")).records.cases
    row = cases.select("onset", "recorded_at", "outcome_on").row(0)
    assert [str(one) for one in row] == ["2026-03-02", "2026-03-03 01:00:00.500000", "2026-03-10"]


def test_without_a_zone_the_time_that_is_shown_counts(file):
    row = receive([file]).records.cases.select("onset", "recorded_at").row(0)
    assert (str(row[0]), row[1]) == ("2026-03-01", datetime(2026, 3, 2, 17, 0, 0, 500_000))


@pytest.mark.parametrize(
    ("told", "there"),
    [
        ("2026-03-01T16:30:00Z", "2026-03-02T00:30:00+08:00"),
        ("2026-03-01T16:30:00+08:00", "2026-03-01T16:30:00+08:00"),
        ("2026-12-31T23:59:59.25-02:00", "2027-01-01T09:59:59.250000+08:00"),
        ("2026-03-01", "2026-03-01"),
        ("2026-03", "2026-03"),
        ("2026-03-01T16:30:00", "2026-03-01T16:30:00"),
        ("2026-02-30T16:30:00Z", "2026-02-30T16:30:00Z"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
        ("at 2026-03-01T16:30:00Z", "at 2026-03-01T16:30:00Z"),
    ],
)
def test_only_moments_with_an_offset_are_moved(told, there):
    assert local({"a": [told, 7, None]}, ZoneInfo("Asia/Shanghai")) == {"a": [there, 7, None]}


def test_a_time_zone_says_nothing_of_other_forms(tmp_path, capsys):
    (tmp_path / "cases.csv").write_text("case_id,recorded_at\nK1,2026-03-01\n")
    with pytest.raises(UsageError, match="FHIR"):
        receive([tmp_path / "cases.csv"], zone=ZoneInfo("Asia/Shanghai"))
    assert main(["exchange", "import", str(tmp_path / "cases.csv"), "--time-zone", "Asia/Shanghai"]) == 2
    assert "--time-zone" in capsys.readouterr().err
