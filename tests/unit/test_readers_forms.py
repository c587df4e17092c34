"""Forms of other systems, and plain line lists. All people and identifiers are invented."""

from datetime import date, datetime

import polars as pl
import pytest

from douse.errors import DataError
from douse.readers.names import form_of, match, plain, table_named
from douse.readers.read import read_raw
from douse.records.check import check
from douse.records.tables import TABLES

# The last column is the second test's result: samples and their tests repeat.
SORMAS_IMPORT = """\
CaseData,CaseData,CaseData,Person,Person,CaseData,CaseData,CaseData,CaseData,Sample,Sample,PathogenTest,PathogenTest,PathogenTest,Sample,Sample,PathogenTest,PathogenTest
externalID,disease,caseClassification,person.firstName,person.sex,reportDate,responsibleRegion,responsibleDistrict,symptoms.onsetDate,sampleDateTime,lab,testType,testResult,testDateTime,sampleDateTime,lab,testType,testResult
FAKE-1,MEASLES,CONFIRMED,Never,FEMALE,11/20/2018,North,Upper,11/14/2018,11/18/2018,Lab,PCR_RT_PCR,POSITIVE,11/19/2018,11/25/2018,Lab,CULTURE,NEGATIVE
FAKE-2,MEASLES,NOT_CLASSIFIED,Never,MALE,11/21/2018,North,,11/15/2018,,,,,,,,,
"""
SORMAS_EXPORT = """\
uuid;disease;caseClassification;outcome;outcomeDate;person.sex;reportDate;responsibleRegion;responsibleDistrict;quarantineFrom;sampleDateTime1;sampleResult1
##Case UUID;Disease;Classification;Outcome;Date;Sex;Date of report;Region;District;From;Date of sample;Result
FAKE-AAAA;CORONAVIRUS;SUSPECT;NO_OUTCOME;;MALE;14.03.2020;North;Upper;12.03.2020;13.03.2020;PENDING
FAKE-BBBB;CORONAVIRUS;NO_CASE;DECEASED;20.03.2020;UNKNOWN;15.03.2020;North;Lower;;;
"""
SORMAS_CONTACTS = """\
##Contact ID,Source case,First contact,Last contact,Type,Status,Follow-up,Until,Person
uuid,sourceCaseUuid,firstContactDate,lastContactDate,contactProximity,contactStatus,followUpStatus,followUpUntil,person.uuid
FAKE-C1,FAKE-AAAA,2020-03-10,2020-03-12,SAME_ROOM,ACTIVE,FOLLOW_UP,2020-03-26,FAKE-P1
FAKE-C2,FAKE-AAAA,2020-03-10,2020-03-11,SAME_ROOM,ACTIVE,LOST,2020-03-25,FAKE-P2
"""
GODATA_FLAT = """\
Case ID,First name,Last name,Gender,Age Years,Classification,\
Date of onset,Date of reporting,Outcome,Date of outcome,Addresses Location [1],Addresses Phone Number [1]
FAKE-0001,Never,Read,LNG_REFERENCE_DATA_CATEGORY_GENDER_FEMALE,34,LNG_REFERENCE_DATA_CATEGORY_CASE_CLASSIFICATION_CONFIRMED,2020-03-01T00:00:00.000Z,2020-03-03T00:00:00.000Z,LNG_REFERENCE_DATA_CATEGORY_OUTCOME_DECEASED,2020-03-09T00:00:00.000Z,North,000
FAKE-0002,Never,Read,Male,,LNG_REFERENCE_DATA_CATEGORY_CASE_CLASSIFICATION_NOT_A_CASE_DISCARDED,2020-03-02T00:00:00.000Z,2020-03-04T00:00:00.000Z,LNG_REFERENCE_DATA_CATEGORY_OUTCOME_ALIVE,,South,000
"""
GODATA_DB = """\
id,visualId,firstName,gender,classification,dateOfOnset,dateOfReporting,outcomeId,dateOfOutcome,addresses[1].locationId,createdAt,dateOfLastContact
f1,FAKE-0001,Never,LNG_REFERENCE_DATA_CATEGORY_GENDER_MALE,LNG_REFERENCE_DATA_CATEGORY_CASE_CLASSIFICATION_SUSPECT,2020-03-01,2020-03-03,LNG_REFERENCE_DATA_CATEGORY_OUTCOME_RECOVERED,2020-03-20,loc-1,2020-03-03T08:00:00.000Z,
"""
GODATA_CLEAN = """\
uuid,case_id,date_of_onset,date_of_reporting,classification,outcome_id,date_of_outcome,gender,age
f1,FAKE-0001,2020-03-01,2020-03-03,CONFIRMED,RECOVERED,2020-03-20,FEMALE,40
"""
GODATA_LINKS = """\
uuid,source_uuid,source_visualid,target_uuid,target_visualid,exposure_type,certainty_level,date_of_last_contact,date_of_data_entry
l1,u1,FAKE-0001,u2,FAKE-0099,Household,HIGH,2020-03-02,2020-03-04
"""
CHINESE = """\
序号,姓名,性别,年龄,现住址,发病日期,确诊日期,病情,转归,联系电话
1,不读,男,34,江苏省南京市玄武区花园街道某某路100号5栋,2020年1月20日,2020年1月25日,普通型,治愈,000
2,不读,女,56,南京市鼓楼区,2020/1/21,2020.1.26,危重型,死亡,000
"""


