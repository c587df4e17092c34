"""Reports put into a triangle: how many of each date were reported with each delay, by an as-of date."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.units import DAYS_PER_WEEK

Floats = NDArray[np.float64]
Step = Literal["day", "week"]

STEPS: dict[Step, int] = {"day": 1, "week": DAYS_PER_WEEK}
# Without a longest delay: the one that this share of the known delays keeps, and never more steps than this.
SHARE_OF_DELAYS = 0.99
MOST_STEPS = 60
COLUMNS = "onset and reported (one row a case), or date, reported or delay, count (one row a date and delay)"


@dataclass(frozen=True)
class Triangle:
    """Reports by date and delay, as known on the as-of date.

    Attributes
    ----------
    first : datetime.date
        Date of row 0.
    step : {"day", "week"}
        Length of a row and of a delay.
    counts : numpy.ndarray[float64], shape (T, D + 1)
        Cases of date t (oldest first, the last is that of the as-of date) reported d steps after; 0 where t + d
        is after the as-of date.
    """

    first: date
    step: Step
    counts: Floats

    @property
    def reported(self) -> Floats:
        """Cases reported so far, by date."""
        total: Floats = self.counts.sum(1)
        return total

    @property
    def dates(self) -> list[date]:
        """Date of each row."""
        return [self.first + timedelta(days=t * STEPS[self.step]) for t in range(len(self.counts))]


def long_form(reports: pl.DataFrame, by: str | None, step: Step | None) -> pl.DataFrame:
    """Check the reports and bring both forms to one: group, date, told (date of the report), count.

    Rows without a date are left out, and so are reports before the date (they are errors of entry).

    Raises
    ------
    UsageError
        When columns are missing, dates are not dates, or a count is negative or not a number.
    """
    names = set(reports.columns)
    if {"onset", "reported"} <= names:
        form = reports.with_columns(date="onset", count=pl.lit(1.0))
    elif {"date", "count"} <= names and names & {"reported", "delay"}:
        form = reports
    else:
        raise UsageError("The reports lack columns that a nowcast needs.", allowed=COLUMNS)
    if by is not None and by not in names:
        raise UsageError("The reports have no column of the name given as `by`.", next_step="Name one that they have.")
    for name in ("date", "reported"):
        if name in form.columns and form.schema[name] != pl.Date:
            raise UsageError(f"The column {name} of the reports does not hold dates.", next_step="Cast it to a date.")
    count = pl.col("count").cast(pl.Float64, strict=False)
    if form.select((~count.is_finite() | (count < 0)).any()).item():
        raise UsageError("A count of the reports is negative or not a number.", allowed="0 or more")
    after = pl.col("date") + pl.duration(days=pl.col("delay") * STEPS[step or "day"]) if "delay" in names else None
    told = pl.col("reported") if "reported" in names or after is None else after
    group = pl.col(by) if by else pl.lit("all")
    rows = form.select(group=group, date="date", told=told, count=count).drop_nulls()
    return rows.filter(pl.col("told") >= pl.col("date"))


def find_step(rows: pl.DataFrame) -> Step:
    """Week where all dates and reports lie whole weeks apart (more than one date), else day."""
    first = pl.col("date").min()
    whole = [((pl.col(name) - first).dt.total_days() % DAYS_PER_WEEK == 0).all() for name in ("date", "told")]
    weekly = rows.select(pl.all_horizontal(*whole) & (pl.col("date").n_unique() > 1)).item()
    return "week" if weekly else "day"


def triangle_of(rows: pl.DataFrame, *, start: date, as_of: date, step: Step, max_delay: int | None) -> Triangle:
    """Triangle of one group.

    Parameters
    ----------
    rows : polars.DataFrame
        From `long_form`, one group, told by the as-of date.
    start, as_of : datetime.date
        Dates of the first and (in weeks: within) the last row.
    step : {"day", "week"}
        Weeks are counted from `start`; one that is not over on the as-of date is the last.
    max_delay : int, optional
        Longest delay, in steps; cases reported later are left out.
    """
    number = rows.select((pl.col("date", "told") - start).dt.total_days() // STEPS[step])
    row, told = number["date"].to_numpy(), number["told"].to_numpy()
    counts = rows["count"].to_numpy()
    longest = _longest(told - row, counts) if max_delay is None else max_delay
    kept = told - row <= longest
    triangle = np.zeros(((as_of - start).days // STEPS[step] + 1, longest + 1))
    np.add.at(triangle, (row[kept], (told - row)[kept]), counts[kept])
    return Triangle(start, step, triangle)


def _longest(delay: NDArray[np.int64], counts: Floats) -> int:
    """Delay that nearly all known cases keep, at least one step."""
    tally = np.bincount(delay, weights=counts)
    total = tally.sum()
    longest = int(np.searchsorted(tally.cumsum(), SHARE_OF_DELAYS * total)) if total else 1
    return min(max(longest, 1), MOST_STEPS)
