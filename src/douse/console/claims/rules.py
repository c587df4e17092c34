"""What a claim must be, who may do what with one, and in which state."""

from collections.abc import Mapping
from typing import Any

from douse.console.permissions import Actor, Refused
from douse.console.public.text import plain as as_plain
from douse.console.reach import ground_of, reach
from douse.console.states import CLAIM, NotNow, check_move
from douse.errors import UsageError
from douse.outputs.bulletin.areas import ADDRESSES
from douse.outputs.claims.naming import points_at_somebody
from douse.records.ledger import Snapshot

LONGEST = 500  # characters of a claim, an answer, a reason
SHORTEST = 8  # characters in which something can be claimed
SHORTEST_DENSE = 4  # of a language that needs few
_ASCII = 0x7F


def check_claim(text: str) -> str:
    """A claim as it may be kept.

    Raises
    ------
    UsageError
        When it says nothing, is too long, or points at a person.
    """
    plain = as_plain(text, LONGEST + 1)
    shortest = SHORTEST if all(ord(sign) <= _ASCII for sign in plain) else SHORTEST_DENSE
    if not shortest <= len(plain) <= LONGEST:
        raise UsageError(
            "A claim is one sentence that says what is claimed.",
            allowed=f"{SHORTEST} to {LONGEST} characters",
            next_step="Say in a sentence what is said to be so.",
        )
    check_names_nobody(plain)
    return plain


def check_names_nobody(text: str) -> None:
    """Raise UsageError where a text points at a person or an account."""
    if points_at_somebody(text):
        raise UsageError(
            "This holds a telephone number, an address or the name of an account.",
            allowed="what is claimed; never who says it, or of whom",
            next_step="Leave it out: claims are judged here, never persons.",
        )


def check_text(text: str, otherwise: UsageError) -> str:
    """A text that must be there and is short enough; else the error is raised."""
    if not text or len(text) > LONGEST:
        raise otherwise
    return text


def check_zone(actor: Actor, snapshot: Snapshot, right: str, zone: str | None) -> None:
    """Raise `Refused` where a zone is out of reach; UsageError where it is none that may be named in public."""
    ground = ground_of(snapshot)
    if zone is not None and (ground.kind.get(zone) is None or ground.kind[zone] in ADDRESSES):
        raise UsageError(
            "A claim is about an area, not about a building.", next_step="Choose an area from the list, or none."
        )
    if not reach(actor, right, ground).holds(zone):
        raise Refused(
            "This claim goes around beyond the zones of your role.",
            allowed="claims of the zones of your roles",
            next_step="Ask somebody who answers for the larger area.",
        )


def may_review(actor: Actor, answered: frozenset[str]) -> bool:
    """Whether somebody is another person than all who wrote an answer."""
    return bool(answered) and actor.author not in answered


def check_reviewer(actor: Actor, answered: frozenset[str]) -> None:
    """Raise `Refused` where somebody wrote the answer that they are to agree to."""
    if not may_review(actor, answered):
        raise Refused(
            "An answer needs two persons: who wrote some of it cannot also agree to it.",
            allowed="another person with the right to review answers",
            next_step="Ask a colleague to look at it.",
        )


def check_state(row: Mapping[str, Any], to: str) -> None:
    """Raise `NotNow` where a claim is not in a state for a move, or repeats another one."""
    if row["same_as"] is not None:
        raise NotNow("This claim repeats another one.", next_step="Go to the claim that it repeats.")
    check_move(CLAIM, row["state"], to)
