"""What a cost file holds: `library/costs/<id>.toml`."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from douse.library.codes import RequestKind
from douse.library.number import Amount, Positive, Share, Source, Strict, Text, rule_broken

_MONEY = (
    "test_single", "test_pooled_tube", "quarantine_day", "home_quarantine_day", "hospital_day", "icu_day",
    "shelter_bed_day", "staff_day", "vehicle_day", "protective_set", "sample_tube", "laboratory_line_day",
    "living_package", "gdp_per_person_year", "school_day",
)  # fmt: skip


class Costs(Strict):
    """Unit costs. Money in the file's currency, of the year named by each source."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    extends: str = ""
    name: Text
    currency: str
    edition: str
    valid_from: date
    sources: dict[str, Source]

    test_single: Amount
    test_pooled_tube: Amount
    quarantine_day: Amount
    home_quarantine_day: Amount
    hospital_day: Amount
    icu_day: Amount
    shelter_bed_day: Amount
    staff_day: Amount
    vehicle_day: Amount  # one delivery vehicle, without its driver
    protective_set: Amount
    sample_tube: Amount  # a tube and its swabs
    laboratory_line_day: Amount  # one more line that runs plates around the clock, its staff in it
    living_package: Amount
    gdp_per_person_year: Positive
    lockdown_output_share: Share  # of GDP per person and day, lost a restricted person-day
    voluntary_output_share: Share  # of GDP per person and day, lost to caution without measures
    spillover_share: Share  # on top of output lost
    school_day: Amount  # value of a school day lost; 0 where not valued
    household_income_share: Share  # share of lost output that falls on household income
    delayed_care_per_person_day: Amount  # DALY a restricted person-day
    daly_fatal: Amount  # DALY a death
    daly_severe: Amount
    daly_mild: Amount
    value_of_daly_gdp_multiple: Amount
    school_age_share: Share  # of residents
    unmet_request: dict[RequestKind, Amount] = Field(default={})  # not met in time; kinds left out are only counted

    @model_validator(mode="after")
    def _money_in_one_currency(self) -> Self:
        money = {key: getattr(self, key) for key in _MONEY}
        money |= {f"unmet_request.{kind}": price for kind, price in self.unmet_request.items()}
        for key, price in money.items():
            unit = price.unit
            if not unit.startswith(f"{self.currency} "):
                raise rule_broken(f"{key} is in {unit}", f"a unit that begins with {self.currency}")
        return self