@pytest.fixture
def sent(tmp_path):
    def send(**files: str):
        for name, content in files.items():
            (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
        return check(read_raw(tmp_path))

    return send


def forms(checked) -> dict[str, str]:
    found = checked.findings.filter(pl.col("rule") == "form")
    return dict(found.select("file", "message").rows())


def test_a_sormas_import_gives_cases_and_their_tests(sent):
    checked = sent(import_of_today=SORMAS_IMPORT)
    cases = checked.records.cases
    assert cases.select("case_id", "classification", "sex", "zone", "onset").rows() == [
        ("FAKE-1", "confirmed", "female", "North/Upper", date(2018, 11, 14)),
        ("FAKE-2", "suspected", "male", "North", date(2018, 11, 15)),
    ]
    tests = checked.records.table("tests").select("person_id", "kind", "result", "sampled_at", "result_at")
    assert tests.rows() == [
        ("FAKE-1", "pcr", "positive", datetime(2018, 11, 18), datetime(2018, 11, 19)),
        ("FAKE-1", "culture", "negative", datetime(2018, 11, 25), None),
    ]
    assert "SORMAS case list" in forms(checked)["import_of_today.csv"]
    assert checked.all_passed


def test_a_sormas_export_has_a_row_of_captions(sent):
    checked = sent(export=SORMAS_EXPORT)
    assert checked.records.cases.select("case_id", "classification", "outcome", "quarantined_on", "sex").rows() == [
        ("FAKE-AAAA", "suspected", None, date(2020, 3, 12), "male"),
        ("FAKE-BBBB", "discarded", "died", None, "unknown"),
    ]
    assert checked.records.table("tests").select("person_id", "result").rows() == [("FAKE-AAAA", "pending")]
    bad = sent(export=SORMAS_EXPORT.replace("FAKE-BBBB", ""))
    assert bad.findings.filter(pl.col("action") == "row_set_aside")["row"].to_list() == [4]


def test_ages_of_sormas_come_in_years_months_or_days(sent):
    checked = sent(
        cases="""\
uuid,caseClassification,person.approximateAge,person.approximateAgeType,reportDate
FAKE-A,CONFIRMED,18,MONTHS,2020-03-14
FAKE-B,CONFIRMED,34,YEARS,2020-03-14
FAKE-C,CONFIRMED,9,DAYS,2020-03-14
FAKE-D,CONFIRMED,7,,2020-03-14
FAKE-E,CONFIRMED,,MONTHS,2020-03-14
FAKE-F,CONFIRMED,12,月,2020-03-14
"""
    )
    ages = dict(checked.records.frames["cases"].select("case_id", "age").iter_rows())
    assert ages == {"FAKE-A": 1, "FAKE-B": 34, "FAKE-C": 0, "FAKE-D": 7, "FAKE-E": None, "FAKE-F": 1}
    rules = set(checked.findings["rule"])
    assert "ages_in_years" in rules
    assert "column_not_read" not in rules


def test_sormas_contacts(sent):
    checked = sent(cases="case_id,recorded_at\nFAKE-AAAA,2020-03-01\n", export=SORMAS_CONTACTS)
    contacts = checked.records.table("contacts").select("case_id", "person_id", "last_contact", "follow_up")
    assert contacts.rows() == [
        ("FAKE-AAAA", "FAKE-P1", date(2020, 3, 12), "under_follow_up"),
        ("FAKE-AAAA", "FAKE-P2", date(2020, 3, 11), "lost"),
    ]


def test_a_sormas_contact_import_is_not_taken_for_cases(sent):
    rows = (
        "Contact,Contact,Contact,Person,Contact\n"
        "caseIdExternalSystem,lastContactDate,responsibleRegion,person.uuid,reportDateTime\n"
        "FAKE-AAAA,12.03.2020,North,FAKE-P1,13.03.2020 08:00\n"
    )
    checked = sent(cases="case_id,recorded_at\nFAKE-AAAA,2020-03-01\n", contacts_of_today=rows)
    contacts = checked.records.table("contacts").select("case_id", "person_id", "zone", "last_contact", "recorded_at")
    assert contacts.rows() == [("FAKE-AAAA", "FAKE-P1", "North", date(2020, 3, 12), datetime(2020, 3, 13, 8))]


def test_go_data_flat(sent):
    checked = sent(some_export=GODATA_FLAT)
    columns = ("case_id", "sex", "age", "classification", "onset", "outcome", "outcome_on", "zone")
    assert checked.records.cases.select(columns).rows() == [
        ("FAKE-0001", "female", 34, "confirmed", date(2020, 3, 1), "died", date(2020, 3, 9), "North"),
        ("FAKE-0002", "male", None, "discarded", date(2020, 3, 2), None, None, "South"),
    ]
    personal = checked.findings.filter(pl.col("rule") == "personal_not_read")["column"].to_list()
    assert personal == ["Addresses Phone Number [1]", "First name", "Last name"]


def test_go_data_database_names(sent):
    checked = sent(some_export=GODATA_DB)
    assert checked.records.cases.select(
        "case_id", "sex", "classification", "outcome", "zone", "recorded_at"
    ).rows() == [("FAKE-0001", "male", "suspected", "recovered", "loc-1", datetime(2020, 3, 3, 8))]
    assert "Go.Data" in forms(checked)["some_export.csv"]


def test_go_data_clean_names_and_links(sent):
    checked = sent(clean=GODATA_CLEAN, relationships=GODATA_LINKS)
    assert checked.records.cases.select("case_id", "age", "outcome").rows() == [("FAKE-0001", 40, "recovered")]
    links = checked.records.table("contacts").select("case_id", "person_id", "setting", "last_contact", "recorded_at")
    assert links.rows() == [("FAKE-0001", "FAKE-0099", "household", date(2020, 3, 2), datetime(2020, 3, 4))]


def test_a_list_of_contacts_is_never_taken_for_cases(sent):
    with pytest.raises(DataError, match="without the case"):
        sent(contacts_of_today="visualId,dateOfLastContact,followUp.status\nFAKE-9,2020-03-01,LOST\n")


def test_a_chinese_line_list(sent):
    checked = sent(list_of_today=CHINESE)
    columns = ("case_id", "sex", "age", "zone", "onset", "confirmed_at", "severity", "outcome")
    assert checked.records.cases.select(columns).rows() == [
        (
            "1",
            "male",
            34,
            "江苏省南京市玄武区花园街道",
            date(2020, 1, 20),
            datetime(2020, 1, 25),
            "moderate",
            "recovered",
        ),
        ("2", "female", 56, "南京市鼓楼区", date(2020, 1, 21), datetime(2020, 1, 26), "critical", "died"),
    ]
    personal = set(checked.findings.filter(pl.col("rule") == "personal_not_read")["column"])
    assert personal == {"姓名", "联系电话"}
    assert checked.all_passed


def test_each_guess_is_a_note(sent):
    checked = sent(line_list="ID,date_of_onset,gender,hat size\n7,2020-03-01,m,9\n")
    notes = checked.findings.select("column", "rule", "message").rows()
    assert ("onset", "column_guessed", "Column date_of_onset was read as onset.") in notes
    assert ("sex", "codes_translated") in [note[:2] for note in notes]
    assert ("hat size", "column_not_read") in [note[:2] for note in notes]
    assert checked.records.cases.select("case_id", "sex").rows() == [("7", "male")]


def test_guesses_work_in_files_of_our_names_too(sent):
    checked = sent(cases="case_id,Gender,symptom onset,recorded_at\na,F,2020-03-01,2020-03-02\n")
    assert checked.records.cases.select("sex", "onset").rows() == [("female", date(2020, 3, 1))]


def test_of_two_line_lists_the_one_with_more_columns_is_read(sent):
    checked = sent(a="id,onset\n1,2020-03-01\n", b="id,onset,sex\n2,2020-03-01,f\n", c="x,y\n1,2\n")
    assert checked.records.cases["case_id"].to_list() == ["2"]
    said = dict(checked.findings.filter(pl.col("file") != "b.csv").select("file", "rule").rows())
    assert said == {"a.csv": "second_line_list", "c.csv": "file_not_read"}


def test_a_table_without_a_column_that_every_row_needs(sent):
    checked = sent(cases="case_id,recorded_at\na,2020-03-01\n", stays="person_id,place\na,home\n")
    stays = checked.findings.filter(pl.col("table") == "stays").select("column", "rule").rows()
    assert stays[0] == ("entered_on", "required_column_missing")
    assert checked.rejected["stays"].rows() == [("a", "home")]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("dateOfOnset", "date_of_onset"),
        ("Date of onset (dd/mm/yyyy)", "date_of_onset"),
        (" date-of-onset ", "date_of_onset"),
        ("externalID", "external_id"),
        ("addresses[1].locationId", "addresses_1_location_id"),
        ("发病日期", "发病日期"),
        ("", ""),
    ],
)
def test_plain_names(header, expected):
    assert plain(header) == expected


def test_file_names():
    named = {
        stem: table_named(stem) for stem in ("cases", "Cases-2", "cases.north", "cases north", "casestudy", "linelist")
    }
    assert list(named.values()) == ["cases"] * 4 + [None, None]


def test_no_two_of_our_columns_read_one_of_theirs():
    means = match("cases", ["uuid", "id", "status", "outcome"])
    assert len(set(means.columns.values())) == len(means.columns)


def test_our_own_names_are_of_no_other_form():
    assert {name: form_of(table.column_names()) for name, table in TABLES.items() if name != "cases"} == dict.fromkeys(
        name for name in TABLES if name != "cases"
    )
