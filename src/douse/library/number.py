"""A number with its unit, source, edition and grade; and the file-level list of sources."""

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

# A journal or official text; B official news; C secondary page; known: not traced to its text yet; est: an estimate.
Grade = Literal["A", "B", "C", "known", "est"]
Finite = Annotated[float, Field(strict=True, allow_inf_nan=False)]


def rule_broken(what: str, allowed: str) -> PydanticCustomError:
    """The error of a rule that a type cannot hold; `allowed` reaches the person who wrote the file."""
    return PydanticCustomError("rule", "{what}", {"what": what, "expected": allowed})


class Strict(BaseModel):
    """A part of a library file: nothing that is not named here, nothing changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Strict):
    """Where numbers come from."""

    citation: Annotated[str, Field(min_length=3)]
    edition: str = ""
    doi: str = ""


class Cited(Strict):
    """A rule in words or of several values that rests on one source."""

    source: str
    grade: Grade
    note: str = ""


class Number(Strict):
    """One number. In TOML: ``{value = 5.6, unit = "days", source = "lauer-2020", grade = "A"}``.

    `source` names an entry of the file's ``[sources]``; edition and valid_from are those of the source and
    the file where the number has none of its own (see `load.py`). `low` and `high` are the range, or the values of
    other sources where they disagree; `note` says which.
    """

    value: Finite
    unit: Annotated[str, Field(min_length=1)]
    source: str
    grade: Grade
    edition: str = ""
    valid_from: date | None = None
    low: Finite | None = None
    high: Finite | None = None
    note: str = ""

    def __float__(self) -> float:
        return self.value


class Text(Strict):
    """Words in each language of the report."""

    en: str
    zh: str

    def say(self, language: str) -> str:
        """The words in a language (``en`` or ``zh``)."""
        return self.zh if language == "zh" else self.en


class Shelved(Strict):
    """What a file of a shelf of the library says of itself."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    extends: str = ""
    name: Text
    edition: str
    valid_from: date
    summary: Text
    sources: dict[str, Source]


def _checked(
    unit: str, *, at_least: float = 0.0, at_most: float = float("inf"), positive: bool = False
) -> AfterValidator:
    """A rule for a number: its unit and its range, `low` and `high` in order around it."""

    def check(number: Number) -> Number:
        if unit and number.unit != unit:
            raise rule_broken(f"the unit is {number.unit}", unit)
        ends = [end for end in (number.low, number.value, number.high) if end is not None]
        if ends != sorted(ends):
            raise rule_broken("low, value and high are not in order", "low <= value <= high")
        if any(not at_least <= end <= at_most for end in ends) or (positive and number.value <= 0):
            bounds = f"{at_least:g} to {at_most:g}" if at_most < float("inf") else f"at least {at_least:g}"
            raise rule_broken("the number is out of range", "above 0" if positive else bounds)
        return number

    return AfterValidator(check)


Part = TypeVar("Part")
Amount = Annotated[Number, _checked("")]  # any unit, not negative
Positive = Annotated[Number, _checked("", positive=True)]
Days = Annotated[Number, _checked("days")]
PositiveDays = Annotated[Number, _checked("days", positive=True)]
Hours = Annotated[Number, _checked("hours", positive=True)]
Share = Annotated[Number, _checked("share", at_most=1.0)]
Yearly = Annotated[Number, _checked("probability a year", at_most=1.0)]


def ascending(key: Callable[[Part], float], what: str, first: float | None = None) -> AfterValidator:
    """A rule for a list: each `key` above the one before; the first is `first` where that is given."""

    def check(parts: tuple[Part, ...]) -> tuple[Part, ...]:
        keys = [key(part) for part in parts]
        if any(later <= earlier for earlier, later in pairwise(keys)):
            raise rule_broken(f"{what} does not ascend", f"each {what} above the one before")
        if first is not None and keys and keys[0] != first:
            raise rule_broken(f"the first {what} is not {first:g}", f"{first:g} first")
        return parts

    return AfterValidator(check)
