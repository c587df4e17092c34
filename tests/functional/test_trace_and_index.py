"""`douse index` and `douse trace` as a user meets them: a folder that grows day by day."""

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from douse.__main__ import main
from douse.city import make_demo
from douse.question import Question, open_data
from douse.tracing.index import store
from tracing_inputs import pathogen, protocol

pytestmark = pytest.mark.slow

CASES = """case_id,person_id,onset,confirmed_at,pathogen,recorded_at
a,pa,2026-03-05,2026-03-08,sars-cov-2,2026-03-08
k,pk,2026-03-06,2026-03-08,sars-cov-2,2026-03-08
"""
PLACES = """place_id,kind,zone,ventilation
gym,gym,North,poor
house,home,North,
station,transport,North,
"""
START = datetime(2026, 3, 5)
# person, place, hour of entry, hours; none: only the day is known
DAYS = {
    5: [
        ("pa", "gym", 10, 1),
        ("b", "gym", 10.5, 1),
        ("b", "gym", 11, 1),  # overlaps
        ("c", "gym", 10.9, 2),
        ("pa", "house", 20, 12),  # across midnight
        ("mother", "house", 19, 14),
        ("pa", "station", 9, 0.1),
        ("d", "station", 9, 0.2),
        ("e", "station", 9.05, 0),
        ("f", "station", 23, 0.5),
    ],
    6: [
        ("pk", "gym", 18, 2),
        ("b", "gym", 18, 1),
        ("b", "gym", 18, 1),  # twice
        ("mother", "school", 9, 6),
        ("g", "school", 9, 6),
        ("h", "gym", None, None),
        ("pa", "school", None, None),
    ],
    7: [("mother", "school", 9, 6), ("i", "school", 10, 1), ("pk", "house", 12, 1)],
}
TRACE = ("--as-of", "2026-03-08", "--crowd", "3")


def visits_of(day: int) -> pl.DataFrame:
    rows = []
    for person, place, hour, hours in DAYS[day]:
        midnight = START + timedelta(days=day - START.day)
        entered = midnight + timedelta(hours=hour or 0)
        left = None if hours is None else entered + timedelta(hours=hours)
        rows.append((person, place, entered, left, midnight + timedelta(days=1)))
    columns = ("person_id", "place_id", "entered_at", "left_at", "recorded_at")
    kinds = dict.fromkeys(columns[:2], pl.String()) | dict.fromkeys(columns[2:], pl.Datetime("us"))
    return pl.DataFrame(rows, schema=kinds, orient="row")


def write_day(data: Path, day: int) -> None:
    visits_of(day).write_parquet(data / "visits" / f"2026-03-{day:02}.parquet")


