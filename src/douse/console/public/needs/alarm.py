"""A medical request rings: a task at once, given to somebody who works in its zone; it ends when it is brought."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from douse.console import clock
from douse.console.policy import ROLES
from douse.console.public.needs.clock import OPEN, due_of, rules_today, state_of
from douse.console.rows import corrected
from douse.console.tasks.making import loads, tracers
from douse.console.writing import audit_entry, ring_with
from douse.records.ledger import NewEntry, Snapshot

_PREFIX = "request:"
_ANSWERING = tuple(
    role.name for role in ROLES.values() if "do_tasks" in role.actions and "requests" in role.writes
)  # fmt: skip


@ring_with
def ring(snapshot: Snapshot, entries: Sequence[NewEntry]) -> Iterable[NewEntry]:
    """Tasks for medical requests that are open and have none; the end of those that are not open any more."""
    rows = [entry.row for entry in entries if entry.table == "requests"]
    if not rows:
        return []
    rules = rules_today()
    medical = [row for row in rows if row.get("kind") in rules.medical]
    waiting = open_tasks(snapshot) if medical else {}
    made = list[NewEntry]()
    busy = loads(snapshot, clock.now()) if medical else {}
    for row in medical:
        is_open, there = state_of(row) in OPEN, waiting.get(row["request_id"], [])
        if is_open and not there:
            who = next_of(answering(snapshot, row.get("zone")), busy)
            made.append(task_of(row, f"{clock.now():%Y%m%dT%H%M%S%f}", who, due_of(_typed(row), rules)))
            if who:
                busy[who] = busy.get(who, 0) + 1
        elif not is_open:
            outcome = "cancelled" if state_of(row) == "taken_back" else "done"
            made += [corrected("tasks", task, done_at=clock.now(), outcome=outcome) for task in there]
    return made


@ring_with
def bring(snapshot: Snapshot, entries: Sequence[NewEntry]) -> Iterable[NewEntry]:
    """Requests whose task is recorded as done are brought, and nobody else need go: their other tasks end.

    What is just being written of a request itself comes first.
    """
    rows = [entry.row for entry in entries if entry.table == "tasks"]
    done = {
        request_of(row["task_id"]): row
        for row in rows
        if row.get("outcome") == "done" and str(row["task_id"]).startswith(_PREFIX)
    }
    for name in (entry.row["request_id"] for entry in entries if entry.table == "requests"):
        done.pop(name, None)
    if not done:
        return []
    made, tasks = list[NewEntry](), open_tasks(snapshot)
    known = snapshot.current("requests").filter(pl.col("request_id").is_in(list(done)))
    written = {row["task_id"] for row in rows}
    for request in known.iter_rows(named=True):
        name, at = request["request_id"], done[request["request_id"]].get("done_at") or clock.now()
        if state_of(request) not in OPEN or name not in tasks or not _is_of(done[name], request, tasks[name]):
            continue
        others = [task for task in tasks[name] if task["task_id"] not in written]
        made += [
            corrected("requests", request, delivered_at=at),
            *(corrected("tasks", task, done_at=at, outcome="done") for task in others),
            audit_entry("answered_request", author="console", object_table="requests", object_id=name,
                        zone=request["zone"]),
        ]  # fmt: skip
    return made


def _is_of(done: Mapping[str, Any], request: Mapping[str, Any], tasks: Sequence[Mapping[str, Any]]) -> bool:
    """Whether it is one of a request's open tasks that was done: where it rang, for that household."""
    same = done.get("zone") == request["zone"] and done.get("person_id") == request["household"]
    return same and any(task["task_id"] == done["task_id"] for task in tasks)


def request_of(task_id: str) -> str:
    """The request that a task is of."""
    return task_id.removeprefix(_PREFIX).rpartition(":")[0]


def task_of(request: Mapping[str, Any], step: str, who: str | None, due_at: datetime) -> NewEntry:
    """The task by which a request rings with somebody; the same step is the same task."""
    return NewEntry("tasks", {
        "task_id": f"{_PREFIX}{request['request_id']}:{step}", "kind": "deliver",
        "what": f"medical request: {request['kind']}", "person_id": request.get("household"),
        "zone": request.get("zone"), "assigned_to": who, "due_at": due_at,
    })  # fmt: skip


def rung(snapshot: Snapshot) -> pl.DataFrame:
    """Tasks by which requests rang, whatever became of them, with the request (`request_id`)."""
    return snapshot.current("tasks").filter(pl.col("task_id").str.starts_with(_PREFIX)).with_columns(
        request_id=pl.col("task_id").str.strip_prefix(_PREFIX).str.extract(r"^(.*):[^:]*$")
    )  # fmt: skip


def open_tasks(snapshot: Snapshot) -> dict[str, list[dict[str, Any]]]:
    """Open tasks of medical requests, by the request; the first that rang comes first."""
    rows = (
        rung(snapshot)
        .filter(pl.col("done_at").is_null(), pl.col("outcome").is_null())
        .sort("first_recorded_at", "task_id")
    )
    found = dict[str, list[dict[str, Any]]]()
    for row in rows.iter_rows(named=True):
        found.setdefault(row["request_id"], []).append(row)
    return found


def told(tasks: Iterable[Mapping[str, Any]]) -> list[str]:
    """Who has been told by tasks, each once."""
    return list(dict.fromkeys(task["assigned_to"] for task in tasks if task["assigned_to"] is not None))


def has_rung(snapshot: Snapshot, request_id: str) -> bool:
    """Whether a task of a medical request is in somebody's hands."""
    return bool(told(open_tasks(snapshot).get(request_id, [])))


def answering(snapshot: Snapshot, zone: str | None) -> list[str]:
    """Those who answer requests in a zone."""
    return [
        name
        for name, zones in tracers(snapshot, _ANSWERING).items()
        if zones is None or (zone is not None and zone in zones)
    ]


def next_of(names: Iterable[str], busy: Mapping[str, int]) -> str | None:
    """Of some people the one with fewest open tasks; None where there is none."""
    return min(names, key=lambda name: (busy.get(name, 0), name), default=None)


def _typed(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row whose moments may be text, as of the API."""
    return {
        name: datetime.fromisoformat(value)
        if name in {"requested_at", "wanted_by"} and isinstance(value, str)
        else value
        for name, value in row.items()
    }
