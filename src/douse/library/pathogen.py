"""What a pathogen file holds: `library/pathogens/<id>.toml`."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from douse.library.exposure import Transmission
from douse.library.number import (
    Days,
    Positive,
    PositiveDays,
    Share,
    Source,
    Strict,
    Text,
    ascending,
    rule_broken,
)


class Delay(Strict):
    """A distribution of days, by mean and standard deviation."""

    family: Literal["lognormal", "gamma", "weibull"]
    mean: PositiveDays
    sd: PositiveDays


class SeverityBand(Strict):
    """Shares of infections from an age on (ages in years, inclusive), used up to the next band.

    `severe` needs a hospital bed but no intensive care at its worst, `critical` needs intensive care: the two do
    not overlap. `fatal` counts deaths, most of them among these.
    """

    from_age: int
    severe: Share
    critical: Share
    fatal: Share

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        if self.severe.value + self.critical.value > 1:
            raise rule_broken("severe and critical together are more than all infections", "a sum of at most 1")
        return self


class TestPoint(Strict):
    """Chance that a test finds an infection, by day since infection."""

    day: int
    sensitivity: Share


class SusceptibilityBand(Strict):
    """How easily people from an age on are infected (years, inclusive), used up to the next band.

    Only ratios between bands count.
    """

    from_age: int
    relative: Positive


class Vaccine(Strict):
    """What the usual course of a vaccine prevents, as shares of those who are not vaccinated.

    `against_severe` is of severe and critical illness, infections that are prevented included.
    """

    against_infection: Share
    against_severe: Share
    days_to_protect: Days  # after the last dose
    half_life: PositiveDays | None = None  # of protection against infection; None: it does not wane

    @model_validator(mode="after")
    def _severe_is_more(self) -> Self:
        if self.against_severe.value < self.against_infection.value:
            raise rule_broken("against_severe is below against_infection", "at least against_infection")
        return self


class Immunity(Strict):
    """Protection of people who were infected before."""

    protection: Share
    half_life: PositiveDays | None = None  # None: it does not wane


class Environment(Strict):
    """A source that people of a place share, such as water."""

    share: Share  # of transmission
    survival: PositiveDays  # mean, of the pathogen in it


class Pathogen(Strict):
    """A pathogen's epidemiology. Times in days, shares from 0 to 1."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    extends: str = ""
    name: Text
    aliases: tuple[str, ...] = ()
    edition: str
    valid_from: date
    summary: Text
    sources: dict[str, Source]

    incubation: Delay
    max_incubation: PositiveDays
    serial_interval: Delay
    generation_time: Delay | None = None
    onset_to_admission: Delay | None = None
    onset_to_death: Delay | None = None
    reproduction_number: Positive
    offspring_dispersion: Positive | None = None  # k of the negative binomial; small: a few infect most
    presymptomatic_share: Share  # of transmission
    asymptomatic_share: Share  # of infections
    infectious_after_onset: Days  # the longest that contacts of a case count
    severity: Annotated[
        tuple[SeverityBand, ...], Field(min_length=1), ascending(lambda band: band.from_age, "from_age", first=0)
    ]
    test_curve: Annotated[tuple[TestPoint, ...], ascending(lambda point: point.day, "day")] = ()
    days_in_hospital: PositiveDays  # severe
    days_in_icu: PositiveDays  # critical
    days_in_isolation: PositiveDays  # asymptomatic to moderate
    mild_share_symptomatic: Share | None = None
    susceptibility: Annotated[
        tuple[SusceptibilityBand, ...], ascending(lambda band: band.from_age, "from_age", first=0)
    ] = ()  # none: all ages alike
    immunity_after_infection: Immunity | None = None
    vaccine: Vaccine | None = None  # None: there is none
    environment: Environment | None = None  # None: from person to person only
    transmission: Transmission | None = None  # None: that of the wild type of SARS-CoV-2, scaled, stands in
    always_notifiable: bool = False  # IHR: one case is notified
    one_case_alerts: bool = False  # one case in a zone free of it is a signal

    @model_validator(mode="after")
    def _incubation_fits(self) -> Self:
        if self.max_incubation.value <= self.incubation.mean.value:
            raise rule_broken("max_incubation is not above the mean incubation", "more than incubation.mean")
        return self
