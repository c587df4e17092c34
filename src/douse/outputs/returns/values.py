"""A return as it is filled in: its period, its rows, what was typed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from douse.library.returns import Return, ReturnColumn
from douse.units import DAYS_PER_WEEK

Value = int | float | str | None


@dataclass(frozen=True, order=True)
class Period:
    """Days that a return is about, both inclusive."""

    start: date
    end: date

    @property
    def over_at(self) -> datetime:
        """The midnight that ends it."""
        return datetime.combine(self.end + timedelta(days=1), time.min)


def period_of(every: str, day: date) -> Period:
    """The day itself, or the week from Monday to Sunday that it lies in."""
    if every == "day":
        return Period(day, day)
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=DAYS_PER_WEEK - 1))


def next_period(every: str, period: Period) -> Period:
    """The one after a period."""
    return period_of(every, period.end + timedelta(days=1))


def due_at(definition: Return, period: Period) -> datetime:
    """By when a return of a period is to be there."""
    return period.over_at + timedelta(hours=definition.due.value)


@dataclass(frozen=True)
class Row:
    """One row: what it is of (a value for each grouping; None: not known), and a value for each counted column."""

    of: tuple[str | None, ...]
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Filled:
    """A return that is filled in.

    Attributes
    ----------
    definition : Return
        What it answers.
    zone : str
        Who reports.
    period : Period
        Days that it is about.
    known_at : datetime
        It tells what was known at this moment.
    rows : tuple of Row
        By the groupings; empty where there are none.
    total : tuple of Value
        A value for each column of the definition: of the whole zone.
    by_hand : frozenset of str
        Columns that somebody typed a value of.
    read : int
        Records that were counted over.
    """

    definition: Return
    zone: str
    period: Period
    known_at: datetime
    rows: tuple[Row, ...]
    total: tuple[Value, ...]
    by_hand: frozenset[str] = field(default=frozenset())
    read: int = 0

    @property
    def due_at(self) -> datetime:
        """By when it is to be there."""
        return due_at(self.definition, self.period)

    @property
    def cells(self) -> int:
        """Values in it; those of typed columns count where something was typed."""
        untyped = len(self.definition.column) - len(self.definition.typed)
        return sum(len(row.values) for row in self.rows) + untyped + len(self.by_hand)

    @property
    def typed(self) -> int:
        """Values that somebody typed."""
        return len(self.by_hand)

    def with_typed(self, typed: Mapping[str, str]) -> "Filled":
        """The same with what somebody typed."""
        named = {column.id for column in self.definition.typed}
        said = {name: text.strip() for name, text in typed.items() if name in named and text.strip()}
        total = tuple(
            said.get(column.id) if column.what == "typed" else value
            for column, value in zip(self.definition.column, self.total, strict=True)
        )
        return Filled(
            self.definition, self.zone, self.period, self.known_at, self.rows, total, frozenset(said), self.read
        )

    def as_text(self) -> str:
        """The values as JSON, as the ledger keeps them."""
        return json.dumps(
            {
                "known_at": self.known_at.isoformat(),
                "groups": [group.column for group in self.definition.group],
                "columns": [column.id for column in self.definition.counted],
                "rows": [[*row.of, *row.values] for row in self.rows],
                "total": {column.id: value for column, value in zip(self.definition.column, self.total, strict=True)},
                "read": self.read,
            },
            ensure_ascii=False, separators=(",", ":"), allow_nan=False,
        )  # fmt: skip


def filled_from(definition: Return, row: Mapping[str, Any]) -> Filled:
    """A return out of the row of the ledger that keeps it.

    Columns that the definition has had since, or has lost, are left empty or out: the row is of its own edition.
    """
    kept: dict[str, Any] = json.loads(row["values"] or "{}")
    groups, columns = len(kept.get("groups", ())), kept.get("columns", [])
    place = {name: groups + at for at, name in enumerate(columns)}
    rows = tuple(
        Row(tuple(line[:groups]), tuple(line[place[c.id]] if c.id in place else None for c in definition.counted))
        for line in kept.get("rows", ())
    )
    total = tuple(kept.get("total", {}).get(column.id) for column in definition.column)
    by_hand = frozenset(
        column.id for column, value in zip(definition.column, total, strict=True) if _typed(column, value)
    )
    known_at = datetime.fromisoformat(kept["known_at"]) if "known_at" in kept else row["made_at"]
    period = Period(row["period_start"], row["period_end"])
    return Filled(definition, row["zone"], period, known_at, rows, total, by_hand, int(kept.get("read", 0)))


def _typed(column: ReturnColumn, value: Value) -> bool:
    return column.what == "typed" and value is not None
