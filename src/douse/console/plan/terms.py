"""What a decision says, what comes into force by it, and what it may not say."""

from dataclasses import dataclass, replace
from datetime import date

from douse.console import clock
from douse.console.permissions import Actor, Refused
from douse.console.plan.made import Made
from douse.console.plan.proposals import Proposal, lower_levels, smaller_zones
from douse.console.reach import ground_of, reach
from douse.console.states import NotNow
from douse.errors import UsageError
from douse.records.ledger import Snapshot

LONGEST_REASON = 500


@dataclass(frozen=True)
class Decision:
    """What a person decides on a proposal. Empty: as proposed."""

    verdict: str  # approved | changed | declined | seconded
    reason: str
    level: str | None = None
    zone: str | None = None
    start: date | None = None
    review_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True)
class Terms:
    """What comes into force: the proposal, as decided."""

    kind: str
    level: str | None
    zone: str | None
    start: date
    review_on: date
    expires_on: date


def terms_of(snapshot: Snapshot, proposal: Proposal, decision: Decision) -> Terms:
    """What comes into force by a decision. Raises UsageError where a change asks for more than was proposed."""
    measure = proposal.measure
    proposed = Terms(
        measure.kind, measure.level, measure.zone, measure.start, measure.review_on, measure.expires_on
    )  # fmt: skip
    if decision.verdict == "seconded" and proposal.agreed is not None:
        before = proposal.agreed
        return replace(
            proposed, level=before["level"], zone=before["zone"], start=before["start"] or measure.start,
            review_on=before["review_on"] or measure.review_on, expires_on=before["expires_on"] or measure.expires_on,
        )  # fmt: skip
    if decision.verdict != "changed":
        return proposed
    changed = replace(
        proposed,
        level=decision.level or proposed.level,
        zone=decision.zone or proposed.zone,
        start=decision.start or proposed.start,
        review_on=decision.review_on or proposed.review_on,
        expires_on=decision.expires_on or proposed.expires_on,
    )
    _check_milder(snapshot, proposal, proposed, changed)
    return changed


def _check_milder(snapshot: Snapshot, proposal: Proposal, proposed: Terms, changed: Terms) -> None:
    """A change makes a measure milder, later or shorter, or says no more than the proposal."""
    measure = proposal.measure
    if changed == proposed:
        raise UsageError(
            "Nothing was changed.", next_step="Change a date, the level or the zone, or approve it as it is."
        )
    if changed.level != proposed.level and changed.level not in lower_levels(measure):
        raise UsageError(
            "The level may only be changed downwards.",
            allowed=", ".join(lower_levels(measure)) or "no level",
            next_step="Choose the proposed level or a lower one.",
        )
    if changed.zone != proposed.zone and (
        measure.action != "start" or changed.zone not in dict(smaller_zones(ground_of(snapshot), measure))
    ):
        raise UsageError(
            "The zone may only be made smaller, and only of a new measure.",
            allowed="the proposed zone, or one that lies within it",
            next_step="Choose a zone within the proposed one.",
        )
    begins = min(proposed.start, clock.now().date()) if measure.action == "keep" else proposed.start
    if not begins <= changed.start <= changed.review_on <= changed.expires_on <= proposed.expires_on:
        raise UsageError(
            "The dates do not fit: a measure starts no earlier than proposed, is reviewed while it is in force, and "
            "ends no later than proposed.",
            allowed=f"{begins} to {proposed.expires_on}, in the order start, review, expiry",
            next_step="Correct the dates. What must last longer is decided again at the review.",
        )


def check_day(made: Made) -> None:
    """Raise `NotNow` where a plan is of another day than today: measures rest on what is known today."""
    if made.asked.day != clock.now().date():
        raise NotNow(
            "This plan is of another day: only today's plan may be decided on.",
            next_step="Make the plan of today, and decide on that.",
        )


def check_zone(actor: Actor, snapshot: Snapshot, right: str, zone: str | None) -> None:
    """Raise `Refused` where somebody's right does not reach a zone."""
    if not reach(actor, right, ground_of(snapshot)).holds(zone):
        raise Refused(
            "This measure reaches beyond the zones of your role.",
            allowed="measures within the zones of your role",
            next_step="Ask somebody who decides for the larger area.",
        )


def check_reason(reason: str) -> None:
    """Raise UsageError where there is no reason, or too long a one."""
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise UsageError(
            "A decision needs a reason.",
            allowed=f"up to {LONGEST_REASON} characters",
            next_step="Say in a sentence why.",
        )


def check_end(proposal: Proposal, decision: Decision) -> None:
    """A level that is only ended is ended as proposed; where one around takes its place, that has to be in force."""
    if decision.verdict == "changed":
        raise NotNow(
            "This only ends a measure: there is nothing to change.", allowed="approve, decline",
            next_step="Approve it, or decline it so that the measure stays.",
        )  # fmt: skip
    if decision.verdict == "approved" and proposal.held_up:
        raise NotNow(
            "The level of the area around is not in force yet: without it this measure would leave a gap.",
            next_step="Decide on the measure of the area around first.",
        )
