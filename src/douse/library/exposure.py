"""What library files say of single exposures, and of the hours that tracing takes."""

from typing import Self

from pydantic import Field, model_validator

from douse.library.codes import Setting, Ventilation
from douse.library.number import Amount, Hours, PositiveDays, Share, Strict, rule_broken


class Transmission(Strict):
    """How often one contact is infected (a pathogen's), over a usual exposure to a case with symptoms.

    What is left out stands in from the wild type of SARS-CoV-2: see `tracing/stand_in.py`.
    """

    secondary_attack: dict[Setting, Share] = Field(default={})  # share of contacts infected, by setting
    asymptomatic_infectiousness: Amount | None = None  # times that of a case with symptoms, for an hour together


class UsualExposure(Strict):
    """What an exposure in a setting usually is: what attack rates are of, and what stands in for unknown minutes."""

    hours: Hours  # together on a day
    days: PositiveDays | None = None  # of the case's infectious days; None: all of them


class ExposureRules(Strict):
    """What an exposure of known length and place counts (a protocol's)."""

    usual: dict[Setting, UsualExposure]
    ventilation: dict[Ventilation, Amount]  # times the risk in ordinary air
    not_near: Share  # risk of those who shared the air but were not near, of that of those who were

    @model_validator(mode="after")
    def _other_is_there(self) -> Self:
        if "other" not in self.usual:
            raise rule_broken("usual has no other", "a usual exposure for other, which stands for settings not listed")
        return self


class TracingHours(Strict):
    """Working hours of one tracer for a task; the way to a household apart, once for all tasks there."""

    interview: Hours
    find_source: Hours
    ask_infector: Hours
    reach: Hours
    quarantine: Hours
    test: Hours
    release_call: Hours
    household_visit: Hours
