"""`Plan`: what is proposed as of a day. Values only; each part is made by the planner of its name."""

from dataclasses import dataclass, field
from datetime import date

from douse.planning.area_values import Areas
from douse.planning.beds.values import BedPlan
from douse.planning.choice.choice import Choice
from douse.planning.community.values import CommunityPlan
from douse.planning.entry.values import EntryPlan
from douse.planning.goods.values import GoodsPlan
from douse.planning.testing.values import TestingDay
from douse.planning.tracing_values import TracingCapacity
from douse.records.measure import Because, Measure


@dataclass(frozen=True)
class Note:
    """Something a planner could not do, or wants a person to look at."""

    text: Because
    zone: str | None = None


@dataclass(frozen=True)
class Round:
    """One screening round."""

    zone: str
    start: date
    people: int
    singles: int  # not pooled: contacts, people with symptoms
    prevalence: float
    pool_size: int
    missed_by_pooling: float  # share of infections that single tests would find
    tubes: int
    swabs: int
    sites: int
    samplers: int
    result_hours: float | None = None  # start of sampling to last result on 95% of days like this; None: not known
    within_window: bool | None = None
    short_of: Because | None = None


@dataclass(frozen=True)
class DayNeed:
    """Demand for one resource on one day against capacity (None: not known). `low`, `high`: 90% range."""

    resource: str  # hospital_bed | icu_bed | shelter_bed | quarantine_room | tests | new_cases (no capacity)
    day: date
    need: float
    low: float
    high: float
    capacity: float | None


@dataclass(frozen=True)
class Supply:
    """Demand for one item over the horizon against stock and goods on the way."""

    item: str
    need: float
    need_per_day: float
    stock: float | None
    on_the_way: float | None
    days_of_cover: float | None  # with what is on the way and comes from production
    alarm: str | None  # amber | red
    need_worst: float | None = None  # in the worst 5% of courses
    production: float | None = None  # that comes within the horizon
    days_of_cover_without: float | None = None  # of what lies in stock alone


@dataclass(frozen=True)
class Staff:
    """People needed for a task on the heaviest day of the horizon."""

    role: str  # tracer | sampler | shelter_medical | shelter_support | quarantine_medical | quarantine_support
    need: float


@dataclass(frozen=True)
class CostLine:
    """One line of a cost book, with its counterfactual taken off (see `planning/cost.py`): quantity x unit price."""

    book: str  # economic | social | livelihood
    item: str
    quantity: float | None
    unit: str
    amount: float | None  # money; None where only counted
    cause: str  # measures | epidemic
    unit_price: float | None = None


@dataclass(frozen=True)
class Costs:
    """The account over the horizon."""

    currency: str
    lines: tuple[CostLine, ...]
    measures_total: float | None
    epidemic_total: float | None
    counterfactual: Because
    horizon_days: int


@dataclass(frozen=True)
class FloorCheck:
    """One condition of the floor."""

    name: str  # beds | icu_beds | rooms | tests | tracers
    holds: bool | None
    short_by: float | None
    first_day: date | None
    text: Because


@dataclass(frozen=True)
class Plan:
    """The plan of a day: lifting first, then what to start, keep and change."""

    as_of: date
    protocol: str
    protocol_edition: str
    pathogen: str
    horizon_days: int
    measures: tuple[Measure, ...]
    levels: dict[str, str]  # zone -> level after the plan, zones that are not open
    rounds: tuple[Round, ...]
    tracing: dict[str, int]  # people to reach by ring and task; overdue
    needs: tuple[DayNeed, ...]
    supplies: tuple[Supply, ...]
    staff: tuple[Staff, ...]
    costs: Costs
    floor: tuple[FloorCheck, ...]
    notes: tuple[Note, ...]
    cases_ahead: tuple[DayNeed, ...] = ()  # expected new cases a day
    areas: Areas | None = None  # where infections may be hidden, and the smallest areas that cover them
    tracing_capacity: TracingCapacity | None = None  # what today's tracers reach
    beds: BedPlan | None = None  # who goes to which bed or room, and what to open
    entry: EntryPlan | None = None  # tests and quarantine of arrivals; None: none are on record
    choice: Choice | None = None  # between whole plans; None: the levels are those of the protocol's rules
    testing: TestingDay | None = None  # the day of the rounds; None: no rounds
    goods: GoodsPlan = field(default_factory=GoodsPlan)
    community: CommunityPlan = field(default_factory=CommunityPlan)
