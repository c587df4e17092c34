"""The door against slow twins, and against itself with later rows left out."""

import csv
from datetime import date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.readers.grid import read_grid
from douse.records.check import check
from douse.records.dates import read_dates
from douse.records.raw import RawTable, RawTables

SOME = settings(max_examples=60, deadline=None)
FEW = settings(max_examples=25, deadline=None)


# ---- Dates


def slow_date(text: str, day_first: bool) -> datetime | None:
    """One date by trial and error."""
    orders = ["%d/%m/%Y", "%m/%d/%Y"] if day_first else ["%m/%d/%Y", "%d/%m/%Y"]
    for form in ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", *orders]:
        for clock in ("", " %H:%M", "T%H:%M:%S"):
            try:
                read = datetime.strptime(text, form + clock)
            except ValueError:
                continue
            return read if 1900 <= read.year <= 2200 else None
    return None


numbers = st.integers(0, 40).map(lambda n: f"{n:02d}")
years = st.sampled_from(["1899", "1900", "2020", "2024", "2200", "2201"])
clocks = st.sampled_from(["", " 10:30", "T23:59:58", " 24:00", " 7:61"])
dates_as_text = st.one_of(
    st.tuples(years, st.just("-"), numbers, st.just("-"), numbers, clocks),
    st.tuples(years, st.just("/"), numbers, st.just("/"), numbers, clocks),
    st.tuples(years, numbers, numbers, clocks),
    st.tuples(numbers, st.just("/"), numbers, st.just("/"), years, clocks),
).map("".join)


@given(st.lists(dates_as_text, max_size=12), st.booleans())
@SOME
def test_dates_equal_their_slow_twin(texts, day_first):
    read = read_dates(pl.Series(texts, dtype=pl.String), day_first=day_first).values.to_list()
    assert read == [slow_date(text, day_first) for text in texts]


# ---- Text without quotation marks, which polars splits


@given(st.text(st.sampled_from("ab1 ,;\n"), max_size=60))
@SOME
def test_plain_text_is_split_as_the_csv_module_does(text):
    grid = read_grid("h1,h2,h3\n" + text, separator=",")
    lines = list(csv.reader(("h1,h2,h3\n" + text).split("\n")))
    expected = [
        (n, [cell or None for cell in row]) for n, row in enumerate(lines, start=1) if any(c.strip() for c in row)
    ]
    seen = list(zip(grid.lines.to_list(), (list(row) for row in grid.rows.iter_rows()), strict=True))
    width = grid.rows.width
    assert seen == [(n, (row + [None] * width)[:width]) for n, row in expected]


# ---- Rows that share a key


def slow_kept(rows: list[dict]) -> list[tuple]:
    """Of each case the row told earliest; in a tie the first."""
    kept: dict[str, tuple] = {}
    for place, row in enumerate(rows):
        if row["case_id"] not in kept or row["recorded_at"] < kept[row["case_id"]][1]:
            kept[row["case_id"]] = (place, row["recorded_at"])
    return [(rows[place]["case_id"], rows[place]["zone"]) for place, _ in sorted(kept.values())]


days = st.integers(1, 6).map(lambda n: f"2026-03-0{n}")
simple_rows = st.lists(
    st.fixed_dictionaries({"case_id": st.sampled_from("abc"), "zone": st.sampled_from("nsw"), "recorded_at": days}),
    max_size=8,
)


def cases_through(rows: list[dict], columns: list[str]):
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String))
    lines = pl.int_range(2, frame.height + 2, dtype=pl.UInt32, eager=True)
    return check(RawTables((RawTable("cases", "cases.csv", frame, lines, frame),)))


@pytest.mark.slow
@given(simple_rows)
@SOME
def test_rows_that_share_a_key_equal_their_slow_twin(rows):
    checked = cases_through(rows, ["case_id", "zone", "recorded_at"])
    assert checked.records.cases.select("case_id", "zone").rows() == slow_kept(rows)


# ---- What was known on a day does not depend on what was told later, dirt and all


some_dates = st.one_of(days, st.sampled_from(["", "x", "2026-02-28", "2026-02-30"]))
dirty_rows = st.lists(
    st.fixed_dictionaries(
        {
            "case_id": st.sampled_from(["a", "b", "c", " a", ""]),
            "record_id": st.sampled_from(["", "", "r", "s"]),
            "supersedes": st.sampled_from(["", "", "", "a", "r", "nobody"]),
            "same_as": st.sampled_from(["", "", "a", "c"]),
            "infector": st.sampled_from(["", "a", "b", "z"]),
            "onset": some_dates,
            "tested_at": some_dates,
            "confirmed_at": some_dates,
            "outcome": st.sampled_from(["", "died", "recovered", "?"]),
            "outcome_on": some_dates,
            "recorded_at": days,
        }
    ),
    max_size=8,
)


@pytest.mark.slow
@given(dirty_rows, st.integers(1, 6))
@FEW
def test_the_view_of_a_day_does_not_depend_on_later_rows(rows, day):
    if not rows:
        return
    last = f"2026-03-0{day}"
    cut = [row for row in rows if row["recorded_at"] <= last]
    full, early = (cases_through(some, list(rows[0])) for some in (rows, cut))
    seen = [checked.records.as_of(date(2026, 3, day)).cases for checked in (full, early)]
    assert seen[0].equals(seen[1])
    told = pl.col("recorded_at") < datetime(2026, 3, day) + timedelta(days=1)
    findings = [checked.findings.filter(told).drop("row") for checked in (full, early)]
    assert findings[0].equals(findings[1])


zone_rows = st.lists(
    st.fixed_dictionaries(
        {"zone_id": st.sampled_from("abcd"), "parent_zone": st.sampled_from(["", *"abcd"]), "recorded_at": days}
    ),
    max_size=6,
)


@given(zone_rows, st.integers(1, 6))
@FEW
def test_the_tree_of_a_day_does_not_depend_on_later_zones(rows, day):
    def through(some: list[dict]) -> pl.DataFrame:
        frame = pl.DataFrame(some, schema=dict.fromkeys(["zone_id", "parent_zone", "recorded_at"], pl.String))
        lines = pl.int_range(2, frame.height + 2, dtype=pl.UInt32, eager=True)
        checked = check(RawTables((RawTable("zones", "zones.csv", frame, lines, frame),)))
        return checked.records.as_of(date(2026, 3, day)).table("zones")

    seen = through(rows)
    assert seen.equals(through([row for row in rows if row["recorded_at"] <= f"2026-03-0{day}"]))
    parents = dict(seen.select("zone_id", "parent_zone").iter_rows())
    for zone in parents:
        line = [zone]
        while (above := parents.get(line[-1])) is not None:
            assert above not in line
            line.append(above)
