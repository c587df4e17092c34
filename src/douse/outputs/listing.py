"""Terminal tables of findings and of the library."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

SHOWN = 40  # findings shown in the terminal; all of them are in findings.csv


def findings_table(findings: pl.DataFrame, out: Path | None) -> RenderableType:
    """Findings by rule, most rows first, then what to do with them."""
    if findings.is_empty():
        return Text("All rows passed.")
    by_rule = (
        findings.group_by("action", "file", "table", "column", "rule", maintain_order=True)
        .agg(pl.len().alias("rows"), pl.col("row").min(), pl.col("message").first(), pl.col("next_step").first())
        .sort(
            pl.col("action").replace_strict(
                {"row_set_aside": 0, "value_set_aside": 1}, default=2, return_dtype=pl.Int8
            ),
            pl.col("rows"),
            descending=[False, True],
            maintain_order=True,
        )
    )
    lines: list[RenderableType] = []
    for row in by_rule.head(SHOWN).iter_rows(named=True):
        where = " ".join(str(row[part]) for part in ("file", "table", "column") if row[part])
        count = "" if row["row"] is None else f"  ({_rows(row['rows'])}, first in row {row['row']})"
        lines.append(Text.assemble((row["action"].replace("_", " "), "bold"), f"  {where}{count}"))
        lines.extend(Padding(Text(said), (0, 0, 0, 4)) for said in (row["message"], row["next_step"]) if said)
    counts = dict(findings.group_by("action", maintain_order=True).len().iter_rows())
    closing = (
        f"{counts.get('row_set_aside', 0):,} rows set aside, {counts.get('value_set_aside', 0):,} values set aside, "
        f"{counts.get('note', 0):,} notes."
    )
    if by_rule.height > SHOWN:
        closing += f" {by_rule.height - SHOWN} more kinds of finding are not shown."
    where_all = (
        f"Every finding: {out / 'findings.csv'}"
        if out
        else "Add --out FOLDER to write every finding, and the rows set aside."
    )
    return Group(*lines, Text(closing, style="bold"), Text(where_all))


def _rows(n: int) -> str:
    return "1 row" if n == 1 else f"{n:,} rows"


def library_list(entries: Iterable[Sequence[str]]) -> RenderableType:
    """Kind, name, title and edition of every library entry."""
    table = Table(box=None, pad_edge=False)
    for heading in ("kind", "name", "title", "edition"):
        table.add_column(heading, overflow="fold")
    for entry in entries:
        table.add_row(*entry)
    return table


def library_entry(rows: Iterable[Sequence[str]]) -> RenderableType:
    """Every number and text of one entry: key, value with unit and grade; below it source, edition and note."""
    lines: list[RenderableType] = []
    for key, value, unit, grade, source, edition, valid_from, note in rows:
        lines.append(Text.assemble((key, "bold"), "  ", f"{value} {unit}".strip(), f"  [{grade}]" if grade else ""))
        where = ", ".join(part for part in (source, edition, f"valid from {valid_from}" if valid_from else "") if part)
        lines.extend(Padding(Text(part, style="dim"), (0, 0, 0, 4)) for part in (where, note) if part)
    return Group(*lines)
