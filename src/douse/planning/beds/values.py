"""What the planner of beds and rooms says: values only."""

from dataclasses import dataclass
from datetime import date

from douse.records.measure import Because


@dataclass(frozen=True)
class Placement:
    """One person who needs a bed or room. Of persons: only in the table `placements`, never in plan.json."""

    person: str
    case_id: str | None  # empty: a contact
    zone: str | None
    severity: str | None
    why: str  # new_case | worse | owes_quarantine
    needs: str  # icu | hospital | shelter_hospital | quarantine_site
    place: str | None  # given; empty: none is free
    facility_id: str | None
    fit: str  # as_needed | higher_class | lower_class | stays (in a bed of a lower class) | none_free
    hours: float | None  # from the order to the bed
    in_time: bool | None  # within the protocol's clock, days that have passed included
    party: str | None  # person with whom all of a party stay together
    parted: bool  # of a party that no facility can hold together
    carer_along: str | None  # who cares for the person, is in no bed and may come along


@dataclass(frozen=True)
class FacilityLoad:
    """Beds of one kind at one facility today."""

    facility_id: str
    resource: str  # icu_bed | hospital_bed | shelter_bed | quarantine_room
    capacity: int
    occupied: int
    coming: int  # beds or rooms; a family of contacts shares a room


@dataclass(frozen=True)
class Waiting:
    """People of one need today: how many get what."""

    group: str  # severity, or contact
    needs: str  # place of care
    people: int
    as_needed: int
    higher: int  # in a bed of a higher class
    lower: int  # in a bed of a lower class than the protocol asks for
    none_free: int
    late: int  # later than the protocol's clock allows


@dataclass(frozen=True)
class Opening:
    """A facility to open."""

    facility_id: str
    opens_on: date
    decide_by: date
    lead_days: int
    resources: dict[str, int]  # resource -> beds or rooms
    cost: float  # of its beds from that day to the end of the horizon, at the library's prices


@dataclass(frozen=True)
class ShortAhead:
    """A resource that is short in the bad case whatever is opened."""

    resource: str
    first_day: date
    worst: float
    worst_day: date
    decide_by: date | None  # last day on which opening a facility would have come in time; None: none is left to open
    text: Because


@dataclass(frozen=True)
class BedPlan:
    """Beds and rooms: who goes where today, and what to open."""

    waiting: tuple[Waiting, ...]
    facilities: tuple[FacilityLoad, ...]
    parties: int  # of two and more who stay together
    parted: int  # parties that no facility can hold together
    care_owed: int  # dependants who stay at home when all who could care for them are away
    gap: float  # share of the cost, shortages included, that a better assignment could save at most
    gap_hours: float  # the same in person-hours on the way
    openings: tuple[Opening, ...]
    short_ahead: tuple[ShortAhead, ...]
    openings_gap: float
    notes: tuple[Because, ...]
    placements: tuple[Placement, ...] = ()
