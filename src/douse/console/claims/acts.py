"""From a person's act to the row that it makes: enter, answer, agree, send back, withdraw, open again, join."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from uuid_utils import uuid7

from douse.console import clock
from douse.console.actors import actor_of
from douse.console.claims import static_site
from douse.console.claims.register import answered_by, find, history, joined
from douse.console.claims.rules import (
    LONGEST,
    check_claim,
    check_names_nobody,
    check_reviewer,
    check_state,
    check_text,
    check_zone,
)
from douse.console.public.text import plain
from douse.console.reading import follow
from douse.console.rows import corrected
from douse.console.states import NotNow
from douse.console.writing import record
from douse.errors import UsageError
from douse.outputs.claims.answered import Said, versions_json
from douse.outputs.claims.evidence import MOST, Evidence, to_json
from douse.records.codes import CLAIM_ANSWERS, CLAIM_CHANNELS
from douse.records.ledger import NewEntry, Receipt

MOST_SEEN = 100_000


@dataclass(frozen=True)
class Brought:
    """A claim as it is brought."""

    claim: str
    language: str | None
    zone: str | None
    channel: str | None
    first_seen_at: datetime
    seen: int = 1
    same_as: str | None = None


@dataclass(frozen=True)
class Answer:
    """An answer as a person gives it."""

    claim: str
    answer: str
    because: str
    evidence: Sequence[Evidence]
    versions: Mapping[str, Said]


def enter(request: HttpRequest, brought: Brought) -> str:
    """Enter a claim; its identifier.

    Raises
    ------
    UsageError
        When it says nothing, points at a person, was seen in the future, or came by no known way.
    Refused
        When it lies out of reach.
    """
    actor, snapshot = actor_of(request), follow()
    claim = check_claim(brought.claim)
    check_zone(actor, snapshot, "write claims", brought.zone)
    if brought.first_seen_at > clock.now():
        raise UsageError("Nothing can have been seen in the future.", next_step="Correct the moment.")
    if brought.channel not in CLAIM_CHANNELS:
        raise UsageError("Say how it came to be known.", allowed=", ".join(CLAIM_CHANNELS))
    if not 1 <= brought.seen <= MOST_SEEN:
        raise UsageError("Say how often it was brought.", allowed=f"1 to {MOST_SEEN:,}")
    if brought.same_as is not None:
        find(actor, snapshot, brought.same_as)
    entry = entry_of(brought, claim)
    record(request, [entry], action="entered_claim")
    return str(entry.row["claim_id"])


def entry_of(brought: Brought, claim: str) -> NewEntry:
    """The row of a claim that comes in."""
    return NewEntry(
        "claims",
        {
            "claim_id": str(uuid7()), "claim": claim, "language": brought.language, "zone": brought.zone,
            "channel": brought.channel, "first_seen_at": brought.first_seen_at, "state": "open",
            "seen": brought.seen, "same_as": brought.same_as,
        },
    )  # fmt: skip


def answer(request: HttpRequest, claim_id: str, given: Answer) -> Receipt:
    """Answer a claim, or change the answer; what was published stays so until a second person agreed to the new one.

    Raises
    ------
    UsageError
        When it says nothing, points at a person, or rests on nothing.
    NotNow
        When the claim is not in a state for it.
    """
    actor, snapshot = actor_of(request), follow()
    row = find(actor, snapshot, claim_id)
    check_zone(actor, snapshot, "answer_claim", row["zone"])
    check_state(row, "answered")
    changes = {
        "claim": check_claim(given.claim),
        "answer": given.answer,
        "because": _because(given.because),
        "evidence": to_json(given.evidence),
        "versions": versions_json({language: _version(said) for language, said in given.versions.items()}),
        "reason": None,
    }
    if given.answer not in CLAIM_ANSWERS:
        raise UsageError("Say what the evidence says of it.", allowed=", ".join(CLAIM_ANSWERS))
    if given.answer != "not_yet_known" and not given.evidence:
        raise UsageError(
            "An answer rests on evidence.", allowed="at least one figure of the records, or one source",
            next_step="Choose a figure, or name a source. Without either, what is claimed is not yet known.",
        )  # fmt: skip
    if len(given.evidence) > MOST:
        raise UsageError("This is more evidence than anybody reads.", allowed=f"up to {MOST}")
    entry = corrected("claims", row, state="answered", answered_at=clock.now(), published_at=None, **changes)
    return record(request, [entry], action="answer_claim")


def agree(request: HttpRequest, claim_id: str, record_id: str) -> Receipt:
    """Agree, as a second person, to the answer that was read, and publish it.

    Raises
    ------
    Refused
        When the person wrote some of it.
    NotNow
        When it is not waiting for that, or was changed after it was read.
    """
    actor, snapshot = actor_of(request), follow()
    row = find(actor, snapshot, claim_id)
    check_zone(actor, snapshot, "review_claim", row["zone"])
    check_state(row, "published")
    if row["record_id"] != record_id:
        raise NotNow("The answer was changed after you read it.", next_step="Read it again.")
    check_reviewer(actor, answered_by(history(snapshot, row)))
    entry = corrected("claims", row, state="published", published_at=clock.now())
    receipt = record(request, [entry], action="review_claim")
    static_site.write(request)
    return receipt


def send_back(request: HttpRequest, claim_id: str, reason: str) -> Receipt:
    """Send an answer back to be written anew, with a reason."""
    return _moved(request, claim_id, "review_claim", "open", "sent_back_claim", reason)


def withdraw(request: HttpRequest, claim_id: str, reason: str) -> Receipt:
    """Take a claim off the register, or off the public list, with a reason: it stays in the ledger."""
    receipt = _moved(request, claim_id, "answer_claim", "withdrawn", "withdrew_claim", reason)
    static_site.write(request)
    return receipt


def reopen(request: HttpRequest, claim_id: str, reason: str) -> Receipt:
    """Open a claim again that was withdrawn."""
    return _moved(request, claim_id, "answer_claim", "open", "reopened_claim", reason)


def _moved(request: HttpRequest, claim_id: str, right: str, to: str, action: str, reason: str) -> Receipt:  # noqa: PLR0913, PLR0917
    actor, snapshot = actor_of(request), follow()
    row = find(actor, snapshot, claim_id)
    check_zone(actor, snapshot, right, row["zone"])
    check_state(row, to)
    check_text(
        reason,
        UsageError("This needs a reason.", allowed="up to 500 characters", next_step="Say in a sentence why."),
    )
    return record(request, [corrected("claims", row, state=to, reason=reason)], action=action, reason=reason)


def join(request: HttpRequest, claim_id: str, other: str | None) -> Receipt:
    """Say that an open claim repeats another one, or (None) that it does not after all.

    Raises
    ------
    NotNow
        When the claim is not open, or the other is none that it could repeat.
    """
    actor, snapshot = actor_of(request), follow()
    row = find(actor, snapshot, claim_id)
    check_zone(actor, snapshot, "write claims", row["zone"])
    if row["state"] != "open":
        raise NotNow("Only an open claim can repeat another one.", next_step="Join the other one to it instead.")
    if other is not None:
        find(actor, snapshot, other)
        into = joined(snapshot).get(other, other)
        if claim_id in {other, into}:
            raise NotNow("A claim cannot repeat itself.", next_step="Choose another claim.")
        other = into
    return record(request, [corrected("claims", row, same_as=other)], action="joined_claim")


def _version(said: Said) -> Said:
    return Said(check_claim(said.claim), _because(said.because))


def _because(text: str) -> str:
    check_names_nobody(text)
    otherwise = UsageError(
        "An answer says why.",
        allowed="up to 500 characters",
        next_step="Say in plain words what is so, and how one knows, in each language.",
    )
    return check_text(plain(text, LONGEST + 1), otherwise)
