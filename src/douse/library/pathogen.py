"""What a pathogen file holds: `library/pathogens/<id>.toml`."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from douse.library.number import Number, Source, Strict, Text


class Delay(Strict):
    """A distribution of days, by mean and standard deviation."""

    family: Literal["lognormal", "gamma", "weibull"]
    mean: Number
    sd: Number


class SeverityBand(Strict):
    """Shares of infections from an age on (ages in years, inclusive), used up to the next band."""

    from_age: int
    severe: Number
    critical: Number
    fatal: Number


class TestPoint(Strict):
    """Chance that a test finds an infection, by day since infection."""

    day: int
    sensitivity: Number


class Pathogen(Strict):
    """A pathogen's epidemiology. Times in days, shares from 0 to 1."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    name: Text
    aliases: tuple[str, ...] = ()
    edition: str
    valid_from: date
    summary: Text
    sources: dict[str, Source]

    incubation: Delay
    max_incubation: Number
    serial_interval: Delay
    generation_time: Delay | None = None
    reproduction_number: Number
    presymptomatic_share: Number
    asymptomatic_share: Number
    infectious_after_onset: Number  # days
    severity: Annotated[tuple[SeverityBand, ...], Field(min_length=1)]
    test_curve: tuple[TestPoint, ...] = ()
    days_in_hospital: Number  # severe
    days_in_icu: Number  # critical
    days_in_isolation: Number  # asymptomatic to moderate
    mild_share_symptomatic: Number | None = None
    always_notifiable: bool = False  # IHR: one case is notified
    one_case_alerts: bool = False  # one case in a zone free of it is a signal
