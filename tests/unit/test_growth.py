"""Tables that grow: few pieces, and steps that hold on to nothing but their own rows."""

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from douse.records.growth import Change, Grown, of_its_own, tidied

TYPES = {"record_id": pl.String, "at": pl.Datetime("us"), "sex": pl.Enum(["female", "male"]), "count": pl.Int64}
MEGABYTE = 1e6


def rows(first: int, n: int) -> pl.DataFrame:
    names = [f"{'a long name of a record':>200}-{first + i}" for i in range(n)]
    return pl.DataFrame(
        {"record_id": names, "at": [datetime(2026, 3, 1)] * n, "sex": ["male"] * n, "count": [first] * n}, schema=TYPES
    )


def test_rows_of_their_own_are_the_same_rows() -> None:
    many = pl.concat([rows(0, 3), rows(3, 2), rows(9, 0)])
    for some in (many, many.clear(), many[1:2]):
        assert_frame_equal(of_its_own(some), some)
        assert of_its_own(some).n_chunks() == 1


def test_a_tidied_table_is_the_same_in_few_pieces() -> None:
    many = pl.concat([rows(0, 1), rows(1, 400), *(rows(500 + n, 1) for n in range(90))])
    assert_frame_equal(tidied(many), many)
    assert tidied(many).n_chunks() == 3


def resident() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096 / MEGABYTE


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is told by Linux only")
def test_what_left_a_table_holds_on_to_none_of_it() -> None:
    columns = {f"c{n}": [f"{'a text':>40}-{n}-{i}" for i in range(40_000)] for n in range(10)}
    table = Grown(pl.DataFrame({"record_id": [f"{'a row':>40}-{i}" for i in range(40_000)], **columns}))
    size = table.frame.estimated_size() / MEGABYTE
    before = resident()
    for n in range(80):
        gone = table.frame.filter(pl.col("record_id") == table.frame["record_id"][7 * n])
        table = table.changed(Change(gone, gone.with_columns(record_id=pl.lit(f"another-{n:060}"))))
    assert size > 10
    # Else each of the steps and pieces that are kept would hold on to the texts of the table that was there before it.
    assert resident() - before < 6 * size
