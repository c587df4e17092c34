"""Steps that both forms share: where somebody stays, what a form must bring, and the receipt that is shown once."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import TypeVar

from django.http import HttpRequest, HttpResponse

from douse.console import instance
from douse.console.public import codes, floods, intake, places, work
from douse.console.public.door import public_page
from douse.console.public.floods import Proof
from douse.console.states import TooOften
from douse.console.templating import url
from douse.console.words import words
from douse.errors import DouseError
from douse.records.ledger import Snapshot

NOT_KNOWN = "-"  # in place of a zone
Told = TypeVar("Told")


class NotSent(Exception):  # noqa: N818  (reads as what it says)
    """A form was not taken: its page is shown again, with all that was filled in.

    Parameters
    ----------
    said : str
        Why, and what to do now, in the reader's language.
    status : int
        Of the answer.
    """

    def __init__(self, said: str, status: int) -> None:
        super().__init__(said)
        self.said, self.status = said, status


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


def sent(request: HttpRequest, zone: str | None, take: Callable[[], Told]) -> Told:
    """Let a form in and take it; what `take` gives once it is on disk.

    Raises
    ------
    NotSent
        When it was not let in, or could not be kept: then a code that came with it can be used once more.
    """
    proof = _proof_of(request)
    try:
        wrong = floods.admit(request, zone, proof)
    except Exception as error:  # whatever it is, nothing that was filled in may be lost
        raise _not_sent(error) from error
    if wrong:
        raise NotSent(wrong, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        return take()
    except Exception as error:
        codes.give_back(proof.code)
        raise _not_sent(error) from error


@contextmanager
def in_vault(pseudonym: str, fields: Mapping[str, str]) -> Iterator[None]:
    """Keep who somebody is while their form is written; nothing of it stays where that fails."""
    vault = instance.current().stores.vault
    if any(fields.values()):
        vault.put(pseudonym, fields)
    try:
        yield
    except BaseException:
        vault.forget([pseudonym])
        raise


def status_of(problems: Mapping[str, str]) -> HTTPStatus:
    """Status of a form that is shown: whether something in it is missing or cannot be."""
    return HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK


def _not_sent(error: Exception) -> NotSent:
    status = HTTPStatus.TOO_MANY_REQUESTS if isinstance(error, TooOften) else HTTPStatus.SERVICE_UNAVAILABLE
    told, said = error if isinstance(error, DouseError) else intake.not_kept(error), words()
    return NotSent(" ".join(said.translated(part) for part in (told.what, told.next_step) if part), status)


def _proof_of(request: HttpRequest) -> Proof:
    """What a form brings."""
    sent = request.POST
    return Proof(sent.get("puzzle", ""), sent.get("answer", "").strip(), sent.get("code", "").strip())


def new_puzzle(request: HttpRequest, zone: str | None) -> tuple[str, int]:
    """A puzzle for a form, and its bits."""
    bits = floods.bits_for(request, zone)
    return work.puzzle(bits, floods.place_of(request, zone)), bits


def receipt_page(
    request: HttpRequest, number: str, *, medical: bool = False, told: bool = False, danger: bool = False
) -> HttpResponse:
    """The receipt, shown once.

    Parameters
    ----------
    medical, told : bool
        Whether a medical request was sent, and whether it rang with somebody who works in its zone.
    danger : bool
        Whether a danger sign was named.
    """
    return public_page(
        request, "public/receipt_given.html", HTTPStatus.CREATED, switch=False, number=number, medical=medical,
        told=told, danger=danger,
    )  # fmt: skip
