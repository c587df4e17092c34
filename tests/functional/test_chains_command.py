"""`douse chains` as a user meets it."""

from pathlib import Path

import polars as pl
import pytest

from douse.__main__ import main

CASES = """case_id,zone,age,onset,origin,infector,setting,recorded_at
a,North,34,2026-03-01,imported,,,2026-03-03
b,North,61,2026-03-06,,a,meal,2026-03-08
c,North,7,2026-03-07,,,,2026-03-09
d,South,40,2026-03-12,,,,2026-03-14
"""
FILES = ("links", "sources", "zones_hidden", "settings", "superspreading", "changes")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "cases.csv").write_text(CASES, encoding="utf-8")
    return folder


@pytest.mark.slow
def test_it_says_and_writes_who_infected_whom(data, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["chains", str(data), "--pathogen", "sars-cov-2-wild", "--as-of", "2026-03-14", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "Who infected whom, 14 Mar 2026" in said
    assert "4 cases" in said
    tables = {name: pl.read_csv(out / f"{name}.csv") for name in FILES}
    links = tables["links"]
    assert links.columns == ["case_id", "rank", "kind", "infector", "probability", "basis"]
    first = {row["case_id"]: row for row in links.filter(rank=1).iter_rows(named=True)}
    assert first["a"]["kind"] == "imported"
    assert (first["b"]["kind"], first["b"]["infector"]) == ("direct", "a")
    assert "declared" in first["b"]["basis"]
    assert links["probability"].is_between(0, 1).all()
    assert set(tables["sources"]["case_id"]) == set("abcd")
    assert tables["settings"]["expected"].sum() == pytest.approx(4, abs=0.01)


def test_it_speaks_chinese(data, capsys):
    asked = ["chains", str(data), "--pathogen", "sars-cov-2-wild", "--as-of", "2026-03-14", "--lang", "zh"]
    assert main(asked) == 0
    said = capsys.readouterr().out
    assert "传播关系" in said
    assert "Expected" not in said


def test_an_earlier_day_does_not_know_the_later_cases(data, tmp_path):
    short = tmp_path / "short"
    short.mkdir()
    (short / "cases.csv").write_text("".join(CASES.splitlines(keepends=True)[:4]), encoding="utf-8")
    for folder, out in ((data, "one"), (short, "two")):
        asked = ["chains", str(folder), "--pathogen", "sars-cov-2-wild", "--as-of", "2026-03-10"]
        assert main([*asked, "--out", str(tmp_path / out)]) == 0
    for name in FILES:
        assert (tmp_path / "one" / f"{name}.csv").read_bytes() == (tmp_path / "two" / f"{name}.csv").read_bytes()


def test_weights_of_ones_own_must_be_a_file_of_links(data, tmp_path, capsys):
    mine = tmp_path / "mine.toml"
    mine.write_text('id = "mine"\n', encoding="utf-8")
    assert main(["chains", str(data), "--pathogen", "sars-cov-2-wild", "--links", str(mine)]) != 0
    assert "mine.toml" in capsys.readouterr().err
