"""What is taken as it is must be what reading it would give; few rows are judged as many are."""

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from douse.records.blanks import MARKS, UNKNOWN_MARKS
from douse.records.cells import DateStyle, read_cells
from douse.records.draft import ROW
from douse.records.ledger.plain import plain
from douse.records.ledger_tables import LEDGER_TABLES
from douse.records.rules import FEW, broken_rules

COLUMNS = [(table, name) for table, schema in LEDGER_TABLES.items() for name in schema.columns()]
ODD = (
    "", " ", "a b", "a  b", " a", "a ", "a\u200bb", "张伟", "1e+5", "3.2E+10", "007", "-0", "1.50", "1,5", "٣", "1_000",
    "2026-03-01", "2026-03-01T10:00:00", "2026-03-01 10:00:00", "2026-03-01T10:00:60", "2026-03-01 10:00",
    "2026-03-01T25:00", "2026-02-30", "2026-3-1", "2026-03-01T10:00:00.123456", "2026-03-01T10:00:00+08:00",
    "0000-01-01", "1899-12-31", "2026-03-01T24:00:00", "9223372036854775808", "99999999999999999999",
    "nan", "inf", "None", "True", "K", "\N{KELVIN SIGN}", *MARKS, *UNKNOWN_MARKS,
)  # fmt: skip
TYPED = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**65), 2**65), st.floats(), st.dates(), st.datetimes(),
    st.text(max_size=8), st.sampled_from(ODD), st.dates().map(str), st.datetimes().map(datetime.isoformat),
)  # fmt: skip


def read(table: str, name: str, values: list[Any]) -> tuple[list[Any], bool]:
    """Values by the reader of cells, and whether all of them could be read."""
    text = [value.isoformat() if isinstance(value, date) else None if value is None else str(value) for value in values]
    column = LEDGER_TABLES[table].columns()[name]
    cells = read_cells(pl.Series(name, text, dtype=pl.String), column, DateStyle(day_first=False))
    return cells.values.to_list(), not any(problem.sets_aside for problem in cells.problems)


@settings(max_examples=1500, deadline=None)
@given(where=st.sampled_from(COLUMNS), values=st.lists(TYPED, min_size=1, max_size=4))
@example(where=("cases", "onset"), values=[date(2026, 3, 1)])
@example(where=("cases", "recorded_at"), values=["2026-03-01"])
def test_what_is_taken_as_it_is_reads_the_same(where: tuple[str, str], values: list[Any]) -> None:
    taken = plain(LEDGER_TABLES[where[0]], where[1], values)
    if taken is not None:
        assert (taken, True) == read(*where, values)


@pytest.mark.slow
@pytest.mark.parametrize("value", ODD, ids=repr)
def test_each_odd_text_reads_the_same_in_each_column(value: str) -> None:
    for table, name in COLUMNS:
        taken = plain(LEDGER_TABLES[table], name, [value])
        if taken is not None:
            assert (taken, True) == read(table, name, [value]), name


def test_what_is_plain_is_taken() -> None:
    cases = LEDGER_TABLES["cases"]
    assert plain(cases, "sex", ["female", None, "unknown"]) == ["female", None, "unknown"]
    assert plain(cases, "sex", ["Female"]) is None
    assert plain(cases, "onset", ["2026-03-01", date(2026, 3, 2)]) is not None
    assert plain(cases, "case_id", ["c-1", None]) == ["c-1", None]
    assert plain(cases, "age", ["34", 35]) == [34, 35]


@settings(deadline=None, max_examples=60)
@given(ages=st.lists(st.one_of(st.none(), st.integers(-5, 140)), min_size=1, max_size=5), twice=st.booleans())
def test_few_rows_are_judged_as_many_are(ages: list[int | None], twice: bool) -> None:
    schema = LEDGER_TABLES["cases"]
    types = {name: column.dtype for name, column in schema.columns().items()}
    rows = [
        {"record_id": f"c{0 if twice else n}", "case_id": f"c{n}", "person_id": None if n == 3 else "p", "age": age}
        for n, age in enumerate(ages)
    ]
    good = [{"record_id": f"g{n}", "case_id": f"g{n}", "person_id": "p", "age": 1} for n in range(FEW)]
    few, many = (pl.DataFrame(some, schema=types).with_row_index(ROW) for some in (rows, rows + good))
    among = {rule: found.filter(found < len(few)).to_list() for rule, found in broken_rules(schema, many).items()}
    assert {rule: found.to_list() for rule, found in broken_rules(schema, few).items()} == {
        rule: found for rule, found in among.items() if found
    }
