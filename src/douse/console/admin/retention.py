"""Retention: how long records of contact are kept, whose time is over, what a legal hold keeps."""

from http import HTTPStatus
from typing import Any

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from douse.console import clock, scene
from douse.console.actors import actor_of
from douse.console.pages import page
from douse.console.permissions import may
from douse.console.reach import ground_of, reach
from douse.console.reading import follow, visible
from douse.console.words import say, with_names
from douse.console.writing import erase_persons
from douse.errors import DouseError, UsageError
from douse.records.ledger.erasure import due
from douse.records.ledger_tables import LEDGER_TABLES


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The rule, how many persons are past it, holds in force; a form to empty what is past its time."""
    actor, snapshot = actor_of(request), follow()
    ground = ground_of(snapshot)
    with_names(ground)
    today = clock.now().date()
    try:
        knowledge = scene.knowledge_on(snapshot, today)
    except UsageError as error:
        return _page(request, problem=error.what)
    more_days = knowledge.protocol.privacy.retention_extra_days.value
    keep_days = round(knowledge.pathogen.max_incubation.value + more_days)
    past = due(snapshot, keep_days, today)
    problem = ""
    if request.method == "POST":
        try:
            done = erase_persons(request, past, why="retention", reason=request.POST.get("reason", "").strip())
        except DouseError as error:
            problem = " ".join((say(error.what), say(error.next_step)))
        else:
            messages.success(request, say("Personal fields of {n} {n:person|persons} are empty.", n=done.subjects))
            return redirect("admin:retention")
    holds = visible(actor, snapshot, "holds").filter(pl.col("state") == "in_force").rows(named=True)
    erases = may(actor, "erase") and reach(actor, "erase", ground).everywhere
    return _page(
        request,
        problem=problem,
        keep_days=keep_days,
        more_days=round(more_days),
        due=len(past),
        erases=erases,
        holds=holds,
    )


def _page(request: HttpRequest, **values: Any) -> HttpResponse:
    shown = {"problem": "", "keep_days": None, "more_days": 0, "due": 0, "erases": False, "holds": []} | values
    shown["tables"] = [(table, table) for table in LEDGER_TABLES]
    return page(request, "admin/retention.html", HTTPStatus.CONFLICT if shown["problem"] else HTTPStatus.OK, **shown)
