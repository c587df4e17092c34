"""Erase a person: personal fields are emptied, the vault's row goes; a hold stands above it."""

from http import HTTPStatus

import polars as pl
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from douse.console import clock
from douse.console.actors import actor_of
from douse.console.cases import dossier
from douse.console.cases.dossier import Dossier
from douse.console.pages import page
from douse.console.permissions import Refused
from douse.console.reading import follow
from douse.console.words import say
from douse.console.writing import erase_persons
from douse.records.ledger import Snapshot
from douse.records.ledger.erasure import HeldError, held

_REASON_MOST = 500


def erase(request: HttpRequest, person_id: str) -> HttpResponse:
    """Ask once more and for a reason; then erase."""
    actor, snapshot = actor_of(request), follow()
    found = dossier.of_person(actor, snapshot, person_id)
    if found is None:
        raise Http404
    subjects, reason = subjects_of(snapshot, found), request.POST.get("reason", "").strip()
    kept, problem, refused = bool(held(snapshot, subjects, clock.now().date())), "", ""
    if request.method == "POST":
        if not reason:
            problem = say("Say why, in a sentence.")
        elif "sure" not in request.POST:
            problem = say("Tick that this cannot be taken back.")
        else:
            try:
                erase_persons(request, subjects, why="asked_for", reason=reason[:_REASON_MOST])
            except HeldError:
                kept = True
            except Refused:
                refused = say("Records of a person may lie in any zone: ask a data steward of the whole area.")
            else:
                messages.success(request, say("Erased: name and personal fields are gone for good."))
                return redirect("cases:list")
    return page(
        request, "cases/erase.html", _status(problem, kept=kept and request.method == "POST", refused=bool(refused)),
        subject=person_id, found=found, held=kept, problem=problem, reason=reason, refused=refused,
        others=sorted(subjects - {person_id}),
    )  # fmt: skip


def _status(problem: str, *, kept: bool, refused: bool) -> HTTPStatus:
    if kept:
        return HTTPStatus.CONFLICT
    if refused:
        return HTTPStatus.FORBIDDEN
    return HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK


def subjects_of(snapshot: Snapshot, found: Dossier) -> set[str]:
    """All that a person is known as: pseudonym, case numbers, pseudonyms that were merged into this one."""
    merges = snapshot.current("merges").filter(pl.col("state") == "merged")
    known, grown = set(found.known_as), True
    while grown:
        more = set(merges.filter(pl.col("into").is_in(sorted(known)))["person_id"]) - known
        known |= more
        grown = bool(more)
    return known
