"""What a file of advice holds: `library/advice/<id>.toml`. Cards for residents, by level, each line with its source."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from douse.library.codes import Level
from douse.library.number import Cited, Source, Strict, Text

GENERIC = "generic"
Topic = Literal["protect", "ill", "care", "level"]
TOPICS: tuple[Topic, ...] = ("level", "protect", "ill", "care")


class Line(Cited):
    """One piece of advice, in words that anybody can follow."""

    en: Annotated[str, Field(min_length=8)]
    zh: Annotated[str, Field(min_length=4)]

    def say(self, language: str) -> str:
        """The words in a language (``en`` or ``zh``)."""
        return self.zh if language == "zh" else self.en


class Card(Strict):
    """Advice on one topic, for those who live at some of the levels."""

    topic: Topic
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    title: Text
    line: Annotated[tuple[Line, ...], Field(min_length=1)]


class Advice(Strict):
    """Cards for one pathogen, or (``generic``) for all."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    name: Text
    edition: str
    valid_from: date
    pathogens: Annotated[tuple[str, ...], Field(min_length=1)]  # ids, or ("any",)
    sources: dict[str, Source]
    card: Annotated[tuple[Card, ...], Field(min_length=1)]

    def cards(self, level: str) -> tuple[Card, ...]:
        """Those for a level, in the order of topics."""
        held = [card for card in self.card if level in card.levels]
        return tuple(sorted(held, key=lambda card: TOPICS.index(card.topic)))


def cards_for(advice: Sequence[Advice], level: str) -> tuple[tuple[Advice, Card], ...]:
    """Cards of several files for a level, in the order of topics; each with the file that its sources are in."""
    found = [(one, card) for one in advice for card in one.cards(level)]
    return tuple(sorted(found, key=lambda pair: TOPICS.index(pair[1].topic)))
