"""One column of raw cells, read as the type that `tables.py` gives it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import dataframely as dy
import polars as pl

from douse.records.blanks import UNKNOWN_MARKS, is_mark, trimmed
from douse.records.dates import ALLOWED, Dates, read_dates, within_range

# Types whose values are no cells of a table.
NOT_CELLS = (pl.List, pl.Array, pl.Struct, pl.Object, pl.Binary, pl.Duration)


@dataclass(frozen=True)
class Problem:
    """Cells of a column that one sentence speaks of.

    `rule` names the sentence (see `sentences.py`), `rows` is the mask of the cells (None: the column as a whole).
    """

    rule: str
    rows: pl.Series | None = None
    sets_aside: bool = True
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cells:
    """Typed values; null where the cell was empty or could not be read."""

    values: pl.Series
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class DateStyle:
    """How the dates of one column are written; see `dates.read_dates`."""

    day_first: bool = True
    formats: tuple[str, ...] = ()


def read_cells(raw: pl.Series, column: dy.Column, style: DateStyle) -> Cells:
    """Read raw cells as one column of a table.

    Parameters
    ----------
    raw : pl.Series
        Text as in the file, or typed values (Parquet).
    column : dy.Column
        The column of the schema. Its rules on ranges and lengths are not checked here.
    style : DateStyle
        How dates are written.

    Returns
    -------
    Cells
        Of the column's type, with the cells that could not be read.
    """
    target = column.dtype
    if raw.dtype == pl.Null or isinstance(raw.dtype, NOT_CELLS):
        return Cells(pl.repeat(None, len(raw), dtype=target, eager=True).alias(raw.name))
    if isinstance(raw.dtype, pl.Enum) and raw.dtype == target:
        return Cells(raw)
    if raw.dtype != pl.String:
        typed = _from_typed(raw, target)
        if typed is not None:
            return typed
        raw = _as_text(raw)
    text, marks = _without_marks(raw, target)
    read = _TEXT_READERS[type(target)](text, column, style)
    return Cells(read.values.alias(raw.name), marks + read.problems)


def allowed_values(column: dy.Column) -> str:
    """What a column allows, in words."""
    if isinstance(column, dy.Enum):
        return ", ".join(column.categories)
    if isinstance(column, dy.String):
        return f"at most {column.max_length:,} characters"
    if isinstance(column, dy.Int64 | dy.Float64):
        kind = "a whole number" if isinstance(column, dy.Int64) else "a number"
        bounds = [
            f"from {column.min:g}" if column.min is not None else "",
            f"to {column.max:g}" if column.max is not None else "",
        ]
        return " ".join([kind, *filter(None, bounds)])
    return ALLOWED


def _without_marks(raw: pl.Series, target: pl.DataType) -> tuple[pl.Series, tuple[Problem, ...]]:
    """Trimmed text, without what only says that there is no value."""
    text = trimmed(raw)
    marks = is_mark(text)
    if isinstance(target, pl.Enum) and "unknown" not in target.categories:
        marks = marks | text.str.to_lowercase().is_in(UNKNOWN_MARKS).fill_null(value=False)
    if not marks.any():
        return text, ()
    return text.set(marks, None), (Problem("missing_mark", sets_aside=False),)


def _read_string(text: pl.Series, column: dy.Column, _: DateStyle) -> Cells:
    if not (isinstance(column, dy.String) and column.min_length):  # free text
        return Cells(text)
    problems = []
    # Identifiers: blanks inside are folded, characters that show nothing taken out.
    odd = text.str.contains(r"\s\s|[\p{C}\s--\x20]").fill_null(value=False)
    if odd.any():
        folded = text.str.replace_all(r"\s+", " ").str.replace_all(r"\p{C}+", "")
        text = trimmed(text.zip_with(~odd, folded))
        problems.append(Problem("id_blanks", odd, sets_aside=False))
    shortened = text.str.contains(r"^\d(\.\d+)?[eE]\+\d+$").fill_null(value=False)
    if shortened.any():
        problems.append(Problem("id_shortened", shortened, sets_aside=False))
    return Cells(text, tuple(problems))


def _read_code(text: pl.Series, column: dy.Column, _: DateStyle) -> Cells:
    unique = text.drop_nulls().unique(maintain_order=True)
    plain = unique.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"[\s\-]+", "_")
    codes = plain.cast(column.dtype, strict=False)
    values = text.replace_strict(unique, codes, default=None, return_dtype=column.dtype)
    return _with_unread(text, values, "unknown_code", column)


def _read_day(text: pl.Series, column: dy.Column, style: DateStyle) -> Cells:
    moments = _read_moment(text, column, style)
    return Cells(moments.values.dt.date(), moments.problems)


def _read_moment(text: pl.Series, _: dy.Column, style: DateStyle) -> Cells:
    return _from_dates(read_dates(text, day_first=style.day_first, formats=style.formats), style)


def _from_dates(dates: Dates, style: DateStyle) -> Cells:
    problems = []
    if dates.unread.any():
        allowed = " or ".join(style.formats) if style.formats else ALLOWED
        problems.append(Problem("not_a_date", dates.unread, facts={"allowed": allowed}))
    if dates.out_of_range.any():
        problems.append(Problem("date_out_of_range", dates.out_of_range))
    if dates.zone_dropped:
        problems.append(Problem("offset_dropped", sets_aside=False))
    return Cells(dates.values, tuple(problems))


def _read_whole(text: pl.Series, column: dy.Column, _: DateStyle) -> Cells:
    values = text.cast(pl.Int64, strict=False)
    if values.null_count() > text.null_count():
        plain = text.str.normalize("NFKC").str.replace(r"\.0*$", "")
        values = values.fill_null(plain.cast(pl.Int64, strict=False))
    return _with_unread(text, values, "not_a_number", column)


def _read_real(text: pl.Series, column: dy.Column, _: DateStyle) -> Cells:
    values = _finite(text.cast(pl.Float64, strict=False))
    if values.null_count() == text.null_count():
        return Cells(values)
    plain = text.str.normalize("NFKC")
    comma = plain.str.contains(r"^[+-]?\d+,\d+$").fill_null(value=False)
    # One comma that is surely decimal (not three digits behind it) decides for the column.
    decimal = (comma & ~plain.str.contains(r",\d{3}$")).any()
    doubtful = comma if not decimal else comma & ~comma
    pointed = plain.zip_with(~comma | doubtful, plain.str.replace(",", ".", literal=True))
    values = values.fill_null(_finite(pointed.cast(pl.Float64, strict=False)))
    read = _with_unread(text.set(doubtful, None), values, "not_a_number", column)
    if not doubtful.any():
        return read
    return Cells(values, (*read.problems, Problem("doubtful_comma", doubtful)))


def _finite(values: pl.Series) -> pl.Series:
    return values.set(~values.is_finite(), None)


def _with_unread(text: pl.Series, values: pl.Series, rule: str, column: dy.Column) -> Cells:
    unread = text.is_not_null() & values.is_null()
    if not unread.any():
        return Cells(values)
    return Cells(values, (Problem(rule, unread, facts={"allowed": allowed_values(column)}),))


_TEXT_READERS: dict[type[pl.DataType], Callable[[pl.Series, dy.Column, DateStyle], Cells]] = {
    pl.String: _read_string,
    pl.Enum: _read_code,
    pl.Date: _read_day,
    pl.Datetime: _read_moment,
    pl.Int64: _read_whole,
    pl.Float64: _read_real,
}


def _from_typed(raw: pl.Series, target: pl.DataType) -> Cells | None:
    """The quick way for columns of Parquet: no text in between. None: read them as text."""
    if raw.dtype in (pl.Date, pl.Datetime) and target in (pl.Date, pl.Datetime):
        local = raw.dt.replace_time_zone(None) if isinstance(raw.dtype, pl.Datetime) else raw
        moments = local.cast(pl.Datetime("us"))
        zoned = isinstance(raw.dtype, pl.Datetime) and raw.dtype.time_zone is not None and raw.null_count() < len(raw)
        unread = moments.is_null() & moments.is_not_null()
        read = _from_dates(within_range(moments, unread, zone_dropped=zoned), DateStyle())
        return Cells(read.values.cast(target), read.problems)
    if raw.dtype.is_numeric() and target == pl.Float64:
        values = raw.cast(pl.Float64)
        return _whole_or_unread(values, _finite(values), target)
    if raw.dtype.is_integer() and target == pl.Int64:
        return _whole_or_unread(raw, raw.cast(pl.Int64, strict=False), target)
    if raw.dtype.is_float() and target == pl.Int64:
        finite = _finite(raw)
        return _whole_or_unread(raw, finite.set(finite != finite.round(), None).cast(pl.Int64, strict=False), target)
    return None


def _whole_or_unread(raw: pl.Series, values: pl.Series, target: pl.DataType) -> Cells:
    empty = raw.is_nan() | raw.is_null() if raw.dtype.is_float() else raw.is_null()
    unread = values.is_null() & ~empty.fill_null(value=True)
    if not unread.any():
        return Cells(values)
    allowed = "a whole number" if target == pl.Int64 else "a number"
    return Cells(values, (Problem("not_a_number", unread, facts={"allowed": allowed}),))


def _as_text(raw: pl.Series) -> pl.Series:
    """Text of typed values; a whole number stored as a float loses its ``.0`` (an identifier beside empty cells)."""
    if raw.dtype.is_float():
        finite = _finite(raw).cast(pl.Float64)
        if (finite == finite.round()).all() and (finite.abs() < 2**53).all():
            return finite.cast(pl.Int64).cast(pl.String)
    return raw.cast(pl.String, strict=False)
