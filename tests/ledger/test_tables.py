"""Entries as tables: corrections, merges, files, and the same answer as from the files that were imported."""

from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from douse.question import check
from douse.records import Records
from douse.records.ledger import Ledger, Live, NewEntry, verify
from douse.records.ledger.bulk import LEAST_ROWS
from douse.records.ledger.intake import take_in
from douse.records.ledger_tables import LEDGER_TABLES, personal_columns, subject_column
from douse.records.tables import TABLES
from ledger_inputs import NOON, case, contact

LATER = NOON + timedelta(days=1)


def test_following_reads_only_what_is_new_and_agrees_with_reading_all(ledger: Ledger) -> None:
    live = Live(ledger)
    assert live.follow().sequence == 0
    for day in range(3):
        ledger.append([case(f"c{day}"), contact(f"c{day}", "p")], author="u", at=NOON + timedelta(days=day))
        seen = live.follow()
    ledger.append([NewEntry("cases", {"case_id": "c0", "onset": "2026-02-20"}, supersedes="c0")], author="u", at=LATER)
    seen, anew = live.follow(), Live(ledger).follow()
    assert seen.sequence == anew.sequence == 7
    for name in ("cases", "contacts"):
        assert_frame_equal(seen.frames[name], anew.frames[name])
        assert_frame_equal(seen.current(name), anew.current(name))
    assert live.follow() is seen


def test_a_correction_counts_from_the_moment_it_was_told(ledger: Ledger) -> None:
    ledger.append([case("a")], author="u", at=NOON)
    ledger.append([NewEntry("cases", {"case_id": "a", "onset": "2026-02-20"}, supersedes="a")], author="u", at=LATER)
    snapshot = Live(ledger).follow()
    assert snapshot.as_of(NOON).cases["onset"].to_list() == [date(2026, 2, 27)]
    assert snapshot.as_of(LATER).cases["onset"].to_list() == [date(2026, 2, 20)]
    assert snapshot.current("cases")["onset"].to_list() == [date(2026, 2, 20)]
    assert snapshot.current("cases")["first_recorded_at"].to_list() == [NOON]


def test_corrections_told_at_one_moment_each_have_a_name(ledger: Ledger) -> None:
    ledger.append([case("a")], author="u", at=NOON)
    before = "a"
    for age in (30, 31, 32):
        row = NewEntry("cases", {"case_id": "a", "age": age}, supersedes=before)
        [before] = ledger.append([row], author="u", at=LATER).record_ids
    assert Live(ledger).follow().current("cases")["age"].to_list() == [32]


def test_a_merge_holds_from_its_moment_until_it_is_undone(ledger: Ledger) -> None:
    ledger.append([contact("a", "p"), contact("b", "q"), case("c", person_id="q")], author="u", at=NOON)
    merge = {"merge_id": "m", "person_id": "q", "into": "p", "state": "merged"}
    ledger.append([NewEntry("merges", merge)], author="u", at=LATER)
    live = Live(ledger)
    assert live.follow().current("contacts")["person_id"].to_list() == ["p", "p"]
    assert live.follow().current("cases")["person_id"].to_list() == ["p"]
    assert live.follow().as_of(NOON).table("contacts")["person_id"].to_list() == ["p", "q"]
    assert live.follow().as_of(LATER).table("contacts")["person_id"].to_list() == ["p", "p"]
    undone = merge | {"state": "undone", "reason": "two people of one name"}
    ledger.append([NewEntry("merges", undone, supersedes="m")], author="u", at=LATER + timedelta(hours=1))
    assert live.follow().current("contacts")["person_id"].to_list() == ["p", "q"]
    assert live.follow().as_of(LATER).table("contacts")["person_id"].to_list() == ["p", "p"]


def test_merges_in_a_chain_and_in_a_loop(ledger: Ledger) -> None:
    ledger.append([contact("a", person) for person in "pqrxy"], author="u", at=NOON)
    pairs = [("p", "q"), ("q", "r"), ("x", "y"), ("y", "x")]
    ledger.append(
        [NewEntry("merges", {"merge_id": a + b, "person_id": a, "into": b, "state": "merged"}) for a, b in pairs],
        author="u",
        at=NOON,
    )
    assert Live(ledger).follow().current("contacts")["person_id"].to_list() == ["r", "r", "r", "x", "y"]


