"""`douse drill` as a user meets it, on a small made city."""

import json

import polars as pl
import pytest

from douse.__main__ import main

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city") / "made"
    assert main(["city", "new", "--people", "2000", "--visits", "0", "--out", str(folder), "--quiet"]) == 0
    return folder


def drilled(city, out, *more):
    words = ["drill", str(city), "--drills", "3", "--days", "14", "--policy", "rules", "--out", str(out), "--quiet"]
    return main([*words, *more])


def test_the_page_and_the_tables_are_written(city, tmp_path, capsys):
    assert drilled(city, tmp_path / "d") == 0
    said = capsys.readouterr().out
    assert "3 drills of 14 days" in said
    assert "Over in time" in said
    told = json.loads((tmp_path / "d" / "drill.json").read_text(encoding="utf-8"))
    assert [(one["policy"], one["number"]) for one in told["drills"]] == [
        (policy, number) for number in range(3) for policy in ("rules", "trace-only")
    ]
    assert told["compared_with"] == "trace-only"
    days = pl.read_csv(tmp_path / "d" / "days.csv")
    assert days.height == 2 * 3 * 15
    board = pl.read_csv(tmp_path / "d" / "scoreboard.csv")
    assert set(board["policy"]) == {"rules", "trace-only"}
    page = (tmp_path / "d" / "drill.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "Invented outbreaks" in page


def test_processes_play_the_same_drills(city, tmp_path, capsys):
    assert drilled(city, tmp_path / "one") == 0
    assert drilled(city, tmp_path / "two", "--executor", "processes") == 0
    for name in ("drill.json", "drill.html", "days.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
    capsys.readouterr()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--policy", "magic"], 2, "no policy magic"),
        (["--drills", "0"], 2, "0 drills"),
        (["--pathogen", "nothing"], 5, "no pathogen of that name"),
    ],
)
def test_what_cannot_be_played_is_refused(city, tmp_path, capsys, words, code, said):
    assert drilled(city, tmp_path / "no", *words) == code
    assert said in capsys.readouterr().err
    assert not (tmp_path / "no").exists()


def test_a_folder_without_a_city_is_refused(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert drilled(tmp_path / "empty", tmp_path / "no") > 1
    assert "no made city in empty" in capsys.readouterr().err
