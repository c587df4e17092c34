"""What a drill hides and how reports come: `library/city/drill.toml`, each number with unit, source and grade."""

from datetime import date
from functools import cache
from importlib import resources
from typing import Self

from pydantic import model_validator

from douse.library.load import read
from douse.library.number import Amount, Days, Hours, Positive, PositiveDays, Share, Source, Strict, rule_broken

FILE = "city/drill.toml"


class Hidden(Strict):
    """Infections that nobody knows of."""

    fewest: Positive
    most: Positive
    within: PositiveDays  # first days of a drill
    longest: PositiveDays

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.most.value < self.fewest.value:
            raise rule_broken("most is below fewest", "fewest <= most")
        return self


class Reporting(Strict):
    """From the result of a test to the record."""

    hours: Hours  # median
    spread: Amount  # sd of the logarithm
    late_share: Share
    late_days: Days  # mean


class DrillNumbers(Strict):
    """All of them."""

    edition: str
    valid_from: date
    sources: dict[str, Source]
    hidden: Hidden
    reporting: Reporting
    immune: dict[str, Share]


@cache
def drill_numbers() -> DrillNumbers:
    """The shipped numbers. Raises LibraryError when the file is not what it should be."""
    text = resources.files("douse.library").joinpath(FILE).read_text(encoding="utf-8")
    return read(DrillNumbers, FILE, text)
