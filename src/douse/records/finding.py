"""Findings: what the door set aside or wants a person to look at, and the files that say so."""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import polars as pl

from douse.records.records import Records
from douse.records.sentences import SENTENCES

SCHEMA = pl.Schema(
    {  # type: ignore[arg-type]  # polars' own classes; mypy joins them to object
        "file": pl.String,
        "row": pl.Int64,  # as a spreadsheet shows it: the header is row 1; null: the file as a whole
        "table": pl.String,
        "column": pl.String,
        "rule": pl.String,
        "action": pl.String,  # row_set_aside | value_set_aside | note
        "message": pl.String,
        "next_step": pl.String,
        # Of the row, so that an as-of report can leave later rows out; null for a file as a whole, and for what a
        # later row may mend (a reference to nobody yet).
        "recorded_at": pl.Datetime("us"),
    }
)
# A cell that a spreadsheet would take for a formula gets one apostrophe in front; the door takes one off.
# Plain numbers stay as they are.
_FORMULA = r"^'*[=+\-@\t\r]"
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


@dataclass(frozen=True)
class Checked:
    """What came through the door.

    Parameters
    ----------
    records : Records
        Rows that passed, by table.
    findings : pl.DataFrame
        See `SCHEMA`; sorted by file, row, table and column.
    rejected : dict[str, pl.DataFrame]
        Table -> original columns and cells (as text) of the rows that were set aside, to be corrected and sent again.
    """

    records: Records
    findings: pl.DataFrame
    rejected: dict[str, pl.DataFrame]

    @property
    def all_passed(self) -> bool:
        """Whether nothing was set aside (notes do not count)."""
        return bool((self.findings["action"] == "note").all())


def no_findings() -> pl.DataFrame:
    """Findings: none."""
    return SCHEMA.to_frame()


def file_finding(file: str, rule: str, *, table: str = "", column: str = "", **facts: str) -> pl.DataFrame:
    """One note about a file as a whole.

    Parameters
    ----------
    file : str
        Name of the file.
    rule : str
        Key of `SENTENCES`.
    table, column : str, optional
        Where in the file.
    **facts : str
        Fields of the sentence other than file, table and column.
    """
    said = SENTENCES[rule].say(file=file, table=table, column=column, **facts)
    row = {"file": file, "table": table or None, "column": column or None, "rule": rule, "action": "note"}
    return pl.DataFrame([row | {"message": said.message, "next_step": said.next_step}], schema=SCHEMA)


def together(findings: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """All findings in one frame, in their order."""
    return pl.concat([no_findings(), *findings]).sort(
        "file", "row", "table", "column", "rule", nulls_last=False, maintain_order=True
    )


def write_findings(checked: Checked, out: Path) -> list[Path]:
    """Write ``findings.csv`` and ``rejected/<table>.csv`` into a folder; give their paths.

    UTF-8 with a byte-order mark, which spreadsheets need and the door reads. In a cell that begins like a formula
    an apostrophe is put in front; the door takes it off when the file is sent again. A rejected file can be
    corrected and sent beside the original, under a name such as ``cases-corrected.csv``.

    Rejected rows hold personal values, like the files that they come from: keep them where those are kept.
    """
    out.mkdir(parents=True, exist_ok=True)
    paths = [out / "findings.csv"]
    write_csv(checked.findings, paths[0])
    if checked.rejected:
        (out / "rejected").mkdir(exist_ok=True)
    for table, rows in checked.rejected.items():
        paths.append(out / "rejected" / f"{table}.csv")
        write_csv(rows, paths[-1])
    return paths


def write_csv(frame: pl.DataFrame, path: Path | BytesIO) -> None:
    """Write a table that a spreadsheet opens rightly: with a byte-order mark, cells like formulas guarded.

    Moments are whole seconds; a column in which one is finer is written to the microsecond.
    """
    fine = [
        column.name
        for column in frame.iter_columns()
        if column.dtype == pl.Datetime and (column.dt.microsecond() != 0).any()
    ]
    safe = frame.with_columns(guarded(pl.col(pl.String)), pl.col(fine).dt.to_string("%Y-%m-%d %H:%M:%S%.6f"))
    headers = pl.Series(safe.columns, dtype=pl.String)
    safe.columns = headers.zip_with(~headers.str.contains(_FORMULA), "'" + headers).to_list()
    safe.write_csv(path, include_bom=True, datetime_format="%Y-%m-%d %H:%M:%S")


def guarded(text: pl.Expr) -> pl.Expr:
    """Text with an apostrophe before what a spreadsheet would take for a formula."""
    like_a_formula = text.str.contains(_FORMULA) & ~text.str.contains(_NUMBER)
    return pl.when(like_a_formula).then("'" + text).otherwise(text).name.keep()


def without_guard(text: pl.Series) -> pl.Series:
    """Take off the apostrophe that `write_findings` puts before a cell that begins like a formula."""
    guarded = (text.str.starts_with("'") & text.str.contains(_FORMULA)).fill_null(value=False)
    return text.zip_with(~guarded, text.str.slice(1)) if guarded.any() else text
