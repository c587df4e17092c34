"""Requests of residents: the most urgent first; promised, brought, confirmed."""

from datetime import datetime
from typing import Any

import polars as pl
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from douse.console import clock
from douse.console.actors import actor_of
from douse.console.cases.names import look_up
from douse.console.forms_read import moment_of
from douse.console.listing import sliced
from douse.console.pages import page
from douse.console.permissions import Actor, may
from douse.console.public.needs import again
from douse.console.public.needs.alarm import open_tasks, told
from douse.console.public.needs.clock import OPEN, STATES, rules_today, with_clock
from douse.console.public.staff.triage import zones_to_choose
from douse.console.public.states import NEED
from douse.console.reach import ground_of
from douse.console.reading import follow, seen, visible
from douse.console.rows import corrected
from douse.console.states import NotNow, check_move, may_move
from douse.console.templating import url
from douse.console.words import say, with_names, words
from douse.console.writing import record
from douse.records.codes import REQUEST_KINDS
from douse.records.ledger import Snapshot


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The list: what is open, medical ones first, then by when it is due."""
    actor, snapshot = actor_of(request), again.look(follow())
    ground = ground_of(snapshot)
    with_names(ground)
    asked = {name: request.GET.get(name, "") for name in ("state", "kind", "zone")}
    everything = clocked(actor, snapshot)
    rows = filtered(everything, asked, ground.subtree(asked["zone"]) if asked["zone"] else None)
    rows = rows.sort(pl.col("state").is_in(OPEN).not_(), pl.col("medical").not_(), "due", "request_id")
    is_open = everything.filter(pl.col("state").is_in(OPEN))
    return page(
        request, "residents/requests.html", slice=sliced(rows, request.GET.get("page")), asked=asked,
        counts={
            "open": len(is_open), "medical": is_open.filter("medical").height,
            "late": is_open.filter(pl.col("late") | pl.col("broken")).height,
            "unconfirmed": everything.filter(pl.col("state") == "delivered").height,
        },
        states=[("open", say("open")), ("late", say("open and late")), *((s, state_words()[s]) for s in STATES)],
        state_words=state_words(), kinds=[(kind, words().label(kind)) for kind in REQUEST_KINDS],
        zones=zones_to_choose(actor, snapshot, "read requests"),
        address=lambda n: url("residents:requests", query={**asked, "page": n}), now=clock.now(),
    )  # fmt: skip


def clocked(actor: Actor, snapshot: Snapshot) -> pl.DataFrame:
    """Requests that somebody may see, with their clock."""
    return with_clock(visible(actor, snapshot, "requests"), clock.now(), rules_today())


def state_words() -> dict[str, str]:
    """States of requests in words."""
    return {
        "asked": say("asked"), "promised": say("promised"), "delivered": say("brought, not confirmed"),
        "met": say("received"), "taken_back": say("taken back"),
    }  # fmt: skip


def filtered(rows: pl.DataFrame, asked: dict[str, str], zones: frozenset[str] | None) -> pl.DataFrame:
    """Requests that a filter asks for; without a state those that are open."""
    state = asked["state"] or "open"
    if state == "late":
        rows = rows.filter(pl.col("late") | pl.col("broken"))
    elif state in STATES:
        rows = rows.filter(pl.col("state") == state)
    else:
        rows = rows.filter(pl.col("state").is_in(OPEN))
    if asked["kind"] in REQUEST_KINDS:
        rows = rows.filter(pl.col("kind") == asked["kind"])
    if zones is not None:
        rows = rows.filter(pl.col("zone").is_in(sorted(zones)))
    return rows


def medical_waiting(actor: Actor, snapshot: Snapshot) -> list[dict[str, Any]]:
    """Open medical requests within somebody's zones, the most urgent first, with who was told: for the Today page."""
    if not may(actor, "read requests"):
        return []
    rows = clocked(actor, snapshot).filter(pl.col("medical") & pl.col("state").is_in(OPEN))
    names = ground_of(snapshot).names
    tasks = open_tasks(snapshot)
    return [
        row
        | {
            "place": names.get(row["zone"] or "", row["zone"]),
            "told": told(tasks.get(row["request_id"], [])),
        }
        for row in rows.sort("due", "request_id").rows(named=True)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, request_id: str) -> HttpResponse:
    """One request: who to bring it to, for those who may see that, and the moves that are open."""
    actor, snapshot = actor_of(request), follow()
    with_names(ground_of(snapshot))
    found = clocked(actor, snapshot).filter(pl.col("request_id") == request_id)
    if found.is_empty():
        raise Http404
    row = found.row(0, named=True)
    if request.method == "POST":
        _answer(request, actor, row)
        return redirect("residents:request", request_id=request_id)
    contact: dict[str, str] = {}
    if row["household"]:
        seen(actor, "requests", [row["record_id"]], "request")
        contact = look_up(actor, snapshot, {row["household"]: row["zone"]}, "request").get(row["household"], {})
    return page(
        request, "residents/request.html", row=row, contact=contact, state_words=state_words(), now=clock.now(),
        writes=may(actor, "write requests"), sees=row["household"] is not None,
        can={to: may_move(NEED, row["state"], to) for to in ("promised", "delivered", "met", "asked")},
    )  # fmt: skip


def _answer(request: HttpRequest, actor: Actor, row: dict[str, Any]) -> None:
    to, now = request.POST.get("to", ""), clock.now()
    check_move(NEED, row["state"], to)
    if to == "taken_back":
        raise NotNow("Only the household takes a request back.", next_step="Promise it, or say that it was brought.")
    if to == "promised":
        changes: dict[str, Any] = {"promised_by": _promise(request, now)}
    elif to == "delivered":
        changes = {"delivered_at": now}
    elif to == "met":
        changes = {"met_at": now, "delivered_at": row["delivered_at"] or now}
    else:
        changes = {"delivered_at": None}
    record(actor, [corrected("requests", row, **changes)], action="answered_request")
    messages.success(request, say("It is noted: {state}.", state=state_words()[to]))


def _promise(request: HttpRequest, now: datetime) -> datetime:
    by = moment_of(request.POST, "promised_by")
    if by is None or by <= now:
        raise NotNow("A promise lies in the future.", next_step="Say by when it will be there.")
    return by
