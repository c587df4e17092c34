"""One drill: day by day, records, decision, approval, measures."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from douse.errors import UsageError
from douse.planning.drill.decider import Policy
from douse.planning.drill.world import Truth, World
from douse.records.measure import Measure

Approve = Callable[[tuple[Measure, ...], date], tuple[Measure, ...]]
MOST_HIDDEN = 60  # days until somebody finds the first case
AFTERWARDS = 64  # most days that a world goes on for, only to see whether the outbreak is over


@dataclass(frozen=True)
class Drilled:
    """What came of one drill.

    Attributes
    ----------
    policy : str
        Its name.
    start : int
        Day of the world on which the first case was on record: day 0 of the drill.
    days : int
        Days that were decided on, after that one.
    truth : Truth
        What really happened, to the last day of the drill.
    after : Truth
        The same, and some days more, in which nobody decided anything: see `AFTERWARDS`.
    """

    policy: str
    start: int
    days: int
    truth: Truth
    after: Truth


def approve_all(measures: tuple[Measure, ...], day: date) -> tuple[Measure, ...]:
    """Approve whatever is proposed."""
    del day
    return measures


def run_drill(
    world: World, policy: Policy, days: int, *, approve: Approve = approve_all, quiet_from: int = 0
) -> Drilled:
    """Play a drill.

    Parameters
    ----------
    world : World
        On any day; days before the first case is on record pass without decisions.
    policy : Policy
        What is done. Whether the department responds at all is the world's, and must fit.
    days : int
        Days after the first case on record.
    approve : callable
        Takes what is proposed and the day; gives what a person approves of it.
    quiet_from : int
        Day of the drill. Where nobody was infected from it on, the world goes on for some days after the last, with the
        measures as they are, to see whether the outbreak is over.

    Raises
    ------
    UsageError
        When no case comes on record for `MOST_HIDDEN` days.
    """
    hidden = 0
    while world.records(world.today).as_of(world.today).cases.is_empty():
        if hidden == MOST_HIDDEN:
            raise UsageError(
                f"Nobody found a case in {MOST_HIDDEN} days.", next_step="Begin with more infections, or another seed."
            )
        world.advance()
        hidden += 1
    start = len(world.truth()) - 1
    for _ in range(days):
        if policy.decider is not None:
            today = world.today
            known = world.records(today).as_of(today)
            world.apply(approve(policy.decider.decide(known, today), today))
        world.advance()
    truth = world.truth()
    after = truth
    if truth.of("infections")[start + quiet_from :].sum() == 0:
        for _ in range(AFTERWARDS):
            if after.over or after.of("infections")[start + quiet_from :].sum() > 0:
                break
            world.advance()
            after = world.truth()
    return Drilled(policy.name, start, days, truth, after)