def tables(data: Path) -> None:
    data.mkdir()
    (data / "cases.csv").write_text(CASES, encoding="utf-8")
    (data / "places.csv").write_text(PLACES, encoding="utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Cases, places, and visits of two days."""
    folder = tmp_path / "data"
    tables(folder)
    (folder / "visits").mkdir()
    for day in (5, 6):
        write_day(folder, day)
    return folder


@pytest.fixture
def douse(capsys):
    """Run a command that must succeed; gives what it says in one line."""

    def run(verb: str, *arguments: object) -> str:
        quiet = ["--quiet"] if verb in {"index", "plan"} else []
        assert main([verb, *map(str, arguments), *quiet]) == 0
        return " ".join(capsys.readouterr().out.split())

    return run


def traced(douse, data: Path, *more: str) -> dict[str, str]:
    """What `douse trace` writes, by file."""
    out = data.parent / "traced"
    shutil.rmtree(out, ignore_errors=True)
    douse("trace", data, *TRACE, "--out", out, *more)
    return {file.name: file.read_text(encoding="utf-8-sig") for file in out.iterdir()}


def days_in(data: Path) -> list[str]:
    """Parts of the index, by name."""
    return sorted(part["name"] for part in store.read_manifest(data / store.FOLDER)["parts"])


def test_the_index_gives_what_the_table_of_visits_gives(data, douse):
    said = douse("index", data)
    assert "2 files read: 16 visits, 15 of them new" in said
    assert "The index holds 15 visits, 5 Mar 2026 to 6 Mar 2026" in said

    beside = data.parent / "beside"
    tables(beside)
    pl.concat([visits_of(5), visits_of(6)]).write_csv(beside / "visits.csv")
    by_index, by_table = traced(douse, data), traced(douse, beside)
    assert by_index.keys() == {"people.csv", "exposures.csv", "announce.csv", "windows.csv"}
    assert by_index == by_table
    people = pl.read_csv(by_index["people.csv"].encode())
    assert dict(people.select("person", "ring").rows()) == {"b": 1, "c": 1, "mother": 1, "h": 1, "g": 2}
    assert "station" in by_index["announce.csv"]
    assert "station" not in by_index["exposures.csv"]


def test_of_a_new_day_only_its_file_is_read_and_nothing_is_told_twice(data, douse):
    douse("index", data)
    assert "0 files read: 0 visits" in douse("index", data)
    write_day(data, 7)
    assert "1 file read: 3 visits, 3 of them new" in douse("index", data)
    assert days_in(data) == ["2026-03-05.0", "2026-03-06.0", "2026-03-07.0"]
    (data / "visits" / "again.parquet").write_bytes((data / "visits" / "2026-03-07.parquet").read_bytes())
    said = douse("index", data)
    assert "1 file read: 3 visits, 0 of them new" in said
    assert "The index holds 18 visits" in said
    assert "\ni,2," in traced(douse, data)["people.csv"]


def test_a_file_that_grew_is_read_whole_and_adds_what_is_new(data, douse):
    (data / "visits" / "2026-03-06.parquet").unlink()
    visits_of(6).head(3).write_parquet(data / "visits" / "2026-03-06.parquet")
    douse("index", data)
    before = traced(douse, data)
    write_day(data, 6)
    assert "1 file read: 6 visits, 4 of them new" in douse("index", data)
    assert traced(douse, data) != before
    douse("index", data, "--fresh")
    assert days_in(data) == ["2026-03-05.0", "2026-03-06.0"]


def test_old_days_are_taken_away_for_good_and_do_not_come_back(data, douse):
    douse("index", data)
    said = douse("index", data, "--forget-before", "2026-03-06")
    assert "9 visits were taken away for good" in said
    assert days_in(data) == ["2026-03-06.0"]
    assert not list((data / store.FOLDER / "parts").glob("2026-03-05*"))
    assert "0 files read" in douse("index", data)
    assert "2026-03-05" not in traced(douse, data)["exposures.csv"]


def test_a_case_that_is_told_of_by_person_and_by_case_is_not_there_twice(data, douse):
    """As a check-in at the door and an interview tell the same hour: 10:00 to 11:00, and 10:20 to 11:10."""
    told = datetime(2026, 3, 6)
    hour = {"place_id": "gym", "entered_at": START.replace(hour=10, minute=20), "recorded_at": told}
    again = {"person_id": "a", **hour, "left_at": START.replace(hour=11, minute=10)}
    pl.DataFrame([again]).write_parquet(data / "visits" / "interviews.parquet")
    douse("index", data)
    written = traced(douse, data, "--crowd", "10")["exposures.csv"]
    exposures = pl.read_csv(written.encode()).filter(case_id="a", place="gym")
    assert dict(exposures.select("person", "minutes").rows()) == {"b": 40.0, "c": 16.0}


def test_a_broken_file_is_a_finding_and_the_other_days_are_there(data, douse):
    (data / "visits" / "2026-03-07.parquet").write_bytes(b"PAR1 and then nothing")
    out = data.parent / "said"
    assert "3 files read: 16 visits" in douse("index", data, "--out", out)
    findings = pl.read_csv(out / "findings.csv")
    assert ("2026-03-07.parquet", "unreadable_file") in findings.select("file", "rule").rows()
    assert days_in(data) == ["2026-03-05.0", "2026-03-06.0"]
    write_day(data, 7)  # sent again, whole
    assert "1 file read: 3 visits, 3 of them new" in douse("index", data)


def test_a_row_that_breaks_a_rule_is_a_finding_and_the_others_are_read(data, douse):
    bad = visits_of(7).with_columns(person_id=pl.Series(["mother", None, "pk"]))
    bad.write_parquet(data / "visits" / "2026-03-07.parquet")
    out = data.parent / "said"
    assert "18 visits, 17 of them new" in douse("index", data, "--out", out)
    assert "2026-03-07.parquet" in set(pl.read_csv(out / "findings.csv")["file"])


def test_plan_and_worklist_ask_the_index(data, douse):
    out = data.parent / "out"
    douse("index", data)
    opened = open_data(Question(data))
    assert opened.index is not None
    assert set(opened.records.table("visits")["person_id"]) == {"pa", "pk"}
    douse("worklist", data, "--as-of", "2026-03-08", "--out", out)
    reached = pl.read_csv(out / "worklist.csv")
    assert {"b", "mother"} <= set(reached["person"])
    douse("plan", data, "--as-of", "2026-03-08", "--out", out, "--scenarios", "0")
    assert (out / "report.html").stat().st_size > 10_000
    assert "gym" in (out / "tables" / "places.csv").read_text(encoding="utf-8-sig")
    assert "visits.index/manifest.json" in json.loads((out / "manifest.json").read_text(encoding="utf-8"))["inputs"]


def test_visits_that_wait_to_be_sorted_are_not_left_out_unsaid(data, capsys):
    assert main(["trace", str(data), *TRACE]) == 4
    assert "Next: Sort them: `douse index DATA`." in capsys.readouterr().err


def test_no_visits_and_no_index_say_what_to_do(tmp_path, capsys):
    tables(tmp_path / "data")
    assert main(["index", str(tmp_path / "data"), "--quiet"]) == 4
    assert "Allowed: files in a folder visits/" in capsys.readouterr().err
    assert main(["trace", str(tmp_path / "data"), *TRACE]) == 0
    assert "0 people met them (ring 1)" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("broken", ["manifest.json", "parts/2026-03-05.0/records.npy", "names/persons.0.npy"])
@pytest.mark.parametrize("gone", [False, True], ids=["cut short", "gone"])
def test_an_index_that_is_not_whole_says_so_and_can_be_made_anew(broken, gone, data, douse, capsys):
    douse("index", data)
    file = data / store.FOLDER / broken
    file.unlink() if gone else file.write_bytes(file.read_bytes()[:150])
    assert main(["trace", str(data), *TRACE]) == 4
    said = capsys.readouterr().err
    assert "Next: " in said
    assert "douse index" in said
    assert "2 files read" in douse("index", data, "--fresh")
    assert "\nb,1," in traced(douse, data)["people.csv"]


def test_what_was_forgotten_is_not_read_again_when_the_index_is_begun_anew(data, douse):
    douse("index", data, "--forget-before", "2026-03-06")
    for more in ((), ("--forget-before", "2026-03-01")):
        douse("index", data, "--fresh", *more)
        assert days_in(data) == ["2026-03-06.0"]


@pytest.mark.parametrize("option", [("--crowd", "2.5"), ("--crowd", "-1"), ("--minutes", "soon"), ("--memory", "0")])
def test_numbers_that_are_none_are_refused(option, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["trace", str(tmp_path), *option])
    assert stopped.value.code == 2
    assert "this takes a" in capsys.readouterr().err


def test_where_memory_is_too_little_for_ring_2_the_next_step_is_said(data, douse, capsys):
    douse("index", data)
    assert main(["trace", str(data), *TRACE, "--memory", "1e-9"]) == 2
    said = capsys.readouterr().err
    assert "Contacts of contacts need 0.01 GiB" in said
    assert "--rings 1" in said
    assert main(["trace", str(data), *TRACE, "--memory", "1e-9", "--rings", "1"]) == 0


def test_a_case_that_is_not_on_record_is_refused(data, douse, capsys):
    douse("index", data)
    assert main(["trace", str(data), "a", "secret-17", *TRACE]) == 2
    said = capsys.readouterr().err
    assert "1 of the 2 cases asked for are not on record" in said
    assert "secret-17" not in said


def test_guest_lists_and_points_nearby_are_found_out_of_the_index_too(data, douse):
    """Links that are no overlap in time: a list of guests of a day, two geocodings of one venue."""
    day, told = datetime(2026, 3, 6), datetime(2026, 3, 7)
    somewhere = (37.56701, 127.00001, day, None, told)
    rows = [
        ("pa", "wedding", "event", None, None, day, None, told),
        ("guest", "wedding", "event", None, None, day, None, told),
        ("late", "wedding", "event", None, None, day + timedelta(hours=20), day + timedelta(hours=21), told),
        ("pa", None, None, *somewhere),
        ("same", None, None, *somewhere),
        ("near", None, None, 37.56731, *somewhere[1:]),
        ("far", None, None, 37.56801, *somewhere[1:]),
        ("listed", "cafe", None, 37.5672, *somewhere[1:]),
    ]
    kinds = {name: pl.Datetime("us") for name in ("entered_at", "left_at", "recorded_at")}
    columns = ("person_id", "place_id", "kind", "latitude", "longitude", *kinds)
    days = pl.DataFrame(rows, schema=columns, schema_overrides=kinds, orient="row")
    days.write_parquet(data / "visits" / "lists.parquet")
    douse("index", data)
    beside = data.parent / "beside"
    tables(beside)
    pl.concat([visits_of(5), visits_of(6), days], how="diagonal").write_csv(beside / "visits.csv")
    by_index, by_table = traced(douse, data), traced(douse, beside)
    assert by_index == by_table
    people = dict(pl.read_csv(by_index["people.csv"].encode()).select("person", "basis").rows())
    assert {name: people.get(name) for name in ("guest", "late", "same", "near", "far", "listed")} == {
        "guest": "guest_list", "late": "guest_list", "same": "shared_place", "near": "named_place", "far": None,
        "listed": "named_place",
    }  # fmt: skip


@pytest.mark.filterwarnings("ignore:unclosed")
def test_a_warehouse_gives_what_the_index_gives(data, douse):
    douse("index", data, "--engine", "duckdb")
    by_index, by_duckdb = traced(douse, data), traced(douse, data, "--engine", "duckdb")
    assert by_duckdb == by_index
    # A day that is told anew, with as many visits, goes into both.
    changed = visits_of(6).with_columns(person_id=pl.col("person_id").replace("g", "stranger"))
    changed.write_parquet(data / "visits" / "2026-03-06.parquet")
    douse("index", data, "--engine", "duckdb", "--fresh")
    by_index, by_duckdb = traced(douse, data), traced(douse, data, "--engine", "duckdb")
    assert "stranger" in by_index["people.csv"]
    assert by_duckdb == by_index


@pytest.mark.filterwarnings("ignore:unclosed")
def test_on_the_demo_city_table_index_and_warehouse_give_the_same_to_the_last_digit(tmp_path, douse):
    city = make_demo(tmp_path / "city", people=3_000, seed=1, pathogen=pathogen(), protocol=protocol())
    as_of = ("--as-of", city.as_of.isoformat())
    by_table = traced(douse, city.path, *as_of)
    douse("index", city.path, "--engine", "duckdb")
    by_index, by_duckdb = traced(douse, city.path, *as_of), traced(douse, city.path, *as_of, "--engine", "duckdb")
    assert by_table == by_index == by_duckdb
    assert len(by_table["people.csv"].splitlines()) > 100


@pytest.mark.filterwarnings("ignore:unclosed")
def test_what_is_forgotten_leaves_the_warehouse_too(data, douse):
    douse("index", data, "--engine", "duckdb")
    douse("index", data, "--forget-before", "2026-03-06")
    assert "2026-03-05" not in traced(douse, data, "--engine", "duckdb")["exposures.csv"]


@pytest.mark.filterwarnings("ignore:unclosed")
def test_a_warehouse_that_lags_behind_the_index_is_not_asked(data, douse, capsys):
    douse("index", data, "--engine", "duckdb")
    write_day(data, 7)
    douse("index", data)
    assert main(["trace", str(data), *TRACE, "--engine", "duckdb"]) == 4
    assert "Next: Bring it up to date: douse index DATA --engine duckdb" in capsys.readouterr().err
    douse("index", data, "--engine", "duckdb")
    assert traced(douse, data, "--engine", "duckdb") == traced(douse, data)


def test_without_a_warehouse_the_next_step_is_said(data, douse, capsys):
    douse("index", data)
    assert main(["trace", str(data), *TRACE, "--engine", "duckdb"]) == 4
    assert "Next: Make one: douse index DATA --engine duckdb" in capsys.readouterr().err
