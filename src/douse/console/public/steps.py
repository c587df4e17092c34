"""Steps that both forms share: where somebody stays, what a form must bring, and the receipt that is shown once."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from douse.console.public import floods, places, work
from douse.console.public.door import public_page
from douse.console.public.floods import Proof
from douse.console.templating import url
from douse.records.ledger import Snapshot

NOT_KNOWN = "-"  # in place of a zone


def place_asked(request: HttpRequest, snapshot: Snapshot) -> tuple[str | None, bool]:
    """The zone that an address names, and whether it says anything of it (also: not known)."""
    said = request.GET.get("zone", "")
    if said == NOT_KNOWN:
        return None, True
    place = places.offered(snapshot).of(said)
    return (place.zone, True) if place else (None, False)


def choose_place(
    request: HttpRequest, snapshot: Snapshot, back_to: str, kind: str, *, may_skip: bool = False
) -> HttpResponse:
    """The page that asks where somebody stays: a list where places are few, else a search."""
    offered = places.offered(snapshot)
    few = offered.smallest
    asked = request.GET.get("place", "")
    shown = few if len(few) <= places.FEW and not asked else offered.found(asked)
    return public_page(
        request, "public/place.html", asked=asked, kind=kind, back_to=url(back_to), may_skip=may_skip,
        found=[(place, url(back_to, query={"kind": kind, "zone": place.zone})) for place in shown],
        skip=url(back_to, query={"kind": kind, "zone": NOT_KNOWN}), searches=len(few) > places.FEW or bool(asked),
    )  # fmt: skip


def proof_of(request: HttpRequest) -> Proof:
    """What a form brings."""
    sent = request.POST
    return Proof(sent.get("puzzle", ""), sent.get("answer", "").strip(), sent.get("code", "").strip())


def new_puzzle(request: HttpRequest, zone: str | None) -> tuple[str, int]:
    """A puzzle for a form, and its bits."""
    bits = floods.bits_for(request, zone)
    return work.puzzle(bits), bits


def receipt_page(request: HttpRequest, number: str, *, medical: bool = False, danger: bool = False) -> HttpResponse:
    """The receipt, shown once; `danger`: a danger sign was named."""
    return public_page(
        request, "public/receipt_given.html", HTTPStatus.CREATED, switch=False, number=number, medical=medical,
        danger=danger,
    )  # fmt: skip
