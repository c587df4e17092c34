"""Crews: the list, and the form to add one or to change it."""

import re
from typing import Any

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from douse.console.actors import actor_of
from douse.console.forms_read import number_of, text_of
from douse.console.listing import sliced
from douse.console.pages import page
from douse.console.plan.names import named
from douse.console.reach import ground_of, reach
from douse.console.reading import follow, visible
from douse.console.resources import there
from douse.console.resources.forms import places, shown_again
from douse.console.rows import corrected
from douse.console.states import NotNow
from douse.console.words import say, words
from douse.console.writing import record
from douse.errors import UsageError
from douse.records.codes import CAPACITY_UNITS, CREW_KINDS, REQUEST_KINDS
from douse.records.ledger import NewEntry, Snapshot

_PER_PAGE = 40
_NUMBERS = ("people", "vehicles", "capacity", "works_from", "works_to")
_WHOLE = ("people", "vehicles")


def crews(request: HttpRequest) -> HttpResponse:
    """Crews: people and vehicles that carry goods and help residents."""
    actor, snapshot = actor_of(request), follow()
    named(snapshot)
    rows = visible(actor, snapshot, "crews").sort("kind", "crew_id")
    return page(
        request,
        "resources/crews.html",
        tab="crews",
        slice=sliced(rows, request.GET.get("page"), _PER_PAGE),
        names=there.names(there.facilities(actor, snapshot)),
        people=rows["people"].sum() or 0,
        vehicles=rows["vehicles"].sum() or 0,
    )


def add(request: HttpRequest) -> HttpResponse:
    """A new crew."""
    snapshot = follow()
    if request.method == "POST":
        return shown_again(request, "resources/crew.html", lambda: _add(request), _values(request, snapshot))
    return page(request, "resources/crew.html", problem="", sent=QueryDict(), **_values(request, snapshot))


def change(request: HttpRequest, crew_id: str) -> HttpResponse:
    """What a crew is and has."""
    snapshot = follow()
    rows = visible(actor_of(request), snapshot, "crews").filter(pl.col("crew_id") == crew_id)
    if rows.is_empty():
        raise NotNow("There is no such crew within your zones.", next_step="Go back to the list.")
    row = rows.row(0, named=True)
    values = _values(request, snapshot, row)
    if request.method == "POST":
        return shown_again(request, "resources/crew.html", lambda: _change(request, row), values)
    return page(request, "resources/crew.html", problem="", sent=QueryDict(), **values)


def _values(request: HttpRequest, snapshot: Snapshot, row: dict[str, Any] | None = None) -> dict[str, Any]:
    named(snapshot)
    ground, said = ground_of(snapshot), words()
    within = reach(actor_of(request), "write crews", ground)
    return {
        "row": row,
        "tab": "crews",
        "places": places(request, snapshot, "write crews"),
        "zones": [(zone, ground.names.get(zone, zone)) for zone, _ in ground.in_order() if within.holds(zone)],
        "kinds": [(kind, said.label(kind)) for kind in CREW_KINDS],
        "units": [(unit, said.label(unit)) for unit in CAPACITY_UNITS],
        "needs": [(kind, said.label(kind)) for kind in REQUEST_KINDS],
        "has": set(re.split(r"\s*;\s*", (row or {}).get("skills") or "")),
    }


def _sent(request: HttpRequest) -> dict[str, Any]:
    sent = request.POST
    numbers = {name: number_of(sent, name) for name in _NUMBERS}
    if any(value is not None and value != int(value) for name, value in numbers.items() if name in _WHOLE):
        raise UsageError("People and vehicles are whole numbers.", next_step="Leave out the decimals.")
    place, zone, kind = (text_of(sent, name) for name in ("facility_id", "zone", "kind"))
    if kind not in CREW_KINDS:
        raise UsageError("Say what the crew does.", next_step="Choose a kind.")
    if bool(place) == bool(zone):
        raise UsageError("Say where the crew starts from: a facility, or a zone.", next_step="Choose one of the two.")
    skills = [one for one in REQUEST_KINDS if one in sent.getlist("skills")]
    return {
        "kind": kind,
        "facility_id": place or None,
        "zone": zone or None,
        **{name: int(value) if value is not None and name in _WHOLE else value for name, value in numbers.items()},
        "capacity_unit": text_of(sent, "capacity_unit") or None,
        "skills": ";".join(skills) or None,
    }


def _add(request: HttpRequest) -> HttpResponse:
    crew_id = text_of(request.POST, "crew_id")
    if not crew_id:
        raise UsageError("The crew needs a number or a name.", next_step="Fill in what it is called.")
    if crew_id in set(follow().current("crews")["crew_id"]):
        raise UsageError("There is a crew of this name already.", next_step="Choose another name, or change that one.")
    record(request, [NewEntry("crews", {"crew_id": crew_id, **_sent(request)})], action="added_crew")
    messages.success(request, say("The crew is on record."))
    return redirect("resources:crews")


def _change(request: HttpRequest, row: dict[str, Any]) -> HttpResponse:
    record(request, [corrected("crews", row, **_sent(request))], action="changed_crew")
    messages.success(request, say("The crew is changed."))
    return redirect("resources:crews")
