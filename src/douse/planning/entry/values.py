"""What the planner of entry says: values only."""

from dataclasses import dataclass

from douse.records.measure import Because


@dataclass(frozen=True)
class EntrySchedule:
    """Tests and stay of a traveller, and what they miss of an infected one.

    `missed`: chance that an infected arrival is free among others on a day when infectious, before anything finds the
    infection. `let_through`: share of the transmission of an infected arrival that takes place all the same.
    """

    place: str  # free | home | central
    days: int  # of the stay; day 1 is the day of arrival
    test_days: tuple[int, ...]  # day 1 is the day of arrival
    missed: float
    let_through: float


@dataclass(frozen=True)
class EntryOrigin:
    """What is proposed for the arrivals from one place; numbers are a month's."""

    origin: str
    arrivals: float
    basis: str  # tests | prevalence | others | guess
    prevalence: float
    low: float
    high: float
    infected: float
    place: str  # of the stay: free | home | central
    days: int
    test_days: tuple[int, ...]
    missed: float
    let_through: float
    person_days: float
    tests: float
    missed_by_protocol: float  # with what the protocol asks of all arrivals


@dataclass(frozen=True)
class EntryPlan:
    """Tests and quarantine of arrivals that keep the infectious ones missed a month below the target."""

    target: float  # infectious arrivals missed a month
    expected: float
    let_through: float  # in infections' whole transmission
    within_target: bool
    person_days: float  # a month
    tests: float
    cost: float  # of stays and tests, at the library's prices
    by_protocol: EntrySchedule  # what the protocol asks of all arrivals
    expected_by_protocol: float
    person_days_by_protocol: float
    bound: float  # no choice among the schedules could restrict for fewer person-days
    origins: tuple[EntryOrigin, ...]
    schedules: tuple[EntrySchedule, ...]  # those worth considering: more person-days or tests miss fewer
    text: Because
    notes: tuple[Because, ...]
