"""What a file of stresses holds: `library/stresses/<id>.toml`. What may go wrong that no record tells of."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from douse.library.number import Days, Positive, Share, Source, Strict, Text, rule_broken


class Stress(Strict):
    """One thing that may go wrong. A key that is not there leaves that part as it is."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    name: Text
    probability: Share  # within the days that a plan looks ahead
    imports: Positive | None = None  # infected people who came from outside unseen
    gathered: Positive | None = None  # people infected at one gathering
    within_days: Days | None = None  # that these happen, from the as-of day on
    transmission: Positive | None = None  # of the imported variant, against the one that is here
    tests_left: Share | None = None  # of what laboratories and samplers can do
    later_results: Days | None = None  # that every result comes later
    later_contacts: Days | None = None  # that every contact is reached later

    @model_validator(mode="after")
    def _something_happens(self) -> Self:
        effects = (self.imports, self.gathered, self.tests_left, self.later_results, self.later_contacts)
        if not any(effects):
            raise rule_broken(
                "nothing goes wrong in it", "imports, gathered, tests_left, later_results or later_contacts"
            )
        if self.transmission is not None and self.imports is None:
            raise rule_broken("a variant comes with nobody", "imports beside transmission")
        if (self.imports or self.gathered) and self.within_days is None:
            raise rule_broken("nobody says when", "within_days beside imports and gathered")
        return self


class Stresses(Strict):
    """All that is thought of."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    extends: str = ""
    name: Text
    edition: str
    valid_from: date
    sources: dict[str, Source]
    stress: tuple[Stress, ...]

    @model_validator(mode="after")
    def _room_for_the_usual(self) -> Self:
        if sum(one.probability.value for one in self.stress) >= 1:
            raise rule_broken("the probabilities leave no room for nothing going wrong", "a sum below 1")
        return self
