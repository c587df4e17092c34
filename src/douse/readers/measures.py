"""Measures of a file: a table of measures, or the measures of a plan as Douse writes them."""

from datetime import date, timedelta
from pathlib import Path

from douse.errors import DataError
from douse.readers.plain_table import read_table
from douse.records.codes import CLOSED, LEVELS, MEASURE_KINDS
from douse.records.measure import Because, Measure

_DAYS = ("start", "review_on", "expires_on", "ended_on")
_FOREVER = timedelta(days=3650)


def read_measures(path: Path) -> tuple[Measure, ...]:
    """Read a CSV or Parquet file with columns of the table of measures: kind, start; zone, level, closed, expires_on.

    The `measures.csv` of a plan has them. A measure without an end goes on.

    Raises
    ------
    DataError
        When the file cannot be read, a column is missing, or a row says what cannot be; the row is named.
    """
    frame = read_table(path, as_text=True)
    for column in ("kind", "start"):
        if column not in frame.columns:
            raise DataError(
                f"{path.name} has no column {column}.",
                allowed="kind, zone, level, closed, start, expires_on",
                next_step="Add the column; the data dictionary says what it holds.",
            )
    return tuple(_measure(path, number, row) for number, row in enumerate(frame.iter_rows(named=True), start=1))


def _measure(path: Path, number: int, row: dict[str, str | None]) -> Measure:
    kind, level, closed = row["kind"] or "", row.get("level") or None, row.get("closed") or None
    for column, value, allowed in (("kind", kind, MEASURE_KINDS), ("level", level, LEVELS), ("closed", closed, CLOSED)):
        if value is not None and value not in allowed:
            raise DataError(
                f"{path.name} row {number}, column {column}: not one of its codes.",
                allowed=", ".join(allowed),
                next_step="Correct the row.",
            )
    if kind == "level" and level is None:
        raise DataError(f"{path.name} row {number}: a measure of kind level names no level.", allowed=", ".join(LEVELS))
    start, review, expires, ended = (_day(path, number, column, row.get(column)) for column in _DAYS)
    if start is None:
        raise DataError(f"{path.name} row {number}: the measure has no first day.", next_step="Fill the column start.")
    end = min((day for day in (expires, ended) if day is not None), default=start + _FOREVER)
    nothing = Because("")
    return Measure(
        id=row.get("measure_id") or row.get("id") or str(number),
        action=row.get("action") or "start",
        kind=kind,
        zone=row.get("zone") or None,
        level=level,
        level_before=None,
        start=start,
        review_on=review or end,
        expires_on=end,
        people=None,
        person_days=None,
        reason=nothing,
        evidence=(),
        lift_rule=nothing,
        lesser="",
        lesser_fails=nothing,
        support=(),
        closed=closed,
    )


def _day(path: Path, number: int, column: str, text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise DataError(
            f"{path.name} row {number}, column {column}: not a day.", allowed="year-month-day, for example 2026-03-05"
        ) from None
