"""Pages of cases who travelled: offered to a partner, and answered."""

import json
from typing import Any

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from douse.console import clock
from douse.console.actors import actor_of
from douse.console.forms_read import day_of, text_of
from douse.console.levels import labels
from douse.console.levels.known import zones_with
from douse.console.levels.partners import erase_free, let_go, policy
from douse.console.pages import page
from douse.console.permissions import Actor, check
from douse.console.plan.names import named
from douse.console.reading import follow, seen, visible
from douse.console.states import NotNow
from douse.console.words import say, words, wrong
from douse.console.writing import record
from douse.errors import UsageError
from douse.outputs.partners.offers import MOVES, accepted, answered, offered
from douse.records.ledger import Snapshot


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Offer a case who travelled."""
    actor, snapshot = actor_of(request), let_go(follow())
    named(snapshot)
    today = clock.now().date()
    open_to = [one for one in policy().policy.partner if one.travellers and one.travellers.give and today <= one.until]
    problem = ""
    if request.method == "POST":
        try:
            return _offer(request, actor, snapshot)
        except UsageError as error:
            problem = " ".join(
                part for part in (wrong(error), error.allowed, words().translated(error.next_step)) if part
            )
    asked = request.POST if request.method == "POST" else request.GET
    sent = {name: text_of(asked, name) for name in ("case", "partner", "purpose", "until", "destination")}
    status = 400 if problem else 200
    return page(request, "levels/offer_new.html", status, partners=open_to, sent=sent, problem=problem)


def _offer(request: HttpRequest, actor: Actor, snapshot: Snapshot) -> HttpResponse:
    sent = request.POST
    cases = visible(actor, snapshot, "cases").filter(pl.col("case_id") == text_of(sent, "case"))
    if cases.is_empty():
        raise UsageError(
            "There is no such case within your zones.", next_step="Look up its number in the list of cases."
        )
    until = day_of(sent, "until")
    if until is None:
        raise UsageError("An offer has a last day.", next_step="Choose the day until which the partner may keep it.")
    whole = snapshot.current("cases").filter(pl.col("case_id") == cases["case_id"][0]).row(0, named=True)
    entry = offered(
        whole, policy().partner(text_of(sent, "partner"), clock.now().date()), purpose=text_of(sent, "purpose"),
        until=until, at=clock.now(), destination=text_of(sent, "destination"),
    )  # fmt: skip
    record(request, [entry], action="offered_case")
    messages.success(request, say("Offered. It goes to the partner with the next bundle."))
    return redirect("partners:offer", offer_id=entry.row["offer_id"])


@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, offer_id: str) -> HttpResponse:
    """One offer: what is in it, for whoever may see it; POST answers it."""
    actor, snapshot = actor_of(request), let_go(follow())
    named(snapshot)
    rows = visible(actor, snapshot, "offers").filter(pl.col("offer_id") == offer_id)
    if rows.is_empty():
        raise NotNow("There is no such offer within your zones.", next_step="Go back to the list of partners.")
    row = rows.row(0, named=True)
    if request.method == "POST":
        check(actor, "share")
        return _answer(request, snapshot, offer_id)
    payload: dict[str, Any] = json.loads(row["payload"]) if row["payload"] else {}
    if payload:
        seen(actor, "offers", [row["record_id"]], "offer page")
    return page(
        request, "levels/offer.html", row=row, moves=MOVES.get((row["way"], row["state"]), ()),
        payload=[(labels.column("cases", name), labels.value("cases", name, it)) for name, it in payload.items()],
        zones=zones_with(actor, "write cases", snapshot) if "write cases" in actor.rights else [],
    )  # fmt: skip


def _answer(request: HttpRequest, snapshot: Snapshot, offer_id: str) -> HttpResponse:
    row = snapshot.current("offers").filter(pl.col("offer_id") == offer_id).row(0, named=True)
    to, at = text_of(request.POST, "to"), clock.now()
    if to == "accepted":
        partner = policy().partner(row["partner"], at.date())
        entries = accepted(row, partner, text_of(request.POST, "zone"), at)
    elif to in {"declined", "withdrawn"}:
        entries = [answered(row, to, at, text_of(request.POST, "reason"))]
    else:
        raise UsageError("An offer is accepted, declined or withdrawn.", next_step="Choose one.")
    record(request, entries, action="answered_offer")
    if to == "declined":
        erase_free((row["case_id"],))
    messages.success(request, say("Kept. The answer goes with the next bundle."))
    return redirect("partners:offer", offer_id=offer_id)
