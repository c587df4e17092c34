"""The manifest: equal records give equal hashes, whatever they look like in memory."""

from datetime import date, datetime

import polars as pl
import pytest

from conftest import records
from douse.outputs.manifest import hash_files, hash_table, make_manifest, manifest_json
from outputs_inputs import briefing

FRAME = pl.DataFrame(
    {
        "id": ["a", None, "ccc", ""],
        "n": [1, None, 3, 0],
        "x": [0.5, 1.5, None, -0.0],
        "day": [date(2026, 3, 1), None, date(2026, 3, 2), None],
        "at": [datetime(2026, 3, 1, 4), None, None, datetime(2026, 3, 1)],
        "kind": pl.Series(["home", None, "shop", "home"], dtype=pl.Enum(["home", "shop"])),
        "yes": [True, None, False, False],
    }
)


def test_memory_layout_does_not_count():
    chunked = pl.concat([FRAME[:1], FRAME[1:3], FRAME[3:]], rechunk=False)
    filtered = pl.concat([FRAME, FRAME]).with_row_index("i").filter(pl.col("i") < 4).drop("i")
    masked = FRAME.with_columns(n=pl.when(pl.col("n").is_null()).then(None).otherwise(pl.col("n").fill_null(9)))
    assert hash_table(chunked) == hash_table(filtered) == hash_table(masked) == hash_table(FRAME)


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.with_columns(n=pl.col("n").fill_null(0)),
        lambda f: f.with_columns(id=pl.col("id").fill_null("")),
        lambda f: f.with_columns(yes=pl.col("yes").fill_null(value=False)),
        lambda f: f.with_columns(x=pl.col("x") + 1e-12),
        lambda f: f.rename({"n": "m"}),
        lambda f: f.reverse(),
        lambda f: f[:3],
        lambda f: f.with_columns(id=pl.Series(["ac", None, "cc", ""])),
        lambda f: f.with_columns(kind=pl.Series(["home", None, "cafe", "home"], dtype=pl.Enum(["home", "cafe"]))),
    ],
)
def test_every_change_of_a_value_counts(change):
    assert hash_table(change(FRAME)) != hash_table(FRAME)


def test_nought_has_no_sign():
    assert hash_table(pl.DataFrame({"x": [0.0]})) == hash_table(pl.DataFrame({"x": [-0.0]}))


def test_an_empty_table_has_a_hash():
    assert len(hash_table(FRAME.clear())) == 64


DRAWING = """
  case_id | recorded_at
  --------+------------
  a       | 2026-03-02
  b       | 2026-03-09
"""


def test_rows_recorded_later_do_not_count():
    full = briefing()
    library = (full.pathogen, full.protocol, full.costs)
    day = date(2026, 3, 5)
    whole = make_manifest(records(cases=DRAWING).as_of(day), *library)
    cut = make_manifest(records(cases=DRAWING.rsplit("\n", 2)[0]).as_of(day), *library)
    assert whole == cut
    assert whole.records["cases"].rows == 1


def test_input_files_are_named_without_their_folder(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "cases.csv").write_text("a")
    (tmp_path / "deep" / "zones.csv").write_text("b")
    named = hash_files(tmp_path)
    assert list(named) == ["cases.csv"]  # a folder within is no input: it may hold earlier outputs
    assert str(tmp_path) not in manifest_json(briefing().manifest, named)
    assert list(hash_files(tmp_path / "cases.csv", tmp_path / "deep" / "zones.csv")) == [
        "cases.csv",
        "mapping: zones.csv",
    ]
