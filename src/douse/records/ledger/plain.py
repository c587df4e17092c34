"""Values that are plainly what their column holds: they are taken as they are, without the reading of cells.

Forms, programmes and the console write rows one by one, and reading a column of text costs the same for one row as for
ten thousand. What is not plain is read by `cells.read_cells`; what is plain reads there as the same value.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from functools import cache
from typing import Any

import dataframely as dy
import polars as pl

from douse.records.blanks import BLANKS, LONGEST_MARK, MARKS, UNKNOWN_MARKS
from douse.records.dates import FIRST, LAST
from douse.records.tables import Table

NOT_PLAIN = object()
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{6})?)?)?")
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_REAL = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_NAME = re.compile(r"[!-~]+(?: [!-~]+)*")  # of ASCII, single blanks within
_SHORTENED = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+[0-9]+")
_EXACT = 2**53  # whole numbers up to here are floats without loss
_LARGEST = 2**63
Read = Callable[[Any], Any]


def plain(table: type[Table], name: str, values: Sequence[Any]) -> list[Any] | None:
    """Values of a column as it holds them; None where one of them must be read.

    Parameters
    ----------
    table : type of Table
        Whose column it is.
    name : str
        Of the column.
    values : sequence
        Text or typed values; None where there is none.
    """
    read, made = _readers(table)[name], list[Any]()
    for value in values:
        if value is None:
            made.append(None)
            continue
        plainly = read(value)
        if plainly is NOT_PLAIN:
            return None
        made.append(plainly)
    return made


@cache
def _readers(table: type[Table]) -> dict[str, Read]:
    return {name: _reader(column) for name, column in table.columns().items()}


def _reader(column: dy.Column) -> Read:
    target = column.dtype
    if isinstance(target, pl.Enum):
        codes = frozenset(target.categories)
        return _one_of(codes - frozenset(MARKS if "unknown" in codes else (*MARKS, *UNKNOWN_MARKS)))
    if isinstance(target, pl.String):
        return _name if isinstance(column, dy.String) and column.min_length else _text
    return _READERS[type(target)]


def _one_of(codes: frozenset[str]) -> Read:
    return lambda value: value if type(value) is str and value in codes else NOT_PLAIN


def _text(value: Any) -> Any:
    if type(value) is not str or not value or value[0] in BLANKS or value[-1] in BLANKS:
        return NOT_PLAIN
    return NOT_PLAIN if len(value) <= LONGEST_MARK and value.lower() in MARKS else value


def _name(value: Any) -> Any:
    if type(value) is not str or not _NAME.fullmatch(value) or _SHORTENED.fullmatch(value) or value.lower() in MARKS:
        return NOT_PLAIN
    return value


def _moment(value: Any) -> Any:
    if type(value) is str:
        if not _MOMENT.fullmatch(value):
            return NOT_PLAIN
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return NOT_PLAIN
    elif type(value) is date:
        value = datetime.combine(value, time.min)
    elif type(value) is not datetime or value.tzinfo is not None:
        return NOT_PLAIN
    return value if FIRST <= value <= LAST else NOT_PLAIN


def _day(value: Any) -> Any:
    moment = _moment(value)
    return moment if moment is NOT_PLAIN else moment.date()


def _whole(value: Any) -> Any:
    if type(value) is str and _WHOLE.fullmatch(value):
        return int(value)
    return value if type(value) is int and -_LARGEST <= value < _LARGEST else NOT_PLAIN


def _real(value: Any) -> Any:
    if type(value) is str and _REAL.fullmatch(value):
        return float(value)
    if type(value) is int and -_EXACT <= value <= _EXACT:
        return float(value)
    return value if type(value) is float and value - value == 0 else NOT_PLAIN


_READERS: dict[type[pl.DataType], Read] = {
    pl.Date: _day,
    pl.Datetime: _moment,
    pl.Int64: _whole,
    pl.Float64: _real,
}
