"""Pages of one's own tasks: the list for today, a task with all that is known of it, and recording without a script."""

import math
from datetime import datetime, time
from typing import Any
from uuid import uuid4

import polars as pl
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe
from pydantic import ValidationError

from douse.console import clock, instance
from douse.console.actors import actor_of
from douse.console.pages import page
from douse.console.permissions import Actor, may
from douse.console.public.needs import again
from douse.console.reach import ground_of
from douse.console.reading import follow, seen, visible
from douse.console.tasks.answers import OPEN, SEES, state_of
from douse.console.tasks.names import called, spoken_of
from douse.console.tasks.offline import LEFT, USER
from douse.console.tasks.recording import find, settle
from douse.console.tasks.sent import of_form
from douse.console.tasks.sharing import doers, pairs
from douse.console.tasks.todo import free, last_seen, open_tasks, stops, today, with_household, with_state
from douse.console.tasks.todo import mine as mine_of
from douse.console.words import say
from douse.records import codes
from douse.records.ledger import Snapshot

_ = str  # marks what is said, for translation
MOST_FREE = 30  # tasks that nobody was given, shown at once
WHAT: dict[str, str] = {
    "interview": _("Ask the case where they were and whom they met while they could infect."),
    "reach": _("Tell the contact, and ask how they are."),
    "quarantine": _("See that the quarantine has begun."),
    "find_source": _("Nobody knows who infected this case: ask where they were and whom they met."),
    "ask_infector": _("Ask again whom else they met: they infected somebody whom they had not named."),
    "test": _("Take a sample."),
    "release": _("The quarantine is over: tell them so."),
    "follow_up": _("See how they are today."),
    "visit_place": _("Go and look at the place."),
    "deliver": _("Bring what was asked for."),
    "carry_out": _("Carry out the measure that was approved."),
    "look": _("Look into it."),
}


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """One's list for today, and what is free to take."""
    actor, snapshot, now = actor_of(request), again.look(follow()), clock.now()
    tasks = open_tasks(actor, snapshot, now)
    own = mine_of(tasks, actor.name)
    due, open_to_all = today(own, now), free(today(tasks, now)).sort("due_at", nulls_last=True)
    offered = open_to_all.head(MOST_FREE if may(actor, "do_tasks") else 0)
    if may(actor, "do_tasks"):
        _log_look(actor, due)
    shown, left = _shown(actor, snapshot, due, "list of tasks"), seconds_left(now)
    response = page(
        request, "tasks/mine.html", day=now.date(), left=left, stops=stops(due), later=len(own) - len(due),
        free=offered.rows(named=True), free_total=len(open_to_all),
        done=_done_today(actor, snapshot), **shown,
    )  # fmt: skip
    response.headers[USER], response.headers[LEFT] = actor.name, str(left)
    return response


@require_safe
def one(request: HttpRequest, task_id: str) -> HttpResponse:
    """A task: what is to be done, what was recorded of it, who has it."""
    return _one(request, task_id)


@require_POST
def record_one(request: HttpRequest, task_id: str) -> HttpResponse:
    """What came of a task, sent by a form."""
    actor, snapshot = actor_of(request), follow()
    task = find(actor, snapshot, task_id)
    if task is None:
        raise Http404
    try:
        sent = of_form({**request.POST.dict(), "task_id": task_id})
    except ValidationError as error:
        fields = ", ".join(dict.fromkeys(str(found["loc"][0]) for found in error.errors() if found["loc"]))
        return _one(request, task_id, say("Not saved: {columns}.", columns=fields), 422)
    result = settle(actor, sent.answer(str(task["kind"])))
    said = " ".join(part for part in (result.what, result.next) if part)
    if not result.kept:
        return _one(request, task_id, said, 409)
    messages.add_message(request, messages.WARNING if said else messages.SUCCESS, said or say("Saved."))
    return redirect("tasks:mine")


def _one(request: HttpRequest, task_id: str, problem: str = "", status: int = 200) -> HttpResponse:
    actor, snapshot, now = actor_of(request), follow(), clock.now()
    rows = visible(actor, snapshot, "tasks").filter(pl.col("task_id") == task_id)
    if rows.is_empty():
        raise Http404
    tasks = with_household(actor, snapshot, with_state(rows, now))
    task = tasks.row(0, named=True)
    _log_look(actor, tasks)
    return page(
        request, "tasks/one.html", status, task=task, problem=problem, day=now.date(),
        is_open=state_of(task) in OPEN, history=_history(task_id),
        people=pairs(doers(snapshot, task["zone"])) if may(actor, "share_tasks") else [],
        visits=_visits(actor, snapshot, task["person_id"]), **_shown(actor, snapshot, tasks, "task"),
    )  # fmt: skip


def _shown(actor: Actor, snapshot: Snapshot, tasks: pl.DataFrame, why: str) -> dict[str, Any]:
    """What both pages need beside the tasks."""
    rows = tasks.rows(named=True)
    persons = [row["person_id"] for row in rows if row["person_id"]]
    return {
        "names": called(actor, snapshot, rows, why),
        "last": last_seen(actor, snapshot, persons),
        "zones": ground_of(snapshot).names,
        "what": {kind: say(words) for kind, words in WHAT.items()},
        "sees": SEES,
        "tests": codes.TEST_KINDS,
        "new_id": lambda: str(uuid4()),
    }


def seconds_left(now: datetime) -> int:
    """Seconds until the day is over: until then a phone may keep the list."""
    return math.ceil((datetime.combine(now.date(), time.max) - now).total_seconds())


def _log_look(actor: Actor, tasks: pl.DataFrame) -> None:
    shown = spoken_of(tasks)
    if shown and any(role.personal for role in actor.roles):
        seen(actor, "tasks", shown, "list of tasks")


def _done_today(actor: Actor, snapshot: Snapshot) -> int:
    tasks = visible(actor, snapshot, "tasks").filter(pl.col("assigned_to") == actor.name)
    return len(tasks.filter(pl.col("done_at").dt.date() == clock.now().date()))


def _visits(actor: Actor, snapshot: Snapshot, person: str | None) -> list[dict[str, Any]]:
    if person is None or not may(actor, "read follow_ups"):
        return []
    rows = visible(actor, snapshot, "follow_ups").filter(pl.col("person_id") == person)
    return rows.sort("at", descending=True).head(14).rows(named=True)


def _history(task_id: str) -> list[dict[str, Any]]:
    """Who did what to a task, newest first; never its notes."""
    snapshot = follow()
    versions = snapshot.frames["tasks"].filter(pl.col("task_id") == task_id)["record_id"].to_list()
    entries = instance.current().stores.ledger.entries(tables=["tasks"], record_ids=versions, newest_first=True)
    return [
        {
            "at": datetime.fromisoformat(entry.appended_at), "who": entry.author.removeprefix("user:"),
            "outcome": entry.row.get("outcome"), "to": entry.row.get("assigned_to"), "first": entry.supersedes is None,
        }
        for entry in entries
    ]  # fmt: skip
