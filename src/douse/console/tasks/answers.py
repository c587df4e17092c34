"""What somebody says of a task, and the rows that it makes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from douse.records import codes
from douse.records.ledger import NewEntry

SEES = ("follow_up", "reach")  # kinds that ask whether the person was seen, and has symptoms
OPEN = ("open", "not_reached")  # states in which a task is still to be done
OUTCOME_OF_FOUND = {"seen": "done", "not_found": "not_reached", "refused": "refused"}
# Outcomes that end a task; one who was not reached is tried again.
ENDS = frozenset(codes.TASK_OUTCOMES) - {"not_reached"}
_HEADER = ("record_id", "recorded_at", "supersedes", "first_recorded_at")


@dataclass(frozen=True)
class Answer:
    """What was recorded of a task, on paper, on a phone or on a page.

    Parameters
    ----------
    id : str
        UUID that was made where it was recorded: sent twice it counts once.
    task_id : str
        Of the task.
    at : datetime
        When it took place, local.
    outcome : str
        Of `TASK_OUTCOMES`.
    found, symptoms, temperature, how : optional
        As in follow_ups, for tasks of `SEES`.
    sampled : str
        Kind of test that was taken, for tasks of kind test.
    note : str
        What else was said.
    """

    id: str
    task_id: str
    at: datetime
    outcome: str
    found: str | None = None
    symptoms: str | None = None
    temperature: str | float | None = field(default=None, repr=False)
    how: str | None = None
    sampled: str | None = None
    note: str | None = field(default=None, repr=False)


def state_of(task: Mapping[str, Any]) -> str:
    """open, or what came of it."""
    return task["outcome"] or ("done" if task["done_at"] else "open")


def follow_up_of(answer: Answer, task: Mapping[str, Any]) -> NewEntry | None:
    """The visit or call itself: it stays true whatever became of the task meanwhile."""
    if task["kind"] not in SEES or not task["person_id"] or not answer.found:
        return None
    row = {
        "person_id": task["person_id"], "case_id": task["case_id"], "zone": task["zone"], "at": answer.at,
        "how": answer.how, "found": answer.found, "symptoms": answer.symptoms, "temperature": answer.temperature,
        "note": answer.note,
    }  # fmt: skip
    return NewEntry("follow_ups", row, record_id=answer.id)


def test_of(answer: Answer, task: Mapping[str, Any]) -> NewEntry | None:
    """The sample that was taken; its result is still to come."""
    if task["kind"] != "test" or answer.outcome != "done" or not answer.sampled or not task["person_id"]:
        return None
    row = {
        "person_id": task["person_id"], "zone": task["zone"], "kind": answer.sampled, "purpose": "contact",
        "sampled_at": answer.at, "result": "pending",
    }  # fmt: skip
    return NewEntry("tests", row, record_id=derived(answer.id, "tests"))


def contact_of(answer: Answer, task: Mapping[str, Any], contact: Mapping[str, Any]) -> NewEntry | None:
    """The correction of a contact that a task brings about; None where it says nothing new."""
    if answer.outcome != "done":
        return None
    changes = _contact_changes(task["kind"], answer.at, contact)
    if not changes:
        return None
    row = whole({**contact, **changes})
    return NewEntry(
        "contacts", row, record_id=derived(answer.id, contact["record_id"]), supersedes=contact["record_id"]
    )


def _contact_changes(kind: str, at: datetime, contact: Mapping[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if kind in {"reach", "quarantine"} and contact["reached_at"] is None:
        changes["reached_at"] = at
    if kind == "quarantine" and contact["quarantined_on"] is None:
        changes["quarantined_on"] = at.date()
    if kind == "release" and contact["quarantine_ended_on"] is None:
        changes |= {"quarantine_ended_on": at.date(), "follow_up": "completed"}
    return changes


def closed_task(answer: Answer, task: Mapping[str, Any]) -> NewEntry:
    """The correction of the task itself."""
    ended = answer.outcome in ENDS
    said = None if task["kind"] in SEES and answer.found else answer.note  # else it lies with the visit
    changes = {"outcome": answer.outcome, "done_at": answer.at if ended else None, "note": said or task["note"]}
    return NewEntry(
        "tasks", whole({**task, **changes}), record_id=derived(answer.id, "tasks"), supersedes=task["record_id"]
    )


def whole(row: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of a row in force without its header."""
    return {name: value for name, value in row.items() if name not in _HEADER}


def derived(answer: str, part: str) -> str:
    """record_id of a further row of an answer: the same each time that it is sent."""
    return str(uuid5(UUID(answer), part))
