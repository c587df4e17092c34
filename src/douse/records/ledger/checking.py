"""Rows on their way into the ledger: of the right types, and to every rule of their table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

import polars as pl

from douse.errors import DouseError
from douse.records.cells import DateStyle, allowed_values, read_cells
from douse.records.draft import ROW
from douse.records.ledger.entry import NewEntry
from douse.records.ledger.plain import plain
from douse.records.ledger_tables import LEDGER_TABLES
from douse.records.rules import broken_rules, rule_words
from douse.records.tables import Table

_LONGEST_ID = 200
_ISO = DateStyle(day_first=False)


@dataclass(frozen=True)
class Problem:
    """What is wrong with one row.

    Attributes
    ----------
    number : int
        Of the row among those that were sent, from 0.
    table, column : str
        Where; the column is empty where a rule speaks of the whole row.
    rule : str
        Name of the rule.
    message, allowed : str
        In words, without the value.
    """

    number: int
    table: str
    column: str
    rule: str
    message: str
    allowed: str = ""


class EntryError(DouseError):
    """Rows that are not what their table asks for; nothing was written.

    Parameters
    ----------
    problems : sequence of Problem
        All of them.
    """

    exit_code = 4

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        where = f"{first.table}, row {first.number + 1}" + (f", column {first.column}" if first.column else "")
        more = f" ({len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        super().__init__(
            f"{where}: {first.message}{more}. Nothing was written.", allowed=first.allowed,
            next_step="Correct the rows and send them again.",
        )  # fmt: skip


def checked_rows(new: Sequence[NewEntry], at: datetime) -> list[dict[str, Any]]:
    """Rows of all entries, with record_id, recorded_at and supersedes, in their order.

    Parameters
    ----------
    new : sequence of NewEntry
        Of any tables.
    at : datetime
        The moment of appending.

    Raises
    ------
    EntryError
        When a table is not known, a column is not of it, a value is not of its type, or a rule is broken.
    """
    problems = list[Problem]()
    by_table: dict[str, list[int]] = {}
    for number, entry in enumerate(new):
        if entry.table not in LEDGER_TABLES:
            problems.append(
                Problem(number, entry.table, "", "table", "there is no such table", ", ".join(LEDGER_TABLES))
            )
        else:
            by_table.setdefault(entry.table, []).append(number)
    rows: dict[int, dict[str, Any]] = {}
    for table, numbers in by_table.items():
        schema = LEDGER_TABLES[table]
        frame, wrong = _typed(table, schema, [(number, new[number]) for number in numbers], at)
        problems += wrong
        if not wrong:
            problems += _rules_broken(table, schema, frame, numbers)
            rows |= dict(zip(numbers, frame.iter_rows(named=True), strict=True))
    if problems:
        raise EntryError(sorted(problems, key=lambda problem: problem.number))
    return [rows[number] for number in range(len(new))]


def named(new: NewEntry, at: datetime) -> str:
    """record_id that an entry would get, whose values can be read."""
    schema, told = LEDGER_TABLES[new.table], new.recorded_at or at
    name = new.record_id or name_of(new.table, {**new.row, "supersedes": new.supersedes, "recorded_at": told}, told)
    if plain(schema, "record_id", [name]) is not None:
        return name
    frame, _ = _typed(new.table, schema, [(0, new)], at)
    return str(frame["record_id"][0])


def name_of(table: str, row: Mapping[str, Any], told: datetime | None) -> str:
    """record_id of a row: of its key; of a correction, of its key and when it was told."""
    parts = ["" if row.get(name) is None else _text(row[name]) for name in LEDGER_TABLES[table].key]
    corrected = row.get("supersedes")
    if corrected:
        parts.append("" if told is None else _text(told))
    name = "|".join(parts)
    if corrected and str(corrected).startswith(name):  # told at the very moment of the row that it corrects
        name = f"{corrected}+"
    if len(name) > _LONGEST_ID:
        name = name[: _LONGEST_ID - 17] + "#" + sha256(name.encode()).hexdigest()[:16]
    return name or "-"


def _typed(
    table: str, schema: type[Table], new: list[tuple[int, NewEntry]], at: datetime
) -> tuple[pl.DataFrame, list[Problem]]:
    """Rows of one table as its types; what cannot be read."""
    columns, wrong = schema.columns(), list[Problem]()
    values: dict[str, list[Any]] = {name: [] for name in columns}
    for number, entry in new:
        told = entry.recorded_at or at
        row = {**entry.row, "supersedes": entry.supersedes, "recorded_at": told}
        row["record_id"] = entry.record_id or name_of(table, row, told)
        wrong += [
            Problem(number, table, name, "column", "the table has no such column", ", ".join(columns))
            for name in row
            if name not in columns
        ]
        for name in columns:
            values[name].append(row.get(name))
    made = list[pl.Series]()
    for name, column in columns.items():
        if all(value is None for value in values[name]):  # most columns of most rows that are entered one by one
            made.append(_nothing(name, column.dtype, len(new)))
            continue
        known = plain(schema, name, values[name])
        if known is not None:
            made.append(pl.Series(name, known, dtype=column.dtype))
            continue
        text = [None if value is None else _text(value) for value in values[name]]
        cells = read_cells(pl.Series(name, text, dtype=pl.String), column, _ISO)
        made.append(cells.values)
        allowed = allowed_values(column)
        for problem in cells.problems:
            if problem.rows is not None and problem.sets_aside:
                bad = [new[place][0] for place in problem.rows.arg_true()]
                wrong += [
                    Problem(number, table, name, problem.rule, "not what the column holds", allowed) for number in bad
                ]
    return pl.DataFrame(made), wrong


@lru_cache(maxsize=2_000)
def _nothing(name: str, dtype: pl.DataType, rows: int) -> pl.Series:
    return pl.repeat(None, rows, dtype=dtype, eager=True).alias(name)


def _rules_broken(table: str, schema: type[Table], frame: pl.DataFrame, numbers: list[int]) -> list[Problem]:
    marked = frame.with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias(ROW))
    found = list[Problem]()
    for rule, rows in broken_rules(schema, marked).items():
        column, parted, kind = rule.partition("|")
        if parted:
            said = "empty" if kind in {"nullability", "min_length"} else "outside of what is allowed"
            found += [
                Problem(numbers[row], table, column, kind, said, allowed_values(schema.columns()[column]))
                for row in rows
            ]
        else:
            found += [
                Problem(numbers[row], table, "", rule, f"breaks a rule: {rule_words(schema, rule)}") for row in rows
            ]
    return found


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
