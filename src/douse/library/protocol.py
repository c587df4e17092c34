"""What a protocol file holds: `library/protocols/<id>.toml`."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from douse.library.number import Number, Source, Strict, Text

# A number, or the pathogen's own maximum incubation period.
DaysOrIncubation = Number | Literal["max_incubation"]
Place = Literal["none", "home", "central", "monitor"]
Level = Literal["open", "precaution", "control", "lockdown"]
Evidence = Literal["case", "community_case", "unlinked_case", "exposure_site", "weekly_incidence", "contains"]


class CaseDefinition(Strict):
    """Case definitions in words, and which of them count in figures."""

    suspected: Text
    probable: Text
    confirmed: Text
    counted: tuple[Literal["suspected", "probable", "confirmed"], ...]


class ContactDefinition(Strict):
    """Who counts as a contact."""

    lookback_symptomatic: Number  # days before onset
    lookback_asymptomatic: Number  # days before sampling
    infectious_after_onset: Number | None = None  # days; None: the pathogen's
    distance: Number  # metres
    minutes: Number  # together, to count as close
    close_settings: tuple[str, ...]  # close whatever the minutes
    ring2: bool  # contacts of close contacts are determined
    text: Text


class Phase(Strict):
    """A stretch of quarantine."""

    place: Place
    days: DaysOrIncubation


class Quarantine(Strict):
    """Quarantine of one class of persons; the clock starts at the last exposure and elapsed days count."""

    phases: tuple[Phase, ...]
    test_days: tuple[int, ...]  # day 1 = first day after last exposure
    symptoms_only: bool = False  # tests only on symptoms
    source: str
    grade: str


class EnterRule(Strict):
    """Evidence on which a level applies; all fields must hold."""

    evidence: Evidence
    at_least: Number  # cases, or cases per 100,000 a week, or zones
    within_days: Number
    level: Level | None = None  # evidence = contains: the level of the zone within


class LiftRule(Strict):
    """When a level may be lifted; all that is filled must hold."""

    days_without_case: DaysOrIncubation
    final_round_days: Number | None = None  # a whole-area round, all negative, within so many days
    to: Level


class LevelRule(Strict):
    """One level: what it means, where it may be put, when it starts and ends."""

    level: Level
    name: Text
    means: tuple[Text, ...]
    smallest: str  # zone kind: evidence in a smaller zone is put on the ancestor of this kind
    largest: str  # zone kind: evidence known only to a larger zone does not suffice
    enter: tuple[EnterRule, ...]  # any of them
    lift: LiftRule | None
    review_days: Number
    expiry_days: Number
    stays_home: Number  # share of residents' days restricted, 0 to 1
    screening_every_days: Number | None = None
    home_delivery: bool = False
    source: str
    grade: str


class PoolRule(Strict):
    """Pool size up to a prevalence."""

    below_prevalence: Number
    size: Number


class Screening(Strict):
    """Organisation of a screening round."""

    pools: tuple[PoolRule, ...]  # ascending prevalence; above the last: single
    people_per_site: Number
    people_per_sampler: Number  # in the window
    window_hours: Number
    result_hours: Number  # from receipt to result
    waste_share: Number
    clean_rounds: Number
    gap_days: Number
    extra_rounds: Number
    not_pooled: Text


class Clock(Strict):
    """Deadlines in hours."""

    report: Number
    verify: Number
    core_information: Number
    full_report: Number
    case_transfer: Number
    contact_reached: Number
    contact_transfer: Number
    secondary_transfer: Number
    test_result: Number
    isolation: Number  # from onset


class SevenOneSeven(Strict):
    """Targets in days."""

    detect: Number
    notify: Number
    respond: Number


class Care(Strict):
    """Where each severity is cared for."""

    asymptomatic: str
    mild: str
    moderate: str
    severe: str
    critical: str


class Alerts(Strict):
    """Thresholds of early warning."""

    one_case: bool
    cluster_cases: Number
    cluster_days: Number
    threshold_cases: Number | None = None
    threshold_days: Number | None = None
    rise_ratio: Number | None = None  # week against mean of the three before


class Resources(Strict):
    """Ratios for staff and supplies."""

    sets_per_suspected_day: Number
    sets_per_hospital_day: Number
    sets_per_icu_day: Number
    n95_per_icu_day: Number
    n95_per_hospital_day: Number
    sets_per_sampler_shift: Number
    sampler_shift_hours: Number
    medical_staff_per_100_shelter_beds: Number
    support_staff_per_100_shelter_beds: Number
    medical_staff_per_100_rooms: Number
    support_staff_per_100_rooms: Number
    tracers_per_100k: Number
    contacts_per_tracer_day: Number
    food_kg_per_person_day: Number
    package_days: Number  # days that one living package lasts a household
    rooms_per_10k: Number
    cover_amber_days: Number
    cover_red_days: Number


class Targets(Strict):
    """What success means."""

    community_zero_days: Number
    horizon_incubations: Number
    extinction_probability: Number
    reached_share: Number  # contacts reached within 48 h


class Privacy(Strict):
    """Publication and retention."""

    small_cell_min: Number
    retention_extra_days: Number  # after the maximum incubation


class Protocol(Strict):
    """Rules of one jurisdiction and edition."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    name: Text
    edition: str
    jurisdiction: str
    valid_from: date
    valid_to: date | None = None
    legal_basis: str
    pathogens: tuple[str, ...]  # ids, or ("any",)
    summary: Text
    sources: dict[str, Source]

    case: CaseDefinition
    contact: ContactDefinition
    quarantine: dict[Literal["close", "secondary", "general", "arrival"], Quarantine]
    level: Annotated[tuple[LevelRule, ...], Field(min_length=4, max_length=4)]
    screening: Screening
    clock: Clock
    seven_one_seven: SevenOneSeven
    care: Care
    alerts: Alerts
    resources: Resources
    targets: Targets
    privacy: Privacy
    release: Text  # when an isolated case is released, in words
    least_restrictive: tuple[str, ...]  # the ladder, lowest step first

    def level_rule(self, level: str) -> LevelRule:
        """Rule of a level."""
        return next(rule for rule in self.level if rule.level == level)


class Costs(Strict):
    """Unit costs: `library/costs/<id>.toml`. Money in the file's currency, of the year named by each source."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    name: Text
    currency: str
    edition: str
    valid_from: date
    sources: dict[str, Source]

    test_single: Number
    test_pooled_tube: Number
    quarantine_day: Number
    home_quarantine_day: Number
    hospital_day: Number
    icu_day: Number
    shelter_bed_day: Number
    staff_day: Number
    protective_set: Number
    living_package: Number
    gdp_per_person_year: Number
    lockdown_output_share: Number  # of GDP per person and day, lost a restricted person-day
    voluntary_output_share: Number  # of GDP per person and day, lost to caution without measures
    spillover_share: Number  # on top of output lost
    school_day: Number  # value of a school day lost; 0 where not valued
    household_income_share: Number  # share of lost output that falls on household income
    delayed_care_per_person_day: Number  # DALY a restricted person-day
    daly_fatal: Number  # DALY a death
    daly_severe: Number
    daly_mild: Number
    value_of_daly_gdp_multiple: Number
    school_age_share: Number  # of residents
