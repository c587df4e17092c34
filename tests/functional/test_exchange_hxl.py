"""Hashtags on what bulletins have told: the file says nothing that they do not say."""

import csv
import json

import pytest

from douse.__main__ import main
from exchange_inputs import export, left_out

pytestmark = pytest.mark.slow

DAYS = ("2026-03-01", "2026-03-03", "2026-03-05")


@pytest.fixture
def site(tmp_path):
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    (data / "zones.csv").write_text(
        "zone_id,name,kind,parent_zone\nc,Riverton,city,\nn,=North,district,c\ns,South,district,c\nnb,Tower,building,n\n"
    )
    came = ((1, "n", 20), (1, "s", 14), (3, "n", 15), (3, "s", 3), (5, "n", 12), (5, "s", 2))
    rows = [(f"k{day}-{zone}-{i}", zone, f"2026-03-0{day}") for day, zone, n in came for i in range(n)]
    lines = [f"{case},{zone},{day},{day},sars-cov-2-wild" for case, zone, day in rows]
    (data / "cases.csv").write_text("case_id,zone,onset,recorded_at,pathogen\n" + "\n".join(lines) + "\n")
    (data / "measures.csv").write_text(
        "measure_id,kind,zone,level,start,recorded_at\nm1,level,n,control,2026-03-02,2026-03-02\n"
        "m2,level,nb,lockdown,2026-03-02,2026-03-02\n"
    )
    for day in DAYS:
        assert main(["bulletin", str(data), "--as-of", day, "--out", str(out), "--quiet"]) == 0
    return data, out


def table(folder):
    rows = list(csv.DictReader((folder / "cases-by-area.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert all(tag.startswith("#") for tag in rows[0].values())
    return {row["zone"] or row["name"]: row for row in rows[1:]}


def test_the_file_holds_what_the_bulletins_told_and_nothing_else(site, tmp_path):
    _, public = site
    assert export(public, tmp_path / "hxl", "hxl") == 0
    rows = table(tmp_path / "hxl")
    told = [json.loads(path.read_text()) for path in (public / "bulletins").glob("*.json")]
    told.sort(key=lambda one: one["as_of"])
    rows[""] = rows.pop("elsewhere or not known")
    assert set(rows) == {*told[-1]["cases"]["rows"], "All"}
    for zone, row in rows.items():
        counts = {
            one["as_of"]: one["cases"]["total"]
            if zone == "All"
            else one["cases"]["shown"][one["cases"]["rows"].index(zone)]
            for one in told
        }
        assert row["cases_all"] == str(counts[row["date"]])
        if row["cases_new"]:
            assert int(row["cases_new"]) == counts[row["date"]] - (counts[row["since"]] if row["since"] else 0)
    assert rows["s"]["date"] == "2026-03-01"  # what came since is too little to be told
    assert (rows["n"]["name"], rows["n"]["level"], rows["s"]["level"]) == ("'=North", "control", "")
    assert "Tower" not in (tmp_path / "hxl" / "cases-by-area.csv").read_text()
    assert left_out(tmp_path / "hxl")["rows"].to_list() == ["3"]


def test_a_past_day_has_the_bulletins_of_then(site, tmp_path):
    _, public = site
    assert export(public, tmp_path / "hxl", "hxl", "--as-of", "2026-03-02") == 0
    assert {row["date"] for row in table(tmp_path / "hxl").values()} == {"2026-03-01"}
    assert export(public, tmp_path / "none", "hxl", "--as-of", "2026-02-01") == 2


@pytest.mark.parametrize("option", [("--pathogen", "measles"), ("--protocol", "who-generic"), ("--map", "m.toml")])
def test_bulletins_say_themselves_what_they_are_about(site, tmp_path, option):
    (tmp_path / "m.toml").write_text("")
    assert export(site[1], tmp_path / "hxl", "hxl", *option) == 2


def test_bulletins_for_partners_are_not_for_the_public(site, tmp_path, capsys):
    data, _ = site
    out = tmp_path / "partners"
    asked = ["bulletin", str(data), "--as-of", DAYS[0], "--out", str(out), "--audience", "partners", "--quiet"]
    assert main(asked) == 0
    assert export(out, tmp_path / "hxl", "hxl") == 2
    assert "partners" in capsys.readouterr().err


def test_a_bulletin_that_was_changed_is_not_passed_on(site, tmp_path):
    path = next((site[1] / "bulletins").glob("*.json"))
    path.write_text(path.read_text().replace("2026-03-0", "2026-04-0", 1))
    assert export(site[1], tmp_path / "hxl", "hxl") == 4


def test_counts_below_the_minimum_are_not_published_with_hashtags(tmp_path):
    lines = [f"K{n},2026-03-01,measles,{'a' if n < 3 else 'b'}" for n in range(40)]
    (tmp_path / "cases.csv").write_text("\n".join(["case_id,recorded_at,pathogen,zone", *lines]) + "\n")
    (tmp_path / "zones.csv").write_text("zone_id,name,kind\na,=A,district\nb,B,district\n")
    assert export(tmp_path, tmp_path / "out", "hxl") == 0
    rows = list(csv.DictReader((tmp_path / "out" / "cases-by-area.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert all(tag.startswith("#") for tag in rows[0].values())
    assert [row["cases_all"] for row in rows if row["zone"] == "a"] == [""]
    assert all(row["name"] != "=A" for row in rows)
    assert main(["exchange", "import", str(tmp_path / "out" / "cases-by-area.csv")]) in {0, 1}


def test_no_address_is_named_with_hashtags(tmp_path):
    lines = [f"K{n},2026-03-01,measles,{'a' if n < 20 else 'b'}" for n in range(40)]
    (tmp_path / "cases.csv").write_text("\n".join(["case_id,recorded_at,pathogen,zone", *lines]) + "\n")
    (tmp_path / "zones.csv").write_text("zone_id,name,kind\na,Old Tower,building\nb,B,district\n")
    assert export(tmp_path, tmp_path / "out", "hxl") == 0
    rows = list(csv.DictReader((tmp_path / "out" / "cases-by-area.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert {row["zone"] for row in rows[1:]} == {"b", ""}
    assert "Old Tower" not in str(rows)
