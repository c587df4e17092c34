"""What was decided: measures in force, and decisions of the past with what had been proposed."""

import json
from typing import Any

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from douse.console import clock
from douse.console.actors import actor_of
from douse.console.forms_read import day_of, text_of
from douse.console.listing import sliced, sliced_list
from douse.console.pages import page
from douse.console.permissions import may
from douse.console.plan.decide import authors, end
from douse.console.plan.made import kept_path
from douse.console.plan.names import named
from douse.console.plan.proposals import in_force
from douse.console.reach import ground_of, reach
from douse.console.reading import follow, seen, visible
from douse.console.states import NotNow
from douse.console.words import say
from douse.records.codes import LEVELS, MEASURE_KINDS, VERDICTS_ON_MEASURES

PER_PAGE = 30


def show_in_force(request: HttpRequest) -> HttpResponse:
    """Measures that are in force, the strictest first, with what is still to be done for them."""
    actor, snapshot = actor_of(request), follow()
    named(snapshot)
    today = clock.now().date()
    within = set(visible(actor, snapshot, "measures")["record_id"])
    rows = [row for row in in_force(snapshot, today) if row["record_id"] in within]
    rows.sort(key=lambda row: (-LEVELS.index(row["level"]) if row["level"] else 0, str(row["zone"]), row["measure_id"]))
    decides = reach(actor, "approve_measure", ground_of(snapshot))
    tasks = _open_tasks(request)
    listed = [{**row, "may_end": decides.holds(row["zone"]), "tasks": tasks.get(row["measure_id"], 0)} for row in rows]
    return page(
        request,
        "plan/in_force.html",
        slice=sliced_list(listed, request.GET.get("page"), PER_PAGE),
        today=today,
        tab="in_force",
    )


def _open_tasks(request: HttpRequest) -> dict[str, int]:
    actor = actor_of(request)
    if not may(actor, "read tasks"):
        return {}
    tasks = visible(actor, follow(), "tasks").filter(pl.col("measure_id").is_not_null(), pl.col("outcome").is_null())
    return dict(tasks.group_by("measure_id").len().iter_rows())


def end_measure(request: HttpRequest) -> HttpResponse:
    """End a measure that is in force."""
    named(follow())
    end(request, text_of(request.POST, "measure"), text_of(request.POST, "reason"))
    messages.success(request, say("Ended. A task tells those who carry it out."))
    return redirect("plan:in_force")


def show_decisions(request: HttpRequest) -> HttpResponse:
    """Decisions of the past, the latest first; searched by words, zone, kind, verdict and days."""
    actor, snapshot = actor_of(request), follow()
    said = named(snapshot)
    asked = {name: text_of(request.GET, name) for name in ("words", "zone", "kind", "verdict", "since", "until")}
    rows = visible(actor, snapshot, "decisions").reverse()
    if asked["zone"]:
        rows = rows.filter(pl.col("zone").is_in(sorted(ground_of(snapshot).subtree(asked["zone"]))))
    if asked["kind"] in MEASURE_KINDS:
        rows = rows.filter(pl.col("kind") == asked["kind"])
    if asked["verdict"] in VERDICTS_ON_MEASURES:
        rows = rows.filter(pl.col("verdict") == asked["verdict"])
    since, until = day_of(request.GET, "since"), day_of(request.GET, "until")
    if since:
        rows = rows.filter(pl.col("recorded_at").dt.date() >= since)
    if until:
        rows = rows.filter(pl.col("recorded_at").dt.date() <= until)
    if asked["words"]:
        zones = pl.col("zone").cast(pl.String).replace(ground_of(snapshot).names)
        text = pl.concat_str(["measure_id", "reason", zones], separator=" ", ignore_nulls=True).str.to_lowercase()
        for word in asked["words"].lower().split():
            rows = rows.filter(text.str.contains(word, literal=True))
    found = sliced(rows, request.GET.get("page"), PER_PAGE)
    by = authors([row["record_id"] for row in found.rows])
    ground = ground_of(snapshot)
    used = {zone for one in visible(actor, snapshot, "decisions")["zone"].drop_nulls() for zone in ground.line(one)}
    return page(
        request,
        "plan/decisions.html",
        slice=found,
        who={record: author.removeprefix("user:") for record, author in by.items()},
        asked=asked,
        kinds=[(kind, said.label(kind)) for kind in MEASURE_KINDS],
        verdicts=VERDICTS_ON_MEASURES,
        zones=[(zone, depth) for zone, depth in ground.in_order() if zone in used],
        tab="decisions",
    )


def show_decision(request: HttpRequest, decision_id: str) -> HttpResponse:
    """One decision, with what had been proposed, and the tasks that came of it."""
    actor, snapshot = actor_of(request), follow()
    named(snapshot)
    rows = visible(actor, snapshot, "decisions").filter(pl.col("decision_id") == decision_id)
    if rows.is_empty():
        raise NotNow("There is no such decision within your zones.", next_step="Go back to the decisions.")
    row = rows.row(0, named=True)
    tasks = (
        visible(actor, snapshot, "tasks").filter(pl.col("measure_id") == row["measure_id"]).sort("due_at", "task_id")
        if may(actor, "read tasks")
        else None
    )
    if tasks is not None:
        noted = tasks.filter(pl.col("note").is_not_null())["record_id"].to_list()
        seen(actor, "tasks", noted, "notes of the tasks of a decision")
    return page(
        request,
        "plan/decision.html",
        row=row,
        who=authors([row["record_id"]]).get(row["record_id"], "").removeprefix("user:"),
        proposed=proposed_then(row["plan"], row["measure_id"]),
        tasks=None if tasks is None else tasks.to_dicts(),
        tab="decisions",
    )


def proposed_then(plan: str | None, measure_id: str) -> dict[str, Any] | None:
    """What a plan proposed, from its text that was kept; None where the decision was on no plan."""
    path = kept_path(plan) if plan and plan.isalnum() else None
    if path is None or not path.is_file():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))["plan"]
    for measure in kept["measures"]:
        what = f"{measure['action']}-{measure['level']}" if measure["level"] else measure["action"]
        if f"{measure['id']}/{kept['as_of']}/{what}" == measure_id:
            found: dict[str, Any] = measure
            return found
    return None
