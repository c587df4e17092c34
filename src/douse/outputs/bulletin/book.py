"""A table of counts that grows from bulletin to bulletin, and what of it was ever shown.

All that a bulletin says of numbers comes from cumulative counts: of each row (an area) and of all rows together. What
came in between two of them is their difference, so nothing else has to be watched: whoever holds every bulletin knows
these counts, that rows add up to their total, and that counts do not shrink but where a correction was named.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

Counts = tuple[int | None, ...]


@dataclass(frozen=True)
class Column:
    """What one bulletin shows of a book.

    Attributes
    ----------
    rows : tuple[str, ...]
        Names of its rows, those of earlier columns first and in their order.
    shown : tuple[int | None, ...]
        Cumulative count of each row; None: not shown.
    total : int or None
        Of all rows together.
    corrected : frozenset[str]
        Rows that something left since the bulletin before: their count may have shrunk.
    """

    rows: tuple[str, ...]
    shown: Counts
    total: int | None
    corrected: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Book:
    """All columns so far, the oldest first."""

    columns: tuple[Column, ...] = ()
    rows: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        rows = dict.fromkeys(name for column in self.columns for name in column.rows)
        object.__setattr__(self, "rows", tuple(rows))

    def with_column(self, column: Column) -> "Book":
        """The book with one column more."""
        return Book((*self.columns, column))

    def line(self, row: str | None) -> Counts:
        """What was shown of a row in each column (None: of the total). A row that is not there holds nothing."""
        if row is None:
            return tuple(column.total for column in self.columns)
        return tuple(column.shown[column.rows.index(row)] if row in column.rows else 0 for column in self.columns)

    def emptied(self, row: str) -> tuple[bool, ...]:
        """In which columns a row is no longer there: its area left the map, and others hold what it held."""
        there = [row in column.rows for column in self.columns]
        return tuple(before and not now for before, now in zip((False, *there), there, strict=False))

    def corrected(self, row: str) -> tuple[bool, ...]:
        """In which columns something had left the row."""
        return tuple(row in column.corrected for column in self.columns)

    def last(self, row: str | None) -> int:
        """The count that was last shown; 0 before any was."""
        return next((value for value in reversed(self.line(row)) if value is not None), 0)


@dataclass(frozen=True)
class Latest:
    """The newest that was shown of a row: its count, in which column, and what came since the count before it."""

    count: int | None
    column: int | None
    new: int | None
    since: int | None  # column of the count before; None: since the beginning


def latest(line: Sequence[int | None]) -> Latest:
    """The newest count of a line and the change that it tells."""
    known = [at for at, value in enumerate(line) if value is not None]
    if not known:
        return Latest(None, None, None, None)
    at, before = known[-1], known[-2] if len(known) > 1 else None
    count, base = line[at] or 0, 0 if before is None else line[before] or 0
    return Latest(count, at, count - base, before)
