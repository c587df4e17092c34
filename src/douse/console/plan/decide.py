"""From a person's decision to the rows that it makes: decision, measures and tasks, in one batch with the audit entry.

Nothing restrictive is in force without a person's approval; a lockdown only after a second person agreed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
from django.http import HttpRequest
from uuid_utils import uuid7

from douse.console import clock, instance
from douse.console.actors import actor_of
from douse.console.permissions import Actor, check, check_second
from douse.console.plan.made import Made, keep
from douse.console.plan.proposals import PROPOSED, Proposal, in_force, is_same, needs_two, proposals
from douse.console.plan.terms import (
    LONGEST_REASON,
    Decision,
    Terms,
    check_day,
    check_end,
    check_reason,
    check_zone,
    terms_of,
)
from douse.console.reading import follow, visible
from douse.console.rows import corrected
from douse.console.states import MEASURE, NotNow, check_move
from douse.console.words import words
from douse.console.writing import record
from douse.records.codes import LEVELS
from douse.records.ledger import NewEntry, Receipt, Snapshot

_END_OF_WORK = time(18, 0)


def decide(who: HttpRequest | Actor, made: Made, name: str, decision: Decision) -> Receipt:
    """Approve, change or decline a proposal, or agree to it as the second person.

    Raises
    ------
    Refused
        When the right is missing in the zone, or the second person is the first.
    NotNow
        When the proposal is not in a state for it, or the plan is too old.
    UsageError
        When no reason is given, or a change asks for more than was proposed.
    """
    actor = who if isinstance(who, Actor) else actor_of(who)
    right = "second_measure" if decision.verdict == "seconded" else "approve_measure"
    check(actor, right)
    snapshot = follow()
    proposal = find(actor, snapshot, made, name)
    check_zone(actor, snapshot, right, proposal.measure.zone)
    check_reason(decision.reason)
    check_day(made)
    check_move(MEASURE, proposal.state, decision.verdict)
    if proposal.settled:
        raise NotNow("This is in force as it is: there is nothing to decide.", next_step="Go back to the plan.")
    if proposal.only_ends:
        check_end(proposal, decision)
    terms = terms_of(snapshot, proposal, decision)
    if decision.verdict == "seconded":
        if not proposal.waits:
            raise NotNow(
                "Only a lockdown waits for a second person.", next_step="Go back to the plan: it is in force already."
            )
        check_second(actor, author_of(proposal.agreed))
    rows = [_decision_row(actor, right, made, proposal, decision, terms)]
    if decision.verdict == "declined":
        rows += taken_back(actor, snapshot, proposal)
    elif decision.verdict == "seconded" or proposal.only_ends or not needs_two(terms.kind, terms.level):
        rows += carried_out(actor, snapshot, made, proposal, terms)
    keep(made)
    return record(who, rows, action=right, reason=decision.reason)


def find(actor: Actor, snapshot: Snapshot, made: Made, name: str) -> Proposal:
    """A proposal of a plan by its name."""
    for proposal in proposals(actor, snapshot, made):
        if proposal.id == name:
            return proposal
    raise NotNow(
        "The plan does not propose this any more, or it lies outside your zones.",
        next_step="Go back to the plan: it may have been made anew.",
    )


def author_of(decision: dict[str, Any] | None) -> str:
    """Who took a decision, as the ledger names them."""
    return "" if decision is None else authors([decision["record_id"]]).get(decision["record_id"], "")


def authors(record_ids: Sequence[str]) -> dict[str, str]:
    """Who wrote some decisions."""
    if not record_ids:
        return {}
    entries = instance.current().stores.ledger.entries(tables=["decisions"], record_ids=list(record_ids))
    return {entry.record_id: entry.author for entry in entries}


def _decision_row(  # noqa: PLR0913, PLR0917  (what a decision says)
    actor: Actor, right: str, made: Made, proposal: Proposal, decision: Decision, terms: Terms
) -> NewEntry:
    return NewEntry(
        "decisions",
        {
            "decision_id": str(uuid7()),
            "measure_id": proposal.id,
            "kind": terms.kind,
            "zone": terms.zone,
            "level": terms.level,
            "verdict": decision.verdict,
            "start": terms.start,
            "review_on": terms.review_on,
            "expires_on": terms.expires_on,
            "role": role_with(actor, right),
            "reason": decision.reason.strip(),
            "plan": made.hash,
        },
    )


def role_with(actor: Actor, right: str) -> str | None:
    """The role in which somebody has a right."""
    granted = actor.grants_with(right)
    return granted[0].role if granted else None


def carried_out(actor: Actor, snapshot: Snapshot, made: Made, proposal: Proposal, terms: Terms) -> list[NewEntry]:
    """Rows of measures, new, changed or ended, and tasks, of what comes into force."""
    measure, today = proposal.measure, clock.now().date()
    now = [row for row in in_force(snapshot, today) if is_same(row, measure)]
    new = _measure_row(actor, made, proposal, terms)
    rows: list[NewEntry] = []
    if measure.action == "keep" or (measure.kind != "level" and now):
        last, others = now[-1:], now[:-1]
        dates = {"review_on": terms.review_on, "expires_on": terms.expires_on}
        if measure.kind == "level" and last and terms.level != last[0]["level"]:
            rows += [*_ended(now, today), *_written(snapshot, new)]
        else:
            rows += [corrected("measures", row, **dates) for row in last] or _written(snapshot, new)
            rows += _ended(others, today)
    else:
        rows += _ended([row for row in now if row["measure_id"] != proposal.id], today)
        if not proposal.only_ends:
            rows += _written(snapshot, new)
    return rows + _tasks(snapshot, proposal, terms)


def taken_back(actor: Actor, snapshot: Snapshot, proposal: Proposal) -> list[NewEntry]:
    """Rows that take back what a proposal brought into force, and its tasks that are not done.

    Raises
    ------
    NotNow
        When it ended or renewed another measure: that cannot be undone by declining.
    """
    if proposal.state == PROPOSED or proposal.waits:
        return []
    today = clock.now().date()
    own = [row for row in in_force(snapshot, today) if row["measure_id"] == proposal.id]
    if not own:
        raise NotNow(
            "This was carried out on a measure that was there before: declining it now would undo nothing.",
            next_step="Make the plan anew, or end the measure on the page of measures in force.",
        )
    tasks = visible(actor, snapshot, "tasks").filter(
        pl.col("measure_id") == proposal.id, pl.col("done_at").is_null(), pl.col("outcome").is_null()
    )
    cancelled = [corrected("tasks", row, outcome="cancelled", done_at=clock.now()) for row in tasks.to_dicts()]
    return [*_ended(own, today), *cancelled]


def end(who: HttpRequest | Actor, measure_id: str, reason: str) -> Receipt:
    """End a measure that is in force, by a person's own decision."""
    actor, snapshot = who if isinstance(who, Actor) else actor_of(who), follow()
    check(actor, "approve_measure")
    today = clock.now().date()
    seen = visible(actor, snapshot, "measures")["measure_id"]
    rows = [row for row in in_force(snapshot, today) if row["measure_id"] == measure_id and measure_id in seen]
    if not rows:
        raise NotNow("This measure is not in force any more.", next_step="Go back to the measures in force.")
    row = rows[-1]
    check_zone(actor, snapshot, "approve_measure", row["zone"])
    check_reason(reason)
    decision = NewEntry(
        "decisions",
        {
            "decision_id": str(uuid7()), "measure_id": measure_id, "kind": row["kind"], "zone": row["zone"],
            "level": LEVELS[0] if row["kind"] == "level" else None, "verdict": "approved", "start": today,
            "role": role_with(actor, "approve_measure"), "reason": reason.strip(),
        },
    )  # fmt: skip
    told = _task(f"{measure_id}/end", "carry_out", row["zone"], measure_id, today, words().say("End of the measure"))
    return record(
        who, [decision, *_ended([row], today), *_new_only(snapshot, [told])], action="approve_measure", reason=reason
    )


