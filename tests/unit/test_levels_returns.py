"""Returns: what is counted, by a slow twin; who is late; what goes into files."""

import json
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from douse import levels
from douse.errors import DataError, DouseError, LibraryError, UsageError
from douse.ledgers import Place
from douse.library import Pathogen, Protocol, Return, load, names
from douse.library.load import read
from douse.outputs.returns import files
from douse.outputs.returns.definition import band_names, check_definition, fields_used
from douse.outputs.returns.fill import fill
from douse.outputs.returns.keeping import kept_row, next_row
from douse.outputs.returns.standing import clocks, hops, shipped, standings, typed_share
from douse.outputs.returns.values import Filled, Period, Row, due_at, filled_from, period_of
from douse.outputs.words import Words
from douse.question import Question
from douse.records import Records, ZoneTree
from douse.records.ledger import Live, NewEntry, open_ledger
from douse.records.tables import TABLES

DAY = date(2026, 3, 30)
NOW = datetime(2026, 4, 1, 9)
WILD, RULES = load(Pathogen, "sars-cov-2-wild"), load(Protocol, "who-generic")
ZONES = [("c", "city", None), ("d1", "district", "c"), ("d2", "district", "c"), ("d1a", "community", "d1"),
         ("d1b", "community", "d1"), ("d2a", "community", "d2")]  # fmt: skip


def rows(table: str, *made: dict[str, object]) -> NewEntry:
    return [NewEntry(table, row, recorded_at=row.pop("told", datetime(2026, 3, 30, 12))) for row in map(dict, made)]


@pytest.fixture
def known(tmp_path: Path) -> Records:
    ledger = open_ledger(tmp_path / "l", make=True)
    entries = [
        *rows("zones", *({"zone_id": z, "kind": k, "parent_zone": p} for z, k, p in ZONES)),
        *rows(
            "cases",
            {"case_id": "1", "zone": "d1a", "onset": "2026-03-27", "age": 3, "sex": "female", "origin": "imported"},
            {"case_id": "2", "zone": "d1a", "onset": "2026-03-28", "age": None, "sex": None, "infector": "1"},
            {"case_id": "3", "zone": "d1b", "onset": "2026-03-29", "age": 80, "sex": "male", "outcome": "died",
             "outcome_on": "2026-03-30", "told": datetime(2026, 3, 29, 12)},
            {"case_id": "4", "zone": "d2a", "onset": "2026-03-29", "age": 30, "classification": "suspected"},
            {"case_id": "5", "zone": "d1a", "onset": "2026-03-29", "classification": "discarded"},
        ),
        *rows(
            "contacts",
            {"case_id": "1", "person_id": "p", "found_at": datetime(2026, 3, 30, 8), "quarantined_on": DAY,
             "last_contact": "2026-03-28"},
            {"case_id": "2", "person_id": "p", "found_at": datetime(2026, 3, 30, 9), "last_contact": "2026-03-29"},
            {"case_id": "4", "person_id": "q", "found_at": datetime(2026, 3, 30, 9), "last_contact": "2026-03-29"},
            {"case_id": "1", "person_id": "r", "quarantined_on": "2026-03-20", "quarantine_ended_on": "2026-03-29",
             "last_contact": "2026-03-19"},
        ),
        *rows("tests", {"person_id": "1", "sampled_at": datetime(2026, 3, 30, 8)},
              {"person_id": "q", "sampled_at": datetime(2026, 3, 30, 8), "result": "positive",
               "result_at": datetime(2026, 3, 30, 20)}),
        *rows("requests", {"request_id": "a", "zone": "d1a", "kind": "dialysis", "requested_at": datetime(2026, 3, 29)},
              {"request_id": "b", "zone": "d1a", "kind": "food", "requested_at": datetime(2026, 3, 29),
               "met_at": datetime(2026, 3, 30, 9)},
              {"request_id": "c", "zone": "d1a", "kind": "food", "requested_at": datetime(2026, 3, 29),
               "withdrawn_at": datetime(2026, 3, 31, 9), "told": datetime(2026, 3, 31, 9)}),
    ]  # fmt: skip
    ledger.append(entries, author="t", at=NOW)
    return Live(ledger).follow().as_of(date(2026, 3, 31))


