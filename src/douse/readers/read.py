"""Data to raw tables: what each file is, and who reads it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from douse.errors import DataError
from douse.readers.mapped import read_mapped
from douse.readers.names import form_of, match, table_named
from douse.readers.native import read_native
from douse.readers.sheet import PARQUET, TEXT, WORKBOOKS, Sheet, read_sheet
from douse.records.finding import file_finding, no_findings
from douse.records.mapping import Mapping, TableFrom
from douse.records.raw import RawTable, RawTables
from douse.records.tables import REQUIRED_TABLES, TABLES

Progress = Callable[[str, float], None]
KNOWN = (*TEXT, *PARQUET, *WORKBOOKS)
OURS = frozenset({"findings.csv", "left-out.csv"})  # what Douse itself says of files


def read_raw(
    path: Path,
    mapping: Mapping | None = None,
    progress: Progress | None = None,
    *,
    without: frozenset[str] = frozenset(),
    required: Collection[str] = REQUIRED_TABLES,
) -> RawTables:
    """Read a folder of tables, or one file, as raw tables.

    Parameters
    ----------
    path : Path
        A folder of CSV, TSV or Parquet files, or one such file.
    mapping : Mapping, optional
        What feeds what; files that it does not name are still read when their name is a table.
    progress : Callable[[str, float], None], optional
        Told the name of each file and the share done, from 0 to 1.
    without : frozenset of str
        Tables whose files are passed over, since they are kept elsewhere (visits, in an index).
    required : collection of str
        Tables that have to be there; none where the others are kept elsewhere (in a ledger).

    Returns
    -------
    RawTables
        Raw tables with notes on what was guessed and what was not read.

    Raises
    ------
    DataError
        When there is nothing there, or a table that is required cannot be read.
    MappingError
        When the mapping names a column that its file has not.
    """
    files = [file for file in _files(path) if table_named(file.stem) not in without]
    reading = _Reading(files, mapping, progress, one_file=path.is_file())
    reading.read_all()
    raw = RawTables(tuple(reading.tables), pl.concat([no_findings(), *reading.findings]))
    _require(required, path, raw)
    return raw


@dataclass
class _Reading:
    """One reading of some files."""

    files: list[Path]
    mapping: Mapping | None
    progress: Progress | None
    one_file: bool
    tables: list[RawTable] = field(default_factory=list)
    findings: list[pl.DataFrame] = field(default_factory=list)
    _sheets: dict[Path, Sheet | None] = field(default_factory=dict)
    _line_lists: list[Sheet] = field(default_factory=list)

    def read_all(self) -> None:
        mapped = self._read_mapped(self.mapping) if self.mapping else set()
        rest = [file for file in self.files if file not in mapped]
        for done, file in enumerate(rest):
            self._say(file, done / len(rest))
            self._read_unmapped(file)
        self._read_line_list()
        if self.progress:
            self.progress("", 1.0)

    def _read_mapped(self, mapping: Mapping) -> set[Path]:
        """Read what the mapping names; gives the files that it names."""
        named: set[Path] = set()
        missing: set[str] = set()
        for number, wanted in enumerate(mapping.table, start=1):
            files = self._files_of(wanted.file, mapping)
            named |= {
                file for name in (wanted.file, *(j.file for j in wanted.join)) for file in self._files_of(name, mapping)
            }
            missing |= {j.file for j in wanted.join if not self._files_of(j.file, mapping)} | (
                {wanted.file} if not files else set()
            )
            for file in files:
                self._say(file, (number - 1) / len(mapping.table))
                sheet = self._sheet(file, wanted)
                if sheet is None:
                    continue
                where = f"{mapping.name}, key table[{number}]"
                part, notes = read_mapped(wanted, sheet, lambda name: self._joined(name, mapping), where)
                self.tables.append(part)
                self.findings.append(notes)
        self.findings += [file_finding(name, "file_of_mapping_missing") for name in sorted(missing)]
        return named

    def _read_unmapped(self, file: Path) -> None:
        table = table_named(file.stem)
        if file.suffix.lower() in WORKBOOKS:
            self.findings.append(file_finding(file.name, "spreadsheet_file"))
            return
        if self.mapping and table is None:
            self.findings.append(file_finding(file.name, "not_in_mapping"))
            return
        sheet = self._sheet(file)
        if sheet is None:
            if table and "empty_file" in self.findings[-1]["rule"]:  # it was sent, empty
                self.tables.append(_nothing(table, file.name))
            return
        form = form_of(sheet.cells.columns)
        if form is not None:
            said = "form" if form.table else "no_case_of_contact"
            self.findings.append(file_finding(file.name, said, table=form.table or "", form=form.name))
            table = form.table
            if table is None:
                return
        if table is None:
            self._line_lists.append(sheet)
            return
        self._read_native(sheet, table)

    def _read_native(self, sheet: Sheet, table: str) -> None:
        parts, notes = read_native(sheet, table)
        self.tables += parts
        self.findings.append(notes)

    def _read_line_list(self) -> None:
        """Of the files that are nothing else, the one that knows most columns of a line list."""
        known = {sheet.file: _columns_of_a_line_list(sheet) for sheet in self._line_lists}
        best = max(self._line_lists, key=lambda sheet: known[sheet.file], default=None)
        taken = best is not None and known[best.file] > 0 and not any(part.table == "cases" for part in self.tables)
        for sheet in self._line_lists:
            if taken and best is not None and sheet.file == best.file:
                self.findings.append(file_finding(sheet.file, "form", table="cases", form="a line list"))
                self._read_native(sheet, "cases")
            elif known[sheet.file] > 0:
                self.findings.append(file_finding(sheet.file, "second_line_list"))
            else:
                self.findings.append(file_finding(sheet.file, "file_not_read", tables=", ".join(TABLES)))

    def _sheet(self, file: Path, wanted: TableFrom | None = None) -> Sheet | None:
        """Read a file once; what there is to say about it is said once."""
        if file not in self._sheets:
            encoding, separator = (wanted.encoding, wanted.separator) if wanted else (None, None)
            self._sheets[file], notes = read_sheet(file, encoding, separator)
            self.findings.append(notes)
        return self._sheets[file]

    def _joined(self, name: str, mapping: Mapping) -> list[Sheet]:
        sheets = [self._sheet(file) for file in self._files_of(name, mapping)]
        return [sheet for sheet in sheets if sheet is not None]

    def _files_of(self, name: str, mapping: Mapping) -> list[Path]:
        """Files that a name in the mapping means: the file, and those whose name goes on with ``-``."""
        wanted = Path(name)
        found = [
            file
            for file in self.files
            if file.name == wanted.name or (file.suffix == wanted.suffix and file.stem.startswith(f"{wanted.stem}-"))
        ]
        # One file may have any name when the mapping is for one file.
        if self.one_file and not found and {table.file for table in mapping.table} == {name}:
            return self.files
        return found

    def _say(self, file: Path, share: float) -> None:
        if self.progress:
            self.progress(file.name, share)


def _files(path: Path) -> list[Path]:
    """The files to read, in an order that does not depend on the disk."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise DataError(f"{path} is not there.", next_step="Check the path of the data.")
    try:
        there = list(path.iterdir())
    except OSError:
        raise DataError(f"{path} cannot be opened.", next_step="Check who may read it.") from None
    files = [
        file
        for file in there
        if file.is_file() and file.suffix.lower() in KNOWN and not file.name.startswith(".") and file.name not in OURS
    ]
    if not files:
        raise DataError(
            f"{path} holds no table.",
            allowed="files that end in .csv, .tsv, .txt or .parquet",
            next_step="Check the path of the data.",
        )
    return sorted(files, key=lambda file: (file.stem, file.suffix, file.name))


