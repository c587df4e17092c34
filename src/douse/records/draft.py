"""A table on its way through the door: rows still in, rows set aside, and what was found."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from douse.records.finding import SCHEMA, file_finding, no_findings
from douse.records.raw import RawTable
from douse.records.sentences import MENDED_LATER, SENTENCES
from douse.records.tables import TABLES, Table

# Number of a row among all rows that were sent for the table, in the order of the files. Not a column of any table.
ROW = "row_position"
# Rows to work on at a time where all at once would need much memory.
SLICE = 250_000


def no_rows() -> pl.Series:
    """Rows: none."""
    return pl.Series(ROW, [], dtype=pl.UInt32)


class Draft:
    """One table on its way through the door.

    Attributes
    ----------
    name : str
        Name of the table.
    schema : type[Table]
        Its definition.
    frame : pl.DataFrame
        Rows still in: columns of the table and `ROW`.
    """

    def __init__(self, name: str, parts: Sequence[RawTable]) -> None:
        self.name = name
        self.schema: type[Table] = TABLES[name]
        self.frame = self.schema.create_empty().with_columns(pl.lit(0, pl.UInt32).alias(ROW))
        self._parts = parts
        self._starts = np.cumsum([0, *(len(part.lines) for part in parts)])
        self._found: list[pl.DataFrame] = []
        self._about_files: list[pl.DataFrame] = []
        self._aside: list[pl.Series] = []
        self._told: pl.Series | None = None

    def part_of(self, rows: pl.Series) -> np.ndarray:
        """Which of the parts each row came from; shape (rows,)."""
        return np.searchsorted(self._starts[1:], rows.to_numpy(), side="right")

    def rows_of(self, part: int) -> pl.Series:
        """Numbers of the rows of one part."""
        return pl.int_range(int(self._starts[part]), int(self._starts[part + 1]), dtype=pl.UInt32, eager=True)

    def find(self, rows: pl.Series, rule: str, action: str, *, column: str = "", **facts: str) -> None:
        """Keep one finding for each row.

        `rule` names the sentence, or a row rule of the table when its `words` are among the facts.
        """
        if rows.is_empty():
            return
        sentence = SENTENCES["row_rule" if "words" in facts else rule]
        said = sentence.say(rule=rule, table=self.name, column=column, **facts)
        self._found.append(
            pl.DataFrame({ROW: rows.cast(pl.UInt32)}).with_columns(
                column=pl.lit(column or None, pl.String),
                rule=pl.lit(rule),
                action=pl.lit(action),
                message=pl.lit(said.message),
                next_step=pl.lit(said.next_step),
            )
        )

    def note_file(self, part: int, rule: str, *, column: str = "", **facts: str) -> None:
        """Keep one note about the file of a part."""
        self._about_files.append(file_finding(self._parts[part].file, rule, table=self.name, column=column, **facts))

    def set_aside(self, rows: pl.Series) -> None:
        """Take whole rows out; they go to the rejected rows."""
        if rows.is_empty():
            return
        self._aside.append(rows.cast(pl.UInt32))
        self.drop(rows)

    def drop(self, rows: pl.Series) -> None:
        """Take whole rows out quietly."""
        self.frame = self.frame.filter(~pl.col(ROW).is_in(rows.cast(pl.UInt32).implode()))

    def remember_told(self) -> None:
        """Remember when each row was told, for the findings; to be called while all rows are in."""
        self._told = self.frame["recorded_at"]

    def records(self) -> pl.DataFrame:
        """The rows that passed."""
        return self.frame.drop(ROW)

    def findings(self) -> pl.DataFrame:
        """All that was found, with file and row."""
        if not self._found:
            return pl.concat([no_findings(), *self._about_files])
        found = pl.concat(self._found)
        part = self.part_of(found[ROW])
        lines = pl.concat([part.lines.cast(pl.Int64) for part in self._parts])
        told = pl.lit(None, pl.Datetime("us")) if self._told is None else self._told.gather(found[ROW])
        lasting = ~pl.col("rule").is_in(MENDED_LATER)
        located = found.with_columns(
            file=pl.Series([part.file for part in self._parts]).gather(part),
            row=lines.gather(found[ROW]),
            table=pl.lit(self.name),
            recorded_at=pl.when(lasting).then(told),
        )
        return pl.concat([*self._about_files, located.select(SCHEMA.names())])

    def rejected(self) -> pl.DataFrame | None:
        """Original columns and cells, as text, of the rows that were set aside; None when there are none."""
        if not self._aside:
            return None
        rows = pl.concat(self._aside).unique().sort()
        part_of = self.part_of(rows)
        pieces = []
        for number, part in enumerate(self._parts):
            mine = rows.filter(pl.Series(part_of == number))
            if len(mine):
                pieces.append(part.original[(mine - int(self._starts[number])).to_list()].cast(pl.String))
        return pl.concat(pieces, how="diagonal")