def filled(known: Records, name: str, zone: str, day: date = DAY) -> Filled:
    definition = load(Return, name)
    return fill(definition, known, zone=zone, period=period_of(definition.every, day), pathogen=WILD, protocol=RULES)


def total(one: Filled) -> dict[str, object]:
    return {column.id: value for column, value in zip(one.definition.column, one.total, strict=True)}


def test_a_district_by_community_zeros_too(known: Records) -> None:
    one = filled(known, "district-daily", "d1")
    columns = [column.id for column in one.definition.counted]
    lines = {row.of[0]: dict(zip(columns, row.values, strict=True)) for row in one.rows}
    assert set(lines) == {"d1a", "d1b"}
    assert lines["d1a"]["new_cases"] == 2  # the discarded one does not count
    assert lines["d1b"]["new_cases"] == 0  # told the day before
    assert (lines["d1a"]["new_imported"], lines["d1b"]["deaths"]) == (1, 1)
    whole = total(one)
    assert (whole["new_cases"], whole["deaths"], whole["samples"], whole["results_open"]) == (2, 1, 1, 1)
    assert whole["new_contacts"] == 1  # one person, exposed to two cases
    assert (whole["under_watch"], whole["positive"]) == (1, 0)
    other = total(filled(known, "district-daily", "d2"))  # a sample lies where its person does, as a contact of a case
    assert (other["samples"], other["positive"], other["new_suspected"], other["new_cases"]) == (1, 1, 1, 0)


def test_what_lasts_is_counted_at_the_end_of_the_period(known: Records) -> None:
    whole = total(filled(known, "community-daily", "d1a"))
    assert (whole["requests_open"], whole["medical_open"]) == (2, 1)  # the third was withdrawn the day after


def test_ages_in_bands_and_what_is_not_known(known: Records) -> None:
    one = filled(known, "weekly-age-sex", "c")
    lines = {row.of: row.values[0] for row in one.rows}
    assert lines[("0-4", "female")] == 1
    assert lines[(None, "unknown")] == 1
    assert lines[("80+", "male")] == 0  # told on Sunday, of the week before
    assert sum(value for value in lines.values() if isinstance(value, int)) == total(one)["new_cases"] == 2
    assert band_names((0, 5, 80)) == ("0-4", "5-79", "80+")


def slow_count(known: Records, zone: str, of: str, when: str, *, table: str = "contacts") -> int:
    """People of a zone counted row by row."""
    parent = {z: p for z, _, p in ZONES}
    home = {row["case_id"]: row["zone"] for row in known.cases.iter_rows(named=True)}
    found = set()
    for row in known.table(table).iter_rows(named=True):
        at = row.get("zone") or home.get(row["case_id"])
        while at and at != zone:
            at = parent.get(at)
        if at == zone and row[when] is not None and row[when].date() == DAY:
            found.add(row[of])
    return len(found)


@pytest.mark.parametrize("zone", ["c", "d1", "d2", "d1a", "d1b", "d2a"])
def test_people_are_counted_as_a_slow_twin_does(known: Records, zone: str) -> None:
    kind = next(k for z, k, _ in ZONES if z == zone)
    name = {"city": "city-daily", "district": "district-daily", "community": "community-daily"}[kind]
    whole = total(filled(known, name, zone))
    if "new_contacts" in whole:
        assert whole["new_contacts"] == slow_count(known, zone, "person_id", "found_at")


@pytest.mark.parametrize("name", names(Return))
def test_a_shipped_return_names_what_is_there(name: str) -> None:
    definition = load(Return, name)
    assert definition.id == name
    check_definition(definition)
    assert definition.due.source in definition.sources
    for table, column in fields_used(definition):
        assert column in TABLES[table].column_names()


