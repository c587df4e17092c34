"""Sharing out: all tasks of one's zones, tasks by hand, out of the worklist, given to people and taken."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import polars as pl
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from douse.console import clock
from douse.console.actors import actor_of
from douse.console.listing import sliced
from douse.console.pages import page
from douse.console.permissions import Actor
from douse.console.policy import ROLES
from douse.console.reach import ground_of, reach
from douse.console.reading import follow, visible
from douse.console.states import NotNow
from douse.console.tasks.answers import OPEN, whole
from douse.console.tasks.making import make_today, tracers
from douse.console.tasks.recording import check_open, find
from douse.console.tasks.todo import with_state
from douse.console.templating import url
from douse.console.words import say, words
from douse.console.writing import record
from douse.errors import UsageError
from douse.records import codes
from douse.records.ledger import EntryError, NewEntry, Receipt, Snapshot

NOBODY = "-"  # in the filter: given to nobody


@require_safe
def everybodys(request: HttpRequest) -> HttpResponse:
    """Tasks of one's zones: filtered, a page at a time, to be given to people."""
    actor, snapshot, now = actor_of(request), follow(), clock.now()
    asked = {name: request.GET.get(name, "") for name in ("state", "kind", "zone", "who")}
    tasks = with_state(visible(actor, snapshot, "tasks"), now)
    counts = {
        "open": tasks.filter(pl.col("state").is_in(OPEN)).height,
        "overdue": tasks.filter("overdue").height,
        "free": tasks.filter(pl.col("state").is_in(OPEN), pl.col("assigned_to").is_null()).height,
        "done": tasks.filter(pl.col("done_at").dt.date() == now.date()).height,
    }
    rows = filtered(tasks, asked, snapshot).sort(
        "overdue", "due_at", "zone", descending=[True, False, False], nulls_last=True
    )
    return page(
        request, "tasks/all.html", slice=sliced(rows, request.GET.get("page")), asked=asked, counts=counts,
        state_words=list(states().items()), states=states(), kind_words=_kinds(),
        zones_to_choose=_zones(request, snapshot), people_words=pairs(doers(snapshot, None)), nobody=NOBODY,
        zones=ground_of(snapshot).names, address=lambda n: url("tasks:all", query={**asked, "page": n}),
    )  # fmt: skip


def filtered(tasks: pl.DataFrame, asked: dict[str, str], snapshot: Snapshot) -> pl.DataFrame:
    """Tasks that a filter asks for; without a state those that are open."""
    state = asked["state"] or "open"
    if state == "open":
        tasks = tasks.filter(pl.col("state").is_in(OPEN))
    elif state == "overdue":
        tasks = tasks.filter("overdue")
    elif state in codes.TASK_OUTCOMES:
        tasks = tasks.filter(pl.col("state") == state)
    if asked["kind"] in codes.TASK_KINDS:
        tasks = tasks.filter(pl.col("kind") == asked["kind"])
    if asked["zone"]:
        tasks = tasks.filter(pl.col("zone").is_in(sorted(ground_of(snapshot).subtree(asked["zone"]))))
    if asked["who"]:
        who = pl.col("assigned_to")
        tasks = tasks.filter(who.is_null() if asked["who"] == NOBODY else (who == asked["who"]).fill_null(value=False))
    return tasks


@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Append today's tasks out of the worklist."""
    try:
        count = make_today(actor_of(request))
    except (NotNow, UsageError) as error:  # the worklist is on its way, or no library files are in force
        messages.warning(request, f"{words().translated(error.what)} {words().translated(error.next_step)}")
        return redirect("tasks:all")
    if count:
        messages.success(request, say("{n} {n:task is|tasks are} new.", n=count))
    else:
        messages.info(request, say("Nothing new: all of today's tasks are on the lists."))
    return redirect("tasks:all")


@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """Give tasks to a person, or back to everybody."""
    name = request.POST.get("to", "")
    chosen = request.POST.getlist("task")
    if not chosen:
        messages.error(request, say("Choose at least one task."))
        return _back(request)
    give(actor_of(request), chosen, name or None)
    given = say("{n} {n:task was|tasks were} given to {who}.", n=len(chosen), who=name or say("everybody"))
    messages.success(request, given)
    return _back(request)


