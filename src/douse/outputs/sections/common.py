"""Small pieces that several sections share."""

from collections.abc import Iterable, Sequence

from douse.outputs.blocks import Bar, Block, Cell, Chip, Column, Fold, Grid, Lines
from douse.outputs.briefing import Briefing
from douse.outputs.words import UNKNOWN, Words

# Rows of a table on the page; all rows are in the CSV of the table.
SHOWN, FOLDED = 12, 100


def level_chip(level: str | None, words: Words) -> Chip:
    """The coloured label of a level."""
    return Chip(words.level(level), f"level-{level or 'open'}")


def bars(values: Sequence[float | None], words: Words) -> list[Cell]:
    """Numbers with bars, the longest for the largest."""
    most = max((v for v in values if v is not None), default=0) or 1
    return [Bar(words.number(v), (v or 0) / most) for v in values]


def interval(low: float | None, high: float | None, words: Words, digits: int | None = None) -> str:
    """A range in words; empty where there is none. Without `digits` each end has a decimal where it needs one."""
    if low is None or high is None:
        return ""
    ends = [words.brief(end) if digits is None else words.number(end, digits) for end in (low, high)]
    return words.say("{low} to {high}", low=ends[0], high=ends[1])


def columns(*heads: str | Column) -> tuple[Column, ...]:
    """Columns of a grid; a plain label heads text."""
    return tuple(head if isinstance(head, Column) else Column(head) for head in heads)


def number(label: str, *, minor: bool = False) -> Column:
    """A column of numbers."""
    return Column(label, "number", minor)


def short(label: str, *, minor: bool = False) -> Column:
    """A column of words that stay on one line."""
    return Column(label, "short", minor)


def prose(label: str) -> Column:
    """A column of sentences."""
    return Column(label, "prose")


def known_columns(
    heads: tuple[Column, ...], rows: Sequence[Sequence[Cell]]
) -> tuple[tuple[Column, ...], list[list[Cell]]]:
    """Columns and rows without the columns in which nothing is known."""
    kept = [i for i in range(len(heads)) if i == 0 or any(row[i] != UNKNOWN for row in rows)]
    return tuple(heads[i] for i in kept), [[row[i] for i in kept] for row in rows]


def where(zone: str, briefing: Briefing, words: Words) -> str:
    """Kind of a zone and the name of the zone that contains it."""
    zones = briefing.zones
    i = zones.position.get(zone, -1)
    if i < 0:
        return ""
    kind, parent = zones.kinds[i], int(zones.parent[i])
    parts = (words.code(kind) if kind else "", zones.names[parent] if parent >= 0 else "")
    return " · ".join(part for part in parts if part)


def long_grid(
    caption: str, heads: tuple[Column, ...], rows: Sequence[Sequence[Cell]], words: Words, *, file: str
) -> list[Block]:
    """A grid of the first rows, the next ones folded away, and where to find all of them."""
    heads, rows = known_columns(heads, rows)
    blocks: list[Block] = [Grid(caption, heads, rows[:SHOWN])]
    more = rows[SHOWN:FOLDED]
    if more:
        note = (
            words.say("All {n} rows are in {path}.", n=len(rows), path=f"tables/{file}.csv")
            if len(rows) > FOLDED
            else ""
        )
        blocks.append(Fold(words.say("{n} more rows", n=len(more)), (Grid(caption, heads, more, note=note),)))
    return blocks


def named(main: str, *small: str | None) -> Lines:
    """A cell with smaller lines under it; empty ones are left out."""
    return Lines(main, tuple(line for line in small if line))


def listed(parts: Iterable[str], words: Words, at_most: int = 3) -> str:
    """A few names in a row, and how many more there are."""
    all_parts = list(parts)
    separator = "、" if words.language == "zh" else ", "
    text = separator.join(all_parts[:at_most])
    if len(all_parts) > at_most:
        return words.say("{names} and {n} more", names=text, n=len(all_parts) - at_most)
    return text


def joined(sentences: Iterable[str], words: Words) -> str:
    """Sentences one after the other; empty ones are left out."""
    return ("" if words.language == "zh" else " ").join(sentence for sentence in sentences if sentence)