def _sent(rows: int = 3) -> Records:
    people = pl.DataFrame({"person_id": [f"p{at}" for at in range(LEAST_ROWS)], "age": [30] * LEAST_ROWS})
    cases = pl.DataFrame({"case_id": [f"c{at}" for at in range(rows)], "onset": [date(2026, 2, 20)] * rows})
    return Records({"people": _whole("people", people), "cases": _whole("cases", cases)})


def _whole(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    empty = TABLES[name].create_empty()
    named = rows.with_columns(record_id=pl.col(rows.columns[0]), recorded_at=pl.lit(NOON, pl.Datetime("us")))
    return pl.concat([empty, named], how="diagonal")


def test_bulk_tables_lie_beside_the_ledger(ledger: Ledger) -> None:
    live = Live(ledger)
    taken = take_in(live, _sent(), author="u", at=NOON)
    assert taken.new == {"people": LEAST_ROWS, "cases": 3}
    assert len(taken.receipt) == 4  # three cases, and one file of people
    assert live.follow().current("people").height == LEAST_ROWS
    assert ledger.bulk is not None
    (file,) = ledger.bulk.iterdir()
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(Exception, match="was changed after it was attached"):
        Live(ledger).follow()


def test_the_same_file_twice_adds_nothing_and_a_changed_one_corrects(ledger: Ledger) -> None:
    live, sent = Live(ledger), _sent()
    take_in(live, sent, author="u", at=NOON)
    again = take_in(live, sent, author="u", at=LATER)
    assert (len(again.receipt), again.known) == (0, {"people": LEAST_ROWS, "cases": 3})
    # The department corrects a row; the same file, sent again, does not take that back.
    ledger.append([NewEntry("cases", {"case_id": "c1", "onset": "2026-02-22"}, supersedes="c1")], author="u", at=LATER)
    assert len(take_in(live, sent, author="u", at=LATER).receipt) == 0
    # A file that says something new does correct; its empty cells say nothing.
    cases = sent.cases.with_columns(onset=pl.lit(None, pl.Date), age=pl.lit(44, pl.Int64)).head(2)
    third = take_in(live, Records({"cases": cases}), author="u", at=LATER + timedelta(hours=1))
    assert third.corrected == {"cases": 2}
    now = live.follow().current("cases").sort("case_id")
    assert now["age"].to_list() == [44, 44, None]
    assert now["onset"].to_list() == [date(2026, 2, 20), date(2026, 2, 22), date(2026, 2, 20)]


def test_records_of_a_ledger_are_those_of_the_files(ledger: Ledger, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "cases.csv").write_text(
        "case_id,person_id,onset,reported_at,recorded_at,supersedes,zone,sex,latitude\n"
        "a,p,2026-02-20,2026-02-21 10:30,2026-02-21 11:00,,z,female,1.5\n"
        "a,p,2026-02-19,2026-02-21 10:30,2026-02-23 11:00,a,z,female,1.5\n"
        "b,,2026-02-22,2026-02-23,2026-02-23 12:00,,z,,\n"
    )
    (folder / "zones.csv").write_text('zone_id,name,population\nz,"Zone, with ""marks"" and 汉字",12\n')
    checked = check(folder)
    take_in(Live(ledger), checked.records, author="u", at=datetime(2026, 3, 1))
    records = Live(ledger).follow().records
    for name in ("cases", "zones"):
        assert_frame_equal(records.table(name), checked.records.table(name), check_row_order=False)
        for moment in (datetime(2026, 2, 22), datetime(2026, 2, 24)):
            assert_frame_equal(
                records.as_of(moment).table(name), checked.records.as_of(moment).table(name), check_row_order=False
            )
    assert verify(ledger).good


@pytest.mark.parametrize("table", LEDGER_TABLES)
def test_what_is_personal_can_be_erased_by_whom_it_is_about(table: str) -> None:
    assert subject_column(table) is not None or not personal_columns(table)
