"""Who may write where; every write has its audit entry, in the same batch."""

import ast
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import douse.console
from douse.console import instance, reading
from douse.console.permissions import Actor, Grant, Refused
from douse.console.policy import EVERYWHERE
from douse.console.states import NotNow
from douse.console.writing import bring_in, erase_persons, record
from douse.records import Records
from douse.records.ledger import NewEntry

CONSOLE = Path(douse.console.__file__).parent


def actor(role: str, zone: str, *, verified: bool = True) -> Actor:
    return Actor(role, (Grant(role, zone),), verified)


def case(case_id: str, zone: str | None, **more: Any) -> NewEntry:
    return NewEntry("cases", {"case_id": case_id, "zone": zone, "reported_at": datetime(2026, 3, 31, 12), **more})


@pytest.mark.usefixtures("city")
def test_a_row_and_its_audit_entry_are_one_batch(ledger: Any) -> None:
    receipt = record(actor("tracer", "north"), [case("n9", "north-1")], action="added_case")
    written = ledger.entries(since=receipt.first - 1)
    assert [entry.table for entry in written] == ["cases", "audit"]
    told = written[1].row
    assert told["action"] == "added_case"
    assert (told["object_table"], told["object_id"], told["zone"], told["rows"]) == ("cases", "n9", "north-1", 1)
    assert told["author"] == written[0].author == "user:tracer"
    assert told["role"] == "tracer"


@pytest.mark.parametrize("zone", ["south-1", "nowhere", None])
@pytest.mark.usefixtures("city")
def test_a_row_outside_ones_zones_or_of_no_zone_is_refused(zone: str | None, ledger: Any) -> None:
    head = ledger.head
    with pytest.raises(Refused):
        record(actor("tracer", "north"), [case("x", zone)], action="added_case")
    assert ledger.head == head


@pytest.mark.usefixtures("city")
def test_one_row_out_of_reach_keeps_the_whole_batch_out(ledger: Any) -> None:
    head = ledger.head
    with pytest.raises(Refused):
        record(actor("tracer", "north"), [case("a", "north-1"), case("b", "south-1")], action="added_case")
    assert ledger.head == head


@pytest.mark.usefixtures("city")
def test_a_contact_is_where_its_case_is_though_both_are_new() -> None:
    rows = [case("n1", "north-2"), NewEntry("contacts", {"case_id": "n1", "person_id": "someone"})]
    assert len(record(actor("tracer", "north"), rows, action="added_case")) == 4
    rows = [case("n2", "north-2"), NewEntry("contacts", {"case_id": "case-south-1", "person_id": "someone"})]
    with pytest.raises(Refused):
        record(actor("tracer", "north"), rows, action="added_case")


@pytest.mark.usefixtures("city")
def test_a_role_writes_only_its_tables() -> None:
    with pytest.raises(Refused):
        record(actor("laboratory", EVERYWHERE), [case("x", "north-1")], action="added_case")
    with pytest.raises(Refused):
        record(actor("auditor", EVERYWHERE), [case("x", "north-1")], action="added_case")


@pytest.mark.usefixtures("city")
def test_an_action_of_the_policy_is_needed_besides_the_table() -> None:
    with pytest.raises(Refused):
        record(actor("tracer", "north"), [case("x", "north-1")], action="merge_persons")


@pytest.mark.usefixtures("city")
def test_a_correction_keeps_what_its_author_was_not_shown() -> None:
    reporter = actor("reporter", "north")
    before = reading.visible(reporter, reading.follow(), "cases").row(0, named=True)
    assert before["sex"] is None
    changed = {name: value for name, value in before.items() if name not in {"record_id", "first_recorded_at"}}
    record(
        reporter,
        [NewEntry("cases", {**changed, "classification": "probable"}, supersedes=before["record_id"])],
        action="corrected_case",
    )
    now = reading.visible(actor("tracer", "north"), reading.follow(), "cases")
    assert now.filter(case_id=before["case_id"]).row(0, named=True)["sex"] == "female"
    assert now.filter(case_id=before["case_id"]).row(0, named=True)["classification"] == "probable"


