"""What the plan says of areas. Values only."""

from dataclasses import dataclass

from douse.records.measure import Because


@dataclass(frozen=True)
class AreaRisk:
    """Expected undetected infections of one smallest area, and what they are made of."""

    zone: str
    people: int | None
    expected: float  # each counted by the share of its transmission that lies ahead
    times_mean: float | None  # a resident, against all areas together
    by_cases: float
    by_sites: float
    by_contacts: float
    by_unknown_source: float
    onward: float
    by_movement: float
    cases: int  # on record here
    contacts: int
    unknown_source: int
    sites: int


@dataclass(frozen=True)
class CoveredArea:
    """One zone of a cover."""

    target: float
    zone: str
    level: str
    people: int | None
    expected: float
    person_days: float | None
    share_without: float
    lesser: str
    share_lesser: float
    reason: Because
    lesser_fails: Because


@dataclass(frozen=True)
class AreaCover:
    """The smallest cover of one target, and what others would take for as much."""

    target: float
    share: float
    inside: float
    areas: int
    people: float
    person_days: float
    staff_days: float
    gap: float  # share of the person-days, with staff, that a better choice could save at most
    districts_times: float | None  # person-days of whole districts that cover as much, over these
    circles_times: float | None
    circles_km: float | None
    short: Because | None


@dataclass(frozen=True)
class Areas:
    """Where infections may be hidden, and the smallest areas that cover them."""

    expected: float
    unplaced: float  # of cases and contacts without a zone; not in `expected`
    smallest_areas: int
    found: float
    found_by: str  # estimate | library
    reproduction: float
    movement: str  # visits | daytime | distance | tree
    days: float
    top: tuple[AreaRisk, ...]
    covers: tuple[AreaCover, ...]
    chosen: tuple[CoveredArea, ...]  # of the protocol's target
    note: Because | None = None
