"""Counts as series on one calendar: the frame that every detector takes, and the frame that it gives back."""

import math
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.units import DAYS_PER_WEEK

Floats = NDArray[np.float64]
Step = Literal["day", "week", "month"]

NEEDED = ("zone", "date", "count")
# Steps a year; a year of weeks is 52 rows back, as in R's surveillance for a series without dates.
STEPS_PER_YEAR: dict[Step, int] = {"day": 365, "week": 52, "month": 12}


@dataclass(frozen=True)
class Series:
    """Counts of all zones on one regular calendar.

    A date of the calendar for which a zone has no row, or a row without a count, is not known: it is NaN in `counts`,
    never a zero. Send the steps on which nobody was reported as 0.

    Attributes
    ----------
    frame : polars.DataFrame
        The rows given, sorted by zone and date, with the columns zone, date, count and those asked for.
    row, column : numpy.ndarray[int64], shape (N,)
        Series and step of each row of `frame`.
    zones : list of str
        Zone of each series, sorted.
    step : {"day", "week", "month"}
        Distance between two steps: a week where all dates of the frame lie whole weeks apart, a month where all
        have the same day of the month and do not, else a day.
    first : datetime.date
        Date of column 0 (1970-01-01 for a frame without rows).
    """

    frame: pl.DataFrame
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    zones: list[str]
    step: Step
    first: date

    @property
    def steps_per_year(self) -> int:
        """Steps in a year: 365, 52 or 12."""
        return STEPS_PER_YEAR[self.step]

    @property
    def shape(self) -> tuple[int, int]:
        """Number of series and of steps."""
        return len(self.zones), int(self.column.max()) + 1 if len(self.column) else 0

    @cached_property
    def counts(self) -> Floats:
        """Counts, shape (S, T), oldest step first, NaN where not known."""
        return self.matrix("count")

    def matrix(self, name: str) -> Floats:
        """A numeric column of the frame, shape (S, T), NaN where not known."""
        filled = np.full(self.shape, np.nan)
        filled[self.row, self.column] = self.frame[name].cast(pl.Float64).to_numpy()
        return filled

    def answer(self, *, alarm: NDArray[np.bool_] | None = None, **columns: Floats) -> pl.DataFrame:
        """The rows given, with a detector's figures beside them.

        Parameters
        ----------
        alarm : numpy.ndarray[bool], shape (S, T), optional
            Whether each step alarms; without it, where the count is above the bound.
        **columns : numpy.ndarray[float64], shape (S, T)
            expected, bound, score, p, recurrence: each becomes a column in the order given; not finite becomes
            null. One of them is ``bound``: where it is null the step was not judged and alarm is null too.

        Returns
        -------
        polars.DataFrame
            zone, date, count (and other columns asked for), the figures, alarm; one row a row given, sorted by
            zone and date.
        """
        at = (self.row, self.column)
        figures = [
            pl.Series(name, np.where(np.isfinite(values[at]), values[at], np.nan), nan_to_null=True)
            for name, values in columns.items()
        ]
        flags = pl.col("count") > pl.col("bound") if alarm is None else pl.lit(pl.Series("alarm", alarm[at]))
        judged = pl.col("bound").is_not_null() & pl.col("count").is_not_null()
        return self.frame.with_columns(figures).with_columns(alarm=pl.when(judged).then(flags))


def series_of(counts: pl.DataFrame, *extra: str) -> Series:
    """Put a tidy frame of counts on one calendar, checked.

    Parameters
    ----------
    counts : polars.DataFrame
        Columns zone, date, count and `extra`; one row a zone and date, in any order. `zone` may be absent where
        there is one series. A count is 0 or more, or null where not known.
    *extra : str
        Further columns that the detector needs (population, offset).

    Raises
    ------
    UsageError
        When a column is missing, a date or zone is empty, a zone has two rows of a date, or a count is negative.
    """
    given = counts if "zone" in counts.columns or "date" not in counts.columns else _as_one(counts)
    wanted = [*NEEDED, *extra]
    missing = [name for name in wanted if name not in given.columns]
    if missing:
        raise UsageError(f"The counts have no column {missing[0]}.", allowed=", ".join(wanted))
    frame = given.select(wanted).with_columns(pl.col("zone").cast(pl.String))
    _check(frame)
    if not frame.select(_in_order()).item():
        frame = _sorted(frame)
    _check_unique(frame)
    row = frame["zone"].rle_id().to_numpy().astype(np.int64)
    zones = frame["zone"].unique(maintain_order=True).to_list()
    if frame.is_empty():
        return Series(frame, row, row, zones, "day", date(1970, 1, 1))
    step, column = _calendar(frame["date"])
    first: date = frame["date"].sort()[0]
    return Series(frame, row, column, zones, step, first)


def _as_one(counts: pl.DataFrame) -> pl.DataFrame:
    return counts.with_columns(zone=pl.lit("all"))


def _check(frame: pl.DataFrame) -> None:
    if frame.schema["date"] != pl.Date:
        raise UsageError("The column date of the counts does not hold dates.", next_step="Cast it to a date first.")
    if not frame.schema["count"].is_numeric():
        raise UsageError("The column count of the counts does not hold numbers.", allowed="numbers of 0 or more")
    if frame["zone"].null_count() or frame["date"].null_count():
        raise UsageError("A row of the counts has no zone or no date.", next_step="Leave such rows out.")
    count = pl.col("count")
    if frame.select((count < 0).any() | (count.is_nan() | count.is_infinite()).any()).item():
        raise UsageError(
            "A count is negative or not a number.",
            allowed="0 or more",
            next_step="Correct the counts; leave out what is unknown.",
        )


def _in_order() -> pl.Expr:
    zone, day = pl.col("zone"), pl.col("date")
    before, previous = zone.shift(), day.shift()
    return ((before < zone) | ((before == zone) & (previous <= day))).all()


def _sorted(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows by zone and date; several times faster by the rank of a zone than by its name."""
    zones = frame["zone"].unique().sort()
    rank = frame["zone"].replace_strict(zones, pl.Series(range(len(zones)), dtype=pl.Int64)).to_numpy()
    day = frame["date"].cast(pl.Int32).to_numpy().astype(np.int64)
    day -= day.min()
    return frame[np.argsort(rank * (day.max() + 1) + day, kind="stable")]


def _check_unique(frame: pl.DataFrame) -> None:
    again = (pl.col("zone") == pl.col("zone").shift()) & (pl.col("date") == pl.col("date").shift())
    if frame.select(again.any()).item():
        raise UsageError(
            "A zone has more than one row of a date.",
            allowed="one row a zone and date",
            next_step="Add the counts of a zone and date up first.",
        )


def _calendar(days: pl.Series) -> tuple[Step, NDArray[np.int64]]:
    """Step between the dates, and the column of each."""
    number = days.cast(pl.Int32).to_numpy().astype(np.int64)
    apart = np.unique(number - number.min())
    gap = math.gcd(*apart.tolist())
    if gap and gap % DAYS_PER_WEEK == 0:
        return "week", (number - number.min()) // DAYS_PER_WEEK
    if len(apart) > 1 and days.dt.day().n_unique() == 1:
        month = days.dt.year().to_numpy().astype(np.int64) * STEPS_PER_YEAR["month"] + days.dt.month().to_numpy()
        return "month", month - month.min()
    return "day", number - number.min()
