"""The pages of the register: the list, a new claim with those that are alike, and one claim."""

from datetime import datetime
from typing import Any

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from douse.console import clock
from douse.console.actors import actor_of
from douse.console.claims import facts
from douse.console.claims.acts import Brought, enter
from douse.console.claims.places import zones_for
from douse.console.claims.register import (
    alike,
    answered_by,
    find,
    history,
    joined,
    published_version,
    register,
    repeats,
)
from douse.console.claims.rules import may_review
from douse.console.forms_read import moment_of, number_of, text_of
from douse.console.listing import sliced
from douse.console.pages import page
from douse.console.permissions import Actor, may
from douse.console.reach import ground_of, reach
from douse.console.reading import follow
from douse.console.states import CLAIM
from douse.console.words import say, with_names, words
from douse.errors import UsageError
from douse.outputs.claims.answered import of_row
from douse.outputs.claims.evidence import facts_of, sources_of
from douse.outputs.claims.languages import CODES, likely, offered
from douse.outputs.claims.numbers import unsaid
from douse.records.codes import CLAIM_CHANNELS, CLAIM_STATES
from douse.records.ledger import Snapshot

PER_PAGE = 25
_WAIT = 2.0  # seconds for figures that are looked at again
_MOST_FOUND = 50
_SHORTEST_ASKED = 4  # signs from which claims that are alike are looked for


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Claims by state; or those that are like what was asked for."""
    actor, snapshot = actor_of(request), follow()
    with_names(ground_of(snapshot))
    every = register(actor, snapshot)
    asked = text_of(request.GET, "q")[:500]
    state = text_of(request.GET, "state")
    state = state if state in CLAIM_STATES else CLAIM_STATES[0]
    rows = _found(actor, snapshot, every, asked) if asked else _of_state(every, state)
    return page(
        request, "claims/list.html", slice=sliced(rows, request.GET.get("page"), PER_PAGE), state=state, asked=asked,
        counts={name: every.filter(pl.col("state") == name).height for name in CLAIM_STATES}, now=clock.now(),
    )  # fmt: skip


def _of_state(every: pl.DataFrame, state: str) -> pl.DataFrame:
    """Open ones: those brought most often first, then the oldest; others: the latest first."""
    rows = every.filter(pl.col("state") == state)
    if state == "open":
        return rows.sort("times", "first_seen_at", "claim_id", descending=[True, False, False])
    return rows.sort("recorded_at", "claim_id", descending=True)


def _found(actor: Actor, snapshot: Snapshot, every: pl.DataFrame, asked: str) -> pl.DataFrame:
    order = {row["claim_id"]: at for at, (row, _) in enumerate(alike(actor, snapshot, asked, most=_MOST_FOUND))}
    holding = every.filter(pl.col("claim").str.to_lowercase().str.contains(asked.lower(), literal=True))
    for claim in holding["claim_id"]:
        order.setdefault(claim, len(order))
    rows = every.filter(pl.col("claim_id").is_in(list(order)))
    return rows.with_columns(at=pl.col("claim_id").replace_strict(order, return_dtype=pl.Int64)).sort("at").drop("at")


def new(request: HttpRequest) -> HttpResponse:
    """Enter a claim; where others are alike, first say whether it is one of them."""
    actor, snapshot = actor_of(request), follow()
    with_names(ground_of(snapshot))
    sent, problem, found = request.POST, "", []
    if request.method == "POST":
        chosen, claim = text_of(sent, "same_as"), text_of(sent, "claim")
        found = [] if chosen else alike(actor, snapshot, claim)
        if not found:
            try:
                return _entered(request, None if chosen in {"", "none"} else chosen)
            except UsageError as error:
                problem = " ".join(say(part) for part in (error.what, error.next_step) if part)
    allowed = reach(actor, "write claims", ground_of(snapshot))
    return page(
        request, "claims/new.html", status=400 if problem else 200, sent=sent, problem=problem, found=found,
        zones=zones_for(snapshot, allowed), everywhere=allowed.everywhere, languages_of_claims=offered(words()),
        channels=[(channel, words().label(channel)) for channel in CLAIM_CHANNELS if channel != "public_form"],
        now=clock.now().strftime("%Y-%m-%dT%H:%M"),
    )  # fmt: skip


def _entered(request: HttpRequest, same_as: str | None) -> HttpResponse:
    sent = request.POST
    claim, language = text_of(sent, "claim"), text_of(sent, "language")
    seen = number_of(sent, "seen")
    brought = Brought(
        claim=claim,
        language=language if language in CODES else likely(claim, words().language),
        zone=text_of(sent, "zone") or None,
        channel=text_of(sent, "channel") or "staff",
        first_seen_at=moment_of(sent, "first_seen_at") or _minute(clock.now()),
        seen=1 if seen is None else int(seen),
        same_as=same_as,
    )
    claim_id = enter(request, brought)
    messages.success(request, say("The claim is on the register."))
    return redirect("claims:claim", same_as or claim_id)


@require_GET
def similar(request: HttpRequest) -> HttpResponse:
    """Claims that are like what is being typed: a part of the page of a new claim."""
    actor, snapshot, text = actor_of(request), follow(), text_of(request.GET, "claim")[:500]
    with_names(ground_of(snapshot))
    found = alike(actor, snapshot, text) if len(text) >= _SHORTEST_ASKED else []
    return page(request, "claims/similar.html", found=found)


@require_GET
def claim(request: HttpRequest, claim_id: str) -> HttpResponse:
    """One claim: its answer and evidence, what repeats it, what is alike, its history; and what may be done with it."""
    actor, snapshot = actor_of(request), follow()
    with_names(ground_of(snapshot))
    row = find(actor, snapshot, claim_id)
    versions = history(snapshot, row)
    answered_now = of_row(row) if row["answer"] else None
    evidence = () if answered_now is None else answered_now.evidence
    shown, again = published_version(versions), repeats(actor, snapshot, claim_id)
    return page(
        request, "claims/claim.html", row=row, versions=versions, now=clock.now(), answered=answered_now,
        into=joined(snapshot).get(claim_id), may_do=_may_do(actor, snapshot, row), **_second(actor, row, versions),
        facts=facts.looked_at(actor, snapshot, facts_of(evidence), _WAIT), facts_cited=len(facts_of(evidence)),
        sources=sources_of(evidence), repeats=again, times=sum(one["seen"] or 1 for one in (row, *again)),
        alike=alike(actor, snapshot, row["claim"] or "", but=(claim_id,)) if row["same_as"] is None else [],
        unsaid=[] if answered_now is None else unsaid(answered_now),
        older=None if shown is None or shown.row["record_id"] == row["record_id"] else of_row(shown.row),
    )  # fmt: skip


def _may_do(actor: Actor, snapshot: Snapshot, row: dict[str, Any]) -> dict[str, bool]:
    """What somebody may do with a claim in its zone and state."""
    ground, moves = ground_of(snapshot), CLAIM[row["state"]]

    def holds(right: str) -> bool:
        return may(actor, right) and reach(actor, right, ground).holds(row["zone"])

    repeats_none = row["same_as"] is None
    answers, reviews = holds("answer_claim") and repeats_none, holds("review_claim") and repeats_none
    return {
        "answer": answers and "answered" in moves,
        "withdraw": answers and "withdrawn" in moves,
        "reopen": answers and row["state"] == "withdrawn",
        "review": reviews and "published" in moves,
        "join": holds("write claims") and row["state"] == "open",
    }


def _second(actor: Actor, row: dict[str, Any], versions: list[Any]) -> dict[str, Any]:
    """Who wrote the answer that waits, and whether this person may agree to it."""
    waits = row["state"] == "answered"
    writers = answered_by(versions) if waits else frozenset()
    return {"writers": sorted(name.removeprefix("user:") for name in writers), "is_second": may_review(actor, writers)}


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
