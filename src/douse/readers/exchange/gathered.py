"""Rows that a reader gathers out of nested forms, and what it has to say of single entries."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from douse.readers.native import with_our_codes
from douse.records.finding import SCHEMA, no_findings
from douse.records.raw import RawTable, RawTables
from douse.records.sentences import SENTENCES
from douse.records.tables import TABLES

NOTE, VALUE, ROW = "note", "value_set_aside", "row_set_aside"

OURS = ("record_id", "supersedes")  # columns that only our own tables have


class Gathered:
    """Rows by table and file, and findings by entry.

    The number of a row is that of the entry that it came from, from 1: what stands in a spreadsheet's margin for a
    file that is no table.
    """

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], list[tuple[int, Mapping[str, Any]]]] = {}
        self._said: list[tuple[Any, ...]] = []
        self._findings: list[pl.DataFrame] = []

    def add(self, file: str, entry: int, table: str, row: Mapping[str, Any]) -> None:
        """Keep one row; cells that are None are empty.

        Which record a row is, and which it corrects, is not for others to say: by that an entry could take the place of
        any record of ours.
        """
        for name in OURS:
            if row.get(name) is not None:
                self.say(file, entry, "names_of_records", VALUE, table=table, column=name)
                row = {column: cell for column, cell in row.items() if column != name}
        self._rows.setdefault((table, file), []).append((entry, row))

    def say(  # noqa: PLR0913  where, what and of which fields
        self, file: str, entry: int | None, rule: str, action: str = NOTE, *, table: str = "", column: str = "",
        **facts: str,
    ) -> None:  # fmt: skip
        """Keep one finding on an entry, or on the file as a whole (None)."""
        said = SENTENCES[rule].say(file=file, table=table, column=column, **facts)
        message, step = said.message, said.next_step
        self._said.append((file, entry, table or None, column or None, rule, action, message, step, None))

    def join(self, findings: pl.DataFrame) -> None:
        """Keep findings that are made already."""
        self._findings.append(findings)

    def raw(self) -> RawTables:
        """What the door takes."""
        made, notes = list[RawTable](), [no_findings(), *self._findings]
        for (table, file), rows in self._rows.items():
            names = [name for name in TABLES[table].column_names() if any(name in row for _, row in rows)]
            cells = pl.DataFrame({name: _column(name, rows) for name in names})
            lines = pl.Series([entry for entry, _ in rows], dtype=pl.UInt32)
            part, said = with_our_codes(RawTable(table, file, cells, lines, cells))
            made.append(part)
            notes.append(said)
        notes.append(pl.DataFrame(self._said, schema=SCHEMA, orient="row"))
        return RawTables(tuple(made), pl.concat(notes))


def _column(name: str, rows: list[tuple[int, Mapping[str, Any]]]) -> pl.Series:
    """Text, as it would stand in a file."""
    return pl.Series(name, [None if (cell := row.get(name)) is None else str(cell) for _, row in rows], dtype=pl.String)
