"""Daily counts of cases as a matrix on one calendar, with what is not known marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DailySeries:
    """Counts of S series over the same T days.

    Attributes
    ----------
    frame : polars.DataFrame
        The columns that name the series, and date: one row a series and day, in the order of the matrices.
    local, imported : numpy.ndarray[float64], shape (S, T)
        Cases a day; 0 where not known.
    unknown : numpy.ndarray[bool], shape (S, T)
        Days without a row, or without a count.
    whole : bool
        Whether the counts are whole numbers by their type.
    """

    frame: pl.DataFrame
    local: Floats
    imported: Floats
    unknown: NDArray[np.bool_]
    whole: bool

    @property
    def cases(self) -> Floats:
        """Local and imported cases, shape (S, T)."""
        return self.local + self.imported


def daily_series(daily: pl.DataFrame, by: str | Sequence[str] | None = None) -> DailySeries:
    """Put a frame of daily counts on one calendar, from its first to its last date.

    Parameters
    ----------
    daily : polars.DataFrame
        date and local (and imported), or date and count (all of them, `imported` among them); a row a day in any order.
    by : str or sequence of str, optional
        Columns that name the series.

    Raises
    ------
    UsageError
        When a column is missing or is not of its kind, a day has two rows, or a count is negative or not finite.
    """
    groups = [] if by is None else [by] if isinstance(by, str) else list(by)
    counts = _counts(daily, groups)
    if counts.is_empty():
        nothing = np.zeros((0, 0))
        return DailySeries(counts.select(*groups, "date"), nothing, nothing, nothing.astype(bool), whole=True)
    first, last = counts["date"].min(), counts["date"].max()
    if not isinstance(first, date) or not isinstance(last, date):
        raise UsageError("The daily counts hold a row without a date.", next_step="Leave such rows out.")
    days = pl.DataFrame({"date": pl.date_range(first, last, "1d", eager=True)})
    filled = _filled(counts.sort(*groups, "date"), groups, days)
    shape = (filled.height // days.height, days.height)
    local, imported = (filled[name].cast(pl.Float64).to_numpy().reshape(shape) for name in ("local", "imported"))
    unknown = np.isnan(local) | np.isnan(imported)
    return DailySeries(
        filled.select(*groups, "date"),
        np.where(unknown, 0.0, local),
        np.where(unknown, 0.0, imported),
        unknown,
        whole=counts["local"].dtype.is_integer(),
    )


def _counts(daily: pl.DataFrame, groups: list[str]) -> pl.DataFrame:
    missing = [name for name in ("date", *groups) if name not in daily.columns]
    if missing or not {"local", "count"} & set(daily.columns):
        what = missing[0] if missing else "local or count"
        raise UsageError(f"The daily counts have no column {what}.", allowed="date, local, imported; or date, count")
    if daily.schema["date"] != pl.Date:
        raise UsageError("The column date of the daily counts does not hold dates.", next_step="Cast it to a date.")
    imported = pl.col("imported") if "imported" in daily.columns else pl.lit(0)
    local = pl.col("local") if "local" in daily.columns else pl.col("count") - imported
    # Unsigned counts, as Polars makes them, would wrap round where more are imported than counted.
    counts = daily.with_columns(pl.selectors.unsigned_integer().exclude(groups).cast(pl.Int64)).select(
        *groups, "date", local=local, imported=imported
    )
    figures = pl.col("local", "imported").cast(pl.Float64)
    if counts.select((figures < 0).any() | (~figures.is_finite()).any()).select(pl.any_horizontal(pl.all())).item():
        raise UsageError("A daily count is negative or not a number.", allowed="0 or more")
    return counts


def _filled(counts: pl.DataFrame, groups: list[str], days: pl.DataFrame) -> pl.DataFrame:
    """A row for each series and day, from counts sorted by series and date."""
    number = counts.height // days.height
    offset = (counts["date"] - days["date"][0]).dt.total_days().to_numpy()
    series = counts.select(groups).unique() if groups else None
    wanted = 1 if series is None else series.height
    # Nearly all frames are complete: then there is nothing to join.
    whole = number == wanted and counts.height == number * days.height
    if whole and (offset.reshape(number, -1) == np.arange(days.height)).all():
        return counts
    if counts.select(*groups, "date").is_duplicated().any():
        raise UsageError("A series has more than one row of a day.", next_step="Add the counts of a day up first.")
    grid = days if series is None else series.join(days, how="cross")
    return grid.join(counts, on=[*groups, "date"], how="left", nulls_equal=True).sort(*groups, "date")
