"""Dates and times as people and programmes write them.

Read: ``2020-03-05``, ``2020/3/5``, ``2020.03.05``, ``20200305``, ``2020年3月5日``, ``05.03.2020``, ``3/5/2020``,
``5 March 2020``, ``Mar 5, 2020`` and serial days of spreadsheets (``43895``), each with or without a time. A zone at
the end of a time (``Z``, ``+08:00``) is dropped: the clock of the place counts, as written. Two-digit years are not
read.
"""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

FIRST = datetime(1900, 1, 1)
LAST = datetime(2200, 12, 31, 23, 59, 59, 999_999)
ALLOWED = "YYYY-MM-DD, with or without a time HH:MM"
# Day 0 of spreadsheets, and their last day that is read (31 December 2099); five digits only.
_DAY_ZERO = datetime(1899, 12, 30)
_LAST_SERIAL = 73_050

_TIME = (
    r"(?:[T\s]\s*(?P<H>\d{1,2}):?(?P<M>\d{2})(?::?(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?\s*(?P<p>[AaPp][Mm])?"
    r"\s*(?P<z>Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?$"
)
_MONTH_NAME = r"(?P<name>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_EITHER_ORDER = r"^(?P<a>\d{1,2})\s?[-/.]\s?(?P<b>\d{1,2})\s?[-/.]\s?(?P<y>\d{4})" + _TIME
_SHAPES = (
    r"^(?P<y>\d{4})\s?[-/.年]\s?(?P<m>\d{1,2})\s?[-/.月]\s?(?P<d>\d{1,2})(?:\s?[日号])?" + _TIME,
    r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})" + _TIME,
    r"(?i)^(?P<d>\d{1,2})[-/.\s]?" + _MONTH_NAME + r"[-/.,\s]*(?P<y>\d{4})" + _TIME,
    r"(?i)^" + _MONTH_NAME + r"\.?\s*(?P<d>\d{1,2}),?\s+(?P<y>\d{4})" + _TIME,
    _EITHER_ORDER,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class Dates:
    """Datetimes read from text.

    Parameters
    ----------
    values : pl.Series
        Datetime[us]; null where the cell was empty or could not be read.
    unread : pl.Series
        Mask: text that is no date.
    out_of_range : pl.Series
        Mask: before 1900 or after 2200.
    zone_dropped : bool
        Whether some time carried a zone.
    """

    values: pl.Series
    unread: pl.Series
    out_of_range: pl.Series
    zone_dropped: bool = False


@dataclass(frozen=True)
class OrderEvidence:
    """Numbers of distinct dates ``a/b/yyyy`` that can only be day first, only month first, or either."""

    day_first: int = 0
    month_first: int = 0
    either: int = 0

    def __add__(self, other: "OrderEvidence") -> "OrderEvidence":
        return OrderEvidence(
            self.day_first + other.day_first, self.month_first + other.month_first, self.either + other.either
        )

    @property
    def decided(self) -> bool:
        """Whether the dates tell which comes first."""
        return self.day_first != self.month_first

    @property
    def mixed(self) -> bool:
        """Whether both orders are surely there."""
        return self.day_first > 0 and self.month_first > 0


def order_evidence(cells: pl.Series) -> OrderEvidence:
    """What a column of trimmed text says about the order of day and month."""
    unique = cells.drop_nulls().unique()
    unique = unique.filter(unique.str.contains(_EITHER_ORDER))
    if unique.is_empty():
        return OrderEvidence()
    parts = unique.str.extract_groups(_EITHER_ORDER).struct.unnest().select(pl.col("a", "b").cast(pl.Int64))
    day, month = parts["a"] > 12, parts["b"] > 12
    return OrderEvidence(
        int((day & ~month).sum()), int((month & ~day).sum()), int((~day & ~month & (parts["a"] != parts["b"])).sum())
    )


def read_dates(cells: pl.Series, *, day_first: bool = True, formats: tuple[str, ...] = ()) -> Dates:
    """Read trimmed text as datetimes.

    Parameters
    ----------
    cells : pl.Series
        Text; empty cells are null.
    day_first : bool
        How dates ``a/b/yyyy`` are read where both orders give a date; where only one does, that one is taken.
    formats : tuple[str, ...]
        Formats (strftime) to use, in order, instead of all forms that are known.
    """
    if len(cells) == cells.null_count():
        nothing = cells.is_null() & cells.is_not_null()
        return Dates(cells.cast(pl.Datetime("us")), nothing, nothing)
    zone_dropped = False
    if formats:
        frame = cells.to_frame("text")
        values = frame.select(
            pl.coalesce(pl.col("text").str.to_datetime(form, time_unit="us", strict=False) for form in formats)
        ).to_series()
    else:
        values, zone_dropped = _read_all_forms(cells, day_first=day_first)
    return within_range(values, cells.is_not_null() & values.is_null(), zone_dropped=zone_dropped)


