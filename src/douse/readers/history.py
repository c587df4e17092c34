"""What hindsight knows: a table of past outbreaks, with the days on which they began and on which people reacted."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from douse.errors import DataError
from douse.readers.sheet import read_sheet
from douse.records.dates import read_dates

COLUMNS = ("event", "zone", "began", "ended", "reacted")
_NEEDED = ("event", "began")
_DAYS = ("began", "ended", "reacted")


def read_history(path: Path) -> pl.DataFrame:
    """Read a file of past outbreaks.

    Parameters
    ----------
    path : Path
        CSV, TSV or Parquet with the columns event (a name) and began (first day), and where known zone (empty: the
        whole area), ended (last day; empty: goes on) and reacted (day on which history reacted). Other columns are
        ignored.

    Returns
    -------
    polars.DataFrame
        event, zone (strings), began, ended, reacted (dates); by began, event, zone.

    Raises
    ------
    DataError
        When the file cannot be read, lacks a needed column, has a row without a name or a first day, a name that
        stands twice, a date that is none, or a last day before the first.
    """
    sheet, _ = read_sheet(path)
    if sheet is None:
        raise DataError(
            f"{path.name} cannot be read as a table.",
            allowed="CSV, TSV or Parquet",
            next_step="Save it as CSV (UTF-8).",
        )
    for name in _NEEDED:
        if name not in sheet.cells.columns:
            raise DataError(
                f"{path.name} has no column {name}.",
                allowed=", ".join(COLUMNS),
                next_step="Name the columns so; zone, ended and reacted may be left out.",
            )
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in COLUMNS if name not in sheet.cells.columns]
    text = sheet.cells.with_columns(absent).select(pl.col(COLUMNS).cast(pl.String).str.strip_chars())
    text = text.with_columns(pl.when(pl.col(COLUMNS) != "").then(pl.col(COLUMNS)).name.keep())
    rows = _Rows(path.name, sheet.lines)
    table = text.with_columns(rows.dates(text[name]) for name in _DAYS)
    rows.refuse(table["event"].is_null(), "event", "is empty", "a name")
    rows.refuse(table["event"].is_duplicated(), "event", "stands twice", "a name of its own for each outbreak")
    rows.refuse(table["began"].is_null(), "began", "is empty", "a day")
    early = (table["ended"] < table["began"]).fill_null(value=False)
    rows.refuse(early, "ended", "comes before began", "the first day or a later one")
    return table.sort("began", "event", "zone")


@dataclass(frozen=True)
class _Rows:
    """Rows of the file, to say which one is wrong."""

    file: str
    lines: pl.Series

    def dates(self, cells: pl.Series) -> pl.Series:
        read = read_dates(cells)
        self.refuse(read.unread | read.out_of_range, cells.name, "is not a day", "a day as 2020-02-18")
        return read.values.cast(pl.Date).alias(cells.name)

    def refuse(self, wrong: pl.Series, column: str, what: str, allowed: str) -> None:
        if wrong.any():
            row = self.lines.filter(wrong)[0]
            raise DataError(
                f"{self.file} row {row}, column {column}: {what}.", allowed=allowed, next_step="Correct the row."
            )
