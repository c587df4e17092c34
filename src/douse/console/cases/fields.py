"""Fields of a form, made from the columns of a table: type, codes, range, hint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import dataframely as dy

from douse.console.cases.labels import hint, label
from douse.console.words import words
from douse.records.tables import TABLES, column_facts

Options = Sequence[tuple[str, str]]
_LONG = frozenset({"note"})


@dataclass(frozen=True)
class Field:
    """One control of a form.

    Attributes
    ----------
    name, label, hint : str
        Column, its name and what it holds.
    kind : str
        text, area, number, day, moment or choice.
    value, time : str
        As typed, or as the record has it; the time of day of a moment.
    options : sequence of (value, words)
        To choose from; of a text field they are offered, and others may be typed.
    least, most, step : str
        Of a number.
    fixed : bool
        Shown, not to be changed.
    """

    name: str
    label: str
    hint: str
    kind: str
    value: str = ""
    time: str = ""
    options: Options = ()
    least: str = ""
    most: str = ""
    step: str = ""
    longest: int = 500
    needed: bool = False
    fixed: bool = False
    problem: str = ""
    unit: str = field(default="")


_KINDS: dict[type[dy.Column], str] = {
    dy.Enum: "choice",
    dy.Date: "day",
    dy.Datetime: "moment",
    dy.Int64: "number",
    dy.Float64: "number",
    dy.String: "text",
}


def made(  # noqa: PLR0913  (all that a control shows)
    table: str,
    column: str,
    typed: Mapping[str, str],
    *,
    options: Options = (),
    problem: str = "",
    fixed: bool = False,
    choose: bool = False,
) -> Field:
    """The field of a column.

    Parameters
    ----------
    typed : Mapping[str, str]
        Values by name of the control; of a moment also ``name.time``.
    options : sequence of pairs
        What a reference may name.
    choose : bool
        Nothing but the options is allowed.
    """
    schema = TABLES[table].columns()[column]
    kind = _KINDS[type(schema)]
    if isinstance(schema, dy.Enum):
        options = [(code, words().label(code)) for code in schema.categories]
    elif choose and options:
        kind = "choice"
    elif kind == "text" and column in _LONG:
        kind = "area"
    least, most, step = _range(schema)
    longest = schema.max_length or 500 if isinstance(schema, dy.String) else 500
    return Field(
        column, label(table, column), hint(table, column), kind, typed.get(column, ""), typed.get(f"{column}.time", ""),
        options, least, most, step, longest, not schema.nullable, fixed, problem,
        str(column_facts(TABLES[table], column).get("unit", "")),
    )  # fmt: skip


def as_typed(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, str]:
    """A row of a table as its form would be filled in."""
    typed: dict[str, str] = {}
    for name in names:
        value = row.get(name)
        if isinstance(value, datetime):
            typed[name] = value.date().isoformat()
            if value.time() != value.time().min:
                typed[f"{name}.time"] = value.strftime("%H:%M:%S" if value.second else "%H:%M")
        elif isinstance(value, date):
            typed[name] = value.isoformat()
        elif isinstance(value, float):
            typed[name] = f"{value:.10g}"
        elif value is not None:
            typed[name] = str(value)
    return typed


def as_row(table: str, typed: Mapping[str, str], names: Sequence[str]) -> dict[str, Any]:
    """What was typed as a row of text, which the ledger reads by the types of the table; empty is nothing."""
    row: dict[str, Any] = {}
    for name in names:
        text, time = typed.get(name, "").strip(), typed.get(f"{name}.time", "").strip()
        moment = isinstance(TABLES[table].columns()[name], dy.Datetime)
        row[name] = (f"{text}T{time}" if moment and text and time else text) or None
    return row


def _range(schema: dy.Column) -> tuple[str, str, str]:
    if isinstance(schema, dy.Int64 | dy.Float64):
        least = "" if schema.min is None else f"{schema.min:g}"
        most = "" if schema.max is None else f"{schema.max:.15g}"
        return least, most, "1" if isinstance(schema, dy.Int64) else "any"
    return "", "", ""
