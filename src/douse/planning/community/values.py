"""Values of the plan for residents' requests. No household and no person is in them."""

from dataclasses import dataclass
from datetime import date

WHY_NOT = ("no_crew", "too_far", "all_busy")


@dataclass(frozen=True)
class RequestPlan:
    """One open request: by when it is due, and who goes there or why nobody does."""

    request_id: str
    kind: str
    zone: str | None
    medical: bool
    asked_on: date
    hours_waited: float
    due_on: date
    due_hour: float  # of that day
    crew_id: str | None
    served_on: date | None
    served_hour: float | None  # of that day, when the trip ends
    km: float | None
    in_time: bool
    why_not: str | None  # no_crew | too_far | all_busy
    expected_on: (
        date | None
    )  # of one that nobody is sent to yet: when it can be met; None: not with the crews on record


@dataclass(frozen=True)
class KindSum:
    """Open requests of one kind."""

    kind: str
    medical: bool
    open: int
    in_time: int
    late: int
    unmet: int
    no_crew: int
    too_far: int
    all_busy: int
    longest_wait_hours: float  # so far
    clock_hours: float  # within which it is due where it names no time


@dataclass(frozen=True)
class CommunityPlan:
    """Requests and crews."""

    open: int = 0
    medical: int = 0
    medical_in_time: int = 0
    met: int = 0  # a crew is sent, in time or late
    unmet: int = 0
    hours_late: float = 0.0  # beyond the clock, of all requests, within the horizon of the plan
    days: int = 0  # for which crews are sent
    crews: int = 0  # on record
    kinds: tuple[KindSum, ...] = ()
    requests: tuple[RequestPlan, ...] = ()  # the most urgent first
    gap: float = 0.0  # share of requests that a better plan could meet more, at most
