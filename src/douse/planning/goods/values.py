"""Values of the plan of goods."""

from dataclasses import dataclass
from datetime import date

from douse.records.measure import Because


@dataclass(frozen=True)
class Shipment:
    """Goods proposed to go from a depot to those who need them in a region, or to another depot."""

    day: date
    item: str
    quantity: float
    kg: float
    from_facility: str | None  # None: where they lie is not on record
    to_facility: str | None  # another depot
    zone: str | None  # region of those who need it; None: areas too small to be planned apart
    receiver: str | None  # care | laboratory | testing | household | patient
    hours: float  # of a vehicle and its crew


@dataclass(frozen=True)
class Shortage:
    """Goods that are missing over the horizon though everything is given by the protocol's order."""

    turn: int  # place in the order, 1 = served first
    receiver: str
    item: str
    need: float
    short: float  # not given at all; of what may be made up for later: most that is late on one day
    first_day: date
    missing_days: float  # items times days that each is missing or late
    limit: str  # stock | production | delivery | both
    where: tuple[str, ...]  # regions, the worst first


@dataclass(frozen=True)
class Reserve:
    """What would be missing in the worst 5% of courses, beyond what is missing anyway."""

    receiver: str
    item: str
    worst: float  # need over the horizon in the worst 5%
    short: float
    first_day: date | None


@dataclass(frozen=True)
class DeliveryDay:
    """Working hours of crews and vehicles on a day; `there` None: no crew is on record."""

    day: date
    used: float
    worst: float  # in the worst 5% of courses
    there: float | None


@dataclass(frozen=True)
class Worth:
    """What one more of something would mend."""

    of: str  # crew | production_day
    item: str
    less_short: float
    text: Because


@dataclass(frozen=True)
class GoodsPlan:
    """What goes where, and what runs short first."""

    shipments: tuple[Shipment, ...] = ()
    shortages: tuple[Shortage, ...] = ()
    reserves: tuple[Reserve, ...] = ()
    delivery: tuple[DeliveryDay, ...] = ()
    worth: tuple[Worth, ...] = ()
    limit: Because | None = None  # what is short, in a sentence
    crews_needed: float = 0.0  # of the usual kind, on the heaviest day
    gap: float = 0.0  # share of the cost that a better plan could save at most
