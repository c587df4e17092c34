"""The first page, and the parts of it that come later where they take long."""

from collections.abc import Callable
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from douse.console import clock, instance, scene
from douse.console.actors import actor_of
from douse.console.breakglass import seen_by_steward, still_broken
from douse.console.claims.times import waiting
from douse.console.pages import page
from douse.console.permissions import Actor, may
from douse.console.public.needs import again
from douse.console.public.staff.requests import medical_waiting
from douse.console.reach import ground_of
from douse.console.reading import follow, visible
from douse.console.remembered import Answer
from douse.console.today import known
from douse.console.words import with_names, words
from douse.errors import UsageError
from douse.outputs.sections.signals import days_of, how_rare
from douse.question import Knowledge
from douse.records.ledger import Snapshot
from douse.signals import Signal

# Seconds that the page waits for what is not ready; then it is shown without, and asks for it again.
_WAIT, _WAIT_LATER = 0.45, 2.0
_SHOWN = 8
_CLOSED = ("dismissed", "verified")  # verdicts after which a signal is not open any more


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Today's page, or that of a past day as it was known at its end."""
    actor, snapshot = actor_of(request), again.look(follow())
    today = clock.now().date()
    day = chosen_day(request.GET.get("day", ""), today)
    values: dict[str, Any] = {
        "day": day,
        "today": today,
        "before": day - timedelta(days=1),
        "after": min(today, day + timedelta(days=1)),
        "overdue": _overdue(actor, snapshot) if day == today and may(actor, "read tasks") else None,
        "medical": medical_waiting(actor, snapshot) if day == today else [],
        "claims": waiting(actor, snapshot, day, clock.now()) if may(actor, "read claims") else None,
        "broken": seen_by_steward(actor, snapshot) if may(actor, "see_broken_glass") else [],
        "own_glass": still_broken(actor) if actor.glass else [],
        "tables": len(snapshot.frames),
    }
    return page(request, "today/today.html", **values, **_parts(actor, snapshot, day, _WAIT))


@require_GET
def part(request: HttpRequest) -> HttpResponse:
    """One part of the page, asked for again until it is there."""
    actor, snapshot = actor_of(request), follow()
    day = chosen_day(request.GET.get("day", ""), clock.now().date())
    name = request.GET.get("part", "")
    name = name if name in _MAKERS else "figures"
    values = _parts(actor, snapshot, day, _WAIT_LATER, only=name)
    if name not in values:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return page(request, f"today/{name}.html", day=day, **values)


def chosen_day(text: str, today: date) -> date:
    """The day that was asked for; today where it is no day, or one to come."""
    try:
        return min(date.fromisoformat(text), today)
    except ValueError:
        return today


def _parts(actor: Actor, snapshot: Snapshot, day: date, wait: float, only: str = "") -> dict[str, Any]:
    if not may(actor, "read cases"):
        return {"reads_cases": False, "unknown": "", "cases": False}
    if not scene.any_cases(actor, snapshot, day):
        return {"reads_cases": True, "unknown": "", "cases": False}
    try:
        knowledge = scene.knowledge_on(snapshot, day)
    except UsageError as error:
        return {"reads_cases": True, "unknown": error.what, "cases": True}
    names = [only] if only else list(_MAKERS)
    with_names(ground_of(snapshot), knowledge)
    made = {name: _MAKERS[name](actor, snapshot, day, knowledge, wait) for name in names}
    return {"reads_cases": True, "unknown": "", "cases": True, "knowledge": knowledge, **made}


def prime(actor: Actor, snapshot: Snapshot, day: date) -> None:
    """Begin to make all parts of a day for somebody, so that the first who looks need not wait."""
    if may(actor, "read cases"):
        _parts(actor, snapshot, day, wait=0)


def _figures(actor: Actor, snapshot: Snapshot, day: date, knowledge: Knowledge, wait: float) -> Answer[known.Figures]:
    said = words()
    return scene.background.get(
        ("figures", day, actor.key, said.language), (*scene.sources_of(snapshot), _files(knowledge)),
        lambda: known.figures(actor, snapshot, day, knowledge, said), wait,
    )  # fmt: skip


def _pictures(actor: Actor, snapshot: Snapshot, day: date, knowledge: Knowledge, wait: float) -> Answer[known.Pictures]:
    said = words()
    return scene.background.get(
        ("pictures", day, actor.key, said.language), (*scene.sources_of(snapshot), _files(knowledge)),
        lambda: known.pictures(actor, snapshot, day, knowledge, said), min(wait, 0.05) if wait == _WAIT else wait,
    )  # fmt: skip


def _signals(
    actor: Actor, snapshot: Snapshot, day: date, knowledge: Knowledge, wait: float
) -> Answer[list[dict[str, Any]]]:
    if not may(actor, "read verdicts"):
        return Answer([], is_fresh=True)
    found = scene.signals(actor, snapshot, day, knowledge, wait=min(wait, 0.05) if wait == _WAIT else wait)
    if found.value is None:
        return Answer(None, is_fresh=False, has_failed=found.has_failed)
    verdicts = visible(actor, snapshot, "verdicts").sort("recorded_at", nulls_last=False)
    last = dict(verdicts.select("signal_id", "verdict").iter_rows())
    open_ones = [signal for signal in found.value if last.get(signal.id) not in _CLOSED]
    return Answer([_signal(signal) for signal in open_ones], found.is_fresh)


def _signal(signal: Signal) -> dict[str, Any]:
    said = words()
    return {
        "zone": said.zone(signal.zone) if signal.zone else said.say("All zones"),
        "days": days_of(signal, said),
        "severity": signal.severity,
        "reason": said.say(signal.reason, **signal.facts),
        "detector": signal.detector,
        "rare": how_rare(signal, said),
    }


_MAKERS: dict[str, Callable[[Actor, Snapshot, date, Knowledge, float], Answer[Any]]] = {
    "figures": _figures,
    "pictures": _pictures,
    "signals": _signals,
}


def _files(knowledge: Knowledge) -> str:
    return f"{knowledge.pathogen.id} {knowledge.protocol.id}"


def _overdue(actor: Actor, snapshot: Snapshot) -> dict[str, Any]:
    """Tasks whose time has passed: how many, and the oldest."""
    late = (
        visible(actor, snapshot, "tasks")
        .filter(pl.col("done_at").is_null() & pl.col("outcome").is_null() & (pl.col("due_at") < clock.now()))
        .sort("due_at")
    )
    mine = late.filter(pl.col("assigned_to") == actor.name)
    return {"count": len(late), "mine": len(mine), "first": late.head(_SHOWN).rows(named=True)}


@require_GET
def healthy(request: HttpRequest) -> HttpResponse:
    """For whatever watches the server: it answers, and the ledger can be read. Asked each minute it is the clock.

    Time alone makes nothing ring: see `again`.
    """
    del request
    again.look(follow())
    return HttpResponse(f"ok {instance.current().stores.ledger.head}", content_type="text/plain")
