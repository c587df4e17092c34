"""Flat files in the dialect of another system, from a list of columns (`sormas.toml`, `godata.toml`)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import polars as pl

from douse.outputs.exchange.left_out import LeftOut
from douse.records.measure import Because

_NO_WORD = Because("The other system has no word for some codes of this column.")
_NO_TIME = Because("The other system keeps days here: the time of day is left out.")
_NO_SECONDS = Because("The other system keeps minutes here: seconds are left out.")
_COUNTS_AS = Because("It is empty here, which means something else in the other system: what it counts as goes.")
_STAND_IN = Because("It is empty here, and the other system asks for it: when the record was told stands in for it.")


@dataclass(frozen=True)
class Times:
    """How days and moments are written.

    Attributes
    ----------
    day, moment : str
        Formats of chrono.
    seconds : bool
        Whether `moment` holds all of a moment.
    """

    day: str
    moment: str
    seconds: bool


@dataclass(frozen=True)
class Flat:
    """A file of the dialect: cells, and the entity of each column where the dialect names it."""

    file: str
    cells: pl.DataFrame
    entities: tuple[str, ...]


@cache
def dialect(name: str) -> dict[str, Any]:
    """The description of a dialect."""
    return tomllib.loads(resources.files("douse.outputs.exchange").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def held(name: str) -> dict[str, tuple[str, ...]]:
    """Table -> columns of ours that a dialect holds."""
    tables = {table: part for table, part in dialect(name).items() if table != "codes"}
    return {
        table: (*part.get("also", ()), *(column["ours"].partition(".")[0] for column in part["columns"]))
        for table, part in tables.items()
    }


def flat(name: str, table: str, rows: pl.DataFrame, times: Times, left: LeftOut) -> Flat:
    """Rows of one of our tables as a file of a dialect.

    Parameters
    ----------
    name, table : str
        The dialect, and the table.
    rows : pl.DataFrame
        Rows; columns such as ``zone.region`` where the dialect asks for them.
    times : Times
        How days and moments are written.
    left : LeftOut
        Told of codes that have no word, and of times that are cut.
    """
    part = dialect(name)[table]
    columns, entities = list[pl.Series](), list[str]()
    for column in part["columns"]:
        if column["ours"] not in rows.columns:
            continue
        made = _cells(name, table, rows, column, times, left)
        for beside in [column["beside"]] if "beside" in column else []:
            word = pl.Series(beside["theirs"], [beside["word"]], dtype=pl.String).new_from_index(0, rows.height)
            columns.append(word.set(made.is_null(), None).alias(beside["theirs"]))
            entities.append(column.get("entity", ""))
        columns.append(made.alias(column["theirs"]))
        entities.append(column.get("entity", ""))
    return Flat(part.get("file", ""), pl.DataFrame(columns), tuple(entities))


def _cells(  # noqa: PLR0913, PLR0917  (a column, and all that shapes it)
    name: str, table: str, rows: pl.DataFrame, column: Mapping[str, Any], times: Times, left: LeftOut
) -> pl.Series:
    """One column as text."""
    ours = column["ours"]
    values: pl.Series = rows[ours]
    if "otherwise_column" in column:
        left.column(table, ours, values.null_count(), _STAND_IN)
        values = values.fill_null(rows[column["otherwise_column"]])
    if "empty" in column:
        left.column(table, ours, values.null_count(), _COUNTS_AS)
        values = values.cast(pl.String).fill_null(column["empty"])
    if values.dtype == pl.Date:
        return values.dt.to_string(times.day)
    if values.dtype == pl.Datetime:
        return _moments(table, values, times, left, days=column.get("day", False))
    text = values.cast(pl.String)
    if column.get("upper"):
        return text.str.to_uppercase()
    if "codes" not in column:
        return text
    codes: dict[str, str] = dialect(name)["codes"][column["codes"]]
    otherwise = column.get("otherwise")
    words = text.replace_strict(list(codes), list(codes.values()), default=otherwise, return_dtype=pl.String)
    words = words.set(text.is_null(), None)
    lost = text.is_not_null() & ~text.is_in(list(codes))
    if table and len({*codes.values()}) < len(codes):  # several of ours have one word
        twice = [code for code, word in codes.items() if list(codes.values()).count(word) > 1]
        lost |= text.is_in(twice)
    if "." not in ours:  # of a column of another table it is said there
        left.column(table, ours, int(lost.sum()), _NO_WORD)
    return words


def _moments(table: str, values: pl.Series, times: Times, left: LeftOut, *, days: bool) -> pl.Series:
    column = values.name
    midnight = values == values.dt.truncate("1d")
    if days:
        left.column(table, column, int((~midnight).sum()), _NO_TIME)
        return values.dt.to_string(times.day)
    if not times.seconds:
        cut = (values.dt.second() != 0) | (values.dt.microsecond() != 0)
        left.column(table, column, int(cut.sum()), _NO_SECONDS)
    whole = values.dt.to_string(times.moment)
    return whole.zip_with(~midnight.fill_null(value=False), values.dt.to_string(times.day))
