"""The form of a report: what, where, a few questions, and a receipt."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods
from uuid_utils import uuid7

from douse.console import clock, instance
from douse.console.public import intake, numbers, places, steps
from douse.console.public.door import open_to_all, public_page
from douse.console.public.self_report.fields import AGES, COMPARED, LONGEST_PLACE, NEEDED, Filled, read
from douse.console.public.text import LONGEST_NOTE, LONGEST_PHONE
from douse.console.reach import ground_of
from douse.console.reading import follow
from douse.console.words import with_names, words
from douse.library import Triage, load
from douse.records.codes import REPORT_KINDS, SETTINGS, SYMPTOMS
from douse.records.ledger import NewEntry

ORDER = "general"  # file of the library that says in which order reports are looked at


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Ask what and where, then the questions; take in what is sent."""
    snapshot, kind = follow(), request.GET.get("kind", "")
    if kind not in REPORT_KINDS:
        return public_page(request, "public/kind.html", kinds=_kinds(request.GET.get("zone", "")))
    zone, said = steps.place_asked(request, snapshot)
    if not said and places.offered(snapshot).all:
        return steps.choose_place(request, snapshot, "public:report", kind, may_skip=True)
    with_names(ground_of(snapshot))
    if request.method != "POST":
        return form_page(request, kind, zone, Filled(row={}))
    filled = read(kind, request.POST, clock.now().date())
    if filled.problems:
        return form_page(request, kind, zone, filled)
    try:
        number = steps.sent(request, zone, lambda: _take(zone, filled))
    except steps.NotSent as error:
        filled.problems["form"] = error.said
        return form_page(request, kind, zone, filled, status=error.status)
    return steps.receipt_page(request, number, danger=names_danger(filled.row))


def _kinds(zone: str) -> list[tuple[str, str]]:
    more = {"zone": zone} if zone else {}
    return [(kind, f"?{urlencode({'kind': kind} | more)}") for kind in REPORT_KINDS]


def form_page(  # noqa: PLR0913  (what the page shows, each by name)
    request: HttpRequest, kind: str, zone: str | None, filled: Filled, *, number: str = "", status: int | None = None
) -> HttpResponse:
    """The questions of a kind, with what was filled in and what is wrong with it.

    Parameters
    ----------
    number : str
        Of the receipt, where a report is corrected.
    status : int, optional
        Of the answer, where it is another than that of a form with or without problems.
    """
    puzzle, bits = steps.new_puzzle(request, zone)
    said = words()
    values: dict[str, Any] = {
        "kind": kind, "zone": zone, "given": dict.fromkeys(COMPARED) | filled.row, "phone": filled.phone,
        "problems": filled.problems, "needed": NEEDED[kind], "puzzle": puzzle, "bits": bits, "number": number,
        "symptoms": [(one, said.label(one)) for one in SYMPTOMS],
        "chosen": (filled.row.get("symptoms") or "").split(";"),
        "ages": list(AGES.items()),
        "settings": [(one, said.label(one)) for one in SETTINGS],
        "longest": {"place": LONGEST_PLACE, "note": LONGEST_NOTE, "phone": LONGEST_PHONE},
    }  # fmt: skip
    status = status or steps.status_of(filled.problems)
    return public_page(request, "public/report.html", status, switch=not number, **values)


def names_danger(row: dict[str, Any]) -> bool:
    """Whether a report names a danger sign."""
    order: Triage = load(Triage, ORDER)
    return not order.danger.keys().isdisjoint((row.get("symptoms") or "").split(";"))


def weight(row: dict[str, Any]) -> int:
    """Points by which a report is ordered."""
    symptoms = (row.get("symptoms") or "").split(";") if row.get("symptoms") else []
    order: Triage = load(Triage, ORDER)
    return order.weight(row["kind"], symptoms, row.get("age_band"))


def _take(zone: str | None, filled: Filled) -> str:
    """Append a report and its receipt; the number, which nobody can tell a second time."""
    number, report_id = numbers.new_number(), str(uuid7())
    person = instance.current().stores.vault.new_pseudonym()
    row = filled.row | {
        "report_id": report_id, "person_id": person, "zone": zone, "sent_at": clock.now(), "state": "received",
        "weight": weight(filled.row),
    }  # fmt: skip
    kept = {"receipt": numbers.digest(number), "of_table": "self_reports", "of_id": report_id}
    with steps.in_vault(person, {"phone": filled.phone} if filled.phone else {}):
        intake.take([NewEntry("self_reports", row), NewEntry("receipts", kept)])
    return number
