"""What the plan says of tracing. Values only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Turn:
    """One visit in the order of infections prevented per tracer-hour: a household, or a person of none."""

    turn: int  # 1 first
    visit: str  # as in worklist.csv of `douse worklist`
    zone: str | None
    people: int
    tasks: int
    hours: float
    prevented: float
    per_hour: float
    lost_by_waiting: float  # infections no longer prevented tomorrow
    today: bool


@dataclass(frozen=True)
class TaskReach:
    """How much of one task today's tracers reach."""

    task: str
    people: int
    people_today: int
    hours: float
    prevented: float
    prevented_today: float


@dataclass(frozen=True)
class TracingCapacity:
    """What today's tracers reach of the worklist, and what the rest costs.

    Infections prevented are upper bounds: see `docs/methods-tracing.md`.
    """

    tracers: float | None  # None: not known, all is taken to be reached
    hours_a_day: float  # of one tracer
    hours_needed: float
    hours_there: float | None
    visits: int
    visits_today: int
    people: int
    people_today: int
    prevented: float  # by the whole worklist, done today
    prevented_today: float
    most_today: float  # no order prevents more in these hours
    lost_by_waiting: float  # by what waits until tomorrow
    by_priority: float  # prevented today in the order of the protocol's priorities
    tracers_for_all: float
    tracers_more: float | None
    by_task: tuple[TaskReach, ...]
    turns: tuple[Turn, ...]  # the first 500
