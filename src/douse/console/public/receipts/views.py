"""Pages behind a receipt number. The number goes in the body of a form: an address would end up in logs."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from douse.console import clock, instance
from douse.console.public import numbers, places
from douse.console.public.door import open_to_all, public_page
from douse.console.public.needs import again
from douse.console.public.needs import fields as need_fields
from douse.console.public.needs import views as needs
from douse.console.public.needs.clock import OPEN, due_of, rules_today, state_of
from douse.console.public.receipts.opened import Opened, open_with
from douse.console.public.self_report import fields as report_fields
from douse.console.public.self_report import views as reports
from douse.console.public.states import NEED, REPORT
from douse.console.reach import ground_of
from douse.console.reading import follow
from douse.console.states import NotNow, TooOften, check_move, may_move
from douse.console.words import say, with_names, words
from douse.errors import DouseError

# What is emptied when somebody takes back what they sent.
_SAID = ("age_band", "symptoms", "onset", "exposed_to", "exposed_on", "came_from", "arrived_on", "note")
_ASKED = ("note", "people", "wanted_by")


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Ask for a number; show what it opens."""
    if request.method != "POST":
        return public_page(request, "public/receipt.html", problem="", typed="")
    return _with(request, lambda opened: _page(request, opened))


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest) -> HttpResponse:
    """The form again, filled in; saved when it comes back."""
    return _with(request, lambda opened: _correct(request, opened))


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take back what was sent: nobody acts on it any more, and who sent it is forgotten."""
    return _with(request, lambda opened: _withdraw(request, opened))


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Say that what was asked for has come, or has not."""
    return _with(request, lambda opened: _confirm(request, opened))


def _with(request: HttpRequest, then: Any) -> HttpResponse:
    """Open the number that was sent and go on; errors are told on a page for residents.

    Who only comes back to the address, as a browser does that opens its pages anew, is asked for the number.
    """
    if request.method != "POST":
        return redirect("public:receipt")
    typed = request.POST.get("number", "")
    try:
        opened = open_with(request, again.look(follow()), typed)
    except (NotNow, TooOften) as error:
        status = HTTPStatus.TOO_MANY_REQUESTS if isinstance(error, TooOften) else HTTPStatus.NOT_FOUND
        return _asked_again(request, error, status)
    with_names(ground_of(follow()))
    try:
        answer: HttpResponse = then(opened)
    except NotNow as error:
        return _page(request, opened, problem=_said(error))
    return answer


def _asked_again(request: HttpRequest, error: DouseError, status: int) -> HttpResponse:
    typed = request.POST.get("number", "")[:40]
    return public_page(request, "public/receipt.html", status, switch=False, problem=_said(error), typed=typed)


def _said(error: DouseError) -> str:
    said = words()
    return " ".join(part for part in (said.translated(error.what), said.translated(error.next_step)) if part)


def _page(request: HttpRequest, opened: Opened, *, done: str = "", problem: str = "") -> HttpResponse:
    """What a number opens, and what can be done with it now."""
    status = HTTPStatus.CONFLICT if problem else HTTPStatus.OK
    common = {"row": opened.row, "number": numbers.grouped(opened.number), "done": done, "problem": problem}
    if opened.table == "self_reports":
        state = str(opened.row["state"])
        return public_page(
            request, "public/receipt_report.html", status, switch=False, **common, state=state, ages=report_fields.AGES,
            kind_words=report_fields.kind_words(),
            may_correct=may_move(REPORT, state, "received") or state == "received",
            may_withdraw=may_move(REPORT, state, "withdrawn"),
            symptoms=(opened.row["symptoms"] or "").split(";") if opened.row["symptoms"] else [],
        )  # fmt: skip
    state, now, rules = state_of(opened.row), clock.now(), rules_today()
    due = due_of(opened.row, rules)
    until = opened.row["promised_by"] or due
    return public_page(
        request, "public/receipt_request.html", status, switch=False, **common, state=state, due=due, until=until,
        left=_left((until - now).total_seconds()), is_open=state in OPEN,
        may_withdraw=may_move(NEED, state, "taken_back"), may_confirm=may_move(NEED, state, "met"),
        may_deny=state == "delivered",
    )  # fmt: skip


