"""Whether a definition names tables and columns that are there, and which fields of the records it uses."""

from collections.abc import Iterator

import dataframely as dy
import polars as pl

from douse.errors import LibraryError
from douse.library.returns import Grouping, Return, ReturnColumn
from douse.outputs.returns.figures import FIGURES
from douse.records.codes import SEXES
from douse.records.tables import TABLES

COUNTED_CASES = "counted_cases"  # cases that count by the protocol, with what the situation says of each
_OF_CASES: dict[str, type[pl.DataType]] = {
    "person": pl.String, "day": pl.Date, "told_on": pl.Date, "link": pl.String, "in_quarantine": pl.Boolean,
    "found_away": pl.Boolean, "active": pl.Boolean,
}  # fmt: skip
_TOLD = "first_recorded_at"
UNKNOWN = "unknown"


def types_of(table: str) -> dict[str, pl.DataType | type[pl.DataType]]:
    """Columns of a table that may be counted, with their types; empty where there is no such table."""
    schema = TABLES.get("cases" if table == COUNTED_CASES else table)
    if schema is None:
        return {}
    found: dict[str, pl.DataType | type[pl.DataType]] = {
        name: column.dtype for name, column in schema.columns().items()
    }
    found[_TOLD] = pl.Datetime("us")
    return found | (_OF_CASES if table == COUNTED_CASES else {})


def codes_of(table: str, column: str) -> tuple[str, ...]:
    """Codes of a column; empty where it holds none."""
    schema = TABLES.get("cases" if table == COUNTED_CASES else table)
    found = schema.columns().get(column) if schema else None
    return tuple(str(code) for code in found.categories) if isinstance(found, dy.Enum) else ()


def check_definition(definition: Return) -> None:
    """Raise LibraryError where a definition names what is not there."""
    for column in definition.column:
        if column.what == "figure" and column.of not in FIGURES:
            _wrong(definition, column.id, "there is no figure of that name", ", ".join(FIGURES))
        if column.table:
            _check_counted(definition, column)
    for group in definition.group:
        _check_group(definition, group)


def _check_counted(definition: Return, column: ReturnColumn) -> None:
    types = types_of(column.table)
    if not types:
        _wrong(definition, column.id, "there is no such table", ", ".join((COUNTED_CASES, *TABLES)))
    named = [*(one.column for one in column.where), column.when, column.begins, *column.ends]
    named += [column.of] if column.what in {"people", "sum"} else []
    for name in filter(None, named):
        if name not in types:
            _wrong(definition, column.id, f"the table {column.table} has no column {name}", ", ".join(types))
    for name in filter(None, (column.when, column.begins, *column.ends)):
        if types[name] not in {pl.Date, pl.Datetime("us")}:
            _wrong(definition, column.id, f"{name} is no day", "a column of days or moments")
    for condition in column.where:
        codes = codes_of(column.table, condition.column)
        if codes and (unknown := set(condition.one_of) - set(codes)):
            _wrong(definition, column.id, f"{', '.join(sorted(unknown))} is no code of the column", ", ".join(codes))
        if (condition.at_least is not None or condition.below is not None) and not _is_number(types[condition.column]):
            _wrong(definition, column.id, f"{condition.column} is no number", "one_of, or filled")
    if column.what == "sum" and not _is_number(types[column.of]):
        _wrong(definition, column.id, f"{column.of} is no number", "a column of numbers")


def _check_group(definition: Return, group: Grouping) -> None:
    for column in definition.counted if group.column != "zone" else ():
        types = types_of(column.table)
        if group.column not in types:
            _wrong(definition, group.column, f"the table {column.table} cannot be grouped by it", ", ".join(types))
        if bool(group.bands) != _is_number(types[group.column]):
            _wrong(definition, group.column, "bands do not fit", "bands of a number, and only there")
        if not group.bands and not codes_of(column.table, group.column):
            _wrong(definition, group.column, f"{column.table} holds no codes there", "zone, a number, or codes")


def _is_number(dtype: pl.DataType | type[pl.DataType]) -> bool:
    return dtype in {pl.Int64, pl.Float64}


def _wrong(definition: Return, key: str, what: str, allowed: str) -> None:
    raise LibraryError(
        f"returns/{definition.id}, {key}: {what}.", allowed=allowed, next_step="Mend the definition; docs/levels.md."
    )


def group_values(definition: Return, group: Grouping, zones: tuple[str, ...]) -> tuple[str | None, ...]:
    """Every value that a row may be of, in order; None (not known) last where nothing else says so."""
    if group.column == "zone":
        return (*zones, None)
    if group.bands:
        return (*band_names(group.bands), None)
    codes = next((codes_of(column.table, group.column) for column in definition.counted), SEXES)
    return codes if UNKNOWN in codes else (*codes, None)


def band_names(bands: tuple[int, ...]) -> tuple[str, ...]:
    """Bands of a number as they are written: 0-4, 5-9, 80+."""
    ends = [f"-{later - 1}" for later in bands[1:]] + ["+"]
    return tuple(f"{first}{end}" for first, end in zip(bands, ends, strict=True))


def fields_used(definition: Return) -> Iterator[tuple[str, str]]:
    """Table and column of every field of the records that a definition reads: entered once, told here."""
    seen = set[tuple[str, str]]()
    for column in definition.counted:
        table = "cases" if column.table == COUNTED_CASES else column.table
        named = [*(one.column for one in column.where), column.when, column.begins, *column.ends]
        named += [column.of] if column.what in {"people", "sum"} else []
        named += [group.column for group in definition.group]
        for name in named:
            if name and name in TABLES[table].column_names() and (table, name) not in seen:
                seen.add((table, name))
                yield table, name
