"""Delimited text to a grid of cells, one row a row of a spreadsheet. Nothing raises: odd rows are marked."""

import csv
import io
from dataclasses import dataclass

import polars as pl

_SEPARATORS = (",", ";", "\t", "|")
# The csv module refuses longer cells unless told; an outline of a zone may have a million characters.
_LONGEST_CELL = 2**31 - 1
# Filled cells beyond the header are kept for the rejected rows, but no more columns than that.
_MOST_EXTRA = 8


@dataclass(frozen=True)
class Grid:
    """Cells of a file, its first row that is not empty first.

    Parameters
    ----------
    rows : pl.DataFrame
        Text; columns ``c0``, ``c1``, …; empty cells are null. Wholly empty rows are left out.
    lines : pl.Series
        Row in a spreadsheet of each row, from 1.
    widths : pl.Series
        Cells that each row has in the file.
    stray : pl.Series
        Mask: rows with a quotation mark that is never closed.
    """

    rows: pl.DataFrame
    lines: pl.Series
    widths: pl.Series
    stray: pl.Series


def read_grid(text: str, separator: str | None = None) -> Grid:
    """Split text into cells.

    Parameters
    ----------
    text : str
        With plain line ends (no carriage returns).
    separator : str, optional
        One character; told from the first row when not given (comma, semicolon, tab, bar).
    """
    first_line = 1
    if text[:4].lower() == "sep=" and text[5:6] in ("\n", ""):  # how spreadsheets name the separator
        separator, text, first_line = separator or text[4], text[6:], 2
    text = text.removesuffix("\n")
    separator = separator or _sniffed(text)
    read = _read_plain if '"' not in text and separator.isascii() else _read_quoted
    grid = read(text, separator)
    filled = _filled(grid.rows)
    return Grid(
        grid.rows.filter(filled),
        (grid.lines + (first_line - 1)).filter(filled),
        grid.widths.filter(filled),
        grid.stray.filter(filled),
    )


def _filled(rows: pl.DataFrame) -> pl.Series:
    """Mask: rows that hold anything but blanks."""
    filled = rows["c0"].str.strip_chars().str.len_bytes().fill_null(0) > 0
    doubtful = rows.filter(~filled)
    text = doubtful.select(pl.any_horizontal(pl.all().str.strip_chars().str.len_bytes() > 0).fill_null(value=False))
    return filled.scatter((~filled).arg_true(), text.to_series())


def _sniffed(text: str) -> str:
    """The separator that the first row has most of, outside quotation marks."""
    header = next((line for line in text.split("\n", 20) if line.strip()), "")
    unquoted = "".join(header.split('"')[::2])
    counts = [unquoted.count(separator) for separator in _SEPARATORS]
    return _SEPARATORS[counts.index(max(counts))]


def _read_plain(text: str, separator: str) -> Grid:
    """Text without quotation marks: every line is a row."""
    widths = [line.count(separator) + 1 for line in text.split("\n")]
    columns = _columns(widths)
    header = separator.join(f"c{i}" for i in range(columns))
    rows = pl.read_csv(
        f"{header}\n{text}\n".encode(),
        separator=separator,
        quote_char=None,
        infer_schema=False,
        truncate_ragged_lines=True,
    )
    return _grid(rows, widths, [False] * len(widths))


def _read_quoted(text: str, separator: str) -> Grid:
    """Text with quotation marks: cells may hold separators and line ends."""
    csv.field_size_limit(_LONGEST_CELL)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
        stray = [False] * len(rows)
    except csv.Error:
        # A mark that is never closed would swallow the rows behind it.
        rows, stray = _read_line_by_line(text, separator)
    widths = [len(row) for row in rows]
    columns = _columns(widths)
    cells = {
        f"c{i}": pl.Series([row[i] or None if i < len(row) else None for row in rows], dtype=pl.String)
        for i in range(columns)
    }
    return _grid(pl.DataFrame(cells), widths, stray)


def _read_line_by_line(text: str, separator: str) -> tuple[list[list[str]], list[bool]]:
    """Each line for itself; where its quotation marks do not close they are plain characters."""
    lines = text.split("\n")
    stray = [line.count('"') % 2 == 1 for line in lines]
    rows = [
        line.split(separator) if odd else next(csv.reader([line], delimiter=separator), [])
        for line, odd in zip(lines, stray, strict=True)
    ]
    return rows, stray


def _columns(widths: list[int]) -> int:
    """Columns of the grid: those of the first row that is not empty, and some more where a row is longer."""
    header = next((width for width in widths if width > 1), 1)
    return max(header, min(max(widths, default=1), header + _MOST_EXTRA))


def _grid(rows: pl.DataFrame, widths: list[int], stray: list[bool]) -> Grid:
    return Grid(
        rows,
        pl.int_range(1, rows.height + 1, dtype=pl.UInt32, eager=True),
        pl.Series(widths, dtype=pl.Int64),
        pl.Series(stray, dtype=pl.Boolean),
    )