GOOD = """
id = "own"
name = { en = "Own", zh = "自有" }
summary = { en = "Own", zh = "自有" }
edition = "1"
valid_from = 2026-01-01
asked_by = "city"
of = "district"
every = "day"
due = { value = 6, unit = "hours", source = "own", grade = "est", note = "ours" }
format = "csv"
[sources]
own = { citation = "Our own decree" }
"""


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ('what = "count"\ntable = "case"\nwhen = "onset"', "no such table"),
        ('what = "count"\ntable = "cases"\nwhen = "age"', "no day"),
        ('what = "count"\ntable = "cases"\nwhen = "onset_on"', "no column onset_on"),
        ('what = "count"\ntable = "cases"\nwhen = "onset"\nwhere = [{ column = "sex", one_of = ["f"] }]', "no code"),
        ('what = "count"\ntable = "cases"\nwhen = "onset"\nwhere = [{ column = "sex", below = 4.0 }]', "no number"),
        ('what = "sum"\ntable = "cases"\nwhen = "onset"\nof = "zone"', "no number"),
        ('what = "figure"\nof = "luck"', "no figure"),
        ('what = "count"\ntable = "cases"', "nothing tells which records"),
        ('what = "count"\nwhen = "onset"', "does not fit"),
        ('what = "typed"\nwhen = "onset"', "nothing to filter"),
        ('what = "count"\ntable = "cases"\nwhen = "onset"\nwhere = [{ column = "sex" }]', "asks nothing"),
        ('what = "count"\ntable = "cases"\nwhen = "onset"\nsql = "1"', "no such key"),
    ],
)  # fmt: skip
def test_a_bad_definition_fails_with_its_column(column: str, said: str) -> None:
    text = f'{GOOD}\n[[column]]\nid = "it"\nname = {{ en = "It", zh = "它" }}\n{column}\n'
    with pytest.raises(LibraryError, match=said):
        check_definition(read(Return, "own.toml", text))


def test_a_zone_of_another_kind_is_refused(known: Records) -> None:
    with pytest.raises(UsageError, match="kind district"):
        filled(known, "district-daily", "c")
    with pytest.raises(UsageError, match="kind district"):
        filled(known, "district-daily", "<script>")


def test_too_many_rows_are_refused(known: Records) -> None:
    group = f'\n[[group]]\ncolumn = "age"\nname = {{ en = "A", zh = "龄" }}\nbands = {list(range(100))}\n'
    column = '\n[[column]]\nid = "n"\nname = { en = "N", zh = "数" }\nwhat = "count"\ntable = "cases"\nwhen = "onset"\n'
    own = read(Return, "own.toml", GOOD + group + group + column)
    with pytest.raises(DataError, match="rows"):
        fill(own, known, zone="d1", period=Period(DAY, DAY), pathogen=WILD, protocol=RULES)


def test_what_is_typed_is_counted_and_only_what_may_be(known: Records) -> None:
    one = filled(known, "community-daily", "d1a")
    assert (one.cells, one.typed) == (9, 0)
    typed = one.with_typed({"remarks": " two lines ", "new_cases": "99", "else": "x"})
    assert (typed.cells, typed.typed, total(typed)["remarks"]) == (10, 1, "two lines")
    assert total(typed)["new_cases"] == 2


def test_the_ledger_gives_back_what_was_kept(known: Records) -> None:
    one = filled(known, "district-daily", "d1").with_typed({})
    entry = kept_row(one, return_id="r", ledger=7, at=NOW)
    back = filled_from(one.definition, dict(entry.row))
    assert back == one


def row_of(definition: str, zone: str, day: date, state: str, sent: datetime | None = None, n: int = 0) -> dict:
    return {
        "record_id": f"{definition}{zone}{day}{n}", "return_id": f"{zone}-{day}-{n}", "definition": f"{definition} 1",
        "zone": zone, "period_start": day, "period_end": day, "made_at": datetime(2026, 3, 31, n), "state": state,
        "sent_at": sent, "cells": 10, "typed": 1,
    }  # fmt: skip


