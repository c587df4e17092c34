"""The look-up: what is typed, what is found, and what its files do not tell."""

import json
from datetime import date

import polars as pl
from test_bulletin_site import bulletin

from conftest import records
from douse.outputs.bulletin.lookup import plain, write_lookup
from douse.outputs.bulletin.values import LevelOfZone
from douse.records.zone_tree import ZoneTree

NO_PLACES = pl.DataFrame(schema={"name": pl.String, "kind": pl.String, "zone": pl.String})


def city(buildings=1200, postcodes=None):
    rows = [{"zone_id": "c", "name": "Riverton", "kind": "city"}]
    rows += [
        {"zone_id": f"e{n}", "name": f"Estate {n}", "kind": "estate", "parent_zone": "c", "postcode": code}
        for n, code in enumerate(postcodes or [None] * 4)
    ]
    rows += [
        {"zone_id": f"b{n}", "name": f"Building {n}", "kind": "building", "parent_zone": f"e{n % 4}"}
        for n in range(buildings)
    ]
    return ZoneTree(records(zones=rows).as_of(date(2026, 3, 5)))


def test_a_zone_is_found_by_each_of_its_postcodes(tmp_path):
    rows = [
        {"zone_id": "c", "name": "Riverton", "kind": "city"},
        {"zone_id": "e", "name": "Estate", "kind": "estate", "parent_zone": "c", "postcode": "010020 SW1A1AA"},
        {"zone_id": "200002", "name": "200002", "kind": "estate", "parent_zone": "c", "postcode": "200002"},
        {"zone_id": "b", "name": "Tower", "kind": "building", "parent_zone": "e", "postcode": "010021"},
    ]
    told = bulletin(levels=(held("e", "Estate", "control"),))
    write_lookup(tmp_path, told, ZoneTree(records(zones=rows).as_of(date(2026, 3, 5))), NO_PLACES)
    index, entries = everything(tmp_path)
    names = [entry[0] for entry in entries]
    assert {"Estate · 010020", "Estate · SW1A1AA", "Tower · 010021"} <= set(names)
    assert names.count("200002") == 1
    assert not [name for name in names if name == "200002 · 200002"]
    by_code = next(entry for entry in entries if entry[0] == "Tower · 010021")
    assert index["answers"][by_code[2]]["zone"] == "Estate"
    for typed in ("SW1A 1AA", "sw1a1aa", "010020"):  # as the script does: files that its beginning leads to
        files = [
            name for start, name in index["files"] if start.startswith(plain(typed)) or plain(typed).startswith(start)
        ]
        found = [entry for name in files for entry in json.loads((tmp_path / "zones" / name).read_text())]
        assert any(plain(typed) in plain(entry[0] + entry[1]) for entry in found)


def held(zone, name, level):
    return LevelOfZone(zone, name, "", level, date(2026, 3, 1), None, date(2026, 3, 14), None, None)


def everything(folder):
    index = json.loads((folder / "zones" / "index.json").read_text())
    return index, [entry for _, name in index["files"] for entry in json.loads((folder / "zones" / name).read_text())]


def test_typed_and_written_names_meet():
    assert plain("Building 3,  Riverside-Estate") == plain("building3 riverside estate")
    assert plain("幸福里12号") == plain("幸福里 １２号")
    assert plain("<script>") == "script"


def test_every_name_lies_in_a_file_that_its_beginning_leads_to(tmp_path):
    zones = city()
    write_lookup(tmp_path, bulletin(), zones, NO_PLACES)
    index, entries = everything(tmp_path)
    assert len({name for name, *_ in entries}) == len(zones) * 2  # by name and by identifier
    for name, file in index["files"]:
        for entry in json.loads((tmp_path / "zones" / file).read_text()):
            keys = [plain(part + entry[1]) for part in (entry[0], *entry[0].split(" · ")[1:])]
            assert any(key.startswith(name) for key in keys)
    assert max(len((tmp_path / "zones" / file).read_bytes()) for _, file in index["files"]) < 40_000


def test_a_building_is_answered_by_what_may_be_named_around_it(tmp_path):
    told = bulletin(levels=(held("e1", "Estate 1", "control"),), stricter_within=("e2",))
    write_lookup(tmp_path, told, city(40), NO_PLACES)
    index, entries = everything(tmp_path)
    by_name = {entry[0]: entry for entry in entries}
    assert index["answers"][by_name["Building 1"][2]]["level"] == "control"
    assert index["answers"][by_name["Building 1"][2]]["zone"] == "Estate 1"
    assert by_name["Building 3"][2] == 0
    # In estate 2 one building has a stricter level: each of its buildings is answered alike, so none is told.
    within = [entry for entry in entries if entry[0].startswith("Building") and entry[1] == "Estate 2"]
    assert len(within) > 8
    assert {tuple(entry[2:]) for entry in within} == {(0, 1)}


def test_files_of_an_earlier_day_are_taken_away(tmp_path):
    write_lookup(tmp_path, bulletin(), city(900), NO_PLACES)
    first = set((tmp_path / "zones").iterdir())
    write_lookup(tmp_path, bulletin(), city(3), NO_PLACES)
    assert len(set((tmp_path / "zones").iterdir())) < len(first)


def test_homes_are_not_among_the_places(tmp_path):
    places = pl.DataFrame(
        {"name": ["North School", "House of a person"], "kind": ["school", "home"], "zone": ["b1", "b1"]}
    )
    write_lookup(tmp_path, bulletin(), city(4), places)
    names = {entry[0] for entry in everything(tmp_path)[1]}
    assert "North School" in names
    assert "House of a person" not in names
