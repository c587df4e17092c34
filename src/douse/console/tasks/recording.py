"""Record what came of a task, once, whoever sends it in whatever order: pages and the exchange door write by this."""

from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Lock
from typing import Any

import polars as pl

from douse.console import clock, instance
from douse.console.permissions import Actor, Refused, may
from douse.console.reach import ground_of, reach
from douse.console.reading import follow, visible
from douse.console.states import TASK, NotNow, may_move
from douse.console.tasks.answers import (
    OPEN,
    Answer,
    closed_task,
    contact_of,
    derived,
    follow_up_of,
    state_of,
    test_of,
)
from douse.console.words import say, words
from douse.console.writing import record
from douse.records.ledger import EntryError, NewEntry, Snapshot

AHEAD = timedelta(minutes=5)  # how far a phone's clock may be ahead
_one_at_a_time = Lock()  # between looking whether an answer is known and writing it


@dataclass(frozen=True)
class Result:
    """What came of an answer.

    Attributes
    ----------
    state : str
        saved; known (it was sent before); apart (the visit is kept, the task was settled by somebody else);
        conflict, refused, wrong (nothing was written).
    what, allowed, next : str
        A finding, in words.
    """

    id: str
    state: str
    what: str = ""
    allowed: str = ""
    next: str = ""

    @property
    def kept(self) -> bool:
        """Whether it is on the ledger."""
        return self.state in {"saved", "known", "apart"}


def settle(actor: Actor, answer: Answer) -> Result:
    """Record an answer; what is in its way comes back as a finding, never as a lost record."""
    try:
        with _one_at_a_time:
            return _settle(actor, answer)
    except EntryError as error:
        columns = ", ".join(dict.fromkeys(problem.column or problem.table for problem in error.problems))
        return Result(
            answer.id, "wrong", say("Not saved: {columns}.", columns=columns), error.problems[0].allowed,
            say("Correct it and save again."),
        )  # fmt: skip
    except (NotNow, Refused) as error:
        return Result(
            answer.id, "refused", words().translated(error.what), words().translated(error.allowed),
            words().translated(error.next_step),
        )  # fmt: skip


def _settle(actor: Actor, answer: Answer) -> Result:
    known = _known(actor, answer)
    if known is not None:
        return known
    snapshot = follow()
    task = find(actor, snapshot, answer.task_id)
    if task is None:
        return Result(
            answer.id, "refused", say("This task is not yours any more, or is not there."),
            next=say("Tell whoever shares out the tasks."),
        )  # fmt: skip
    now = clock.now()
    ahead = answer.at > now + AHEAD
    answer = replace(answer, at=min(answer.at, now))
    visit, state = follow_up_of(answer, task), state_of(task)
    if may_move(TASK, state, answer.outcome):
        more = [row for row in (visit, test_of(answer, task), *_contacts(actor, snapshot, answer, task)) if row]
        record(actor, [*more, closed_task(answer, task)], action="recorded_task")
        return Result(answer.id, "saved", say("The clock of the device was ahead.") if ahead else "")
    facts = {"outcome": words().code(state), "who": task["assigned_to"] or "–"}
    settled = say("This task was settled already: {outcome} ({who}).", **facts)
    if visit is None:
        return Result(answer.id, "conflict", settled, next=say("Compare with them; what you noted is kept here."))
    record(actor, [visit], action="recorded_visit")
    if task["done_at"] is not None and answer.at <= task["done_at"] and task["assigned_to"] == actor.name:
        return Result(answer.id, "saved")  # an earlier try of one's own that came late
    return Result(answer.id, "apart", settled, next=say("Your visit is kept as one more; nothing else was changed."))


def _known(actor: Actor, answer: Answer) -> Result | None:
    """An answer that was sent before; that of somebody else by the same number is a conflict."""
    ids = [answer.id, derived(answer.id, "tasks")]
    there = instance.current().stores.ledger.entries(record_ids=ids, limit=1)
    if not there:
        return None
    if there[0].author == actor.author:
        return Result(answer.id, "known")
    return Result(
        answer.id, "conflict", say("Another record has this number already."), next=say("Record it once more by hand.")
    )


def find(actor: Actor, snapshot: Snapshot, task_id: str) -> dict[str, Any] | None:
    """A task that somebody may see."""
    rows = visible(actor, snapshot, "tasks").filter(pl.col("task_id") == task_id)
    return rows.row(0, named=True) if len(rows) else None


def _contacts(actor: Actor, snapshot: Snapshot, answer: Answer, task: dict[str, Any]) -> list[NewEntry | None]:
    if not task["person_id"] or not may(actor, "write contacts"):
        return []
    ground = ground_of(snapshot)
    if not reach(actor, "write contacts", ground).holds(task["zone"]):
        return []
    rows = snapshot.current("contacts").filter(pl.col("person_id") == task["person_id"])
    if task["case_id"] is not None:
        rows = rows.filter(pl.col("case_id") == task["case_id"])
    return [contact_of(answer, task, row) for row in rows.iter_rows(named=True)]


def check_open(task: dict[str, Any]) -> None:
    """Raise `NotNow` where a task was settled."""
    if state_of(task) not in OPEN:
        raise NotNow("This task was settled already.", next_step="Open it again: somebody may have recorded it.")


__all__ = ["Result", "check_open", "find", "settle"]
