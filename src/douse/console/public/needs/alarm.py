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
from douse.console.writing import ring_with
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
        is_open, there = state_of(row) in OPEN, waiting.get(row["request_id"])
        if is_open and there is None:
            who = _who(snapshot, row.get("zone"), busy)
            made.append(NewEntry("tasks", {
                "task_id": f"{_PREFIX}{row['request_id']}:{clock.now():%Y%m%dT%H%M%S%f}", "kind": "deliver",
                "what": f"medical request: {row['kind']}", "person_id": row.get("household"), "zone": row.get("zone"),
                "assigned_to": who, "due_at": due_of(_typed(row), rules),
            }))  # fmt: skip
            if who:
                busy[who] = busy.get(who, 0) + 1
        elif not is_open and there is not None:
            taken_back = state_of(row) == "taken_back"
            made.append(corrected("tasks", there, done_at=clock.now(), outcome="cancelled" if taken_back else "done"))
    return made


def open_tasks(snapshot: Snapshot) -> dict[str, dict[str, Any]]:
    """Open tasks of medical requests, by the request."""
    rows = snapshot.current("tasks").filter(
        pl.col("task_id").str.starts_with(_PREFIX), pl.col("done_at").is_null(), pl.col("outcome").is_null()
    )
    return {row["task_id"].split(":")[1]: row for row in rows.iter_rows(named=True)}


def has_rung(snapshot: Snapshot, request_id: str) -> bool:
    """Whether the task of a medical request is in somebody's hands."""
    task = open_tasks(snapshot).get(request_id)
    return task is not None and task["assigned_to"] is not None


def _who(snapshot: Snapshot, zone: str | None, busy: Mapping[str, int]) -> str | None:
    """Of those who answer requests in a zone the one with fewest open tasks; None: nobody works there."""
    there = [
        name
        for name, zones in tracers(snapshot, _ANSWERING).items()
        if zones is None or (zone is not None and zone in zones)
    ]
    return min(there, key=lambda name: (busy.get(name, 0), name), default=None)


def _typed(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row whose moments may be text, as of the API."""
    return {
        name: datetime.fromisoformat(value)
        if name in {"requested_at", "wanted_by"} and isinstance(value, str)
        else value
        for name, value in row.items()
    }