def _columns_of_a_line_list(sheet: Sheet) -> int:
    """Columns of cases that a header knows; 0 where it has no identifier or no date."""
    columns = match("cases", sheet.cells.columns).columns
    dated = {"onset", "tested_at", "confirmed_at", "reported_at", "recorded_at", "hospitalised_on"} & set(columns)
    return len(columns) if "case_id" in columns and dated else 0


def _nothing(table: str, file: str) -> RawTable:
    """A table that was sent empty."""
    return RawTable(table, file, pl.DataFrame(), pl.Series([], dtype=pl.UInt32), pl.DataFrame())


def _require(required: Collection[str], path: Path, raw: RawTables) -> None:
    for table in required:
        if any(part.table == table for part in raw.tables):
            continue
        about_files = raw.findings.filter(pl.col("table").is_null() | (pl.col("table") == table))
        said = _first_of_each_file(about_files)
        raise DataError(
            f"No table of {table} can be read from {path.name or path}." + "".join(f"\n  {line}" for line in said),
            allowed=f"{table}.csv, {table}.parquet, a line list, an export of SORMAS or Go.Data, files with a mapping",
            next_step="Name the file after its table, or describe it in a mapping (--map).",
        )


def _first_of_each_file(findings: pl.DataFrame) -> Sequence[str]:
    """The last word on each file, at most five."""
    last = findings.unique("file", keep="last", maintain_order=True).head(5)
    return [f"{file}: {message}" for file, message in last.select("file", "message").iter_rows()]