def within_range(values: pl.Series, unread: pl.Series, *, zone_dropped: bool = False) -> Dates:
    """Dates without those before 1900 or after 2200."""
    outside = ((values < FIRST) | (values > LAST)).fill_null(value=False)
    return Dates(values.set(outside, None) if outside.any() else values, unread, outside, zone_dropped)


def _read_all_forms(cells: pl.Series, *, day_first: bool) -> tuple[pl.Series, bool]:
    values = _read_iso(cells)
    rest = cells.filter(cells.is_not_null() & values.is_null()).unique(maintain_order=True)
    if rest.is_empty():
        return values, False
    read, zoned = _read_shapes(rest, day_first=day_first)
    return values.fill_null(cells.replace_strict(rest, read, default=None, return_dtype=pl.Datetime("us"))), zoned


def _read_iso(cells: pl.Series) -> pl.Series:
    """The forms that programmes write, by their length: quick, and most files hold nothing else."""
    text, length = pl.col("text"), pl.col("text").str.len_bytes()

    def form(layout: str) -> pl.Expr:
        return text.str.to_datetime(layout, time_unit="us", strict=False)

    forms = {
        10: [form("%Y-%m-%d")],
        16: [form("%Y-%m-%d %H:%M"), form("%Y-%m-%dT%H:%M")],
        19: [form("%Y-%m-%d %H:%M:%S"), form("%Y-%m-%dT%H:%M:%S")],
        26: [form("%Y-%m-%d %H:%M:%S%.f"), form("%Y-%m-%dT%H:%M:%S%.f")],
    }
    here = [size for size in cells.str.len_bytes().unique().drop_nulls() if size in forms]
    # One column a length: their rows do not overlap.
    values = [pl.when(length == size).then(pl.coalesce(forms[size])) for size in sorted(here)]
    value = pl.coalesce(values) if values else pl.lit(None, pl.Datetime("us"))
    return cells.to_frame("text").with_columns(value.alias("read")).get_column("read")


def _read_shapes(unique: pl.Series, *, day_first: bool) -> tuple[pl.Series, bool]:
    plain = unique.str.normalize("NFKC")
    read = _read_serial(plain)
    zoned = False
    for shape in _SHAPES:
        parts = plain.str.extract_groups(shape).struct.unnest()
        for absent in {"m", "d", "a", "b", "name"} - set(parts.columns):
            parts = parts.with_columns(pl.lit(None, pl.String).alias(absent))
        read = read.fill_null(parts.select(_assembled(day_first=day_first)).to_series())
        zoned = zoned or parts["z"].null_count() < parts.height
    return read, zoned


def _read_serial(plain: pl.Series) -> pl.Series:
    """Serial days of spreadsheets, to the second."""
    days = plain.set(~plain.str.contains(r"^\d{5}(\.\d+)?$"), None).cast(pl.Float64, strict=False)
    seconds = (days.set(days > _LAST_SERIAL, None) * 86_400).round().cast(pl.Int64)
    return (
        seconds.to_frame("s").select(pl.lit(_DAY_ZERO) + pl.duration(seconds="s")).to_series().cast(pl.Datetime("us"))
    )


def _assembled(*, day_first: bool) -> pl.Expr:
    """A datetime from the named parts y, m, d (or a, b; or name) and H, M, S, f, p; null where there is no such day."""
    a, b = pl.col("a"), pl.col("b")
    first, second = (a, b) if day_first else (b, a)
    swapped = second.cast(pl.Int64, strict=False) > 12
    day = pl.coalesce("d", pl.when(swapped).then(second).otherwise(first))
    by_name = pl.col("name").str.to_lowercase().str.slice(0, 3)
    named = by_name.replace_strict(_MONTHS, [str(i) for i in range(1, 13)], default=None, return_dtype=pl.String)
    month = pl.coalesce("m", named, pl.when(swapped).then(first).otherwise(second))
    clock = pl.col("H").cast(pl.Int64, strict=False).fill_null(0)
    afternoon = pl.col("p").str.to_lowercase() == "pm"
    hour = (
        pl.when(pl.col("p").is_null()).then(clock)
        .when(~clock.is_between(1, 12)).then(99)  # no such hour, so no such time
        .otherwise(clock % 12 + pl.when(afternoon).then(12).otherwise(0))
    )  # fmt: skip
    # Not pl.format: in Polars 2.1 it panics on some sliced frames.
    days = pl.concat_str("y", month.str.zfill(2), day.str.zfill(2), separator="-")
    times = pl.concat_str(
        hour.cast(pl.String).str.zfill(2), pl.col("M").fill_null("00"), pl.col("S").fill_null("00"), separator=":"
    )
    iso = pl.concat_str(days, times, separator="T")
    microseconds = pl.col("f").str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64, strict=False).fill_null(0)
    whole = iso.str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False)
    return (whole + pl.duration(microseconds=microseconds)).alias("read")
