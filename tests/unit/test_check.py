"""The door: cells of every type, rows that repeat, what is written for people to correct."""

from datetime import date, datetime

import polars as pl
import pytest

from douse.records.check import check
from douse.records.finding import SCHEMA, write_findings
from douse.records.raw import RawTable, RawTables
from douse.records.sentences import SENTENCES
from douse.records.tables import TABLES


def raw(table: str, cells: dict[str, list], file: str = "", **options) -> RawTable:
    frame = pl.DataFrame(cells, strict=False)
    lines = pl.int_range(2, frame.height + 2, dtype=pl.UInt32, eager=True)
    return RawTable(table, file or f"{table}.csv", frame, lines, frame, **options)


def cases(**cells: list):
    """Cases a, b, … with some cells, through the door."""
    rows = len(next(iter(cells.values())))
    fixed = {"case_id": list("abcdefghij")[:rows], "recorded_at": ["2026-03-09"] * rows}
    return check(RawTables((raw("cases", fixed | cells),)))


def rules(checked) -> list[tuple]:
    return checked.findings.select("row", "column", "rule", "action").rows()


def test_no_tables_give_no_records():
    checked = check(RawTables(()))
    assert checked.records.frames == {}
    assert checked.findings.schema == SCHEMA
    assert checked.all_passed


@pytest.mark.parametrize("table", list(TABLES))
def test_an_empty_table_counts_as_sent(table):
    nothing = RawTable(table, "x.csv", pl.DataFrame(), pl.Series([], dtype=pl.UInt32), pl.DataFrame())
    checked = check(RawTables((nothing,)))
    assert checked.records.sent == {table}
    assert checked.records.table(table).is_empty()
    assert checked.findings.is_empty()


def test_identifiers_are_trimmed_and_folded_and_otherwise_left_alone():
    checked = cases(case_id=["  a  ", "b   b", "00012", "1.0", "1e9", "c\u200bd"])
    assert checked.records.cases["case_id"].to_list() == ["a", "b b", "00012", "1.0", "1e9", "cd"]
    assert rules(checked) == [(3, "case_id", "id_blanks", "note"), (7, "case_id", "id_blanks", "note")]


def test_an_identifier_that_a_spreadsheet_shortened_is_noted():
    assert rules(cases(case_id=["1.23E+09"])) == [(2, "case_id", "id_shortened", "note")]


def test_identifiers_that_were_stored_as_numbers_have_no_fraction():
    checked = cases(case_id=[1000000001.0, 2.0], infector=[None, 1000000001.0])
    assert checked.records.cases.select("case_id", "infector").rows() == [("1000000001", None), ("2", "1000000001")]
    assert cases(case_id=[9007199254740993]).records.cases["case_id"].to_list() == ["9007199254740993"]


def test_what_only_says_that_there_is_no_value_is_empty():
    checked = cases(infector=["NA", "null", "-", "None"], zone=["", "  ", "\u3000", "\\N"])
    assert checked.records.cases.select("infector", "zone").null_count().row(0) == (4, 4)
    assert [(row, column) for row, column, _, _ in rules(checked)] == [(None, "infector"), (None, "zone")]


def test_codes_are_read_whatever_their_case_and_hyphens():
    checked = cases(found_by=["Contact tracing", "CONTACT-TRACING", "ｓｃｒｅｅｎｉｎｇ", "by chance"])
    assert checked.records.cases["found_by"].to_list() == ["contact_tracing", "contact_tracing", "screening", None]
    assert rules(checked) == [(5, "found_by", "unknown_code", "value_set_aside")]
    assert "entry_screening" in checked.findings["message"].item()


def test_whole_numbers():
    checked = cases(age=["34", "34.0", "+34", "３４", "34.5", "old", "-1", "131", "99999999999999999999"])
    assert checked.records.cases["age"].to_list() == [34, 34, 34, 34, None, None, None, None, None]
    assert [(row, rule) for row, _, rule, _ in rules(checked)] == [
        (6, "not_a_number"), (7, "not_a_number"), (8, "out_of_range"), (9, "out_of_range"), (10, "not_a_number"),
    ]  # fmt: skip


