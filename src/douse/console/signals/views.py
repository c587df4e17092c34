"""The pages of signals: the list, one signal with its evidence, and the verdict on it."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from douse.console import clock, scene
from douse.console.actors import actor_of
from douse.console.forms_read import text_of
from douse.console.listing import sliced_list
from douse.console.pages import page
from douse.console.permissions import Actor, may
from douse.console.reach import ground_of, reach
from douse.console.reading import follow
from douse.console.remembered import Remembered
from douse.console.signals.chart import picture
from douse.console.signals.judged import NEW, STATES, Judged, evidence, judged, told
from douse.console.signals.verdicts import find, judge
from douse.console.states import SIGNAL
from douse.console.words import say, with_names, words
from douse.errors import UsageError
from douse.outputs.blocks import Picture
from douse.outputs.sections.signals import days_of, how_rare
from douse.question import Knowledge
from douse.records.ledger import Snapshot

PER_PAGE = 25
_WAIT = 0.5  # seconds
_charts: Remembered[Picture | None] = Remembered(64)


def show(request: HttpRequest) -> HttpResponse:
    """Signals of today by state; and those that were judged before."""
    actor, snapshot, day = actor_of(request), follow(), clock.now().date()
    unknown, answer, every = "", None, list[Judged]()
    try:
        knowledge: Knowledge | None = _named(snapshot, day)
    except UsageError as error:
        knowledge, unknown = None, error.what
    if knowledge is not None:
        answer = told(actor, snapshot, day, knowledge, _WAIT)
        every = judged(actor, snapshot, answer.value or ())
    state = text_of(request.GET, "state")
    state = state if state in STATES else NEW
    return page(
        request,
        "signals/show.html",
        waiting=answer is not None and answer.value is None,
        fresh=answer is None or answer.is_fresh,
        unknown=unknown,
        slice=sliced_list([_row(one) for one in every if one.state == state], request.GET.get("page"), PER_PAGE),
        state=state,
        counts={name: sum(one.state == name for one in every) for name in STATES},
        reads_cases=may(actor, "read cases"),
    )


def _row(one: Judged) -> dict[str, Any]:
    said, signal = words(), one.signal
    if signal is None:
        last = one.verdicts[-1]
        return {"id": one.id, "zone": one.zone, "signal": None, "detector": last["detector"], "last": last}
    return {
        "id": one.id,
        "zone": one.zone,
        "signal": signal,
        "detector": signal.detector,
        "days": days_of(signal, said),
        "reason": said.say(signal.reason, **signal.facts),
        "rare": how_rare(signal, said),
        "last": one.verdicts[-1] if one.verdicts else None,
    }


def signal(request: HttpRequest, signal_id: str) -> HttpResponse:
    """One signal: evidence, chart, verdicts; and the form to judge it."""
    actor, snapshot, day = actor_of(request), follow(), clock.now().date()
    knowledge = _named(snapshot, day)
    one = find(actor, snapshot, day, knowledge, signal_id)
    if request.method == "POST":
        return _judge(request, one)
    found = one.signal
    cases, hidden = (None, 0) if found is None else evidence(actor, snapshot, found)
    judges = reach(actor, "verify_signal", ground_of(snapshot)).holds(one.zone)
    return page(
        request,
        "signals/signal.html",
        one=one,
        row=_row(one),
        drawn=None if found is None else _chart(actor, snapshot, day, knowledge, found),
        cases=[] if cases is None else cases.to_dicts(),
        hidden=hidden,
        moves=SIGNAL[one.state] if judges else (),
        size=None if found is None else (found.last_day - found.first_day).days + 1,
    )


def _chart(actor: Actor, snapshot: Snapshot, day: date, knowledge: Knowledge, found: Any) -> Picture | None:
    said = words()
    key = (found.id, day, actor.key, said.language)
    return _charts.get(
        key,
        (*scene.sources_of(snapshot), knowledge.pathogen.id + knowledge.protocol.id),
        lambda: picture(found, scene.look(actor, snapshot, day, knowledge), said),
    )


def _judge(request: HttpRequest, one: Judged) -> HttpResponse:
    verdict, reason = text_of(request.POST, "verdict"), text_of(request.POST, "reason")
    judge(request, one, verdict, reason)
    messages.success(request, say("The verdict is on record."))
    return redirect("signals:list")


def _named(snapshot: Snapshot, day: date) -> Knowledge:
    knowledge = scene.knowledge_on(snapshot, day)
    with_names(ground_of(snapshot), knowledge)
    return knowledge