def _left(seconds: float) -> str:
    """Time until a moment, or since it, in words."""
    minutes = round(abs(seconds) / 60)
    span = say("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)
    return say("{span} from now", span=span) if seconds >= 0 else say("{span} ago", span=span)


def _correct(request: HttpRequest, opened: Opened) -> HttpResponse:
    if opened.table == "self_reports":
        return _correct_report(request, opened)
    return _correct_need(request, opened)


def _again(opened: Opened) -> Opened:
    """The row as it is now."""
    key = "report_id" if opened.table == "self_reports" else "request_id"
    rows = follow().current(opened.table)
    return Opened(opened.number, opened.table, rows.filter(rows[key] == opened.row[key]).row(0, named=True))


def _correct_report(request: HttpRequest, opened: Opened) -> HttpResponse:
    row, vault = opened.row, instance.current().stores.vault
    kind, state = str(row["kind"]), str(row["state"])
    if state != "received":
        check_move(REPORT, state, "received")
    number = numbers.grouped(opened.number)
    if request.POST.get("step") != "save":
        phone = (vault.get(row["person_id"]) or {}).get("phone", "")
        filled = report_fields.Filled({name: row[name] for name in report_fields.COMPARED}, phone)
        return reports.form_page(request, kind, row["zone"], filled, number=number)
    filled = report_fields.read(kind, request.POST, clock.now().date())
    if filled.problems:
        return reports.form_page(request, kind, row["zone"], filled, number=number)
    changes = filled.row | {"state": "received", "weight": reports.weight(filled.row), "zone": _zone(request, row)}
    opened.correct("corrected_by_resident", **changes)
    if filled.phone:
        vault.put(row["person_id"], {"phone": filled.phone})
    else:
        vault.forget([row["person_id"]])
    return _page(request, _again(opened), done=say("Your correction is in."))


def _zone(request: HttpRequest, row: Any) -> str | None:
    """The zone that a correction names, where it is one that is offered."""
    place = places.offered(follow()).of(request.POST.get("zone", ""))
    return place.zone if place else row["zone"]


def _correct_need(request: HttpRequest, opened: Opened) -> HttpResponse:
    row, vault = opened.row, instance.current().stores.vault
    kind = str(row["kind"])
    if state_of(row) not in OPEN:
        raise NotNow("This cannot be changed any more.", next_step="Send a new request for what you need now.")
    number = numbers.grouped(opened.number)
    if request.POST.get("step") != "save":
        given = {name: row[name] for name in _ASKED}
        asked = need_fields.Asked(given, vault.get(row["household"]) or {})
        return needs.form_page(request, kind, row["zone"], asked, number=number)
    asked = need_fields.read(kind, request.POST, clock.now(), before=row["wanted_by"])
    if asked.problems:
        return needs.form_page(request, kind, row["zone"], asked, number=number)
    opened.correct("corrected_by_resident", **asked.row)
    vault.put(row["household"], asked.contact)
    return _page(request, _again(opened), done=say("Your correction is in."))


def _withdraw(request: HttpRequest, opened: Opened) -> HttpResponse:
    vault = instance.current().stores.vault
    if opened.table == "self_reports":
        check_move(REPORT, str(opened.row["state"]), "withdrawn")
        opened.correct("withdrawn_by_resident", state="withdrawn", **dict.fromkeys(_SAID))
        vault.forget([opened.row["person_id"]])
    else:
        check_move(NEED, state_of(opened.row), "taken_back")
        opened.correct("withdrawn_by_resident", withdrawn_at=clock.now(), **dict.fromkeys(_ASKED))
        vault.forget([opened.row["household"]])
    return _page(request, _again(opened), done=say("It is taken back. Your phone number and address are deleted."))


def _confirm(request: HttpRequest, opened: Opened) -> HttpResponse:
    if opened.table != "requests":
        raise NotNow("Only a request can be confirmed.", next_step="Give the number of a request.")
    state, now = state_of(opened.row), clock.now()
    if request.POST.get("came") == "no":
        if state != "delivered":
            raise NotNow("Nobody has said that it was brought.", next_step="Wait for it, or call.")
        opened.correct("confirmed_by_resident", delivered_at=None)
        medical = opened.row["kind"] in rules_today().medical
        done = (
            say("Thank you. It is open again, and somebody is told.") if medical
            else say("Thank you. It is open again, and on the list of those who bring it.")
        )  # fmt: skip
        return _page(request, _again(opened), done=done)
    check_move(NEED, state, "met")
    opened.correct("confirmed_by_resident", met_at=now, delivered_at=opened.row["delivered_at"] or now)
    return _page(request, _again(opened), done=say("Thank you. It is noted as received."))
