"""`douse simulate` as a user meets it, on the records of a demo city."""

from datetime import date

import polars as pl
import pytest

from douse.__main__ import main
from douse.city import make_demo
from douse.library import Pathogen, Protocol, load
from douse.outputs.forecast_words import SHOWN

AS_OF = "2026-04-01"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "records"
    make_demo(folder, people=8_000, pathogen=load(Pathogen, "sars-cov-2-wild"), protocol=load(Protocol, "who-generic"))
    return folder


def simulated(records, out, *more):
    words = ["simulate", str(records), "--as-of", AS_OF, "--days", "14", "--runs", "24", "--out", str(out), "--quiet"]
    return main([*words, *more])


def test_the_page_and_the_tables_are_written(records, tmp_path, capsys):
    assert simulated(records, tmp_path / "s") == 0
    said = capsys.readouterr().out
    assert "14 days after 1 Apr 2026, simulated" in said
    assert "Over within 14 days" in said
    daily = pl.read_csv(tmp_path / "s" / "forecast.csv", try_parse_dates=True)
    assert set(daily["what"]) == set(SHOWN)
    assert daily["date"].min() == date(2026, 4, 2)
    assert daily.filter((pl.col("q05") > pl.col("q50")) | (pl.col("q50") > pl.col("q95"))).is_empty()
    cases = pl.read_csv(tmp_path / "s" / "example-cases.csv")
    infected = pl.read_csv(tmp_path / "s" / "example-infections.csv")
    assert set(cases["person_id"]) <= set(infected["person_id"])
    people = pl.read_parquet(records / "people.parquet")["person_id"]
    assert not set(infected["person_id"]) & set(people)  # what happens in a run is not told of real people
    daily, zones, ages = (
        pl.read_csv(tmp_path / "s" / f"example-{name}.csv", try_parse_dates=True) for name in ("daily", "zones", "ages")
    )
    assert daily["cases"].sum() == zones["cases"].sum() == cases.height
    assert ages["infections"].sum() >= zones["infections"].sum()  # who came infected is counted by age only
    assert daily["date"].max() == date(2026, 4, 15)
    page = (tmp_path / "s" / "forecast.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "The days ahead, simulated" in page


def test_the_same_call_writes_the_same_bytes_and_another_language_says_the_same(records, tmp_path, capsys):
    assert simulated(records, tmp_path / "one") == 0
    assert simulated(records, tmp_path / "two", "--lang", "zh") == 0
    assert "未来走势模拟" in (tmp_path / "two" / "forecast.html").read_text(encoding="utf-8")
    for name in ("forecast", "zones", "fitted", "example-cases"):
        one, two = ((tmp_path / run / f"{name}.csv").read_bytes() for run in ("one", "two"))
        assert one == two, name


def test_a_lockdown_to_come_keeps_infections_down(records, tmp_path, capsys):
    measures = tmp_path / "measures.csv"
    measures.write_text("kind,level,start\nlevel,lockdown,2026-04-02\n", encoding="utf-8")
    assert simulated(records, tmp_path / "free") == 0
    assert simulated(records, tmp_path / "shut", "--measures", str(measures)) == 0
    free, shut = (
        pl.read_csv(tmp_path / run / "totals.csv").filter(pl.col("what") == "infections")["mean"][0]
        for run in ("free", "shut")
    )
    assert shut < free
    under = pl.read_csv(tmp_path / "shut" / "totals.csv").filter(pl.col("what") == "people_lockdown")
    assert under["q50"][0] == 8_000


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--measures", "nothing.csv"], "There is no file nothing.csv"),
        (["--executor", "abacus"], "There is no executor abacus"),
        (["--runs", "1"], "is not possible"),
    ],
)
def test_what_cannot_be_simulated_is_refused_with_a_sentence(records, tmp_path, capsys, more, said):
    assert simulated(records, tmp_path / "s", *more) > 1
    assert said in capsys.readouterr().err


def test_processes_give_the_same_answer_as_threads(records, tmp_path, capsys):
    assert simulated(records, tmp_path / "threads") == 0
    assert simulated(records, tmp_path / "processes", "--executor", "processes") == 0
    threads, processes = ((tmp_path / run / "forecast.csv").read_bytes() for run in ("threads", "processes"))
    assert threads == processes
