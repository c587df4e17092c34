"""A number with its unit, source, edition and grade; and the file-level list of sources."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

# A journal or official text; B official news; C secondary page; known: not traced to its text yet; est: an estimate.
Grade = Literal["A", "B", "C", "known", "est"]


class Strict(BaseModel):
    """A part of a library file: nothing that is not named here, nothing changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Strict):
    """Where numbers come from."""

    citation: Annotated[str, Field(min_length=3)]
    edition: str = ""
    doi: str = ""


class Number(Strict):
    """One number. In TOML: ``{value = 5.6, unit = "days", source = "lauer-2020", grade = "A"}``.

    `source` names an entry of the file's ``[sources]``; edition and valid_from are those of the source and
    the file where the number has none of its own (see `load.py`).
    """

    value: float
    unit: Annotated[str, Field(min_length=1)]
    source: str
    grade: Grade
    edition: str = ""
    valid_from: date | None = None
    low: float | None = None
    high: float | None = None
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
