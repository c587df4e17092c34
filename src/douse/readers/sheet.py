"""One file as a sheet: a header, and rows of cells. CSV and the like as text, Parquet with its types."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import polars as pl

from douse.readers.encoding import ARCHIVES, decode
from douse.readers.grid import Grid, read_grid
from douse.readers.sormas import is_entity_row, name_columns
from douse.records.blanks import trimmed
from douse.records.cells import NOT_CELLS
from douse.records.finding import file_finding, no_findings, without_guard
from douse.records.raw import Remark

PARQUET = (".parquet", ".pq")
TEXT = (".csv", ".tsv", ".txt", ".tab")
WORKBOOKS = (".xlsx", ".xls", ".xlsm", ".ods", ".zip", ".gz")
_LONGEST_NAME = 80
_HXL = re.compile(r"^#[a-z]\w*(\s*\+\s*\w+)*$")


@dataclass(frozen=True)
class Sheet:
    """Cells of a file under its header.

    Parameters
    ----------
    file : str
        Name of the file.
    cells : pl.DataFrame
        One column for each of the header, in its order; text, or typed (Parquet).
    lines : pl.Series
        Row in the file of each row, the header being 1.
    beyond : pl.DataFrame
        Text in cells beyond the header, which is kept only to be sent back.
    remarks : tuple[Remark, ...]
        Rows that are odd.
    """

    file: str
    cells: pl.DataFrame
    lines: pl.Series
    beyond: pl.DataFrame = field(default_factory=pl.DataFrame)
    remarks: tuple[Remark, ...] = ()

    @property
    def original(self) -> pl.DataFrame:
        """All cells, as they were sent."""
        return pl.concat([self.cells, self.beyond], how="horizontal") if self.beyond.width else self.cells

    def keep(self, rows: pl.Series) -> "Sheet":
        """Only the rows of a mask."""
        return replace(
            self,
            cells=self.cells.filter(rows),
            lines=self.lines.filter(rows),
            beyond=self.beyond.filter(rows) if self.beyond.width else self.beyond,
            remarks=tuple(replace(remark, rows=remark.rows.filter(rows)) for remark in self.remarks),
        )


def read_sheet(
    path: Path, encoding: str | None = None, separator: str | None = None
) -> tuple[Sheet | None, pl.DataFrame]:
    """Read one file; None, with a finding, where it is no table."""
    try:
        if path.suffix.lower() in PARQUET:
            return _from_parquet(path.name, pl.read_parquet(path, glob=False).rechunk())
        data = path.read_bytes()
    except (OSError, pl.exceptions.PolarsError):
        return None, file_finding(path.name, "unreadable_file")
    if data.startswith(ARCHIVES):
        return None, file_finding(path.name, "spreadsheet_file")
    decoded = decode(data, encoding)
    if decoded is None:
        return None, file_finding(path.name, "unreadable_file")
    notes = [file_finding(path.name, rule, encoding=decoded.encoding) for rule in decoded.rules]
    grid = read_grid(decoded.text, separator)
    if grid.rows.is_empty():
        return None, pl.concat([*notes, file_finding(path.name, "empty_file")])
    sheet, more = _from_grid(path.name, grid)
    return sheet, pl.concat([*notes, more])


def _from_grid(file: str, grid: Grid) -> tuple[Sheet, pl.DataFrame]:
    rows = [list(row) for row in grid.rows.head(5).iter_rows()]
    captions = [place for place, row in enumerate(rows) if (row[0] or "").lstrip().startswith("##")]
    places = [place for place in range(len(rows)) if place not in captions]
    if not places:  # nothing but captions
        places = [0]
    first, *more = places
    names: Sequence[str | None] = rows[first]
    if more and is_entity_row(names):
        names, last = name_columns(names, rows[more[0]]), more[0]
    else:
        last = first
    last = max([last, *(place for place in captions if place <= last + 1)])
    if last + 1 < len(rows) and _is_hxl(rows[last + 1]):
        last += 1
    width = _width(names, int(grid.widths[first]))
    header, notes = _header(file, names[:width])
    body = grid.rows.slice(last + 1)
    text = body.select(without_guard(column) for column in body.iter_columns()) if body.width else body
    beyond = text[:, width:]
    beyond = beyond.select(column for column in beyond.iter_columns() if column.null_count() < len(column))
    cells = text[:, :width].rename(dict(zip(text.columns[:width], header, strict=True)))
    remarks = _remarks(grid, last + 1, width, beyond)
    if body.is_empty():
        notes = pl.concat([notes, file_finding(file, "header_only")])
    # A file that was sent back may have such columns already.
    free = (name for n in count(1) if (name := f"beyond the header {n}") not in header)
    extra = beyond.rename(dict(zip(beyond.columns, free, strict=False)))
    return Sheet(file, cells, grid.lines.slice(last + 1), extra, remarks), notes


def _is_hxl(cells: Sequence[str | None]) -> bool:
    """Whether a row holds the hashtags of HXL, which say what each column is: ``#affected+infected``."""
    filled = [cell.strip() for cell in cells if cell and cell.strip()]
    return bool(filled) and all(_HXL.match(cell) for cell in filled)


def _width(names: Sequence[str | None], sent: int) -> int:
    """Columns of the header, without empty names at its end."""
    filled = [place for place, name in enumerate(names) if name and name.strip()]
    return min(len(names), max(sent, 1)) if not filled else filled[-1] + 1


def _header(file: str, names: Sequence[str | None]) -> tuple[list[str], pl.DataFrame]:
    """Names that are unique; the first of several equal ones keeps its name."""
    header: list[str] = []
    notes = [no_findings()]
    for place, given in enumerate(names, start=1):
        name = re.sub(r"[\s\x00-\x1f\ufeff\u200b]+", " ", given or "").strip() or f"column {place}"
        if name in header:
            notes.append(file_finding(file, "header_twice", column=f"column {place}"))
            name = next(new for n in range(2, len(names) + 2) if (new := f"{name} ({n})") not in header)
        header.append(name)
    return header, pl.concat(notes)


def _remarks(grid: Grid, start: int, width: int, beyond: pl.DataFrame) -> tuple[Remark, ...]:
    widths, stray = grid.widths.slice(start), grid.stray.slice(start)
    too_few = widths < width
    remarks = [Remark("stray_quote", stray), Remark("too_few_cells", too_few & ~stray)]
    if beyond.width:
        filled = beyond.select(pl.any_horizontal(pl.all().str.strip_chars().str.len_bytes() > 0)).to_series()
        remarks.append(Remark("too_many_cells", filled.fill_null(value=False), sets_aside=True))
    return tuple(remark for remark in remarks if remark.rows.any())


def _from_parquet(file: str, frame: pl.DataFrame) -> tuple[Sheet, pl.DataFrame]:
    nested = [name for name, kind in frame.schema.items() if isinstance(kind, NOT_CELLS)]
    notes = [file_finding(file, "nested_not_read", column=shown(name), foreign=shown(name)) for name in nested]
    if frame.is_empty():
        notes.append(file_finding(file, "header_only"))
    lines = pl.int_range(2, frame.height + 2, dtype=pl.UInt32, eager=True)
    return Sheet(file, frame.drop(nested), lines), pl.concat([no_findings(), *notes])


def shown(name: str) -> str:
    """A column's name as it is shown in findings."""
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


def text_cells(sheet: Sheet) -> pl.DataFrame:
    """All cells as trimmed text; empty ones null."""
    return sheet.cells.select(
        trimmed(column if column.dtype == pl.String else column.cast(pl.String, strict=False))
        for column in sheet.cells.iter_columns()
    )
