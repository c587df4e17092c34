"""The form of a request: what, where, for how many, how to reach the household, and a receipt."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods
from uuid_utils import uuid7

from douse.console import clock, instance
from douse.console.public import floods, intake, numbers, steps
from douse.console.public.door import open_to_all, public_page
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
    if not asked.problems:
        wrong = floods.admit(request, zone, steps.proof_of(request))
        if not wrong:
            medical = kind in rules_today().medical
            return steps.receipt_page(request, _take(zone, asked), medical=medical)
        asked.problems["form"] = wrong
    return form_page(request, kind, zone, asked)


def _kinds(zone: str) -> list[tuple[str, str, bool]]:
    more, medical = {"zone": zone} if zone else {}, rules_today().medical
    return [(kind, f"?{urlencode({'kind': kind} | more)}", kind in medical) for kind in REQUEST_KINDS]


def form_page(request: HttpRequest, kind: str, zone: str | None, asked: Asked, **more: Any) -> HttpResponse:
    """The questions, with what was filled in and what is wrong with it."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if asked.problems else HTTPStatus.OK
    puzzle, bits = steps.new_puzzle(request, zone)
    rules = rules_today()
    values: dict[str, Any] = {
        "kind": kind, "zone": zone, "given": dict.fromkeys(_ASKED) | asked.row,
        "contact": dict.fromkeys(HOLD, "") | asked.contact, "problems": asked.problems,
        "puzzle": puzzle, "bits": bits, "hours": rules.clock[kind].value, "medical": kind in rules.medical,  # type: ignore[index]
        "number": "", "most_people": MOST_PEOPLE,
        "longest": {
            "name": LONGEST_NAME, "note": LONGEST_NOTE, "phone": LONGEST_PHONE, "address": LONGEST_ADDRESS,
        },
    }  # fmt: skip
    return public_page(request, "public/needs.html", status, **(values | more))


def _take(zone: str, asked: Asked) -> str:
    """Append a request and its receipt; the number, which nobody can tell a second time."""
    vault = instance.current().stores.vault
    number, request_id, household = numbers.new_number(), str(uuid7()), vault.new_pseudonym()
    vault.put(household, asked.contact)
    row = asked.row | {
        "request_id": request_id, "zone": zone, "household": household, "requested_at": clock.now(),
    }  # fmt: skip
    kept = {"receipt": numbers.digest(number), "of_table": "requests", "of_id": request_id}
    intake.take([NewEntry("requests", row), NewEntry("receipts", kept)])
    return number
