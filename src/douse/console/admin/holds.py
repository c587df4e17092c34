"""Legal holds: records that are kept beyond their time, with a reason and a person who answers for it."""

from datetime import date
from typing import Any

import polars as pl
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST
from uuid_utils import uuid7

from douse.console import clock
from douse.console.actors import actor_of
from douse.console.forms_read import day_of, text_of
from douse.console.permissions import Actor
from douse.console.reading import follow, visible
from douse.console.rows import corrected
from douse.console.states import HOLD, check_move
from douse.console.words import say
from douse.console.writing import record
from douse.errors import UsageError
from douse.records.ledger import NewEntry, Receipt
from douse.records.ledger_tables import LEDGER_TABLES

NAMED = ("subject", "held_table", "zone", "reason", "person", "until")


def hold(actor: Actor, named: dict[str, Any]) -> Receipt:
    """Keep records: of a person, of a table, or of a zone.

    Parameters
    ----------
    named : dict
        Of `NAMED`: `reason` and `person` are needed; without subject, table and zone everything is kept.

    Raises
    ------
    UsageError
        When the reason or who answers for it is missing, the table is not known, or the last day has passed.
    """
    row = {name: value for name in NAMED if (value := named.get(name))}
    if "reason" not in row or "person" not in row:
        raise UsageError("A hold names its reason and who answers for it.", next_step="Fill in both.")
    if row.get("held_table", "cases") not in LEDGER_TABLES:
        raise UsageError("There is no such table.", allowed=", ".join(LEDGER_TABLES))
    until = row.get("until")
    if isinstance(until, date) and until < clock.now().date():
        raise UsageError("The last day of the hold has passed.", next_step="Name a later day, or none.")
    entry = NewEntry("holds", {"hold_id": str(uuid7()), "state": "in_force", **row})
    return record(actor, [entry], action="hold", reason=row["reason"])


def release(actor: Actor, hold_id: str, reason: str) -> Receipt:
    """End a hold.

    Raises
    ------
    Http404
        When there is none within reach.
    UsageError
        When no reason is given.
    NotNow
        When it was released before.
    """
    rows = visible(actor, follow(), "holds").filter(pl.col("hold_id") == hold_id)
    if rows.is_empty():
        raise Http404
    row = rows.row(0, named=True)
    check_move(HOLD, row["state"], "released")
    if not reason:
        raise UsageError("Releasing a hold asks for a reason.", next_step="Say why, in a sentence.")
    return record(actor, [corrected("holds", row, state="released")], action="hold", reason=reason)


@require_POST
def put(request: HttpRequest) -> HttpResponse:
    """The form of a new hold."""
    sent = request.POST
    named = {name: text_of(sent, name) for name in NAMED if name != "until"}
    hold(actor_of(request), named | {"until": day_of(sent, "until")})
    messages.success(request, say("The hold is in force."))
    return redirect("admin:retention")


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """The form that ends a hold."""
    release(actor_of(request), text_of(request.POST, "hold"), text_of(request.POST, "reason"))
    messages.success(request, say("The hold is released: what it kept may be emptied when its time is over."))
    return redirect("admin:retention")
