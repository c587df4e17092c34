"""A plan for a past day uses nothing that was recorded later: the same bytes from an input cut off at that day."""

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest

from douse import main

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "korea-2020.toml"
LATER_FACTS = ("released_date", "deceased_date", "symptom_onset_date")


# Row numbers are those of the input file, so they go to findings.csv only; it and manifest.json tell of whole files.
OF_WHOLE_FILES = ("manifest.json", "findings.csv")


def cut_off(source: Path, target: Path, day: date) -> None:
    """Copy the Korean tables without the rows, and without the dates, that come after a day."""
    target.mkdir()
    for file in source.glob("*.csv"):
        shutil.copy(file, target)
    for name, dated in (("linelist.csv", "confirmed_date"), ("routes.csv", "date"), ("policy.csv", "start_date")):
        with (source / name).open(encoding="utf-8", newline="") as opened:
            reader = csv.DictReader(opened)
            rows = [row for row in reader if row[dated] <= day.isoformat()]
            header = reader.fieldnames or []
        for row in rows:
            for column in LATER_FACTS:
                if row.get(column, "") > day.isoformat():
                    row[column] = ""
        with (target / name).open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, header)
            writer.writeheader()
            writer.writerows(rows)


def plan(data: Path, mapping: Path, day: date, out: Path) -> None:
    main.plan(main.Question(data, mapping=mapping, as_of=day), out)


def outputs(folder: Path) -> dict[str, bytes]:
    """Everything that a plan writes, less what tells of whole input files."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and str(path.relative_to(folder)) not in OF_WHOLE_FILES and "rejected" not in path.parts
    }


@pytest.mark.parametrize(
    "day",
    [
        date(2020, 1, 21),
        date(2020, 2, 18),
        pytest.param(date(2020, 3, 5), marks=pytest.mark.slow),
        pytest.param(date(2020, 4, 10), marks=pytest.mark.slow),
    ],
)
def test_a_past_day_gives_that_days_answer(shared, tmp_path, day):
    source = shared / "data" / "korea-2020"
    cut_off(source, tmp_path / "cut", day)
    plan(source, EXAMPLE, day, tmp_path / "full-out")
    plan(tmp_path / "cut", EXAMPLE, day, tmp_path / "cut-out")
    full, cut = outputs(tmp_path / "full-out"), outputs(tmp_path / "cut-out")
    assert full.keys() == cut.keys()
    assert [name for name in full if full[name] != cut[name]] == []


@pytest.mark.slow
def test_two_runs_give_the_same_bytes(shared, tmp_path):
    source = shared / "data" / "mers-korea-2015"
    example = EXAMPLE.with_name("mers-korea-2015.toml")
    for run in ("one", "two"):
        plan(source, example, date(2015, 6, 8), tmp_path / run)
    assert outputs(tmp_path / "one") == outputs(tmp_path / "two")
    assert (tmp_path / "one" / "manifest.json").read_bytes() == (tmp_path / "two" / "manifest.json").read_bytes()


def test_the_cut_really_leaves_rows_out(shared, tmp_path):
    cut_off(shared / "data" / "korea-2020", tmp_path / "cut", date(2020, 3, 5))
    kept = (tmp_path / "cut" / "linelist.csv").read_text(encoding="utf-8").count("\n")
    assert 100 < kept < 3000
