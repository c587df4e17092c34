"""The chain: what is appended stays, in its place, and whoever changes it is found out."""

from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from douse.errors import UsageError
from douse.records.ledger import CorrectedError, EntryError, Ledger, NewEntry, open_ledger, verify
from douse.records.ledger.storage import entries as table
from ledger_inputs import NOON, case


def test_an_entry_comes_back_as_it_was_sent(ledger: Ledger) -> None:
    receipt = ledger.append([case("a", person_id="p", sex="female", age=30, latitude=1.25)], author="u", at=NOON)
    (entry,) = ledger.entries()
    assert (receipt.first, receipt.last, receipt.record_ids) == (1, 1, ("a",))
    assert entry.row == {
        "record_id": "a", "recorded_at": "2026-03-01T12:00:00", "case_id": "a", "zone": "z", "onset": "2026-02-27",
        "person_id": "p", "sex": "female", "age": 30, "latitude": 1.25,
    }  # fmt: skip
    assert (entry.subject, entry.zone, entry.occurred, entry.author) == ("p", "z", "2026-02-27", "u")
    assert "female" not in entry.payload
    assert entry.id[14] == "7"  # UUID of version 7


def test_numbers_go_up_and_identifiers_sort_by_time(ledger: Ledger) -> None:
    for name in "abc":
        ledger.append([case(name)], author="u", at=NOON)
    entries = ledger.entries()
    assert [entry.sequence for entry in entries] == [1, 2, 3]
    assert sorted(entry.id for entry in entries) == [entry.id for entry in entries]
    assert [entry.record_id for entry in ledger.entries(since=2)] == ["c"]
    assert [entry.record_id for entry in ledger.entries(newest_first=True, limit=2)] == ["c", "b"]


@pytest.mark.parametrize(
    ("new", "column", "rule"),
    [
        (NewEntry("cases", {"zone": "z"}), "case_id", "nullability"),
        (case("b", sex="blue"), "sex", "unknown_code"),
        (case("b", age=200), "age", "max"),
        (case("b", onset="soon"), "onset", None),
        (case("b", colour="blue"), "colour", "column"),
        (case("b", exposed_from="2026-03-02", exposed_to="2026-03-01"), "", "exposure_order"),
        (NewEntry("nothing", {}), "", "table"),
    ],
)
def test_a_row_that_breaks_a_rule_keeps_the_whole_batch_out(
    ledger: Ledger, new: NewEntry, column: str, rule: str | None
) -> None:
    with pytest.raises(EntryError) as raised:
        ledger.append([case("a"), new], author="u", at=NOON)
    problems = raised.value.problems
    assert {problem.number for problem in problems} == {1}
    assert [problem for problem in problems if problem.column == column and rule in {None, problem.rule}], problems
    assert "blue" not in str(raised.value)
    assert "soon" not in str(raised.value)
    assert ledger.head == 0


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM entries",
        "UPDATE entries SET payload = '{}'",
        "UPDATE entries SET author = 'somebody'",
        "UPDATE entries SET personal = NULL, salt = NULL",
    ],
)
def test_the_database_refuses_to_change_an_entry(ledger: Ledger, statement: str) -> None:
    ledger.append([case("a", sex="female")], author="u", at=NOON)
    with ledger.engine.connect() as connection, pytest.raises(DBAPIError, match="only grows"):
        connection.execute(sa.text(statement))
    assert verify(ledger).good


_TAMPER = {
    "payload": "its fields were changed",
    "personal": "its personal fields were changed",
    "author": "its head was changed",
    "zone": "its head was changed",
    "recorded_at": "its head was changed",
    "previous_hash": "it does not follow from the entry before it",
}


@pytest.mark.parametrize("column", list(_TAMPER))
def test_verify_names_the_first_entry_that_somebody_changed(ledger: Ledger, column: str) -> None:
    ledger.append([case(name, sex="female") for name in "abcd"], author="u", at=NOON)
    _unlock(ledger)
    value = b"x" * 32 if column == "previous_hash" else "{}"
    with ledger.engine.begin() as connection:
        connection.execute(sa.update(table).where(table.c.sequence >= 3).values({column: value}))
    found = verify(ledger)
    assert (found.good, found.first_broken, found.entries, found.why) == (False, 3, 2, _TAMPER[column])


def test_verify_finds_an_entry_that_is_gone(ledger: Ledger) -> None:
    ledger.append([case(name) for name in "abcd"], author="u", at=NOON)
    _unlock(ledger)
    with ledger.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM entries WHERE sequence = 2"))
    assert verify(ledger).why == "entry 2 is missing"


def test_verify_finds_personal_fields_that_went_without_an_erasure(ledger: Ledger) -> None:
    ledger.append([case(name, sex="female") for name in "ab"], author="u", at=NOON)
    _unlock(ledger)
    with ledger.engine.begin() as connection:
        connection.execute(sa.text("UPDATE entries SET personal = NULL, salt = NULL WHERE sequence = 1"))
    found = verify(ledger)
    assert (found.good, found.first_broken) == (False, 1)


@pytest.mark.slow
def test_many_writers_make_one_line(ledger: Ledger) -> None:
    failed = list[BaseException]()

    def write(who: int) -> None:
        try:
            own = open_ledger(ledger.place)
            for at in range(10):
                own.append([case(f"{who}-{at}-{part}") for part in "ab"], author=str(who), at=NOON)
            own.close()
        except BaseException as error:  # told below, in the thread of the test
            failed.append(error)

    threads = [Thread(target=write, args=(who,)) for who in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert verify(ledger).entries == 6 * 10 * 2
    names = [entry.record_id for entry in ledger.entries()]
    # The two rows of a batch stand beside each other.
    assert all(names[at][:-1] == names[at + 1][:-1] for at in range(0, len(names), 2))


def test_of_two_who_correct_one_row_at_once_the_second_is_told(ledger: Ledger) -> None:
    ledger.append([case("a")], author="u", at=NOON)
    one, other = (NewEntry("cases", {"case_id": "a", "age": age}, supersedes="a") for age in (1, 2))
    ledger.append([one], author="u", at=NOON, in_force_only=True)
    with pytest.raises(CorrectedError, match="corrected by somebody else"):
        ledger.append([case("b"), other], author="v", at=NOON + timedelta(seconds=1), in_force_only=True)
    assert ledger.head == 2


def test_a_folder_without_a_ledger_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no ledger in this folder"):
        open_ledger(tmp_path)


def test_told_and_appended_are_two_moments(ledger: Ledger) -> None:
    ledger.append([NewEntry("cases", {"case_id": "a"}, recorded_at=NOON - timedelta(days=3))], author="u", at=NOON)
    (entry,) = ledger.entries()
    assert (entry.recorded_at, entry.appended_at) == ("2026-02-26T12:00:00", datetime.isoformat(NOON))


def _unlock(ledger: Ledger) -> None:
    """What somebody with the rights of the owner could do."""
    with ledger.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(sa.text("DROP TRIGGER entries_stay"))
            connection.execute(sa.text("DROP TRIGGER entries_do_not_change"))
        else:
            connection.execute(sa.text("ALTER TABLE entries DISABLE TRIGGER ALL"))
