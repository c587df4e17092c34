"""What a plan proposes, beside what was decided on it so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from douse.console.ground import Ground
from douse.console.permissions import Actor, may
from douse.console.plan.made import Made
from douse.console.reach import ground_of, reach
from douse.console.reading import visible
from douse.records.codes import LEVELS
from douse.records.ledger import Snapshot
from douse.records.measure import Measure

NEEDS_TWO = "lockdown"  # a level that is in force only after a second person agreed
PROPOSED = "proposed"


@dataclass(frozen=True)
class Proposal:
    """One proposed measure and what became of it.

    Attributes
    ----------
    id : str
        Names the proposal in decisions; the measure that it makes has the same identifier.
    measure : Measure
        As the planner proposes it.
    decided : dict or None
        The decision that counts: the last one.
    agreed : dict or None
        The last decision that approved or changed it, where a second person agreed or has to.
    settled : bool
        In force as it is: nothing to decide.
    only_ends : bool
        It ends a level and begins none: it is lifted, or the level of a zone around takes its place.
    held_up : bool
        The level around that takes its place is not in force yet: approved now it would leave a gap.
    """

    id: str
    measure: Measure
    decided: dict[str, Any] | None
    agreed: dict[str, Any] | None
    settled: bool
    only_ends: bool
    held_up: bool

    @property
    def state(self) -> str:
        """Where it is in the table of moves of measures."""
        return PROPOSED if self.decided is None else str(self.decided["verdict"])

    @property
    def waits(self) -> bool:
        """Whether it was approved, and waits for a second person."""
        if self.only_ends or self.state not in {"approved", "changed"}:
            return False
        return needs_two(self.measure.kind, (self.agreed or {}).get("level"))

    @property
    def needs_two(self) -> bool:
        """Whether it is in force, as proposed, only after a second person agreed."""
        return not self.only_ends and needs_two(self.measure.kind, self.measure.level)

    @property
    def open(self) -> bool:
        """Whether somebody still has to decide."""
        return not self.settled and (self.decided is None or self.waits)


def needs_two(kind: str, level: str | None) -> bool:
    """Whether a measure is in force only after a second person agreed."""
    return kind == "level" and level == NEEDS_TWO


def name_of(measure: Measure, day: date) -> str:
    """What a proposal of a day is called: a plan made again on that day proposes the same by the same name."""
    what = f"{measure.action}-{measure.level}" if measure.level else measure.action
    return f"{measure.id}/{day.isoformat()}/{what}"


def proposals(actor: Actor, snapshot: Snapshot, made: Made) -> list[Proposal]:
    """Proposals of a plan within reach, lifting first, last what has to wait for another to be in force."""
    ground = ground_of(snapshot)
    seen = reach(actor, "see_plan", ground)
    decisions = decisions_by_measure(actor, snapshot)
    now = in_force(snapshot, made.asked.day)
    found = [
        _proposal(measure, made, decisions, now, ground)
        for measure in made.briefing.plan.measures
        if measure.zone is None or seen.holds(measure.zone)
    ]
    return sorted(found, key=lambda one: one.held_up)


def _proposal(
    measure: Measure,
    made: Made,
    decisions: dict[str, list[dict[str, Any]]],
    now: Sequence[dict[str, Any]],
    ground: Ground,
) -> Proposal:
    name = name_of(measure, made.asked.day)
    past = decisions.get(name, [])
    agreed = next((one for one in reversed(past) if one["verdict"] in {"approved", "changed"}), None)
    only_ends = measure.kind == "level" and measure.zone not in made.briefing.plan.levels
    held_up = only_ends and measure.action != "lift" and not _is_covered(measure, now, ground, made.asked.day)
    return Proposal(name, measure, past[-1] if past else None, agreed, _is_settled(measure, now), only_ends, held_up)


def _is_covered(measure: Measure, now: Sequence[dict[str, Any]], ground: Ground, day: date) -> bool:
    """Whether a level that is at least as strict is in force around a zone."""
    if measure.zone is None:
        return True
    around, least = ground.line(measure.zone)[1:], LEVELS.index(measure.level or LEVELS[0])
    return any(
        row["kind"] == "level"
        and row["zone"] in around
        and row["level"] is not None
        and LEVELS.index(row["level"]) >= least
        and row["start"] <= day
        for row in now
    )


def comes_first(one: Proposal, every: Sequence[Proposal], ground: Ground) -> Proposal | None:
    """The proposal of an area around that has to be in force before this one may be approved."""
    around = ground.line(one.measure.zone)[1:] if one.held_up and one.measure.zone else []
    of_zone = {other.measure.zone: other for other in every if other.measure.kind == "level" and not other.only_ends}
    return next((of_zone[zone] for zone in around if zone in of_zone), None)


def _is_settled(measure: Measure, now: Sequence[dict[str, Any]]) -> bool:
    """Whether a measure that is to be kept is in force with the very dates that are proposed."""
    if measure.action != "keep":
        return False
    return any(
        (row["review_on"], row["expires_on"]) == (measure.review_on, measure.expires_on)
        for row in now
        if is_same(row, measure)
    )


def decisions_by_measure(actor: Actor, snapshot: Snapshot) -> dict[str, list[dict[str, Any]]]:
    """Decisions within reach by the proposal that they are on, in their order; nothing for who may not read them."""
    found: dict[str, list[dict[str, Any]]] = {}
    if may(actor, "read decisions"):
        for row in visible(actor, snapshot, "decisions").iter_rows(named=True):
            found.setdefault(row["measure_id"], []).append(row)
    return found


def in_force(snapshot: Snapshot, day: date) -> list[dict[str, Any]]:
    """Measures that are in force on a day, or begin later: those that nobody ended and that have not expired."""
    rows = snapshot.current("measures").filter(
        pl.col("ended_on").is_null(), pl.col("expires_on").is_null() | (pl.col("expires_on") >= day)
    )
    return rows.sort("start", "measure_id").to_dicts()


def is_same(row: dict[str, Any], measure: Measure) -> bool:
    """Whether a measure in force is the one that a proposal speaks of."""
    if row["kind"] != measure.kind or row["zone"] != measure.zone:
        return False
    if measure.kind == "level":
        return row["level"] not in {None, LEVELS[0]}
    named = str(row["measure_id"])
    return named == measure.id or named.startswith(f"{measure.id}/")


def smaller_zones(ground: Ground, measure: Measure) -> list[tuple[str, int]]:
    """Zones that a new measure may be put on instead: its own and all that lie within it, with their depth."""
    if measure.zone is None:
        return []
    inside = ground.subtree(measure.zone)
    listed = [(zone, depth) for zone, depth in ground.in_order() if zone in inside]
    if not listed:
        return [(measure.zone, 0)]
    least = listed[0][1]
    return [(zone, depth - least) for zone, depth in listed]


def lower_levels(measure: Measure) -> tuple[str, ...]:
    """Levels that a measure may be changed to: its own and those below it, but open."""
    if measure.level not in LEVELS:
        return ()
    return LEVELS[1 : LEVELS.index(measure.level) + 1]