def _measure_row(actor: Actor, made: Made, proposal: Proposal, terms: Terms) -> NewEntry:
    return NewEntry(
        "measures",
        {
            "measure_id": proposal.id,
            "kind": terms.kind,
            "zone": terms.zone,
            "level": terms.level,
            "closed": proposal.measure.closed,
            "start": terms.start,
            "review_on": terms.review_on,
            "expires_on": terms.expires_on,
            "reason": words().because(proposal.measure.reason)[:LONGEST_REASON],
            "approved_by": role_with(actor, "approve_measure") or role_with(actor, "second_measure"),
            "protocol": made.opened.knowledge.protocol.id,
        },
    )


def _written(snapshot: Snapshot, new: NewEntry) -> list[NewEntry]:
    """A new row; where a row of that name is there (approved, taken back, approved again), its correction."""
    rows = snapshot.current("measures").filter(pl.col("measure_id") == new.row["measure_id"])
    return [replace(new, supersedes=rows["record_id"][-1]) if len(rows) else new]


def _ended(rows: Iterable[dict[str, Any]], day: date) -> list[NewEntry]:
    """Corrections that end measures; one that had not begun ends on the day on which it would have begun."""
    return [corrected("measures", row, ended_on=max(day, row["start"] or day)) for row in rows]


def _tasks(snapshot: Snapshot, proposal: Proposal, terms: Terms) -> list[NewEntry]:
    """Who carries it out, and a delivery for each thing that is owed to the people restricted."""
    said = words()
    carry = _task(
        f"{proposal.id}/carry_out", "carry_out", terms.zone, proposal.id, terms.start,
        said.because(proposal.measure.reason),
    )  # fmt: skip
    owed = [
        _task(
            f"{proposal.id}/deliver/{number}", "deliver", terms.zone, proposal.id, terms.start + timedelta(days=1),
            said.because(sentence),
        )
        for number, sentence in enumerate(proposal.measure.support, start=1)
    ]  # fmt: skip
    return _new_only(snapshot, [carry, *owed])


def _task(  # noqa: PLR0913, PLR0917  (what a task says)
    name: str, kind: str, zone: str | None, measure: str, day: date, what: str
) -> NewEntry:
    row = {
        "task_id": name,
        "kind": kind,
        "zone": zone,
        "measure_id": measure,
        "due_at": datetime.combine(day, _END_OF_WORK),
        "what": what[:LONGEST_REASON],
    }
    return NewEntry("tasks", row)


def _new_only(snapshot: Snapshot, tasks: Sequence[NewEntry]) -> list[NewEntry]:
    """Tasks; those that were there before and are closed are opened again by a correction, open ones are left."""
    known = {row["task_id"]: row for row in snapshot.current("tasks").iter_rows(named=True)}
    found = []
    for task in tasks:
        before = known.get(task.row["task_id"])
        if before is None:
            found.append(task)
        elif before["outcome"] is not None:
            found.append(replace(task, supersedes=before["record_id"]))
    return found