@pytest.mark.usefixtures("city")
def test_two_corrections_of_one_row_the_second_is_told() -> None:
    tracer = actor("tracer", "north")
    row = reading.visible(tracer, reading.follow(), "cases").row(0, named=True)
    given = {name: value for name, value in row.items() if name not in {"record_id", "first_recorded_at"}}
    record(tracer, [NewEntry("cases", given, supersedes=row["record_id"])], action="corrected_case")
    with pytest.raises(NotNow):
        record(tracer, [NewEntry("cases", given, supersedes=row["record_id"])], action="corrected_case")


@pytest.mark.usefixtures("city")
def test_a_row_cannot_be_pulled_out_of_another_zone_by_a_correction() -> None:
    row = reading.visible(actor("tracer", "south"), reading.follow(), "cases").row(0, named=True)
    given = {name: value for name, value in row.items() if name not in {"record_id", "first_recorded_at"}}
    with pytest.raises(Refused):
        record(
            actor("tracer", "north"),
            [NewEntry("cases", {**given, "zone": "north-1"}, supersedes=row["record_id"])],
            action="corrected_case",
        )


@pytest.mark.usefixtures("city")
def test_broken_glass_lets_one_read_but_not_write() -> None:
    seeing = Actor("t", (Grant("tracer", "north"),), verified=True, glass=("south-1",))
    assert "south-1" in set(reading.visible(seeing, reading.follow(), "cases")["zone"])
    with pytest.raises(Refused):
        record(seeing, [case("x", "south-1")], action="added_case")


@pytest.mark.usefixtures("city")
def test_ones_own_tasks_are_done_wherever_they_lead(put: Callable[..., None]) -> None:
    tracer = actor("tracer", "north")
    task = {"task_id": "t", "kind": "follow_up", "person_id": "c-south-1", "zone": "south-1", "assigned_to": "tracer"}
    put("tasks", task, {**task, "task_id": "u", "person_id": "c-south-2", "assigned_to": "somebody-else"})
    rows = {row["task_id"]: row["record_id"] for row in reading.follow().current("tasks").iter_rows(named=True)}
    visit = {
        "person_id": "c-south-1",
        "zone": "south-1",
        "at": datetime(2026, 4, 1, 8),
        "how": "visit",
        "found": "seen",
    }
    done = {**task, "done_at": datetime(2026, 4, 1, 8), "outcome": "done"}
    record(
        tracer, [NewEntry("follow_ups", visit), NewEntry("tasks", done, supersedes=rows["t"])], action="did_task"
    )  # fmt: skip
    for refused in (
        NewEntry("tasks", {**done, "task_id": "u"}, supersedes=rows["u"]),
        NewEntry("follow_ups", {**visit, "person_id": "c-south-2"}),
        NewEntry("follow_ups", {**visit, "at": datetime(2026, 4, 1, 8, 30)}),  # the task is done
    ):
        with pytest.raises(Refused):
            record(tracer, [refused], action="did_task")


@pytest.mark.usefixtures("city")
def test_an_upload_is_checked_as_rows_are_and_has_its_audit_entry(ledger: Any) -> None:
    rows = reading.visible(actor("tracer", "north"), reading.follow(), "cases").drop("first_recorded_at")
    fresh = rows.with_columns(case_id=rows["case_id"] + "-2", record_id=rows["record_id"] + "-2")
    taken = bring_in(actor("reporter", "north"), Records({"cases": fresh}, frozenset({"cases"})))
    assert taken.new == {"cases": 2}
    told = ledger.entries(tables=["audit"], newest_first=True, limit=1)[0].row
    assert (told["action"], told["rows"], told["author"]) == ("import", 2, "user:reporter")
    with pytest.raises(Refused):
        bring_in(actor("reporter", "south"), Records({"cases": fresh}, frozenset({"cases"})))
    with pytest.raises(Refused):
        bring_in(actor("tracer", "north"), Records({"cases": fresh}, frozenset({"cases"})))