def give(actor: Actor, task_ids: Sequence[str], name: str | None) -> Receipt:
    """Give open tasks to a user; None: to whoever takes them.

    Raises
    ------
    NotNow
        When a task is not there or settled, or the user does not work in its zone.
    """
    snapshot = follow()
    entries = []
    for one in task_ids:
        task = find(actor, snapshot, one)
        if task is None:
            raise NotNow("One of the tasks is not there, or not within your zones.", next_step="Open the list again.")
        check_open(task)
        check_doer(snapshot, task["zone"], name)
        entries.append(given_to(task, name))
    return record(actor, entries, action="share_tasks")


def given_to(task: Mapping[str, Any], name: str | None) -> NewEntry:
    """The correction that gives a task to a user."""
    row = whole({**task, "assigned_to": name})
    return NewEntry("tasks", row, record_id=str(uuid4()), supersedes=task["record_id"])


def check_doer(snapshot: Snapshot, zone: str | None, name: str | None) -> None:
    """Raise `NotNow` where somebody does not work in a zone."""
    if name is not None and name not in doers(snapshot, zone):
        raise NotNow(
            "Somebody can be given only tasks of zones in which they work.",
            next_step="Choose somebody else, or ask an administrator for a role there.",
        )


@require_POST
def take(request: HttpRequest, task_id: str) -> HttpResponse:
    """Take a task that nobody has."""
    actor = actor_of(request)
    task = find(actor, follow(), task_id)
    if task is None:
        raise Http404
    check_open(task)
    if task["assigned_to"] not in {None, actor.name}:
        raise NotNow("Somebody has taken this task.", next_step="Take another one, or ask who shares out the tasks.")
    if task["assigned_to"] is None:
        record(request, [given_to(task, actor.name)], action="took_task")
    messages.success(request, say("The task is on your list."))
    return redirect("tasks:mine")


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A task by hand."""
    snapshot, problems = follow(), dict[str, str]()
    given = {name: request.POST.get(name, "").strip() for name in _FIELDS}
    if request.method == "POST":
        problems = _add(request, snapshot, given)
        if not problems:
            messages.success(request, say("The task is added."))
            return redirect("tasks:all")
    return page(
        request, "tasks/new.html", 422 if problems else 200, given=given, problems=problems, kind_words=_kinds(),
        zones_to_choose=_zones(request, snapshot), people_words=pairs(doers(snapshot, None)),
    )  # fmt: skip


_FIELDS = ("kind", "zone", "person_id", "case_id", "due_at", "assigned_to", "what", "note")


def _add(request: HttpRequest, snapshot: Snapshot, given: dict[str, str]) -> dict[str, str]:
    """Append a task; what is wrong with it, by field."""
    row: dict[str, Any] = {name: value or None for name, value in given.items()} | {"task_id": str(uuid4())}
    if row["assigned_to"] and row["assigned_to"] not in doers(snapshot, row["zone"]):
        return {"assigned_to": say("This person does not work there.")}
    try:
        record(request, [NewEntry("tasks", row)], action="share_tasks")
    except EntryError as error:
        return {p.column or "kind": f"{say(p.message)} {p.allowed}".strip() for p in error.problems}
    return {}


def doers(snapshot: Snapshot, zone: str | None) -> list[str]:
    """Who may be given tasks of a zone, by name; None: of any."""
    within = tracers(snapshot, tuple(role.name for role in ROLES.values() if "do_tasks" in role.actions))
    return sorted(name for name, zones in within.items() if zone is None or zones is None or zone in zones)


def pairs(names: list[str]) -> list[tuple[str, str]]:
    """Names as a list to choose from."""
    return [(name, name) for name in names]


def states() -> dict[str, str]:
    """States of tasks in words."""
    said = {state: words().code(state) for state in codes.TASK_OUTCOMES}
    return {"open": say("to do"), "overdue": say("overdue"), **said, "all": say("all")}


def _kinds() -> list[tuple[str, str]]:
    return [(kind, words().label(kind)) for kind in codes.TASK_KINDS]


def _zones(request: HttpRequest, snapshot: Snapshot) -> list[tuple[str, str]]:
    """Zones in which somebody may write tasks, each under the one that it lies in."""
    ground = ground_of(snapshot)
    mine = reach(actor_of(request), "write tasks", ground)
    inner = "\u2003"
    return [(zone, inner * depth + ground.names[zone]) for zone, depth in ground.in_order() if mine.holds(zone)]


def _back(request: HttpRequest) -> HttpResponse:
    """To the page that the form was on."""
    address = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(address, allowed_hosts=None) and address.startswith("/tasks/"):
        return redirect(address)
    return redirect("tasks:all")
