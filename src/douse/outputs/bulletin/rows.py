"""Counts of a book as lines of a page: the newest that was told, of which day, and what came since the one before.

Where something was corrected in between, the difference of two counts is not what came: it is told of neither.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from douse.outputs.bulletin.book import Book, Latest, latest
from douse.outputs.words import UNKNOWN, Words


@dataclass(frozen=True)
class Figure:
    """One number: its label, itself, and a line or two under it."""

    label: str
    value: str
    small: tuple[str, ...] = ()


@dataclass(frozen=True)
class CountRow:
    """Counts of one row: an area, or a kind of request."""

    name: str
    new: str
    all: str
    note: str


def newest(book: Book, row: str | None, days: Sequence[date]) -> Latest:
    """The newest count of a row (None: the total), without what came where a correction lies in between.

    What came is told since a bulletin of an earlier day: one that takes the place of another of its day tells the day.
    """
    line = book.line(row)
    found = latest(line)
    if found.column is not None and found.since is not None and days[found.since] == days[found.column]:
        before = [at for at in range(found.since) if line[at] is not None and days[at] < days[found.column]]
        since = before[-1] if before else None
        found = Latest(
            found.count, found.column, (found.count or 0) - (0 if since is None else line[since] or 0), since
        )
    if found.column is None or found.since is None:
        return found
    between = book.columns[found.since + 1 : found.column + 1]
    rows = set(book.rows) if row is None else {row}
    gone = {name for name in rows if any(book.emptied(name)[found.since + 1 : found.column + 1])}
    corrected = bool(gone) or any(column.corrected & rows for column in between)
    return Latest(found.count, found.column, None, found.since) if corrected else found


def as_of(one: Latest, days: Sequence[date], words: Words) -> str:
    """Of which day a count is, where that is not the day of the bulletin."""
    if one.column is None:
        return words.say("not told yet")
    return "" if one.column == len(days) - 1 else words.say("as of {day}", day=words.short_day(days[one.column]))


def came(one: Latest, days: Sequence[date], words: Words) -> Figure:
    """What came last, with its days; nothing where no count was told before: all that were ever told are not new."""
    if one.column is None or one.since is None:
        said = as_of(one, days, words) if not one.count else words.say("from the next figure on")
        return Figure(words.say("New cases"), UNKNOWN if one.count != 0 else words.number(0), (said,))
    if one.new is None:
        return Figure(words.say("New cases"), UNKNOWN, (as_of(one, days, words),))
    span = f"{words.short_day(days[one.since])} – {words.short_day(days[one.column])}"
    return Figure(words.say("New cases"), words.number(one.new), (span,))


def count_rows(book: Book, names: Sequence[tuple[str, str]], days: Sequence[date], words: Words) -> Iterator[CountRow]:
    """Rows of a table with their names, in order."""
    for row, name in names:
        one = newest(book, row, days)
        since = "" if one.since is None else words.short_day(days[one.since])
        span = "" if one.column is None else words.short_day(days[one.column])
        if one.count is None:
            note = words.say("hidden")
        elif since and one.new is not None:
            note = f"{since} – {span}"
        elif since:
            note = words.say("corrected, as of {day}", day=span)
        else:
            note = words.say("by {day}", day=span)
        new = UNKNOWN if one.new is None or (not since and one.count) else words.number(one.new)
        yield CountRow(name, new, words.number(one.count), note)
