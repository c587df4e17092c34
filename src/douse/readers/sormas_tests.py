"""Tests in a SORMAS case list: blocks of columns for samples and their tests."""

import re

import polars as pl

from douse.readers.sheet import Sheet, text_cells
from douse.records.raw import RawTable

# sample2.test1.testType: of the second sample's first test; exports number samples at the end (sampleDateTime2).
_BLOCK = re.compile(r"^sample(?P<sample>\d+)\.(?:test(?P<test>\d+)\.)?(?P<column>\w+)$")
_NUMBERED = re.compile(r"^sample(?P<column>DateTime|Result)(?P<sample>\d)$")
_SAMPLED = ("sampleDateTime",)
_TEST_COLUMNS = {
    "testType": "kind",
    "testDateTime": "result_at",
    "testResult": "result",
    "pathogenTestResult": "result",
}


def tests_in(sheet: Sheet, case_column: str) -> tuple[RawTable | None, set[str]]:
    """The tests that a case list holds in blocks of columns, and the names of those columns."""
    blocks: dict[tuple[int, int], dict[str, str]] = {}
    sampled: dict[int, str] = {}
    used: set[str] = set()
    for name in sheet.cells.columns:
        part, numbered = _BLOCK.match(name), _NUMBERED.match(name)
        if part:
            sample, column = int(part["sample"]), part["column"]
            if column in _SAMPLED:
                sampled[sample] = name
                used.add(name)
            elif column in _TEST_COLUMNS:
                blocks.setdefault((sample, int(part["test"] or 0)), {})[_TEST_COLUMNS[column]] = name
                used.add(name)
        elif numbered:
            sample = int(numbered["sample"])
            used.add(name)
            if numbered["column"] == "DateTime":
                sampled[sample] = name
            else:
                blocks.setdefault((sample, 0), {})["result"] = name
    blocks |= {(sample, 0): {} for sample in sampled if not any(key[0] == sample for key in blocks)}
    if not blocks:
        return None, used
    cells = text_cells(sheet)
    pieces = [_block(cells, case_column, sampled.get(key[0]), columns) for key, columns in sorted(blocks.items())]
    filled = [piece for piece in pieces if not piece.is_empty()]
    if not filled:
        return None, used
    rows = pl.concat(filled, how="diagonal")
    positions = rows["position"]
    return (
        RawTable(
            "tests",
            sheet.file,
            rows.drop("position"),
            sheet.lines.gather(positions),
            sheet.original[positions.to_list()],
        ),
        used,
    )


def _block(cells: pl.DataFrame, case_column: str, sampled: str | None, columns: dict[str, str]) -> pl.DataFrame:
    """One test of each case that has it."""
    chosen = {ours: pl.col(name) for ours, name in columns.items()}
    if sampled is not None:
        chosen["sampled_at"] = pl.col(sampled)
    block = cells.select(position=pl.int_range(pl.len(), dtype=pl.UInt32), person_id=pl.col(case_column), **chosen)
    return block.filter(pl.any_horizontal(pl.col(*chosen).is_not_null()))
