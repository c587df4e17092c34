"""Pages of returns: what is owed, filling in, signing, sending."""

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from uuid_utils import uuid7

from douse.console import clock, instance
from douse.console.actors import actor_of
from douse.console.forms_read import day_of, text_of
from douse.console.levels import labels
from douse.console.levels.known import check_zone, ready, title_of, tree_of
from douse.console.listing import sliced_list
from douse.console.pages import page
from douse.console.permissions import Actor
from douse.console.plan.names import named
from douse.console.reach import ground_of, reach
from douse.console.reading import follow, visible
from douse.console.states import NotNow
from douse.console.words import say, words
from douse.console.writing import record
from douse.errors import UsageError
from douse.levels import first_day
from douse.library import Return, load, names
from douse.outputs.json_text import dumped
from douse.outputs.returns import files
from douse.outputs.returns.definition import fields_used
from douse.outputs.returns.fill import fill
from douse.outputs.returns.keeping import kept_row, next_row
from douse.outputs.returns.standing import Standing, definition_of, shipped, standings, typed_share
from douse.outputs.returns.values import Filled, filled_from, period_of
from douse.records.ledger import Snapshot
from douse.records.ledger.keys import signing_key

PER_PAGE = 30
_OWED = ("missing", "open", "draft", "signed")


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """What is owed and what was sent, within one's zones."""
    actor, snapshot = actor_of(request), follow()
    named(snapshot)
    found = within_reach(actor, snapshot)
    asked, sent = text_of(request.GET, "return"), request.GET.get("sent") == "yes"
    listed = [
        one
        for one in found
        if (one.state == "sent") == sent and asked in {"", one.definition.id}
    ]  # fmt: skip
    rows = visible(actor, snapshot, "returns")
    cells, typed = typed_share(rows)
    over = [one for one in found if one.state == "sent" or one.is_late]
    return page(
        request, "levels/returns.html",
        slice=sliced_list(listed, request.GET.get("page"), PER_PAGE), asked=asked, sent=sent,
        definitions=_in_use(found), owed=sum(one.state in _OWED for one in found),
        late=sum(one.is_late for one in found if one.state != "sent"),
        in_time=sum(not one.is_late for one in over) / len(over) if over else None, cells=cells, typed=typed,
        may_fill=reach(actor, "write returns", ground_of(snapshot)),
    )  # fmt: skip


def within_reach(actor: Actor, snapshot: Snapshot) -> list[Standing]:
    """How returns of one's zones stand."""
    now = clock.now()
    seen = reach(actor, "read returns", ground_of(snapshot))
    zones = tree_of(snapshot, now.date())
    rows = visible(actor, snapshot, "returns")
    found = standings(shipped(), zones, rows, first_day(snapshot, now), now)
    return [one for one in found if seen.holds(one.zone)]


def _in_use(found: list[Standing]) -> list[Return]:
    return list({one.definition.id: one.definition for one in found}.values())


@require_http_methods(["GET", "POST"])
def fill_in(request: HttpRequest) -> HttpResponse:
    """A return, filled in; POST keeps it as a draft."""
    actor, snapshot = actor_of(request), follow()
    asked = request.POST if request.method == "POST" else request.GET
    name, zone, day = text_of(asked, "return"), text_of(asked, "zone"), day_of(asked, "day")
    if name not in names(Return) or not zone or day is None:
        raise UsageError("Say which return, of which zone and day.", next_step="Choose one in the list of returns.")
    check_zone(actor, "read returns", snapshot, zone)
    filled = filled_in(snapshot, load(Return, name), zone, day)
    if request.method == "POST":
        filled = filled.with_typed({column.id: text_of(asked, column.id) for column in filled.definition.typed})
        entry = kept_row(filled, return_id=str(uuid7()), ledger=snapshot.sequence, at=clock.now())
        record(request, [entry], action="fill_return")
        messages.success(request, say("The return is kept as a draft. Nothing was sent."))
        return redirect("returns:return", return_id=entry.row["return_id"])
    may_keep = reach(actor, "write returns", ground_of(snapshot)).holds(zone)
    return page(request, "levels/fill.html", day=day, may_keep=may_keep, **shown(filled))


