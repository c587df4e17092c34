"""Raw tables: what a reader hands to the door (`check.py`)."""

from dataclasses import dataclass, field

import polars as pl

from douse.records.finding import no_findings


@dataclass(frozen=True)
class Remark:
    """Something that the reader saw in single rows.

    `rule` names a sentence of `sentences.py`; `rows` is a mask over the rows of the raw table.
    """

    rule: str
    rows: pl.Series
    sets_aside: bool = False


@dataclass(frozen=True)
class RawTable:
    """Rows of one file for one table: our columns, foreign or no types, nothing checked.

    Parameters
    ----------
    table : str
        Name of the table that the rows feed.
    file : str
        Name of the file.
    cells : pl.DataFrame
        Some of the table's columns; text as in the file, or typed (Parquet).
    lines : pl.Series
        Row in the file of each row, the header being 1.
    original : pl.DataFrame
        The file's own columns and cells, row by row.
    dates : tuple[str, ...]
        Date formats that the file uses; empty: told from the cells.
    distinct : bool
        Rows that repeat a key are expected (places taken from visits): the one told earliest counts, and the
        others are no findings.
    remarks : tuple[Remark, ...]
        What the reader saw in single rows.
    """

    table: str
    file: str
    cells: pl.DataFrame
    lines: pl.Series
    original: pl.DataFrame
    dates: tuple[str, ...] = ()
    distinct: bool = False
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class RawTables:
    """All that was read, and what there is to say about the files as a whole."""

    tables: tuple[RawTable, ...]
    findings: pl.DataFrame = field(default_factory=no_findings)