def test_numbers():
    checked = cases(latitude=["37.5", "37,5", "1e1", "inf", "91", "north"])
    assert checked.records.cases["latitude"].to_list() == [37.5, 37.5, 10.0, None, None, None]


def test_a_comma_before_three_digits_is_not_guessed_at():
    assert rules(cases(latitude=["37,567"])) == [(2, "latitude", "doubtful_comma", "value_set_aside")]
    decided = cases(latitude=["37,567", "37,56"])
    assert decided.records.cases["latitude"].to_list() == [37.567, 37.56]


def test_the_order_of_day_and_month_is_that_of_the_other_columns_when_a_column_leaves_it_open():
    checked = cases(onset=["03/04/2026"], hospitalised_on=["03/25/2026"], recorded_at=["04/25/2026"])
    assert checked.records.cases["onset"].to_list() == [date(2026, 3, 4)]
    assert rules(checked) == []


def test_a_file_whose_dates_leave_the_order_open_is_read_day_first_with_a_note():
    checked = cases(onset=["03/02/2026"], recorded_at=["2026-04-25"])
    assert checked.records.cases["onset"].to_list() == [date(2026, 2, 3)]
    assert rules(checked) == [(None, "onset", "ambiguous_dates", "note")]


def test_a_column_with_both_orders_is_noted():
    checked = cases(onset=["13/02/2026", "14/02/2026", "02/15/2026"])
    assert checked.records.cases["onset"].dt.day().to_list() == [13, 14, 15]
    assert rules(checked) == [(None, "onset", "mixed_dates", "note")]


def test_a_zone_of_time_is_dropped_with_a_note():
    checked = cases(tested_at=["2026-03-05T23:30:00+08:00"])
    assert checked.records.cases["tested_at"].to_list() == [datetime(2026, 3, 5, 23, 30)]
    assert rules(checked) == [(None, "tested_at", "offset_dropped", "note")]


def test_typed_columns_take_the_same_checks():
    checked = cases(
        onset=[date(2026, 3, 1), date(1800, 1, 1)],
        tested_at=pl.Series([datetime(2026, 3, 2, 9)] * 2).dt.replace_time_zone("Asia/Seoul"),
        age=[34.0, 34.5],
        latitude=[float("nan"), float("inf")],
        sex=pl.Series(["female", "?"], dtype=pl.Categorical),
        contacts_found=[2**40, 3],
        zone=[7, 8],
    )
    first, second = checked.records.cases.select(
        "onset", "tested_at", "age", "latitude", "sex", "contacts_found", "zone"
    ).rows()
    assert first == (date(2026, 3, 1), datetime(2026, 3, 2, 9), 34, None, "female", None, "7")
    assert second == (None, datetime(2026, 3, 2, 9), None, None, None, 3, "8")
    assert {(row, column) for row, column, _, _ in rules(checked)} == {
        (None, "tested_at"), (2, "contacts_found"), (3, "onset"), (3, "age"), (3, "latitude"), (3, "sex"),
    }  # fmt: skip


def test_huge_cells_are_set_aside():
    checked = cases(case_id=["a", "b" * 300], cluster=["x" * 2_000_000, "y"])
    assert rules(checked) == [
        (2, "cluster", "too_long", "value_set_aside"),
        (3, "case_id", "too_long", "row_set_aside"),
    ]


def test_record_ids_are_made_from_the_key_and_stay_within_their_length():
    table = raw("visits", {"person_id": ["p" * 190, "q"], "zone": ["z" * 190, "z"], "entered_at": ["2026-03-01"] * 2})
    checked = check(RawTables((table,)))
    made = checked.records.table("visits")["record_id"].to_list()
    assert [len(name) <= 200 for name in made] == [True, True]
    assert made[1] == "q||z|2026-03-01 00:00:00.000000"


def test_two_rows_with_one_record_id_leave_the_one_told_earlier():
    checked = cases(record_id=["r", "r"], recorded_at=["2026-03-09", "2026-03-08"])
    assert checked.records.cases["case_id"].to_list() == ["b"]
    assert rules(checked) == [(2, "record_id", "repeated_record_id", "row_set_aside")]