def filled_in(snapshot: Snapshot, definition: Return, zone: str, day: date) -> Filled:
    """A return of a zone and of the period that a day lies in, from what is known now."""
    now = ready(snapshot)
    period = period_of(definition.every, day)
    if period.end > clock.now().date():
        raise UsageError("The period is not over yet.", next_step="Choose one that is.")
    filled = fill(
        definition, now.known, zone=zone, period=period, pathogen=now.knowledge.pathogen,
        protocol=now.knowledge.protocol,
    )  # fmt: skip
    return replace(filled, known_at=clock.now())


def shown(filled: Filled) -> dict[str, Any]:
    """What a page shows of a return."""
    definition, language = filled.definition, words().language
    return {
        "filled": filled,
        "definition": definition,
        "whole": [(column, value) for column, value in zip(definition.column, filled.total, strict=True)],
        "heads": [group.name.say(language) for group in definition.group],
        "lines": [(files.said(filled.definition, row, words()), row.values) for row in filled.rows],
        "source": definition.sources[definition.due.source],
    }


@require_GET
def definition(request: HttpRequest, name: str) -> HttpResponse:
    """What a return asks for: columns, records that they are counted from, the deadline and its source."""
    if name not in names(Return):
        raise UsageError("The library has no return of that name.", allowed=", ".join(names(Return)))
    asked = load(Return, name)
    return page(
        request, "levels/definition.html", asked=asked, source=asked.sources[asked.due.source],
        fields=sorted(fields_used(asked)), name_of=labels.column, figure=labels.figure, records_of=labels.records_of,
    )  # fmt: skip


@require_GET
def one(request: HttpRequest, return_id: str) -> HttpResponse:
    """One return as it is kept."""
    actor, snapshot = actor_of(request), follow()
    named(snapshot)
    row = _row(actor, snapshot, return_id)
    ground = ground_of(snapshot)
    return page(
        request, "levels/return.html", row=row,
        may_sign=reach(actor, "sign_return", ground).holds(row["zone"]),
        by=title_of(actor, "sign_return", row["zone"], snapshot),
        **shown(filled_from(definition_of(row["definition"]), row)),
    )  # fmt: skip


@require_POST
def sign(request: HttpRequest, return_id: str) -> HttpResponse:
    """Answer for a return."""
    actor, snapshot = actor_of(request), follow()
    row = _row(actor, snapshot, return_id)
    check_zone(actor, "sign_return", snapshot, row["zone"])
    by = title_of(actor, "sign_return", row["zone"], snapshot)
    record(request, [next_row(row, "signed", at=clock.now(), signed_by=by)], action="sign_return")
    messages.success(request, say("Signed. It can be sent now."))
    return redirect("returns:return", return_id=return_id)


@require_POST
def send(request: HttpRequest, return_id: str) -> HttpResponse:
    """Send a return that somebody answers for."""
    actor, snapshot = actor_of(request), follow()
    row = _row(actor, snapshot, return_id)
    check_zone(actor, "sign_return", snapshot, row["zone"])
    record(request, [next_row(row, "sent", at=clock.now())], action="send_return")
    messages.success(request, say("Sent. The level above sees it here; elsewhere give them the signed file."))
    return redirect("returns:return", return_id=return_id)


@require_GET
def file(request: HttpRequest, return_id: str) -> HttpResponse:
    """The return as CSV, or as JSON that is signed once it was sent."""
    actor, snapshot = actor_of(request), follow()
    named(snapshot)
    row = _row(actor, snapshot, return_id)
    filled = filled_from(definition_of(row["definition"]), row)
    form = text_of(request.GET, "form") or filled.definition.format
    if form == "csv":
        body, kind = files.as_csv(filled, words()), "text/csv; charset=utf-8"
    elif form == "json":
        sent_at = row["sent_at"].isoformat(timespec="seconds") if row["sent_at"] else None
        content = files.document(filled, return_id=return_id, signed_by=row["signed_by"], sent_at=sent_at)
        kind = "application/json"
        key = signing_key(instance.current().keys) if row["state"] == "sent" else None
        body = dumped(content).encode() if key is None else files.signed(content, key)
    else:
        raise UsageError("A return is written as CSV or JSON.", allowed="csv, json")
    name = f"{filled.definition.id}-{filled.period.end.isoformat()}.{form}"
    return HttpResponse(body, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _row(actor: Actor, snapshot: Snapshot, return_id: str) -> dict[str, Any]:
    rows = visible(actor, snapshot, "returns").filter(pl.col("return_id") == return_id)
    if rows.is_empty():
        raise NotNow("There is no such return within your zones.", next_step="Go back to the list of returns.")
    return rows.row(0, named=True)
