"""A warehouse's files: complete or not read, sorted, replaced by day, and never half of an answer."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import polars as pl
import pytest

from douse.errors import DataError
from douse.tracing.warehouse import layout
from douse.tracing.warehouse.connect import DuckDB
from douse.tracing.warehouse.layout import compact, compacted, drop, land
from visits_inputs import frame_of_visits

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


@pytest.fixture(scope="module")
def duck(tmp_path_factory):
    return DuckDB(memory="1GB", threads=1, temp=tmp_path_factory.mktemp("temp"))


def visits(day: date = MONDAY, people: int = 3, *, hours: float = 1, place: str = "café") -> pl.DataFrame:
    noon = datetime(day.year, day.month, day.day, 12)
    return frame_of_visits(
        [(f"p{one:05}", f"{place} {one % 7}", noon, noon + timedelta(hours=hours), True, day) for one in range(people)]
    )


def held(folder, copy="by_place") -> pl.DataFrame:
    return pl.concat(pl.read_parquet(file) for file in getattr(compacted(folder), copy))


def test_both_copies_hold_every_visit_sorted(tmp_path, duck):
    land(tmp_path, MONDAY, visits(people=9_000))
    land(tmp_path, TUESDAY, iter([visits(TUESDAY, 500), visits(TUESDAY, 20, place="bar")]))
    found = compact(tmp_path, duck, group_rows=2_048)
    by_place, by_person = held(tmp_path), held(tmp_path, "by_person")
    assert found.rows == by_place.height == by_person.height == 9_520
    assert by_place.equals(by_place.sort("place", "entered", maintain_order=True))
    assert by_person.equals(by_person.sort("person", "entered", maintain_order=True))
    assert by_place.sort(pl.all()).equals(by_person.select(by_place.columns).sort(pl.all()))
    assert pl.read_parquet_schema(found.by_place[0])["entered"] == pl.Datetime("us")


def test_large_copies_are_few_files_each_a_range_of_places(tmp_path, duck, monkeypatch):
    monkeypatch.setattr(layout, "_OPTIONS", layout._OPTIONS.replace("PER_FILE 512", "PER_FILE 2"))
    land(tmp_path, MONDAY, visits(people=20_000))
    found = compact(tmp_path, duck, group_rows=2_048)
    ranges = [(part["place"].min(), part["place"].max()) for part in map(pl.read_parquet, found.by_place)]
    assert len(ranges) > 2
    assert all(before[1] <= after[0] for before, after in pairwise(ranges))


def test_a_place_is_long_when_one_visit_lasts_more_than_four_hours(tmp_path, duck):
    noon = datetime(1969, 12, 31, 12)
    rows = [
        ("a", "ward", noon, noon + timedelta(hours=4, seconds=1), True, MONDAY),
        ("b", "ward", noon, noon, True, MONDAY),
        ("a", "shop", noon, noon + timedelta(hours=4), True, MONDAY),
    ]
    land(tmp_path, MONDAY, frame_of_visits(rows))
    compact(tmp_path, duck)
    found = {row["place"]: row for row in held(tmp_path).iter_rows(named=True)}
    assert (found["ward"]["long"], found["ward"]["slot"], found["ward"]["busiest"]) == (True, -1, 2)
    assert (found["shop"]["long"], found["shop"]["slot"], found["shop"]["busiest"]) == (False, -24, 1)
    assert found["shop"]["day"] == date(1969, 12, 31)


def test_landing_a_day_again_replaces_it_and_dropping_removes_it(tmp_path, duck):
    land(tmp_path, MONDAY, visits(people=5))
    land(tmp_path, TUESDAY, visits(TUESDAY, people=4))
    assert compact(tmp_path, duck).rows == 9
    assert land(tmp_path, MONDAY, visits(people=2)) == 2
    assert compact(tmp_path, duck).rows == 6
    assert drop(tmp_path, [MONDAY]) == 2
    assert compact(tmp_path, duck).rows == 4
    assert set(held(tmp_path)["day"]) == {TUESDAY}
    assert {file.name[:10] for file in (tmp_path / "landed").iterdir()} == {"2026-03-03"}


def test_nothing_is_answered_while_the_copies_lag_behind(tmp_path, duck):
    with pytest.raises(DataError, match="Compact the warehouse first"):
        compacted(tmp_path)
    land(tmp_path, MONDAY, visits())
    compact(tmp_path, duck)
    land(tmp_path, TUESDAY, visits(TUESDAY))
    with pytest.raises(DataError, match="Compact the warehouse first"):
        compacted(tmp_path)
    compact(tmp_path, duck)
    assert compacted(tmp_path).rows == 6


def test_stray_files_are_not_read_and_are_swept_by_the_next_compact(tmp_path, duck):
    land(tmp_path, MONDAY, visits())
    compact(tmp_path, duck)
    stray = tmp_path / "by_place" / "stray.parquet"
    visits(people=100).write_parquet(stray)
    (tmp_path / "making-left").mkdir()
    assert compacted(tmp_path).rows == held(tmp_path).height == 3
    compact(tmp_path, duck)
    assert not stray.exists()
    assert not (tmp_path / "making-left").exists()


def test_a_crash_while_compacting_leaves_the_copies_of_before(tmp_path, duck, monkeypatch):
    land(tmp_path, MONDAY, visits())
    compact(tmp_path, duck)
    written = (tmp_path / "manifest.json").read_bytes()
    before = compacted(tmp_path)
    file = before.by_place[0]
    whole = file.read_bytes()
    file.write_bytes(whole[:-10])  # so that there is work to do

    def crash(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(layout, "write_manifest", crash)
        with pytest.raises(KeyboardInterrupt):
            compact(tmp_path, duck)
    assert (tmp_path / "manifest.json").read_bytes() == written
    file.write_bytes(whole)
    assert compacted(tmp_path) == before
    assert held(tmp_path).height == 3
    assert compact(tmp_path, duck).rows == 3


def test_copies_that_are_current_stay_and_copies_that_are_broken_are_made_again(tmp_path, duck):
    land(tmp_path, MONDAY, visits())
    before = compact(tmp_path, duck)
    assert drop(tmp_path, [TUESDAY]) == 0
    assert compact(tmp_path, duck) == before
    before.by_person[0].unlink()
    after = compact(tmp_path, duck)
    assert after.rows == 3
    assert after != before


@pytest.mark.parametrize("copy", ["landed", "by_place", "by_person"])
@pytest.mark.parametrize("harm", ["cut", "gone", "another"])
def test_a_file_that_is_not_whole_is_an_error_not_an_answer(tmp_path, duck, copy, harm):
    land(tmp_path, MONDAY, visits(people=500))
    compact(tmp_path, duck)
    file = next((tmp_path / copy).iterdir())
    if harm == "cut":
        file.write_bytes(file.read_bytes()[:-100])
    elif harm == "gone":
        file.unlink()
    else:
        visits(people=3).write_parquet(file)
    if copy == "landed":
        land(tmp_path, TUESDAY, visits(TUESDAY))
    with pytest.raises(DataError, match="not whole"):
        compact(tmp_path, duck) if copy == "landed" else compacted(tmp_path)


def test_fractions_of_seconds_are_cut_off_on_both_sides_of_1970(tmp_path, duck):
    moments = [datetime(1969, 12, 31, 23, 59, 58, 900_000), datetime(1970, 1, 1, 0, 0, 1, 900_000)]
    land(tmp_path, MONDAY, frame_of_visits([("a", "x", *moments, True, MONDAY)]))
    compact(tmp_path, duck)
    assert held(tmp_path).select("entered", "left").row(0) == tuple(moment.replace(microsecond=0) for moment in moments)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda good: good.drop("told_on"), "columns are missing: told_on"),
        (lambda good: good.with_columns(place=pl.lit(None, pl.String)), "empty cells in place"),
        (lambda good: good.with_columns(left=pl.col("entered").dt.offset_by("-1h")), "3 end before they begin"),
        (lambda good: good.with_columns(told_on=pl.lit("soon")), "another type"),
    ],
)
def test_visits_that_are_not_prepared_are_refused_without_their_values(tmp_path, wrong, says):
    with pytest.raises(DataError, match=says) as refused:
        land(tmp_path, MONDAY, wrong(visits()))
    assert "p00000" not in str(refused.value)
    assert "soon" not in str(refused.value)


def test_a_folder_may_have_any_name(tmp_path, duck):
    folder = tmp_path / "the city's [visits] *"
    land(folder, MONDAY, visits())
    assert compact(folder, duck).rows == 3


def test_a_manifest_that_is_none_is_named(tmp_path):
    (tmp_path / "manifest.json").write_text("[]")
    with pytest.raises(DataError, match="not a manifest"):
        compacted(tmp_path)


def test_compacting_nothing_says_so(tmp_path, duck):
    with pytest.raises(DataError, match="Land a day first"):
        compact(tmp_path, duck)
