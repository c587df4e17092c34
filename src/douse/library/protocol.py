"""What a protocol file holds: `library/protocols/<id>.toml`."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from douse.library.areas import AreaRules
from douse.library.codes import LEVELS, ZONE_KINDS, ContactPlace, Level, Setting, StayPlace, ZoneKind
from douse.library.exposure import ExposureRules, TracingHours
from douse.library.goods import CrewRules, Goods, RequestRules
from douse.library.number import (
    Amount,
    Cited,
    Days,
    Hours,
    Positive,
    PositiveDays,
    Share,
    Source,
    Strict,
    Text,
    ascending,
    rule_broken,
)
from douse.library.placing import Entry, Transfer
from douse.library.testing_day import TestingDayRules
from douse.library.unit_costs import Costs as Costs  # noqa: PLC0414 (the name is passed on on purpose)

# A number, or the pathogen's own maximum incubation period.
DaysOrIncubation = Days | Literal["max_incubation"]
Place = Literal["none", "home", "central", "monitor"]
Evidence = Literal["case", "community_case", "unlinked_case", "exposure_site", "weekly_incidence", "contains"]
# Classes of persons: contacts of a case (close), contacts of close contacts (secondary), others who were near
# (general), arrivals; and people who left an area of a level, where an edition has rules for them.
PersonClass = Literal["close", "secondary", "general", "arrival", "from_lockdown", "from_control", "from_precaution"]
NEEDED_CLASSES = ("close", "secondary", "general", "arrival")
EVIDENCE_UNITS: dict[str, str] = {
    "case": "cases",
    "community_case": "cases",
    "unlinked_case": "cases",
    "exposure_site": "places",
    "weekly_incidence": "cases per 100,000 a week",
    "contains": "zones",
}


class CaseDefinition(Cited):
    """Case definitions in words, and which of them count in figures."""

    suspected: Text
    probable: Text
    confirmed: Text
    counted: Annotated[tuple[Literal["suspected", "probable", "confirmed"], ...], Field(min_length=1)]


class ContactDefinition(Cited):
    """Who counts as a contact."""

    lookback_symptomatic: Days  # before onset
    lookback_asymptomatic: Days  # before sampling
    infectious_after_onset: Days | None = None  # None: the pathogen's
    distance: Amount  # metres
    minutes: Amount  # together, to count as close; 0: any time
    close_settings: tuple[Setting, ...]  # close whatever the minutes
    aerosol_settings: tuple[Setting, ...] = ()  # sharing the air is close, however far apart: carriage, ward, room
    seat_rows: Amount | None = None  # rows before and behind on a vehicle that are close; None: seats do not tell
    seats_across: Amount | None = None  # seats to either side within these rows; None: the whole row
    crowd_visits: Positive | None = None  # most visits a day of a place whose visitors are traced; None: 500
    ring2: bool  # contacts of close contacts are determined
    text: Text


class Phase(Strict):
    """A stretch of quarantine."""

    place: Place
    days: DaysOrIncubation


class Quarantine(Cited):
    """Quarantine of one class of persons; the clock starts at the last exposure and elapsed days count.

    No phases: no quarantine. Test days after the last phase need a note that says why; where a phase lasts the
    pathogen's maximum incubation, test days after it fall away.
    """

    phases: tuple[Phase, ...]
    test_days: Annotated[tuple[int, ...], ascending(float, "test day")]  # day 1 = first day after last exposure
    symptoms_only: bool = False  # tests only on symptoms

    @model_validator(mode="after")
    def _tests_fall_into_phases(self) -> Self:
        days = [phase.days for phase in self.phases]
        total = sum(day.value for day in days if not isinstance(day, str))
        if self.test_days and self.test_days[0] < 1:
            raise rule_broken("a test day is before day 1", "day 1 = first day after the last exposure")
        if self.test_days and "max_incubation" not in days and self.test_days[-1] > total and not self.note:
            raise rule_broken("a test day is after the last phase", f"at most {total:g}, or a note that says why")
        return self


class EnterRule(Strict):
    """Evidence on which a level applies; all fields must hold."""

    evidence: Evidence
    at_least: Amount  # cases, or cases per 100,000 a week, or places, or zones
    within_days: PositiveDays
    level: Level | None = None  # evidence = contains: the level of the zone within
    smallest: ZoneKind | None = None  # None: the level's own, and for a rate the level's largest
    largest: ZoneKind | None = None  # None: the level's own

    @model_validator(mode="after")
    def _fits_evidence(self) -> Self:
        if self.at_least.unit != EVIDENCE_UNITS[self.evidence]:
            raise rule_broken(f"at_least of {self.evidence} is in {self.at_least.unit}", EVIDENCE_UNITS[self.evidence])
        if (self.level is None) == (self.evidence == "contains"):
            raise rule_broken("level does not fit the evidence", "a level with contains, and only with it")
        return self


class LiftRule(Strict):
    """When a level may be lifted; all that is filled must hold."""

    days_without_case: DaysOrIncubation
    final_round_days: Days | None = None  # a whole-area round, all negative, within so many days
    days_after_higher: Days | None = None  # at least so long at this level after a higher one was lifted
    to: Level


class LevelRule(Cited):
    """One level: what it means, where it may be put, when it starts and ends."""

    level: Level
    name: Text
    means: tuple[Text, ...]
    smallest: ZoneKind  # evidence in a smaller zone is put on the ancestor of this kind
    largest: ZoneKind  # evidence known only to a larger zone does not suffice
    enter: tuple[EnterRule, ...]  # any of them; none: never proposed
    lift: LiftRule | None = None
    review_days: PositiveDays
    expiry_days: PositiveDays
    stays_home: Share  # share of residents' days restricted
    contacts_cut: dict[ContactPlace, Share] = Field(default={})  # of contacts there; others: stays_home
    screening_every_days: PositiveDays | None = None
    home_delivery: bool = False

    @model_validator(mode="after")
    def _orders_hold(self) -> Self:
        kinds = [(self.smallest, self.largest), *((rule.smallest, rule.largest) for rule in self.enter)]
        for smallest, largest in ((low or self.smallest, high or self.largest) for low, high in kinds):
            if not ZONE_KINDS.index(smallest) <= ZONE_KINDS.index(largest) <= ZONE_KINDS.index(self.largest):
                raise rule_broken("smallest is larger than largest", " <= ".join(ZONE_KINDS))
        if (self.lift is None) != (self.level == "open"):
            raise rule_broken("lift does not fit the level", "a lift rule for every level but open")
        if self.lift is not None and LEVELS.index(self.lift.to) >= LEVELS.index(self.level):
            raise rule_broken("lift.to is not a lower level", ", ".join(LEVELS[: LEVELS.index(self.level)]))
        if self.expiry_days.value < self.review_days.value:
            raise rule_broken("expiry_days is below review_days", "review first, then expiry")
        return self


class PoolRule(Strict):
    """Pool size up to a prevalence."""

    below_prevalence: Share
    size: Positive


class Screening(Strict):
    """Organisation of a screening round."""

    # ascending prevalence; above the last: single
    pools: Annotated[tuple[PoolRule, ...], ascending(lambda pool: pool.below_prevalence.value, "below_prevalence")]
    people_per_site: Positive
    people_per_sampler: Positive  # in the window
    window_hours: Hours
    result_hours: Hours  # from receipt to result
    waste_share: Share
    clean_rounds: Positive
    gap_days: Days
    extra_rounds: Amount
    not_pooled: Text
    day: TestingDayRules | None = None  # None: that of who-generic stands in


class Clock(Strict):
    """Deadlines in hours."""

    report: Hours
    verify: Hours
    core_information: Hours
    full_report: Hours
    case_transfer: Hours
    contact_reached: Hours
    contact_transfer: Hours
    secondary_transfer: Hours
    test_result: Hours
    isolation: Hours  # from onset


class SevenOneSeven(Strict):
    """Targets in days."""

    detect: PositiveDays
    notify: PositiveDays
    respond: PositiveDays


class Care(Cited):
    """Where each severity is cared for."""

    asymptomatic: StayPlace
    mild: StayPlace
    moderate: StayPlace
    severe: StayPlace
    critical: StayPlace


class Alerts(Strict):
    """Thresholds of early warning."""

    one_case: bool
    cluster_cases: Positive
    cluster_days: PositiveDays
    threshold_cases: Positive | None = None
    threshold_days: PositiveDays | None = None
    rise_ratio: Positive | None = None  # week against mean of the three before

    @model_validator(mode="after")
    def _threshold_is_whole(self) -> Self:
        if (self.threshold_cases is None) != (self.threshold_days is None):
            raise rule_broken("threshold_cases and threshold_days go together", "both or neither")
        return self


class Resources(Strict):
    """Ratios for staff and supplies."""

    sets_per_suspected_day: Amount
    sets_per_hospital_day: Amount
    sets_per_icu_day: Amount
    n95_per_icu_day: Amount
    n95_per_hospital_day: Amount
    sets_per_sampler_shift: Amount
    sampler_shift_hours: Hours
    medical_staff_per_100_shelter_beds: Amount
    support_staff_per_100_shelter_beds: Amount
    medical_staff_per_100_rooms: Amount
    support_staff_per_100_rooms: Amount
    tracers_per_100k: Amount
    contacts_per_tracer_day: Positive
    food_kg_per_person_day: Amount
    package_days: PositiveDays  # that one living package lasts a household
    rooms_per_10k: Amount
    cover_amber_days: Days
    cover_red_days: Days


class Targets(Strict):
    """What success means."""

    community_zero_days: PositiveDays
    horizon_incubations: Positive
    extinction_probability: Share
    reached_share: Share  # contacts reached within 48 h
    missed_imports: Positive | None = None  # infectious arrivals a month that nobody finds in time; None: who-generic's


class Privacy(Strict):
    """Publication and retention."""

    small_cell_min: Positive
    retention_extra_days: Days  # after the maximum incubation


def _levels_in_order(rules: tuple[LevelRule, ...]) -> tuple[LevelRule, ...]:
    if tuple(rule.level for rule in rules) != LEVELS:
        raise rule_broken("the levels are not each there once, in order", ", ".join(LEVELS))
    return rules


def _classes_complete(rules: dict[PersonClass, Quarantine]) -> dict[PersonClass, Quarantine]:
    if missing := [name for name in NEEDED_CLASSES if name not in rules]:
        raise rule_broken(f"{', '.join(missing)} is missing", f"{', '.join(NEEDED_CLASSES)}; no phases: no quarantine")
    return rules


class Protocol(Strict):
    """Rules of one jurisdiction and edition."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    extends: str = ""
    name: Text
    edition: str
    jurisdiction: str
    valid_from: date
    valid_to: date | None = None
    legal_basis: str
    pathogens: Annotated[tuple[str, ...], Field(min_length=1)]  # ids, or ("any",)
    summary: Text
    sources: dict[str, Source]

    case: CaseDefinition
    contact: ContactDefinition
    quarantine: Annotated[dict[PersonClass, Quarantine], AfterValidator(_classes_complete)]
    level: Annotated[tuple[LevelRule, ...], AfterValidator(_levels_in_order)]
    screening: Screening
    clock: Clock
    seven_one_seven: SevenOneSeven
    care: Care
    alerts: Alerts
    resources: Resources
    exposure: ExposureRules | None = None  # None: that of who-generic stands in
    tracing_hours: TracingHours | None = None  # None: that of who-generic stands in
    areas: AreaRules | None = None  # None: that of who-generic stands in
    transfer: Transfer | None = None  # None: that of who-generic stands in
    entry: Entry | None = None  # None: that of who-generic stands in
    goods: Goods | None = None  # None: that of who-generic stands in
    crews: CrewRules | None = None  # None: that of who-generic stands in
    requests: RequestRules | None = None  # None: that of who-generic stands in
    targets: Targets
    privacy: Privacy
    release: Text  # when an isolated case is released, in words
    least_restrictive: tuple[str, ...]  # the ladder, lowest step first

    def with_minutes(self, minutes: float) -> Self:
        """The same rules, but for the minutes together that make a close contact."""
        changed = self.contact.minutes.model_copy(update={"value": minutes, "note": "as asked for"})
        return self.model_copy(update={"contact": self.contact.model_copy(update={"minutes": changed})})

    def level_rule(self, level: str) -> LevelRule:
        """Rule of a level."""
        return next(rule for rule in self.level if rule.level == level)
