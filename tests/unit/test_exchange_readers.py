"""What the readers of dialects learned for exchange: date ranges of Go.Data, laboratory results, hashtags of HXL."""

from datetime import date, datetime

import polars as pl
import pytest

from douse.readers.exchange.fhir.entries import years
from douse.readers.read import read_raw
from douse.records.check import check
from douse.records.finding import write_csv

GODATA = """visualId,classification,dateOfOnset,dateOfReporting,dateRanges[1].typeId,dateRanges[1].startDate,\
dateRanges[2].typeId,dateRanges[2].startDate
FAKE-1,CONFIRMED,2020-03-01,2020-03-03,LNG_REFERENCE_DATA_CATEGORY_PERSON_DATE_TYPE_ISOLATION,2020-03-04,\
LNG_REFERENCE_DATA_CATEGORY_PERSON_DATE_TYPE_HOSPITALIZATION,2020-03-05
FAKE-2,CONFIRMED,2020-03-01,2020-03-03,LNG_REFERENCE_DATA_CATEGORY_PERSON_DATE_TYPE_HOSPITALIZATION,2020-03-06,,
FAKE-3,CONFIRMED,2020-03-01,2020-03-03,,,,
"""
LABORATORY = """person.visualId,dateSampleTaken,dateOfResult,testType,result,labName
FAKE-1,2020-03-03,2020-03-04,LNG_REFERENCE_DATA_CATEGORY_TYPE_OF_LAB_TEST_RT_PCR,\
LNG_REFERENCE_DATA_CATEGORY_LAB_TEST_RESULT_POSITIVE,LAB_1
"""
HXL = "case_id,date of onset,zone,recorded_at\n#meta+id,#date+onset,#adm2+code,\nFAKE-1,2020-03-01,z,2020-03-02\n"


@pytest.fixture
def sent(tmp_path):
    def send(**files: str):
        for name, content in files.items():
            (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
        return check(read_raw(tmp_path))

    return send


def test_a_date_range_is_read_by_its_kind_wherever_it_stands(sent):
    checked = sent(export=GODATA)
    assert checked.records.cases.select("case_id", "isolated_at", "hospitalised_on").rows() == [
        ("FAKE-1", datetime(2020, 3, 4), date(2020, 3, 5)),
        ("FAKE-2", None, date(2020, 3, 6)),
        ("FAKE-3", None, None),
    ]
    assert "column_not_read" not in checked.findings["rule"].to_list()


def test_laboratory_results_of_godata_are_tests(sent):
    checked = sent(cases="case_id,recorded_at\nFAKE-1,2020-03-01\n", results=LABORATORY)
    tests = checked.records.table("tests").select("person_id", "kind", "result", "sampled_at", "laboratory")
    assert tests.rows() == [("FAKE-1", "pcr", "positive", datetime(2020, 3, 3), "LAB_1")]


def test_a_row_of_hashtags_is_no_record(sent):
    checked = sent(cases=HXL)
    assert checked.records.cases.select("case_id", "onset").rows() == [("FAKE-1", date(2020, 3, 1))]
    assert checked.all_passed


@pytest.mark.parametrize(
    ("quantity", "age"),
    [
        ({"value": 18, "code": "mo"}, "1"), ({"value": 18, "unit": "months"}, "1"), ({"value": 40, "code": "a"}, "40"),
        ({"value": 3.9}, "3"), ({"value": 60, "code": "wk"}, "1"), ({"value": 300, "code": "d"}, "0"),
        ({"value": 70, "code": "kg"}, None), ({"value": -1}, None),
        ({"value": 10**400}, None), ({}, None), (None, None),
    ],
)  # fmt: skip
def test_an_age_is_read_in_its_unit(quantity, age):
    assert years(quantity) == age


def test_moments_come_back_from_csv_to_the_microsecond(tmp_path):
    fine, whole = datetime(2026, 3, 2, 4, 5, 6, 789_012), datetime(2026, 3, 3)
    frame = pl.DataFrame(
        {"case_id": ["a", "b"], "recorded_at": [fine, whole], "reported_at": [whole, whole]},
        schema_overrides={"recorded_at": pl.Datetime("us"), "reported_at": pl.Datetime("us")},
    )
    write_csv(frame, tmp_path / "cases.csv")
    assert "2026-03-03 00:00:00\n" in (tmp_path / "cases.csv").read_text()  # a column of whole seconds stays as it was
    assert check(read_raw(tmp_path)).records.cases.select("recorded_at", "reported_at").rows() == [
        (fine, whole), (whole, whole),
    ]  # fmt: skip
