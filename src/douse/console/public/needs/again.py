"""A medical request that nobody has answered in time rings again, with the next in line.

The server has no clock of its own: each write lets it look, and so does whoever opens Today, their tasks, the requests
or a receipt, and whatever watches the server. However many look at once a step is rung once: they all give its rows the
same identifiers, of which the ledger counts the first.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import Any

import polars as pl

from douse.console import clock
from douse.console.permissions import Actor, Grant
from douse.console.policy import EVERYWHERE
from douse.console.public.needs.alarm import answering, next_of, request_of, rung, task_of, told
from douse.console.public.needs.clock import OPEN, rules_today, with_clock
from douse.console.reading import follow
from douse.console.tasks.making import loads
from douse.console.writing import record, ring_with
from douse.records.ledger import NewEntry, Snapshot

RANG = "rang_again"  # in the audit log
_CONSOLE = Actor("console", (Grant("community_worker", EVERYWHERE),), verified=True)
_one_at_a_time = Lock()
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Step:
    """A request whose time has run out without an answer, and who is told next."""

    request: dict[str, Any]
    number: int
    who: str


def look(snapshot: Snapshot) -> Snapshot:
    """Ring what is due to ring again; the ledger as it is then.

    Whoever looks is shown their page, whatever is in the way of ringing: the log says what it was.
    """
    try:
        if not _steps(snapshot):
            return snapshot
        with _one_at_a_time:
            if _steps(follow()):
                record(_CONSOLE, [], action=RANG)  # the bell below adds the rows
        return follow()
    except Exception:
        _log.exception("medical requests could not ring again")
        return snapshot


@ring_with
def ring_again(snapshot: Snapshot, entries: Sequence[NewEntry]) -> Iterable[NewEntry]:
    """Tasks for the next in line, each with its audit entry. What is just being written of a request comes first."""
    written = [entry.row["request_id"] for entry in entries if entry.table == "requests"]
    written += [request_of(entry.row["task_id"]) for entry in entries if entry.table == "tasks"]
    made = list[NewEntry]()
    for step in _steps(snapshot, but=written):
        task = task_of(step.request, f"again-{step.number}", step.who, step.request["until"])
        made += [task, NewEntry("audit", {
            "audit_id": f"{RANG}:{task.row['task_id']}", "action": RANG, "author": _CONSOLE.name,
            "object_table": "requests", "object_id": step.request["request_id"], "zone": step.request["zone"],
        })]  # fmt: skip
    return made


def _steps(snapshot: Snapshot, but: Sequence[str] = ()) -> list[_Step]:
    """Of requests that rang those that are to ring again now, the one that has waited longest first.

    A request waits for an answer until it is due, or until the time that was promised; then one more is told each time
    that the protocol's clock of its kind has run down once more, until all who answer requests there were told.
    """
    waiting = _waiting(snapshot, but)
    if waiting.is_empty():
        return []
    now, hours = clock.now(), rules_today().clock
    tasks = rung(snapshot).filter(pl.col("request_id").is_in(waiting["request_id"].implode()))
    by_request = {str(of): rows for (of,), rows in tasks.group_by("request_id")}
    busy, steps = dict[str, int](), list[_Step]()
    for request in waiting.sort("until", "request_id").iter_rows(named=True):
        before = by_request.get(request["request_id"])
        if before is None:  # it came in a file, and has rung with nobody
            continue
        last: Any = before["first_recorded_at"].max()  # when it rang last
        if last > request["until"] and now <= last + timedelta(hours=hours[request["kind"]].value):
            continue
        known = set(told(before.iter_rows(named=True)))
        busy = busy or loads(snapshot, now)
        who = next_of((name for name in answering(snapshot, request["zone"]) if name not in known), busy)
        if who is not None:
            steps.append(_Step(request, len(before), who))
            busy[who] = busy.get(who, 0) + 1
    return steps


def _waiting(snapshot: Snapshot, but: Sequence[str]) -> pl.DataFrame:
    """Open medical requests whose time is up (`until`): as they were due, or as it was promised."""
    rows = snapshot.current("requests").filter(
        pl.all_horizontal(pl.col("withdrawn_at", "met_at", "delivered_at").is_null()),
        pl.col("request_id").is_in(list(but)).not_(),
    )
    if rows.is_empty():
        return rows
    clocked = with_clock(rows, clock.now(), rules_today()).with_columns(until=pl.coalesce("promised_by", "due"))
    return clocked.filter("medical", pl.col("state").is_in(OPEN), pl.col("until") < clock.now())
