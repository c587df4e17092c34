"""The ledger: how much is in it, and whether its chain is whole."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from douse.console import instance
from douse.console.pages import page
from douse.console.reading import follow
from douse.console.remembered import Background
from douse.console.writing import note
from douse.records.ledger import Verified, verify

_background = Background(threads=1, most=2)
_asked: dict[str, int] = {}  # sequence number up to which a check was asked for


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Counts of entries; a button that walks the chain, in the background."""
    ledger = instance.current().stores.ledger
    if request.method == "POST":
        note(request, "verify_ledger", object_table="ledger", object_id=str(ledger.head))
        _asked[ledger.origin] = ledger.head
        return redirect("admin:ledger")
    snapshot = follow()
    upto = _asked.get(ledger.origin)
    found: Verified | None = None
    if upto is not None:
        found = _background.get(ledger.origin, (str(upto),), lambda: verify(ledger), wait=1.0).value
    counts = sorted(((name, frame.height) for name, frame in snapshot.frames.items()), key=lambda row: -row[1])
    return page(
        request, "admin/ledger.html", head=snapshot.sequence, counts=counts, asked=upto, found=found,
        origin=ledger.origin,
    )  # fmt: skip
