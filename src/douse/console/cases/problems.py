"""What is wrong with a form, field by field and in the reader's words; never with the value."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import dataframely as dy
import polars as pl

from douse.console.cases.labels import label
from douse.console.cases.layout import HEADER
from douse.console.ground import Ground
from douse.console.words import say, words
from douse.records.ledger.checking import Problem
from douse.records.rules import rule_words
from douse.records.tables import TABLES, column_facts

_EMPTY = frozenset({"nullability", "min_length"})
_DATES = frozenset({"not_a_date", "date_out_of_range"})


@dataclass
class Problems:
    """Sentences by column, and those that speak of the whole row."""

    at: dict[str, str] = field(default_factory=dict)
    whole: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.at or self.whole)

    def add(self, column: str, words: str) -> None:
        """Keep the first that is said of a column."""
        self.at.setdefault(column, words)

    @property
    def count(self) -> int:
        """How many."""
        return len(self.at) + len(self.whole)


def of_entry(table: str, found: Iterable[Problem], into: Problems) -> None:
    """Problems of the ledger's check, at the fields that they speak of."""
    schema = TABLES[table]
    for problem in found:
        if problem.column in HEADER:
            continue  # made from the key, whose own problem is told
        if problem.column:
            into.add(problem.column, _of_column(schema.columns()[problem.column], problem.rule))
            continue
        said = with_labels(table, words().translated(rule_words(schema, problem.rule)))
        columns = schema.row_actions.get(problem.rule, ())
        for column in columns:
            into.add(column, said)
        if not columns:
            into.whole.append(said)


def with_labels(table: str, sentence: str) -> str:
    """A sentence in which columns go by the names that pages give them."""
    names = sorted(TABLES[table].column_names(), key=len, reverse=True)
    known = re.compile(rf"(?<![\w.])(?:{'|'.join(names)})(?!\w)", re.ASCII)
    return known.sub(lambda found: f"“{label(table, found.group())}”", sentence)


def _of_column(column: dy.Column, rule: str) -> str:
    if rule in _EMPTY:
        return say("This is needed.")
    if rule in _DATES:
        return say("This is no day of the calendar; write it as year, month and day.")
    if isinstance(column, dy.Int64 | dy.Float64):
        kind = say("Whole number") if isinstance(column, dy.Int64) else say("Number")
        low = "" if column.min is None else f"≥ {column.min:g}"
        high = "" if column.max is None else f"≤ {column.max:.15g}"
        return " ".join(part for part in (kind, low, high) if part)
    if isinstance(column, dy.Enum):
        return say("Choose one of the list.")
    return say("This is too long.")


def of_needed(table: str, row: Mapping[str, Any], into: Problems) -> None:
    """Columns that every row needs."""
    for name, column in TABLES[table].columns().items():
        if name in row and not column.nullable and row[name] is None:
            into.add(name, say("This is needed."))


def of_days(table: str, row: Mapping[str, Any], today: date, into: Problems) -> None:
    """Days that have not come, where the column is no plan."""
    for name, column in TABLES[table].columns().items():
        text = row.get(name)
        if not text or column_facts(TABLES[table], name).get("plan"):
            continue
        if isinstance(column, dy.Date | dy.Datetime) and _is_later(str(text)[:10], today):
            into.add(name, say("This day has not come yet."))


def _is_later(text: str, today: date) -> bool:
    try:
        return date.fromisoformat(text) > today
    except ValueError:
        return False  # the ledger's check says so


def of_references(  # noqa: PLR0913  (what a reference is looked up in)
    table: str,
    row: Mapping[str, Any],
    before: Mapping[str, Any],
    *,
    ground: Ground,
    cases: pl.Series | None,
    into: Problems,
) -> None:
    """Zones that are not on record, and cases that the writer does not see; what was there before is let through.

    Parameters
    ----------
    cases : pl.Series, optional
        Identifiers of the cases that the writer sees; None: whoever writes sees none.
    """
    for name in TABLES[table].column_names():
        value = row.get(name)
        if value is None or value == before.get(name):
            continue
        other = str(column_facts(TABLES[table], name).get("references", "")).partition(".")[0]
        if other == "zones" and ground.parent and value not in ground.parent:
            into.add(name, say("There is no such zone."))
        elif other == "cases" and cases is not None and name != "same_as" and not (cases == value).any():
            into.add(name, say("There is no such case among those that you see."))
