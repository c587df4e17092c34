"""What a page is made of. Every string is already in the reader's language; the template only lays them out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Tone = Literal["", "good", "bad", "warn"]


@dataclass(frozen=True)
class Chip:
    """A short coloured label that says in words what its colour says: a level, a state, an alarm."""

    text: str
    kind: str  # level-open | level-precaution | level-control | level-lockdown | good | bad | warn | plain


@dataclass(frozen=True)
class Bar:
    """A number with a bar behind it; `share` from 0 to 1 of the widest bar in the column."""

    text: str
    share: float


@dataclass(frozen=True)
class Lines:
    """A cell of a main line and smaller lines under it."""

    main: str
    small: tuple[str, ...] = ()
    chip: Chip | None = None


@dataclass(frozen=True)
class Step:
    """From one label to another."""

    before: Chip
    after: Chip


Cell = str | Chip | Bar | Lines | Step


@dataclass(frozen=True)
class Column:
    """A column of a grid.

    ``number`` is aligned to the right and kept on one line, ``short`` is kept on one line, ``prose`` holds sentences
    and has the whole width of a narrow screen; a `minor` column is left out there.
    """

    label: str
    kind: Literal["text", "number", "short", "prose"] = "text"
    minor: bool = False


@dataclass(frozen=True)
class Grid:
    """A table. `stack`: on a narrow screen each row becomes a card (else the table scrolls by itself)."""

    caption: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]
    stack: bool = True
    note: str = ""
    titled: bool = True  # False: the caption is for screen readers only, because a heading says the same


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str
    kind: Literal["plain", "lead", "note", "good", "warn", "bad"] = "plain"


@dataclass(frozen=True)
class Heading:
    """A heading within a section, after a chip where it has one."""

    text: str
    chip: Chip | None = None


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Points:
    """Sentences, each under a short label."""

    points: tuple[tuple[str, str], ...]  # label, sentence
    quiet: bool = False  # small, for detail


@dataclass(frozen=True)
class Card:
    """One key figure."""

    label: str
    value: str
    small: tuple[str, ...] = ()
    tone: Tone = ""


@dataclass(frozen=True)
class Cards:
    """Key figures side by side."""

    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Picture:
    """One chart as two SVG texts: for wide and for narrow screens (the same text where one will do)."""

    wide: str
    narrow: str
    alt: str


@dataclass(frozen=True)
class Figure:
    """A chart, or several small ones side by side, with its caption."""

    pictures: tuple[Picture, ...]
    caption: str
    key: tuple[Chip, ...] = ()
    small: bool = False  # several small charts in a row


@dataclass(frozen=True)
class Fold:
    """Blocks that are shown when asked for (and always in print)."""

    summary: str
    blocks: tuple["Block", ...]


Block = Text | Heading | Bullets | Points | Cards | Figure | Grid | Fold


@dataclass(frozen=True)
class Section:
    """One section of the page, with an anchor."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Page:
    """The whole page."""

    title: str
    place: str
    day: str
    facts: tuple[str, ...]  # pathogen, protocol ...
    status: str
    sections: tuple[Section, ...]