@pytest.mark.usefixtures("city")
def test_erasure_needs_the_whole_area_and_leaves_the_chain_whole(ledger: Any) -> None:
    instance.current().stores.vault.put("p-north-1", {"name": "Somebody"})
    with pytest.raises(Refused):
        erase_persons(actor("data_steward", "north"), {"p-north-1"}, why="asked_for", reason="asked")
    done = erase_persons(actor("data_steward", EVERYWHERE), {"p-north-1"}, why="asked_for", reason="asked")
    assert done.subjects == 1
    assert instance.current().stores.vault.get("p-north-1") is None
    rows = reading.visible(actor("tracer", "north-1"), reading.follow(), "cases")
    assert rows["sex"].to_list() == [None]
    assert "erase" in {entry.row["action"] for entry in ledger.entries(tables=["audit"])}


# A test, not a reviewer, notices a write without its audit entry.

# Where rows of the ledger may be appended: there, and before anybody uses a demonstration.
APPENDING = {"append_prepared", "append_within", "append_foreign", "take_in", "erase"}
MAY_APPEND = {"writing.py", "demo.py"}
# Where users, roles and so on are written without a note of their own: who calls them writes it.
NOTED_BY_THE_CALLER = {
    ("models.py", "add"): "users.add",
    ("signin/backend.py", "authenticate"): "changes nothing: it takes as long as checking a password",
    ("api/uploads.py", "drop"): "an upload that is thrown away was never a record",
    ("public/work.py", "spend"): "a puzzle is nobody's: the form that brings it is recorded by intake.take",
    ("signin/factor.py", "begun"): "a second factor that is not confirmed opens nothing",
    ("signin/factor.py", "settle"): "views.second_factor",
}
CHANGING = {
    "save",
    "create",
    "get_or_create",
    "update_or_create",
    "delete",
    "bulk_create",
    "bulk_update",
    "set_password",
}


def functions() -> list[tuple[str, ast.FunctionDef]]:
    return [
        (path.relative_to(CONSOLE).as_posix(), node)
        for path in sorted(CONSOLE.rglob("*.py"))
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]


def called(node: ast.AST) -> list[tuple[str, ast.Call]]:
    names = []
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            names.append((name, call))
    return names


def test_the_ledger_is_appended_to_in_one_place_only() -> None:
    for path, function in functions():
        for name, call in called(function):
            appends = name in APPENDING or (name == "append" and any(word.arg == "author" for word in call.keywords))
            assert not appends or path in MAY_APPEND, f"{path}: {function.name} appends to the ledger past writing.py"


def test_whatever_changes_users_also_notes_it() -> None:
    for path, function in functions():
        names = [name for name, _ in called(function)]
        if CHANGING & set(names) and (path, function.name) not in NOTED_BY_THE_CALLER:
            assert {"note", "record", "bring_in", "erase_persons"} & set(names), (
                f"{path}: {function.name} writes without an audit entry"
            )


def test_every_function_that_is_let_off_is_there() -> None:
    there = {(path, function.name) for path, function in functions()}
    assert set(NOTED_BY_THE_CALLER) <= there


@pytest.mark.usefixtures("city")
def test_rows_appended_by_the_console_are_never_without_an_audit_entry(ledger: Any, put: Callable[..., None]) -> None:
    del put
    start = ledger.head
    record(actor("tracer", "north"), [case("a", "north-1"), case("b", "north-2")], action="added_case")
    record(
        actor("logistics", EVERYWHERE),
        [NewEntry("facilities", {"facility_id": "f", "kind": "depot", "zone": "north"})],
        action="added_facility",
    )
    batches: dict[str, set[str]] = {}
    for entry in ledger.entries(since=start):
        batches.setdefault(entry.author, set()).add(entry.table)
    assert all("audit" in tables for tables in batches.values())
    assert len(batches) == 2
