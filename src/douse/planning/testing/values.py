"""What the plan says of a testing day. Hours count from the start of sampling; values only."""

from dataclasses import dataclass
from datetime import date

from douse.records.measure import Because


@dataclass(frozen=True)
class TestingSite:
    """One sampling site of the day, or one team that goes from door to door for those tested singly."""

    __test__ = False  # pytest: not a test

    site: str
    zone: str  # of the round
    kind: str  # sampling_site | place | made_site | door_team
    place: str | None  # facility or place on record; None: still to be found
    latitude: float | None
    longitude: float | None
    people: int
    pool_size: int
    tubes: int
    samplers: int
    desks: int  # at the same time
    shifts: int
    laboratory: str | None
    way_hours: float | None
    courier_every_hours: float | None
    sampled_hours: float | None  # last swab: 95% of days like this are no later; so are the next two
    result_hours: float | None  # last result, second tests with it


@dataclass(frozen=True)
class TestingLaboratory:
    """What one laboratory gets on the day."""

    __test__ = False

    laboratory: str
    sites: int
    tubes_per_day: float
    tubes: int
    second_tests: float  # expected
    couriers: int
    last_tube_hours: float  # 95%, as all hours here
    longest_wait_hours: float
    first_result_hours: float  # last result of a first test
    result_hours: float


@dataclass(frozen=True)
class TestingHour:
    """What is done by the end of an hour: medians of the days drawn, and the 90% range of the share of results."""

    __test__ = False

    hour: int
    sampled: float  # people
    arrived: float  # tubes
    results: float  # tubes
    share: float  # of results in all those of the day
    share_low: float
    share_high: float


@dataclass(frozen=True)
class Addition:
    """Something added to the day, what it costs, and when the last result then comes."""

    samplers: int
    couriers: int
    laboratory_lines: int
    tubes: int
    cost: float
    result_hours: float | None  # 95%; None: never
    in_time: bool


@dataclass(frozen=True)
class TestingDay:
    """The rounds of one day together."""

    __test__ = False

    start: date
    people: int
    singles: int
    tubes: int  # first tests
    second_tests: float | None  # expected
    tubes_in_stock: float | None
    tubes_short: int  # with waste and second tests
    samplers: int
    samplers_on_record: int | None
    samplers_by_shift: tuple[int, ...]  # the first shift first; beyond the shifts of a day: the next day's
    desks: int
    couriers: int
    window_hours: float
    sampled_hours: float | None  # 95%
    first_result_hours: float | None  # 95%; second tests not in it
    result_hours_median: float | None
    result_hours: float | None  # 95%
    in_time: bool | None  # None: laboratories not known
    short_of: tuple[Because, ...]
    cheapest: Addition | None
    alternatives: tuple[Addition, ...]  # less than the cheapest, and why that will not do: their hours
    addition_gap: float  # share of the cheapest addition's cost that a better one could save at most
    assignment_gap: float  # the same of the hours by which sites are shared among laboratories
    currency: str
    draws: int
    sites: tuple[TestingSite, ...]
    laboratories: tuple[TestingLaboratory, ...]
    by_hour: tuple[TestingHour, ...]
