"""A made city as a user makes it: `douse city new`, `douse city from`, and other verbs on its records."""

import subprocess
import sys

import polars as pl
import pytest

from douse.__main__ import main
from douse.city.saved import open_city


def test_a_new_city_has_its_people_its_records_and_its_arrays(tmp_path, capsys):
    out = tmp_path / "town"
    assert main(["city", "new", "--people", "3000", "--out", str(out), "--visits", "2", "--quiet"]) == 0
    said = capsys.readouterr().out
    assert "A city of 3,000 people" in said
    assert len(open_city(out / "city")) == 3_000
    assert pl.read_parquet(out / "people.parquet").height == 3_000
    assert main(["check", str(out)]) in {0, 1}


def test_a_city_from_zone_totals_keeps_them(tmp_path, capsys):
    zones = tmp_path / "zones.csv"
    zones.write_text(
        "zone_id,parent_zone,kind,population,households\ntown,,city,,\na,town,estate,900,380\nb,town,estate,600,250\n",
        encoding="utf-8",
    )
    out = tmp_path / "made"
    assert main(["city", "from", str(zones), "--out", str(out), "--visits", "0", "--lang", "zh", "--quiet"]) == 0
    assert "1,500 人的城市" in capsys.readouterr().out
    made = pl.read_parquet(out / "people.parquet").group_by("zone").len().sort("zone")
    assert made.rows() == [("a", 900), ("b", 600)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["new", "--people", "3"], "cannot be made"),
        (["from", "nothing.csv"], "There is no file nothing.csv"),
    ],
)
def test_what_makes_no_city_is_refused_with_a_sentence(tmp_path, capsys, arguments, said):
    assert main(["city", *arguments, "--out", str(tmp_path / "out"), "--quiet"]) > 1
    assert said in capsys.readouterr().err


@pytest.mark.slow
def test_warm_compiles_and_says_how_long_it_took():
    done = subprocess.run([sys.executable, "-m", "douse", "warm"], capture_output=True, text=True, check=True)
    assert "Ready" in done.stdout