def test_the_kept_row_does_not_depend_on_later_rows():
    told = ["2026-03-05", "2026-03-03", "2026-03-04"]
    every = {"case_id": ["a"] * 3, "zone": ["x", "y", "z"], "recorded_at": told}
    for day in sorted(told):
        rows = [n for n, t in enumerate(told) if t <= day]
        cut = {name: [values[n] for n in rows] for name, values in every.items()}
        assert cases(**cut).records.cases["zone"].to_list() == ["y"]


def test_rows_that_are_expected_to_repeat_are_no_findings():
    places = {
        "place_id": ["p", "p", "q"],
        "kind": ["shop", "bar", "bar"],
        "recorded_at": ["2026-03-04", "2026-03-02", ""],
    }
    checked = check(RawTables((raw("places", places, distinct=True),)))
    assert checked.records.table("places").select("place_id", "kind").rows() == [("p", "bar"), ("q", "bar")]
    assert rules(checked) == [(None, None, "taken_once", "note")]
    assert checked.rejected == {}


def test_a_level_that_loses_its_code_does_not_pass_without_it():
    row = {"measure_id": ["m"], "kind": ["level"], "zone": ["z"], "level": ["very strict"], "start": ["2026-03-01"]}
    checked = check(RawTables((raw("measures", row),)))
    assert checked.records.table("measures").is_empty()
    assert [rule for _, _, rule, _ in rules(checked)][1:] == ["level_is_named", "unknown_code"]


def test_what_comes_out_keeps_to_every_rule():
    checked = cases(
        onset=["2026-03-20", "2026-03-01", "x"],
        outcome=["died", "recovered", "recovered"],
        outcome_on=["2026-03-10", "2026-02-01", "2026-03-01"],
        exposed_from=["2026-03-11", "2026-03-02", "2026-03-05"],
        exposed_to=["2026-03-10", "2026-03-09", "2026-03-06"],
        infector=["a", "b", "a"],
        age=["200", "-3", "3"],
    )
    assert TABLES["cases"].filter(checked.records.cases).failure.counts() == {}
    assert checked.records.cases.height == 3


def test_findings_are_in_the_order_of_the_files_and_tell_when_the_row_was_told():
    parts = (
        raw("cases", {"case_id": ["a"], "age": ["x"], "recorded_at": ["2026-03-05"]}, "cases-b.csv"),
        raw("cases", {"case_id": ["b", ""], "age": ["x", ""], "recorded_at": ["2026-03-06"] * 2}, "cases-a.csv"),
    )
    checked = check(RawTables(parts))
    assert checked.findings.select("file", "row", "rule", "recorded_at").rows() == [
        ("cases-a.csv", 2, "not_a_number", datetime(2026, 3, 6)),
        ("cases-a.csv", 3, "required", datetime(2026, 3, 6)),
        ("cases-b.csv", 2, "not_a_number", datetime(2026, 3, 5)),
    ]


def test_every_sentence_can_be_said():
    fields = "file table column columns foreign allowed encoding other rule words order tables form kind complaint"
    facts = dict.fromkeys(fields.split(), "X")
    for sentence in SENTENCES.values():
        said = sentence.say(**facts)
        assert "{" not in said.message + said.next_step
        assert said.message.endswith(".") or said.message.endswith("X")
        assert said.next_step.endswith(".")


def test_files_for_people_open_in_spreadsheets_without_running_anything(tmp_path):
    dangerous = ["=1+1", "@cmd", "+x", "-x", "-5.5", "'=quoted", "plain", "'plain"]
    checked = check(RawTables((raw("cases", {"case_id": [""] * len(dangerous), "cluster": dangerous}),)))
    write_findings(checked, tmp_path)
    assert (tmp_path / "findings.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    written = pl.read_csv(tmp_path / "rejected" / "cases.csv", infer_schema=False)["cluster"].to_list()
    assert written == ["'=1+1", "'@cmd", "'+x", "'-x", "-5.5", "''=quoted", "plain", "'plain"]


def test_progress_is_told():
    told: list[tuple[str, float]] = []
    check(RawTables((raw("cases", {"case_id": ["a"]}),)), lambda stage, share: told.append((stage, share)))
    assert told == [("cases", 0.0), ("", 1.0)]
