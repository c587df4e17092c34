"""A person's verdict on a signal: pages and the API write it by this."""

from datetime import date

from uuid_utils import uuid7

from douse.console.permissions import Actor
from douse.console.signals.judged import Judged, judged, told
from douse.console.states import SIGNAL, NotNow, check_move
from douse.console.writing import Who, record
from douse.errors import UsageError
from douse.question import Knowledge
from douse.records.ledger import NewEntry, Receipt, Snapshot

LONGEST_REASON = 500
WAIT = 20.0  # seconds for the detectors, when one signal is asked for


def find(actor: Actor, snapshot: Snapshot, day: date, knowledge: Knowledge, signal_id: str) -> Judged:
    """A signal of a day by its identifier. Raises NotNow where there is none within reach."""
    answer = told(actor, snapshot, day, knowledge, WAIT)
    for one in judged(actor, snapshot, answer.value or ()):
        if one.id == signal_id:
            return one
    raise NotNow(
        "There is no such signal today within your zones.",
        next_step="Go back to the list: the records may have changed, so that it is not given any more.",
    )


def judge(who: Who, one: Judged, verdict: str, reason: str) -> Receipt:
    """Put a verdict on record.

    Raises
    ------
    NotNow
        When the signal is not in a state for it.
    UsageError
        When no reason is given.
    """
    check_move(SIGNAL, one.state, verdict)
    if not reason or len(reason) > LONGEST_REASON:
        raise UsageError(
            "A verdict needs a reason.",
            allowed=f"up to {LONGEST_REASON} characters",
            next_step="Say in a sentence what you found.",
        )
    row = {
        "verdict_id": str(uuid7()),
        "signal_id": one.id,
        "zone": one.zone,
        "detector": one.signal.detector if one.signal is not None else one.verdicts[-1]["detector"],
        "verdict": verdict,
        "reason": reason,
    }
    return record(who, [NewEntry("verdicts", row)], action="verify_signal", reason=reason)
