"""Visits that are too many for one reading: files of the table of visits, in batches that pass the door one by one."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from douse.errors import DataError
from douse.readers.names import table_named
from douse.readers.native import read_native
from douse.readers.sheet import PARQUET, TEXT, Sheet, read_sheet
from douse.records.check import check
from douse.records.finding import Checked, file_finding, no_findings
from douse.records.raw import RawTables

FOLDER = "visits"


def visit_files(data: Path) -> list[Path]:
    """Files of visits of a data folder: those in its folder ``visits``, and those named after the table."""
    beside = [file for file in _files(data) if table_named(file.stem) == "visits"]
    return sorted([*beside, *_files(data / FOLDER)], key=lambda file: (file.parent != data, file.name))


def corrected(file: Path) -> frozenset[str]:
    """record_ids that rows of a file correct (its column ``supersedes``)."""
    if file.suffix.lower() in PARQUET:
        try:
            lazy = pl.scan_parquet(file, glob=False)
            if "supersedes" not in lazy.collect_schema():
                return frozenset()
            named = lazy.select("supersedes").drop_nulls().collect()
        except (OSError, pl.exceptions.PolarsError):
            return frozenset()  # said when it is read
        return frozenset(named["supersedes"].cast(pl.String))
    sheet, _ = read_sheet(file)
    if sheet is None or "supersedes" not in sheet.cells.columns:
        return frozenset()
    words = sheet.cells["supersedes"].cast(pl.String).str.strip_chars().drop_nulls()
    return frozenset(words.filter(words != ""))


def visit_batches(file: Path, rows: int) -> Iterator[Checked]:
    """The rows of a file through the door, so many at a time; text files in one batch.

    Raises
    ------
    DataError
        When a text file has more rows than a batch may have.
    """
    if file.suffix.lower() not in PARQUET:
        sheet, notes = read_sheet(file)
        if sheet is None:
            yield check(RawTables((), notes))
            return
        if sheet.cells.height > rows:
            raise DataError(
                f"{file.name} is too long to be read at once.",
                next_step="Save it as Parquet, or as one file a day; or allow more with --memory.",
            )
        yield _checked(sheet, notes)
        return
    for first, cells in _pieces(file, rows):
        if cells is None:
            yield check(RawTables((), file_finding(file.name, "unreadable_file")))
            return
        lines = pl.int_range(first + 2, first + 2 + cells.height, dtype=pl.UInt32, eager=True)
        yield _checked(Sheet(file.name, cells.rechunk(), lines), no_findings())


def _files(folder: Path) -> list[Path]:
    """Files of tables in a folder, where there is one."""
    there = folder.iterdir() if folder.is_dir() else ()
    known = (*PARQUET, *TEXT)
    return [file for file in there if file.is_file() and file.suffix.lower() in known and not file.name.startswith(".")]


def _pieces(file: Path, rows: int) -> Iterator[tuple[int, pl.DataFrame | None]]:
    """First row and cells of each piece of a Parquet file; no cells where it cannot be read any further."""
    first = 0
    try:
        total = pl.scan_parquet(file, glob=False).select(pl.len()).collect().item()
        for first in range(0, max(total, 1), rows):
            yield first, pl.scan_parquet(file, glob=False).slice(first, rows).collect()
    except (OSError, pl.exceptions.PolarsError):
        yield first, None


def _checked(sheet: Sheet, notes: pl.DataFrame) -> Checked:
    parts, said = read_native(sheet, "visits")
    return check(RawTables(tuple(parts), pl.concat([notes, said])))
