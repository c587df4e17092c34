"""What an export leaves out, and why: one line a table, a column, or a row."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from douse.outputs.words import Words
from douse.records.finding import write_csv
from douse.records.ledger_tables import LEDGER_TABLES
from douse.records.measure import Because
from douse.records.records import Records

FILE = "left-out.csv"
_SCHEMA = {"table": pl.String, "column": pl.String, "record_id": pl.String, "rows": pl.Int64, "why": pl.String}
# What the as-of view adds, and what only says which row corrects which.
_OF_THE_VIEW = ("record_id", "supersedes", "first_recorded_at")


class LeftOut:
    """Gathers what is left out while an export is written."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self._rows: list[tuple[str, str | None, str | None, int, str]] = []

    def whole(self, table: str, rows: int, why: Because) -> None:
        """Leave out a table."""
        if rows:
            self._rows.append((table, None, None, rows, self.words.because(why)))

    def column(self, table: str, column: str, rows: int, why: Because) -> None:
        """Leave out the filled cells of a column."""
        if rows:
            self._rows.append((table, column, None, rows, self.words.because(why)))

    def row(self, table: str, record: str | None, why: Because, *, column: str = "") -> None:
        """Leave out one row, or one cell of it."""
        self._rows.append((table, column or None, record, 1, self.words.because(why)))

    def beyond(
        self, records: Records, held: Mapping[str, Iterable[str]], why_table: Because, why_column: Because
    ) -> None:
        """Leave out the tables, and of the others the columns, that a form has no place for.

        Parameters
        ----------
        records : Records
            What is exported.
        held : Mapping[str, Iterable[str]]
            Table -> columns that the form holds.
        why_table, why_column : Because
            Why a table, and why a column, is left out.
        """
        for table in records.frames:
            frame = records.table(table)
            if table not in held:
                self.whole(table, frame.height, why_table)
                continue
            kept = {*held[table], *_OF_THE_VIEW}
            for column in frame.columns:
                if column not in kept:
                    self.column(table, column, frame.height - frame[column].null_count(), why_column)

    def frame(self) -> pl.DataFrame:
        """All that was left out: table, column, record_id, rows, why."""
        return pl.DataFrame(self._rows, schema=_SCHEMA, orient="row")

    def write(self, out: Path) -> Path:
        """Write `left-out.csv` into a folder; a file with nothing but its header says that nothing was left out."""
        path = out / FILE
        write_csv(self.frame(), path)
        return path


def all_columns(*tables: str) -> dict[str, tuple[str, ...]]:
    """Tables with all their columns: what a form holds that has a place for anything."""
    return {name: tuple(LEDGER_TABLES[name].column_names()) for name in tables}
