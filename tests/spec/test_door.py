"""What becomes of a row with something wrong in it."""

from collections.abc import Callable

import polars as pl
import pytest

from douse.readers.read import read_raw
from douse.records.check import check
from douse.records.finding import Checked, write_findings

title = "What becomes of a row with something wrong in it"


@pytest.fixture
def door(tmp_path) -> Callable[..., Checked]:
    """Send tables, drawn as in the other specifications, through the door as CSV files."""

    def send(**drawings: str) -> Checked:
        for name, drawing in drawings.items():
            lines = [line.strip() for line in drawing.strip().splitlines()]
            cells = [[cell.strip() for cell in line.split("|")] for line in lines if set(line) - set("-+ ")]
            (tmp_path / f"{name.replace('__', '-')}.csv").write_text("\n".join(",".join(row) for row in cells) + "\n")
        return check(read_raw(tmp_path))

    return send


def kept(checked: Checked, table: str, *columns: str) -> list[tuple]:
    return checked.records.table(table).select(columns).rows()


def said(checked: Checked, action: str) -> list[tuple]:
    """Row, column and rule of the findings of one kind."""
    return checked.findings.filter(pl.col("action") == action).select("row", "column", "rule").rows()


def test_a_bad_value_is_set_aside_and_its_row_kept(door):
    checked = door(
        cases="""
          case_id | onset      | age | sex    | recorded_at
          --------+------------+-----+--------+------------
          a       | 2026-03-01 | 34  | female | 2026-03-02
          b       | 2026-02-30 | 340 | woman? | 2026-03-02
        """
    )
    assert kept(checked, "cases", "case_id", "age", "sex") == [("a", 34, "female"), ("b", None, None)]
    assert said(checked, "value_set_aside") == [
        (3, "age", "out_of_range"),
        (3, "onset", "not_a_date"),
        (3, "sex", "unknown_code"),
    ]


def test_a_row_without_what_every_row_needs_is_set_aside_whole(door):
    checked = door(
        cases="""
          case_id | recorded_at
          --------+------------
                  | 2026-03-02
          b       | 2026-03-02
        """,
        stays="""
          person_id | place    | entered_on | recorded_at
          ----------+----------+------------+------------
          b         | hospital | tomorrow   | 2026-03-02
          b         | spaceship| 2026-03-02 | 2026-03-02
        """,
    )
    assert kept(checked, "cases", "case_id") == [("b",)]
    assert kept(checked, "stays", "person_id") == []
    assert said(checked, "row_set_aside") == [
        (2, "case_id", "required"),
        (2, "entered_on", "not_a_date"),
        (3, "place", "unknown_code"),
    ]
    assert checked.rejected["stays"]["place"].to_list() == ["hospital", "spaceship"]


def test_dates_that_run_backwards_lose_the_date_that_cannot_be(door):
    checked = door(
        cases="""
          case_id | onset      | tested_at  | confirmed_at | outcome   | outcome_on | recorded_at
          --------+------------+------------+--------------+-----------+------------+------------
          a       | 2026-03-05 |            | 2026-03-02   |           |            | 2026-03-02
          b       | 2026-03-01 | 2026-03-04 | 2026-03-02   | recovered | 2026-02-20 | 2026-03-02
          c       | 2026-03-01 |            | 2026-03-04   | died      | 2026-03-03 | 2026-03-05
        """
    )
    assert kept(checked, "cases", "case_id", "outcome") == [("a", None), ("b", None), ("c", "died")]
    assert checked.records.cases["onset"].null_count() == 1
    assert {(row, rule) for row, _, rule in said(checked, "value_set_aside")} == {
        (2, "onset_is_told"),
        (3, "test_before_confirmation"),
        (3, "onset_before_outcome"),
        (3, "confirmation_before_outcome"),
    }


def test_a_death_may_be_confirmed_afterwards(door):
    checked = door(
        cases="""
          case_id | confirmed_at | outcome | outcome_on | recorded_at
          --------+--------------+---------+------------+------------
          a       | 2026-03-04   | died    | 2026-03-03 | 2026-03-04
        """
    )
    assert checked.all_passed
    assert kept(checked, "cases", "outcome") == [("died",)]


def test_of_two_rows_for_one_case_the_one_told_earlier_counts(door):
    checked = door(
        cases="""
          case_id | zone  | recorded_at
          --------+-------+------------
          a       | south | 2026-03-09
          a       | north | 2026-03-02
          b       | west  | 2026-03-02
          b       | west  | 2026-03-02
        """
    )
    assert kept(checked, "cases", "case_id", "zone") == [("a", "north"), ("b", "west")]
    assert said(checked, "row_set_aside") == [(2, "case_id", "repeated_key")]
    assert said(checked, "note") == [(5, None, "identical_row")]
    assert "supersedes" in checked.findings.filter(pl.col("rule") == "repeated_key")["next_step"].item()


