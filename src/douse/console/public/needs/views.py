"""The form of a request: what, where, for how many, how to reach the household, and a receipt."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods
from uuid_utils import uuid7

from douse.console import clock, instance
from douse.console.public import intake, numbers, steps
from douse.console.public.door import open_to_all, public_page
from douse.console.public.needs import alarm
from douse.console.public.needs.clock import rules_today
from douse.console.public.needs.fields import HOLD, LONGEST_NAME, MOST_PEOPLE, Asked, read
from douse.console.public.text import LONGEST_ADDRESS, LONGEST_NOTE, LONGEST_PHONE
from douse.console.reach import ground_of
from douse.console.reading import follow
from douse.console.words import with_names
from douse.records.codes import REQUEST_KINDS
from douse.records.ledger import NewEntry

_ASKED = ("note", "people", "wanted_by")


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Ask what and where, then the questions; take in what is sent."""
    snapshot, kind = follow(), request.GET.get("kind", "")
    if kind not in REQUEST_KINDS:
        return public_page(request, "public/need_kind.html", kinds=_kinds(request.GET.get("zone", "")))
    zone, _ = steps.place_asked(request, snapshot)
    if zone is None:
        return steps.choose_place(request, snapshot, "public:needs", kind)
    with_names(ground_of(snapshot))
    if request.method != "POST":
        return form_page(request, kind, zone, Asked())
    asked = read(kind, request.POST, clock.now())
    if asked.problems:
        return form_page(request, kind, zone, asked)
    try:
        number, told = steps.sent(request, zone, lambda: _take(zone, asked))
    except steps.NotSent as error:
        asked.problems["form"] = error.said
        return form_page(request, kind, zone, asked, status=error.status)
    return steps.receipt_page(request, number, medical=kind in rules_today().medical, told=told)


def _kinds(zone: str) -> list[tuple[str, str, bool]]:
    more, medical = {"zone": zone} if zone else {}, rules_today().medical
    return [(kind, f"?{urlencode({'kind': kind} | more)}", kind in medical) for kind in REQUEST_KINDS]


def form_page(  # noqa: PLR0913  (what the page shows, each by name)
    request: HttpRequest, kind: str, zone: str | None, asked: Asked, *, number: str = "", status: int | None = None
) -> HttpResponse:
    """The questions, with what was filled in and what is wrong with it; see that of a report."""
    puzzle, bits = steps.new_puzzle(request, zone)
    rules = rules_today()
    values: dict[str, Any] = {
        "kind": kind, "zone": zone, "given": dict.fromkeys(_ASKED) | asked.row,
        "contact": dict.fromkeys(HOLD, "") | asked.contact, "problems": asked.problems,
        "puzzle": puzzle, "bits": bits, "hours": rules.clock[kind].value, "medical": kind in rules.medical,  # type: ignore[index]
        "number": number, "most_people": MOST_PEOPLE,
        "longest": {
            "name": LONGEST_NAME, "note": LONGEST_NOTE, "phone": LONGEST_PHONE, "address": LONGEST_ADDRESS,
        },
    }  # fmt: skip
    status = status or steps.status_of(asked.problems)
    return public_page(request, "public/needs.html", status, switch=not number, **values)


def _take(zone: str, asked: Asked) -> tuple[str, bool]:
    """Append a request and its receipt: the number, which nobody can tell a second time, and whether it rang."""
    number, request_id = numbers.new_number(), str(uuid7())
    household = instance.current().stores.vault.new_pseudonym()
    row = asked.row | {
        "request_id": request_id, "zone": zone, "household": household, "requested_at": clock.now(),
    }  # fmt: skip
    kept = {"receipt": numbers.digest(number), "of_table": "requests", "of_id": request_id}
    with steps.in_vault(household, asked.contact):
        intake.take([NewEntry("requests", row), NewEntry("receipts", kept)])
    return number, alarm.has_rung(follow(), request_id)
