"""Schemas of the API, made from the tables: their types, codes, ranges, units and sentences."""

from datetime import date
from functools import cache
from typing import Annotated, Any, Literal

import dataframely as dy
from ninja import Field, Schema
from pydantic import AfterValidator, ConfigDict, create_model

from douse.console.tasks.sent import Moment, Text
from douse.records.ledger_tables import LEDGER_TABLES
from douse.records.tables import column_facts

HEADER = ("record_id", "recorded_at", "supersedes")
MOST_ROWS = 500  # in one request
MOST_SHOWN = 200  # on one page
_INT64 = 2**63 - 1


def _day(day: date) -> date:
    if day.year < 1900:
        raise ValueError("before 1900")
    return day


Day = Annotated[date, AfterValidator(_day)]


class Strict(Schema):
    """What is sent: nothing beside what is named."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Problem(Schema):
    """What is wrong, as problem JSON (RFC 9457)."""

    type: str
    title: str
    status: int
    what: str = Field(description="What is wrong, in words; never a value that was sent.")
    allowed: str = Field(description="What is allowed instead.")
    next: str = Field(description="What to do next.")
    findings: list[dict[str, Any]] = Field(description="Row, table, column and rule of each problem.")


class Receipt(Schema):
    """What was appended to the ledger: it is on disk."""

    first: int = Field(description="Sequence number of the first entry.")
    last: int = Field(description="Sequence number of the last entry, the audit entry among them.")
    record_ids: list[str] = Field(description="record_id of each row, in the order sent.")


PROBLEMS: dict[int, type[Schema]] = dict.fromkeys((400, 401, 403, 404, 409, 422, 429), Problem)


@cache
def new_row(table: str) -> type[Schema]:
    """A row of a table as it is sent."""
    fields: dict[str, Any] = {
        "record_id": (
            Annotated[Text | None, Field(min_length=1, max_length=200)],
            Field(None, description="Identifier of the record itself, such as a UUID; made from the key when empty."),
        )
    }
    for name, column in _columns(table):
        kind, asked = _type(column), Field(... if not column.nullable else None, **_facts(table, name, column))
        fields[name] = (kind if not column.nullable else kind | None, asked)
    return create_model(f"{_camel(table)}New", __base__=Strict, __doc__=_says(table), **fields)


@cache
def corrected_row(table: str) -> type[Schema]:
    """A whole row that corrects another."""
    return create_model(f"{_camel(table)}Correction", __base__=new_row(table), __doc__=f"A whole row. {_says(table)}")


@cache
def shown_row(table: str) -> type[Schema]:
    """A row as it is given: fields that may not be seen are empty, those that are required too."""
    fields: dict[str, Any] = {
        "record_id": (str | None, Field(None, description="Identifier of the record itself.")),
        "recorded_at": (str | None, Field(None, description="When the department was told.")),
        "supersedes": (str | None, Field(None, description="record_id of the record that this one corrects.")),
        "first_recorded_at": (str | None, Field(None, description="When the first version was told.")),
        "within": (bool | None, Field(None, description="False: of another zone, and masked.")),
    }
    for name, column in _columns(table):
        fields[name] = (_shown_type(column) | None, Field(None, **_facts(table, name, column)))
    return create_model(f"{_camel(table)}Row", __base__=Schema, __doc__=_says(table), **fields)


@cache
def page_of(table: str) -> type[Schema]:
    """A page of a list of rows."""
    return create_model(
        f"{_camel(table)}Page", __base__=Schema, __doc__=f"A page of rows of {table}.",
        rows=(list[shown_row(table)], Field(description="The rows.")),  # type: ignore[arg-type,misc]
        page=(int, Field(description="Its number, from 1.")),
        pages=(int, Field(description="How many pages there are.")),
        total=(int, Field(description="How many rows there are.")),
        sequence=(int, Field(description="Of the last entry of the ledger that was read.")),
    )  # fmt: skip


@cache
def filters(table: str) -> type[Schema]:
    """What a list may be asked for: codes and identifiers by their value, the days of its events, and a page."""
    fields: dict[str, Any] = {
        "page": (Annotated[int, Field(ge=1, le=1_000_000)], Field(1, description="Page, from 1.")),
        "size": (Annotated[int, Field(ge=1, le=MOST_SHOWN)], Field(50, description="Rows on a page.")),
        "outside": (
            bool,
            Field(default=False, description="Other zones too, masked; needs the right see_outside."),
        ),
        "recorded_from": (Day | None, Field(None, description="Told on this day or later.")),
        "recorded_to": (Day | None, Field(None, description="Told on this day or earlier.")),
    }
    occurred = LEDGER_TABLES[table].occurred
    if occurred is not None:
        fields["occurred_from"] = (Day | None, Field(None, description=f"{occurred} on this day or later."))
        fields["occurred_to"] = (Day | None, Field(None, description=f"{occurred} on this day or earlier."))
    for name in filterable(table):
        column = LEDGER_TABLES[table].columns()[name]
        says = f"Only rows with this {name}."
        if name == "zone":
            says = "Only rows of this zone and of all that lies within it."
        fields[name] = (_type(column) | None, Field(None, description=says))
    return create_model(f"{_camel(table)}Filter", __base__=Schema, __doc__=f"What to list of {table}.", **fields)


@cache
def filterable(table: str) -> tuple[str, ...]:
    """Columns that a list may be filtered by: codes, and identifiers."""
    kept = ("page", "size", "outside")
    names = []
    for name, column in _columns(table):
        is_ident = isinstance(column, dy.String) and (column.min_length or 0) > 0
        if name not in kept and (isinstance(column, dy.Enum) or is_ident):
            names.append(name)
    return tuple(names)


def _columns(table: str) -> list[tuple[str, dy.Column]]:
    return [(name, column) for name, column in LEDGER_TABLES[table].columns().items() if name not in HEADER]


def _type(column: dy.Column) -> Any:
    if isinstance(column, dy.Enum):
        return Literal[*column.categories]
    if isinstance(column, dy.String):
        return Annotated[Text, Field(min_length=column.min_length, max_length=column.max_length)]
    if isinstance(column, dy.Int64):
        low = column.min if column.min is not None else -_INT64
        return Annotated[int, Field(ge=low, le=column.max if column.max is not None else _INT64)]
    if isinstance(column, dy.Float64):
        return Annotated[float, Field(ge=column.min, le=column.max)]
    return Day if isinstance(column, dy.Date) else Moment


def _shown_type(column: dy.Column) -> Any:
    if isinstance(column, dy.Int64):
        return int
    return float if isinstance(column, dy.Float64) else str


def _facts(table: str, name: str, column: dy.Column) -> dict[str, Any]:
    facts = column_facts(LEDGER_TABLES[table], name)
    extra = {f"x-{key}": facts[key] for key in ("unit", "personal", "references") if facts.get(key)}
    return {"description": column.description, "json_schema_extra": extra or None}


def _says(table: str) -> str:
    return (LEDGER_TABLES[table].__doc__ or "").strip().splitlines()[0]


def _camel(table: str) -> str:
    return "".join(part.title() for part in table.split("_"))