def test_a_correction_names_the_record_that_it_corrects(door):
    checked = door(
        cases="""
          case_id | zone  | recorded_at | supersedes
          --------+-------+-------------+-----------
          a       | north | 2026-03-02  |
          a       | south | 2026-03-09  | a
          b       | west  | 2026-03-09  | nobody
        """
    )
    assert len(kept(checked, "cases", "case_id")) == 3
    assert len(set(checked.records.cases["record_id"])) == 3
    assert said(checked, "note") == [(4, "supersedes", "supersedes_nobody")]


def test_without_recorded_at_the_first_filled_date_that_may_stand_in_does(door):
    checked = door(
        cases="""
          case_id | onset      | confirmed_at | reported_at
          --------+------------+--------------+------------
          a       | 2026-03-01 | 2026-03-03   | 2026-03-04
          b       | 2026-03-01 | 2026-03-03   |
          c       | 2026-03-01 |              |
          d       |            |              |
        """,
        zones="""
          zone_id | kind
          --------+------
          north   | city
        """,
    )
    told = checked.records.cases["recorded_at"].dt.to_string("%m-%d").to_list()
    assert told == ["03-04", "03-03", "03-01"]
    assert said(checked, "row_set_aside") == [(5, "recorded_at", "no_recorded_at")]
    assert [rule for _, _, rule in said(checked, "note")] == ["recorded_at_made"]  # once a file, and not for zones
    assert checked.records.table("zones")["recorded_at"].to_list() == [None]


def test_a_reference_to_nobody_is_kept_and_noted_when_the_other_table_was_sent(door):
    drawing = """
          case_id | infector | zone  | recorded_at
          --------+----------+-------+------------
          a       | z        | north | 2026-03-02
        """
    checked = door(cases=drawing)
    assert said(checked, "note") == [(2, "infector", "unknown_reference")]
    assert kept(checked, "cases", "infector", "zone") == [("z", "north")]
    checked = door(cases=drawing, zones="zone_id | kind\nsouth | city")
    assert said(checked, "note") == [(2, "infector", "unknown_reference"), (2, "zone", "unknown_reference")]
    # A later row may mend it, so it says nothing lasting about the day of its row.
    assert checked.findings["recorded_at"].to_list() == [None, None]


def test_zones_in_a_loop_lose_one_link(door):
    checked = door(
        cases="case_id | recorded_at\na | 2026-03-01",
        zones="""
          zone_id | parent_zone | recorded_at
          --------+-------------+------------
          a       | b           |
          b       | c           | 2026-03-04
          c       | a           | 2026-03-02
          d       | a           |
          e       | e           |
        """,
    )
    assert kept(checked, "zones", "zone_id", "parent_zone") == [
        ("a", "b"),
        ("b", None),  # told last: until then there was no loop
        ("c", "a"),
        ("d", "a"),
        ("e", None),
    ]
    assert said(checked, "value_set_aside") == [
        (3, "parent_zone", "zone_loop"),
        (6, "parent_zone", "parent_is_another"),
    ]


def test_findings_never_hold_a_value(door):
    checked = door(
        cases="""
          case_id   | onset     | age    | sex   | zone     | infector  | recorded_at
          ----------+-----------+--------+-------+----------+-----------+------------
          secret--1 | secret--2 | secret--3 | secret--4 | secret--5 | secret--6 | secret--7
          secret--1 | 2026-03-01 | 12 | male | secret--8 | secret--1 | 2026-03-01
          secret--1 | 2026-03-01 | 12 | male | secret--9 | secret--1 | 2026-03-02
        """,
        zones="zone_id | parent_zone\nsecret--10 | secret--10",
    )
    assert checked.findings.height > 5
    text = " ".join(str(cell) for row in checked.findings.rows() for cell in row)
    assert "secret" not in text


def test_a_corrected_row_sent_beside_the_original_is_accepted(door, tmp_path):
    cases = """
          case_id | onset      | recorded_at
          --------+------------+------------
                  | 2026-03-01 | 2026-03-02
          b       | 2026-03-01 | 2026-03-02
          b       | 2026-02-25 | 2026-03-05
        """
    first = door(cases=cases)
    assert len(kept(first, "cases", "case_id")) == 1
    write_findings(first, tmp_path / "out")
    rejected = (tmp_path / "out" / "rejected" / "cases.csv").read_text(encoding="utf-8-sig")
    assert rejected == "case_id,onset,recorded_at\n,2026-03-01,2026-03-02\nb,2026-02-25,2026-03-05\n"
    corrected = "supersedes," + rejected.replace("\n,2026", "\n,a,2026").replace("\nb,", "\nb,b,")
    (tmp_path / "cases-corrected.csv").write_text(corrected, encoding="utf-8-sig")
    second = check(read_raw(tmp_path))
    assert sorted(kept(second, "cases", "case_id")) == [("a",), ("b",), ("b",)]
    assert set(second.findings.filter(pl.col("action") != "note")["file"]) == {"cases.csv"}
