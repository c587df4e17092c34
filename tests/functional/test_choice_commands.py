"""`douse compare` and the choice of `douse plan`, as a user meets them."""

import json

import polars as pl
import pytest

from douse.__main__ import main
from douse.city import make_demo
from douse.library import Pathogen, Protocol, load

AS_OF = "2026-04-01"
MINE = """
id = "mine"
name = { en = "Mine", zh = "我的方案" }
summary = { en = "Estates with a case stay at home.", zh = "有病例的小区居家。" }
edition = "1"
valid_from = 2026-01-01

[[level]]
level = "lockdown"
on = "estate"
on_cases = 1
cover = 0.3
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city") / "records"
    make_demo(folder, people=8_000, pathogen=load(Pathogen, "sars-cov-2-wild"), protocol=load(Protocol, "who-generic"))
    (folder.parent / "mine.toml").write_text(MINE, encoding="utf-8")
    return folder


def compare(records, out, *more):
    words = ["compare", str(records), "--as-of", AS_OF, "--scenarios", "24", "--out", str(out), "--quiet"]
    plans = ["--plans", "people", "stay-home-all", str(records.parent / "mine.toml")]
    return main([*words, *([] if "--plans" in more else plans), *more])


@pytest.fixture(scope="module")
def compared(records, tmp_path_factory):
    out = tmp_path_factory.mktemp("compared")
    assert compare(records, out) == 0
    return out


def test_plans_are_written_side_by_side(compared):
    plans = pl.read_csv(compared / "plans.csv")
    assert set(plans["strategy"]) == {"people", "stay-home-all", "mine"}
    assert plans["restricted"].is_sorted()
    assert plans.filter("proposed").height == 1
    by = {row["strategy"]: row for row in plans.iter_rows(named=True)}
    assert by["people"]["restricted"] == 0
    assert by["stay-home-all"]["infections"] < by["people"]["infections"]
    assert by["people"]["restricted"] < by["mine"]["restricted"] < by["stay-home-all"]["restricted"]
    made = json.loads((compared / "compare.json").read_text(encoding="utf-8"))
    assert made["choice"]["chosen"] == plans.filter("proposed")["strategy"][0]
    page = (compared / "compare.html").read_text(encoding="utf-8")
    assert "Plans side by side" in page
    assert "<script" not in page


def test_processes_and_a_stopped_command_give_the_same_bytes(records, compared, tmp_path):
    assert compare(records, tmp_path / "processes", "--executor", "processes") == 0
    assert compare(records, compared) == 0  # all runs are kept: nothing is run again
    texts = [(folder / "compare.json").read_bytes() for folder in (compared, tmp_path / "processes")]
    assert texts[0] == texts[1]


def test_in_chinese(records, compared, tmp_path):
    assert compare(records, tmp_path, "--lang", "zh") == 0
    page = (tmp_path / "compare.html").read_text(encoding="utf-8")
    assert "方案对比" in page
    assert "我的方案" in page


def test_the_plan_follows_what_was_chosen(records, tmp_path):
    asked = ["plan", str(records), "--as-of", AS_OF, "--out", str(tmp_path), "--scenarios", "24", "--quiet"]
    assert main([*asked, "--plans", "people", "--floor", "extinct=0.1,beds=9"]) == 0
    plan = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))["plan"]
    assert plan["choice"]["chosen"] == "people"
    assert plan["levels"] == {}  # no area is restricted by that strategy
    assert "Which plan, and why" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert (tmp_path / "tables" / "plans.csv").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--scenarios", "0"], "Plans are compared in scenarios"),
        (["--scenarios", "3"], "is not possible"),
        (["--floor", "joy=1"], "no condition joy"),
        (["--plans", "nothing-like-it"], "no strategy of that name"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_a_sentence(records, tmp_path, capsys, more, said):
    assert compare(records, tmp_path, *more) > 1
    assert said in capsys.readouterr().err