def test_who_is_late_and_what_is_missing(known: Records) -> None:
    definition = load(Return, "district-daily")  # due ten hours after the day
    returns = pl.DataFrame(
        [
            row_of("district-daily", "d1", DAY, "sent", datetime(2026, 3, 31, 9)),
            row_of("district-daily", "d2", DAY, "sent", datetime(2026, 3, 31, 13)),
            row_of("district-daily", "d1", date(2026, 3, 31), "draft"),
        ]
    )
    found = standings([definition], ZoneTree(known), returns, DAY, datetime(2026, 4, 1, 9))
    states = {(one.zone, one.period.end): (one.state, one.late_hours) for one in found}
    assert states == {
        ("d1", DAY): ("sent", 0.0), ("d2", DAY): ("sent", 3.0),
        ("d1", date(2026, 3, 31)): ("draft", 0.0), ("d2", date(2026, 3, 31)): ("open", 0.0),
    }  # fmt: skip
    later = standings([definition], ZoneTree(known), returns, DAY, datetime(2026, 4, 1, 12))
    assert {(one.zone, one.state, one.late_hours) for one in later if one.period.end > DAY} >= {
        ("d1", "draft", 2.0), ("d2", "missing", 2.0),
    }  # fmt: skip
    first, second = hops(later)
    assert (first.zone, first.expected, first.in_time, first.late, first.missing, first.median_hours) == (
        "d1", 2, 1, 0, 1, 9.0,
    )  # fmt: skip
    assert (second.late, second.worst_hours) == (1, 13.0)
    assert typed_share(returns) == (30, 3)


def test_a_correction_that_was_sent_counts_and_a_new_draft_does_not_undo_it(known: Records) -> None:
    definition = load(Return, "district-daily")
    sent = [row_of("district-daily", "d1", DAY, "sent", datetime(2026, 3, 31, 9 + n), n) for n in (0, 1)]
    returns = pl.DataFrame([*sent, row_of("district-daily", "d1", DAY, "draft", None, 2)])
    one = next(
        one
        for one in standings([definition], ZoneTree(known), returns, DAY, NOW)
        if (one.zone, one.period.end) == ("d1", DAY)
    )
    assert (one.return_id, one.state) == (f"d1-{DAY}-1", "sent")


def test_periods_and_deadlines() -> None:
    weekly = load(Return, "weekly-summary")
    week = period_of("week", DAY)
    assert (week.start, week.end) == (date(2026, 3, 30), date(2026, 4, 5))
    assert due_at(weekly, week) == datetime(2026, 4, 7)
    assert set(names(Return)) == {one.id for one in shipped()}


def test_the_clocks_of_each_zone_are_its_own(known: Records) -> None:
    found = {one.zone: one.milestones for one in clocks(known, ["district"], WILD, RULES)}
    assert set(found) == {"d1", "d2"}
    assert found["d1"][0].days == 2  # onset 27 March, told on the 29th
    assert found["d2"][0].days is None  # a suspected case alone does not count


def test_files_guard_formulas_and_carry_signatures(known: Records) -> None:
    words = Words("en")
    one = filled(known, "community-daily", "d1a").with_typed({"remarks": "=HYPERLINK(1)"})
    text = files.as_csv(one, words).decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    assert pl.read_csv(BytesIO(files.as_csv(one, words)))["New cases"].to_list() == [2]
    content = files.document(one, return_id="r", signed_by="x", sent_at=None)
    signed = files.signed(content, Ed25519PrivateKey.generate())
    assert files.verify_return(signed)["total"]["remarks"] == "=HYPERLINK(1)"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_csv_names_each_zone_and_holds_its_code(known: Records, language: str) -> None:
    words = Words(language, zones={"c": "Riverton", "d1": "North bank", "d2": "=South"})
    one = filled(known, "city-daily", "c")
    table = pl.read_csv(BytesIO(files.as_csv(one, words)), infer_schema=False)
    assert table.select(table.columns[1:3]).unique().rows() == [("Riverton", "c")]
    named = next(at for at, name in enumerate(table.columns) if "North bank" in table[name].to_list())
    rows = table.select(table.columns[named : named + 2]).rows()
    assert {("North bank", "d1"), ("'=South", "d2")} <= set(rows)
    assert rows[-1][1] is None  # all together are no zone
    assert len({code for _, code in rows if code}) == sum(code is not None for _, code in rows)


