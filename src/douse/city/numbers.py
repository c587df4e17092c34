"""The numbers of the demo city: `library/demo/city.toml`, each with unit, source and grade."""

from datetime import date
from functools import cache
from importlib import resources
from typing import Annotated, Literal

from pydantic import Field

from douse.library.load import read
from douse.library.number import Number, Source, Strict

FILE = "demo/city.toml"


class Zones(Strict):
    """Sizes of zones."""

    people_per_building: Number
    people_per_estate: Number
    people_per_community: Number
    people_per_km2: Number
    building_spread: Number


class HouseholdSize(Strict):
    """Share of households with so many people."""

    people: int
    share: Number


class AgeBand(Strict):
    """Share of residents from an age on, up to the next band."""

    from_age: int
    share: Number


class School(Strict):
    """One kind of school; ages inclusive."""

    name: str
    from_age: int
    to_age: int
    class_size: Number
    classes: Number


class Work(Strict):
    """Who works where; ages inclusive."""

    from_age: int
    to_age: int
    employed_share: Number
    near_home_share: Number
    room_size: Number
    room_spread: Number
    room_largest: Number
    health_workers: Number
    attends: Number


class Venue(Strict):
    """One kind of place that people visit; hours of the day."""

    kind: str
    name: str
    setting: str
    people_per_venue: Number
    staff: Number
    weekday: Number
    weekend: Number
    minutes: Number
    opens: int
    closes: int
    closeness: Number
    named: Number


class Movement(Strict):
    """How people choose venues, and how many visits leave a record."""

    near_share: Number
    nearest: Number
    recorded_share: Number
    recorded_days: Number


class Spread(Strict):
    """Where infections happen while nobody reacts, and how unequal people are."""

    home_share: Number
    day_share: Number
    dispersion: Number
    days_before_onset: Number
    fading: Number
    asymptomatic_ratio: Number
    highest_start: Number
    moderate_share: Number
    event_factor: Number


class Import(Strict):
    """One person who comes home infected; the day is one of 35."""

    day: int
    how: Literal["hidden", "late", "entry", "missed"]


class Wanted(Strict):
    """What an outbreak must look like to be shown."""

    cases_low: Number
    cases_high: Number
    rise_low: Number
    rise_high: Number
    cluster: Number
    attempts: Number


class ResponseNumbers(Strict):
    """What people and the health department do."""

    seeks_before: Number
    seeks_after: Number
    delay_before: Number
    delay_after: Number
    home_when_ill: Number
    caution_visits: Number
    caution_risk: Number
    caution_days: Number
    named_at_home: Number
    named_at_school: Number
    named_at_work: Number
    reached_hours: Number
    reached_spread: Number
    never_reached: Number
    quarantined_share: Number
    site_share: Number
    home_isolation: Number
    screening_after: Number
    screening_taken: Number


class Reporting(Strict):
    """How the records are kept."""

    onset_missing: Number
    zone_coarse: Number
    late_share: Number
    late_days: Number
    link_found: Number
    corrected_share: Number
    negatives_per_day: Number
    arrivals_per_day: Number
    fever_sales: Number
    fever_buyers: Number


class Capacity(Strict):
    """What the city has set aside for an outbreak."""

    hospital_beds: Number
    icu_beds: Number
    shelter_beds: Number
    shelter_lead: Number
    quarantine_rooms: Number
    tubes: Number
    people_per_site: Number


class CrewSize(Strict):
    """Crews of one kind: how many there are, and how large each is."""

    kind: str
    crews: Number
    people: Number
    vehicles: Number
    works_from: int
    works_to: int


class Made(Strict):
    """What comes of an item from a supplier, day after day."""

    item: str
    quantity: Number
    lead: Number


class StockItem(Strict):
    """One item in the depots."""

    item: str
    quantity: Number


class CityNumbers(Strict):
    """All numbers of the demo city."""

    edition: str
    valid_from: date
    sources: dict[str, Source]
    zones: Zones
    households: Annotated[tuple[HouseholdSize, ...], Field(min_length=1)]
    ages: Annotated[tuple[AgeBand, ...], Field(min_length=1)]
    schools: tuple[School, ...]
    work: Work
    venues: tuple[Venue, ...]
    movement: Movement
    spread: Spread
    imports: tuple[Import, ...]
    wanted: Wanted
    response: ResponseNumbers
    reporting: Reporting
    capacity: Capacity
    stock: tuple[StockItem, ...]
    crews: tuple[CrewSize, ...] = ()
    production: tuple[Made, ...] = ()


@cache
def city_numbers() -> CityNumbers:
    """The shipped numbers. Raises LibraryError when the file is not what it should be."""
    text = resources.files("douse.library").joinpath(FILE).read_text(encoding="utf-8")
    return read(CityNumbers, FILE, text)
