"""Fixtures that every test may use."""

import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from douse.records import Records
from douse.records.tables import TABLES

SHARED = Path(__file__).resolve().parents[2] / "shared"


def table(name: str, drawing: str) -> pl.DataFrame:
    """A frame of a table from a drawing with ``|`` between columns and a rule under the header.

    Columns that are not drawn are empty; ``record_id`` comes from the key columns, ``recorded_at`` is a date or
    a date and time.
    """
    lines = [line for line in (raw.strip() for raw in drawing.strip().splitlines()) if line and set(line) - set("-+ |")]
    header = [cell.strip() for cell in lines[0].split("|")]
    rows = [[cell.strip() or None for cell in line.split("|")] for line in lines[1:]]
    return frame(name, [dict(zip(header, row, strict=True)) for row in rows])


def frame(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """A frame of a table from rows; values may be text."""
    schema = TABLES[name]
    columns = []
    for column, kind in schema.columns().items():
        values = pl.Series(column, [row.get(column) for row in rows], strict=False)
        if values.dtype == pl.Null:
            values = values.cast(pl.String)
        if values.dtype == pl.String and kind.dtype == pl.Datetime:
            values = values.map_elements(datetime.fromisoformat, return_dtype=pl.Datetime("us"), skip_nulls=True)
        elif values.dtype == pl.String and kind.dtype == pl.Date:
            values = values.map_elements(date.fromisoformat, return_dtype=pl.Date, skip_nulls=True)
        columns.append(values.cast(kind.dtype))
    made = pl.DataFrame(columns)
    key = pl.concat_str([pl.col(c).cast(pl.String).fill_null("") for c in schema.key], separator="|")
    return made.with_columns(record_id=pl.coalesce("record_id", key))


def records(**drawings: str | list[dict[str, Any]]) -> Records:
    """Records from drawings (see `table`) or lists of rows (see `frame`), one a table."""
    frames = {
        name: table(name, given) if isinstance(given, str) else frame(name, given) for name, given in drawings.items()
    }
    return Records(frames, frozenset(frames))


@pytest.fixture
def spec() -> Callable[..., None]:
    """Small tables in, a small answer out: the form of a test that an epidemiologist can argue with."""

    def check(*, expr: Callable[[Records], Any], expect: Any, **drawings: str) -> None:
        answer = expr(records(**drawings))
        if isinstance(answer, pl.DataFrame) and isinstance(expect, set):
            first = next(c for c in answer.columns if c.endswith("_id") and c != "record_id")
            answer = set(answer[first])
        assert answer == expect

    return check


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real records and peers' outputs; tests that need it skip where it is absent, and say so."""
    if not SHARED.is_dir():
        pytest.skip("../shared is absent: real records and reference outputs cannot be read")
    return SHARED


if str(Path(__file__).parent) not in sys.path:
    sys.path.insert(0, str(Path(__file__).parent))
