"""What a hazard file holds: `library/hazards/<id>.toml`. A grey rhino: known, likely in time, easily put off."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from douse.library.number import Amount, Cited, Share, Shelved, Strict, Text, Yearly, rule_broken

Figure = Literal[
    "hospital_beds", "icu_beds", "quarantine_rooms", "tests_per_day", "protective_sets", "tracers", "contacts_reached",
    "reporting_delay",
]  # fmt: skip
FIGURE_UNITS: dict[Figure, str] = {
    "hospital_beds": "beds per 100,000",
    "icu_beds": "beds per 100,000",
    "quarantine_rooms": "rooms per 10,000",
    "tests_per_day": "tests per 100,000 a day",
    "protective_sets": "days",  # that the stock lasts with every bed filled
    "tracers": "people per 100,000",
    "contacts_reached": "share",  # within 48 h
    "reporting_delay": "days",  # from onset until nearly all cases are told
}
# A protocol has a target of its own for these.
OF_PROTOCOL: tuple[Figure, ...] = ("quarantine_rooms", "protective_sets", "tracers", "contacts_reached")
# All others are met from the number needed on.
AT_MOST: tuple[Figure, ...] = ("reporting_delay",)


class Season(Cited):
    """Months in which most of a year's probability lies, north of the tropics; south of them half a year later."""

    months: Annotated[tuple[Annotated[int, Field(ge=1, le=12)], ...], Field(min_length=1, max_length=11)]
    share: Share  # of the year's probability

    @model_validator(mode="after")
    def _months_differ(self) -> Self:
        if len(set(self.months)) < len(self.months):
            raise rule_broken("a month is there twice", "each month once, 1 to 12")
        return self


class Check(Strict):
    """One check of readiness: a figure that the records give, and how much of it is needed."""

    figure: Figure
    needed: Amount | Literal["protocol"]  # protocol: the target of the protocol in force
    otherwise: Text  # what to do where it is not met

    @model_validator(mode="after")
    def _unit_fits(self) -> Self:
        if isinstance(self.needed, str):
            if self.figure not in OF_PROTOCOL:
                raise rule_broken(f"no protocol has a target of {self.figure}", "a number")
        elif self.needed.unit != FIGURE_UNITS[self.figure]:
            raise rule_broken(f"needed of {self.figure} is in {self.needed.unit}", FIGURE_UNITS[self.figure])
        return self


class Hazard(Shelved):
    """A hazard that is known to come, how likely it is in a year, and what it takes to be ready."""

    pathogens: tuple[str, ...] = ()  # ids of those that it brings
    area: Text  # what the probability is of: the world, a country, a home
    probability: Yearly
    season: Season | None = None
    check: Annotated[tuple[Check, ...], Field(min_length=1)]
    prepare: Annotated[tuple[Text, ...], Field(min_length=1)]  # what to do before it comes, whatever the checks say
