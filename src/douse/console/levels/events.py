"""Pages of events: weighed by the four questions of the International Health Regulations."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from uuid_utils import uuid7

from douse.assessing import INSTRUMENT, detected, row_of, weigh
from douse.console import clock, scene
from douse.console.actors import actor_of
from douse.console.forms_read import moment_of, text_of
from douse.console.levels.known import Ready, check_zone, ready, zones_with
from douse.console.pages import page
from douse.console.permissions import Actor
from douse.console.plan.names import named
from douse.console.reading import follow, visible
from douse.console.rows import corrected
from douse.console.states import Moves, NotNow, check_move
from douse.console.words import say, words
from douse.console.writing import record
from douse.errors import UsageError
from douse.library import Instrument, load
from douse.library.ihr import CRITERIA
from douse.outputs.ihr.listing import verdict_words
from douse.outputs.ihr.notification import Told
from douse.outputs.ihr.prefill import Event, prefilled
from douse.outputs.ihr.values import NOT_KNOWN, Answer, answers_of, deadlines, decided
from douse.outputs.ihr.weighed import Weighed
from douse.outputs.returns.within import subtree, within
from douse.records import Records, ZoneTree
from douse.records.codes import ANNEX_2
from douse.records.ledger import NewEntry, Snapshot
from douse.signals import Signal
from douse.situation import describe

MOVES: Moves = {
    "begun": ("assessed", "closed"),
    "assessed": ("notified", "closed"),
    "notified": ("closed",),
    "closed": (),
}
_WAIT = 3.0  # seconds for the signals


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Events that were weighed, with their clocks."""
    actor, snapshot = actor_of(request), follow()
    named(snapshot)
    instrument = load(Instrument, INSTRUMENT)
    rows = visible(actor, snapshot, "assessments").sort("detected_at", "first_recorded_at", descending=True)
    listed = [{**row, "clocks": _clocks(instrument, row)} for row in rows.iter_rows(named=True)]
    return page(request, "levels/events.html", rows=listed, instrument=instrument)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin to weigh an event: what the records tell is filled in."""
    actor, snapshot = actor_of(request), follow()
    now = ready(snapshot)
    if request.method == "GET":
        zones = zones_with(actor, "write assessments", snapshot)
        return page(
            request, "levels/event_new.html", zones=zones, detected_at=detected(now.known, clock.now()),
            instrument=load(Instrument, INSTRUMENT),
        )  # fmt: skip
    zone = text_of(request.POST, "zone") or None
    check_zone(actor, "assess_event", snapshot, zone)
    about, at = text_of(request.POST, "event"), moment_of(request.POST, "detected_at")
    if not about:
        raise UsageError("Say what happened, in a sentence that names nobody.", next_step="Go back and write it.")
    event = event_of(actor, snapshot, now, zone)
    when = at or detected(event.known, clock.now())
    if when > clock.now():
        raise UsageError("Nothing is detected in the future.", next_step="Correct the moment.")
    weighed = _weighed(event, prefilled(event), {}, _told(about, zone, when, None, snapshot), now, zone)
    row = row_of(weighed, str(uuid7()), clock.now()) | {"state": "begun", "assessed_at": None}
    record(request, [NewEntry("assessments", row)], action="assess_event")
    messages.success(request, say("The records have answered what they could. Look at each answer."))
    return redirect("events:event", assessment_id=row["assessment_id"])


def event_of(actor: Actor, snapshot: Snapshot, now: Ready, zone: str | None) -> Event:
    """What an assessment looks at: records of a zone, and signals there where they are known in time."""
    zones = ZoneTree(now.known)
    inside = None if zone is None else subtree(zones, zone)
    cut: Records = now.known if inside is None else within(now.known, inside)
    knowledge = now.knowledge
    situation = describe(cut, zones, knowledge.pathogen, knowledge.protocol)
    found: tuple[Signal, ...] = ()
    if not cut.cases.is_empty():
        found = scene.signals(actor, snapshot, now.known.day, knowledge, wait=_WAIT).value or ()
    signals = tuple(one for one in found if inside is None or one.zone in inside)
    return Event(cut, situation, knowledge.pathogen, signals, load(Instrument, INSTRUMENT), words())


@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, assessment_id: str) -> HttpResponse:
    """The guided assessment: four questions with their sub-questions; POST keeps answers."""
    actor, snapshot = actor_of(request), follow()
    row = _row(actor, snapshot, assessment_id)
    if request.method == "POST":
        return _answered(request, actor, snapshot, row)
    named(snapshot)
    instrument = load(Instrument, INSTRUMENT)
    answers = answers_of(row)
    outcome = decided(instrument, answers, None)
    pathogen = ready(snapshot).knowledge.pathogen
    if pathogen.id == row["pathogen"]:
        outcome = decided(instrument, answers, pathogen)
    return page(
        request, "levels/event.html", row=row, instrument=instrument, outcome=outcome, criteria=CRITERIA,
        answers={q.id: answers.get(q.id, Answer(NOT_KNOWN)) for q in instrument.question}, choices=ANNEX_2,
        clocks=_clocks(instrument, row), verdict=verdict_words(outcome, words()), moves=MOVES[row["state"]],
        open=row["state"] in {"begun", "assessed"},
    )  # fmt: skip


def _answered(request: HttpRequest, actor: Actor, snapshot: Snapshot, row: dict[str, Any]) -> HttpResponse:
    check_zone(actor, "assess_event", snapshot, row["zone"])
    if row["state"] not in {"begun", "assessed"}:
        raise NotNow("This event was notified or closed.", next_step="Begin a new assessment when more is known.")
    now = ready(snapshot)
    instrument = load(Instrument, INSTRUMENT)
    given = {
        one.id: (text_of(request.POST, f"answer-{one.id}"), text_of(request.POST, f"because-{one.id}"))
        for one in instrument.question
        if f"answer-{one.id}" in request.POST
    }
    done = text_of(request.POST, "do") == "assessed"
    at = row["assessed_at"] or (clock.now() if done else None)
    event = event_of(actor, snapshot, now, row["zone"])
    told = _told(row["event"] or "", row["zone"], row["detected_at"], at, snapshot)
    weighed = _weighed(event, answers_of(row), given, told, now, row["zone"])
    changes = row_of(weighed, row["assessment_id"], clock.now())
    changes |= {"assessed_at": at, "state": "assessed" if at else "begun"}
    record(request, [_changed(row, changes)], action="assess_event")
    messages.success(request, say("The assessment is finished.") if done else say("The answers are kept."))
    return redirect("events:event", assessment_id=row["assessment_id"])


def _weighed(  # noqa: PLR0913, PLR0917  (what it rests on)
    event: Event, before: dict[str, Answer], given: dict[str, tuple[str, str]], told: Told, now: Ready,
    zone: str | None,
) -> Weighed:  # fmt: skip
    return weigh(event, before, given, told, now.knowledge.protocol, clock.now(), zone)


def _told(about: str, zone: str | None, at: datetime, assessed_at: datetime | None, snapshot: Snapshot) -> Told:
    place = words().zone(zone) if zone else say("the whole area")
    return Told(about, place, at, assessed_at, snapshot.sequence)


def _changed(row: dict[str, Any], changes: dict[str, Any]) -> NewEntry:
    """A correction with a name of its own: two may come within one moment."""
    return replace(corrected("assessments", row, **changes), record_id=f"{row['assessment_id']}|{uuid7()}")


@require_POST
def move(request: HttpRequest, assessment_id: str) -> HttpResponse:
    """Say that an event was notified, or is closed."""
    actor, snapshot = actor_of(request), follow()
    row = _row(actor, snapshot, assessment_id)
    check_zone(actor, "assess_event", snapshot, row["zone"])
    to = text_of(request.POST, "to")
    check_move(MOVES, row["state"], to)
    changes = {"state": to} | ({"notified_at": clock.now()} if to == "notified" else {})
    if to == "assessed":
        raise UsageError("An assessment is finished with its answers.", next_step="Use the form of the questions.")
    action = "notified_event" if to == "notified" else "closed_event"
    record(request, [_changed(row, changes)], action=action)
    messages.success(request, say("The event is kept as {state}.", state=words().code(to)))
    return redirect("events:event", assessment_id=assessment_id)


@require_GET
def text(request: HttpRequest, assessment_id: str) -> HttpResponse:
    """The text of the notification as a file."""
    row = _row(actor_of(request), follow(), assessment_id)
    name = {"Content-Disposition": 'attachment; filename="notification.txt"'}
    return HttpResponse(row["notification"] or "", content_type="text/plain; charset=utf-8", headers=name)


def _clocks(instrument: Instrument, row: dict[str, Any]) -> Any:
    return deadlines(instrument, row["detected_at"], row["assessed_at"], row["notified_at"], clock.now())


def _row(actor: Actor, snapshot: Snapshot, assessment_id: str) -> dict[str, Any]:
    rows = visible(actor, snapshot, "assessments").filter(pl.col("assessment_id") == assessment_id)
    if rows.is_empty():
        raise NotNow("There is no such event within your zones.", next_step="Go back to the list of events.")
    return rows.row(0, named=True)