@pytest.mark.parametrize("break_it", ["total", "zone", "signature", "public_key", "typed"])
def test_a_file_that_was_changed_is_found(known: Records, break_it: str) -> None:
    one = filled(known, "community-daily", "d1a")
    key = Ed25519PrivateKey.generate()
    content = json.loads(files.signed(files.document(one, return_id="r", signed_by="x", sent_at=None), key))
    content[break_it] = "AAAA"
    with pytest.raises(DataError, match="not signed, or was changed"):
        files.verify_return(json.dumps(content).encode())


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{}", b"[" * 100_000, b"\xff", b'{"form":"douse-return/1"}', b" " * (9 << 20)]
)
def test_what_is_no_return_is_told(text: bytes) -> None:
    with pytest.raises(DataError):
        files.verify_return(text)


def test_states_go_forward_only() -> None:
    row = {"record_id": "x", "return_id": "r", "state": "draft"}
    with pytest.raises(UsageError, match="cannot become sent"):
        next_row(row, "sent", at=NOW)
    with pytest.raises(UsageError, match="answers for"):
        next_row(row, "signed", at=NOW, signed_by=" ")
    with pytest.raises(UsageError):
        next_row({**row, "state": "sent"}, "signed", at=NOW, signed_by="x")


def test_the_story_from_draft_to_signed_file(tmp_path: Path) -> None:
    place = Place(tmp_path / "l")
    ledger = place.open(make=True)
    ledger.append(
        [NewEntry("zones", {"zone_id": z, "kind": k, "parent_zone": p}) for z, k, p in ZONES],
        author="t",
        at=datetime(2026, 3, 1),
    )
    row = {"case_id": "1", "zone": "d1a", "onset": "2026-03-27", "pathogen": "sars-cov-2-wild"}
    ledger.append([NewEntry("cases", row, recorded_at=datetime(2026, 3, 30, 12))], author="t", at=NOW)
    question = Question(place.folder, as_of=date(2026, 3, 31))
    with pytest.raises(UsageError, match="Which zone"):
        levels.fill_return(question, "district-daily", zone=None, day=DAY, typed={})
    with pytest.raises(UsageError, match="Nobody types"):
        levels.fill_return(question, "district-daily", zone="d1", day=DAY, typed={"new_cases": "3"})
    made = levels.fill_return(question, "district-daily", zone="d1", day=DAY, typed={})
    kept = levels.keep_return(place, made.filled, author="t", at=NOW)
    out = tmp_path / "r.json"
    with pytest.raises(DouseError):
        levels.send_return(place, kept, out, author="t", at=NOW)
    levels.sign_return(place, kept, "decision_maker, d1", author="t", at=NOW)
    levels.send_return(place, kept, out, author="t", at=NOW)
    assert files.verify_return(out.read_bytes())["signed_by"] == "decision_maker, d1"
    found, _, _ = levels.standing(place, NOW + timedelta(hours=3))
    assert {(one.state, one.return_id) for one in found if one.zone == "d1" and one.period.end == DAY} >= {
        ("sent", kept)
    }


def test_a_row_is_of_a_zone_by_its_name_whatever_its_identifier_looks_like() -> None:
    words = Words("en", zones={"north_1": "North street 1", "measles": "Measles lane"})
    daily, ages = load(Return, "district-daily"), load(Return, "weekly-age-sex")
    for zone, name in (("north_1", "North street 1"), ("measles", "Measles lane"), ("no_name", "no_name")):
        assert files.said(daily, Row((zone,), ()), words) == [name]
    band = band_names(next(group.bands for group in ages.group if group.bands))[0]
    of = tuple(band if group.bands else None for group in ages.group)
    assert set(files.said(ages, Row(of, ()), words)) == {band, "not known"}
