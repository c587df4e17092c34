"""Publish a bulletin: its row in the ledger, then its files where anybody finds them. None is ever changed."""

from datetime import datetime, time
from threading import Lock

from django.http import HttpRequest

from douse.console import clock
from douse.console.actors import actor_of
from douse.console.bulletins import made, place
from douse.console.bulletins.made import Draft
from douse.console.permissions import Actor, Refused
from douse.console.reach import ground_of, reach
from douse.console.reading import follow
from douse.console.states import NotNow
from douse.console.writing import record
from douse.records.ledger import NewEntry, Snapshot

_publishing = Lock()


def may_publish(actor: Actor, snapshot: Snapshot) -> bool:
    """Whether somebody may make and publish bulletins: they tell of the whole area."""
    return reach(actor, "publish_bulletin", ground_of(snapshot)).everywhere


def check_publish(actor: Actor, snapshot: Snapshot) -> None:
    """Raise `Refused` unless somebody may publish bulletins."""
    if not may_publish(actor, snapshot):
        raise Refused(
            "A bulletin tells of the whole area: it needs a role there.",
            next_step="Ask a decision maker of the whole area.",
        )


def publish(request: HttpRequest, draft: Draft) -> None:
    """Publish a draft.

    Raises
    ------
    Refused
        When the person may not.
    NotNow
        When another bulletin was published after the draft was made, or its files are gone.
    """
    actor = actor_of(request)
    check_publish(actor, follow())
    told, audience = draft.bulletin, draft.asked.audience
    with _publishing:
        before = made.published(follow(), audience)
        if not draft.is_new or told.id in {one.id for one in before}:
            raise NotNow("This bulletin is published already.", next_step="Look at it, or make the next one.")
        if (before[-1].id if before else None) != told.previous or not place.draft(draft.name).is_dir():
            raise NotNow("The draft is out of date.", next_step="Make it anew, and look at it again.")
        record(request, [_row(draft)], action="publish_bulletin")
        place.settle(audience, draft.name)


def _row(draft: Draft) -> NewEntry:
    told, now = draft.bulletin, clock.now()
    row = {
        "bulletin_id": told.id, "as_of": min(now, datetime.combine(told.as_of, time.max)),
        "audience": draft.asked.audience, "published_at": now, "previous": told.previous, "corrects": told.corrects,
        "ledger": draft.sequence, "folder": draft.asked.audience,
    }  # fmt: skip
    return NewEntry("bulletins", row)
