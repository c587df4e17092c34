"""What is decided on the records of persons: merges and their undoing, legal holds, erasure."""

from typing import Annotated, Literal

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Body, Field, NinjaAPI

from douse.console.actors import actor_of
from douse.console.admin.holds import hold, release
from douse.console.api.answers import receipt
from douse.console.api.schemas import PROBLEMS, Day, Receipt, Strict
from douse.console.cases import dossier
from douse.console.cases.erasure import subjects_of
from douse.console.cases.merging import decide, take_back, two_of
from douse.console.reading import follow
from douse.console.tasks.sent import Text
from douse.console.writing import erase_persons

Ident = Annotated[Text, Field(min_length=1, max_length=200)]
Reason = Annotated[Text, Field(min_length=1, max_length=500, description="In a sentence.")]


class NewMerge(Strict):
    """Two pseudonyms, and whether they are one person."""

    person_id: Ident = Field(description="Pseudonym that is given up.")
    into: Ident = Field(description="Pseudonym that stays.")
    verdict: Literal["one", "two"] = Field("one", description="two: they were looked at, and are two persons.")
    reason: Reason


class Undone(Strict):
    """A merge that is taken back."""

    merge_id: Ident
    reason: Reason


class NewHold(Strict):
    """A legal hold; without subject, table and zone everything is kept."""

    subject: Ident | None = Field(None, description="Pseudonym whose records are kept.")
    held_table: Ident | None = Field(None, description="Table whose records are kept.")
    zone: Ident | None = Field(None, description="Zone whose records are kept.")
    until: Day | None = Field(None, description="Last day.")
    person: Ident = Field(description="Who answers for it: a role or an office.")
    reason: Reason


class Released(Strict):
    """A hold that ends."""

    hold_id: Ident
    reason: Reason


class NewErasure(Strict):
    """A person whose personal fields are emptied for good, and whose name is forgotten."""

    person_id: Ident
    reason: Reason


def add_to(api: NinjaAPI) -> None:
    """Add the operations to the API."""

    @api.post("/merges", url_name="merges_new", tags=["persons"], response={201: Receipt, **PROBLEMS})
    def new_merge(request: HttpRequest, body: Body[NewMerge]) -> HttpResponse:
        """Put on record that two pseudonyms are one person, or that they are two."""
        actor, snapshot = actor_of(request), follow()
        gone, stays = two_of(actor, snapshot, body.person_id, body.into)
        return receipt(decide(actor, snapshot, gone, stays, body.reason.strip(), one=body.verdict == "one"), 1)

    @api.post("/merges/undone", url_name="merges_undo", tags=["persons"], response={201: Receipt, **PROBLEMS})
    def undo_merge(request: HttpRequest, body: Body[Undone]) -> HttpResponse:
        """Take a merge back."""
        return receipt(take_back(actor_of(request), follow(), body.merge_id, body.reason.strip()), 1)

    @api.post("/holds", url_name="holds_new", tags=["persons"], response={201: Receipt, **PROBLEMS})
    def new_hold(request: HttpRequest, body: Body[NewHold]) -> HttpResponse:
        """Keep records beyond their time."""
        return receipt(hold(actor_of(request), body.model_dump()), 1)

    @api.post("/holds/released", url_name="holds_release", tags=["persons"], response={201: Receipt, **PROBLEMS})
    def release_hold(request: HttpRequest, body: Body[Released]) -> HttpResponse:
        """End a hold."""
        return receipt(release(actor_of(request), body.hold_id, body.reason.strip()), 1)

    @api.post("/erasures", url_name="erasures_new", tags=["persons"], response={201: Receipt, **PROBLEMS})
    def new_erasure(request: HttpRequest, body: Body[NewErasure]) -> HttpResponse:
        """Empty the personal fields of a person, whatever the person is known as, and forget the name."""
        actor, snapshot = actor_of(request), follow()
        found = dossier.of_person(actor, snapshot, body.person_id)
        if found is None:
            raise Http404
        done = erase_persons(actor, subjects_of(snapshot, found), why="asked_for", reason=body.reason.strip())
        return receipt(done.receipt, len(done.receipt.record_ids))
