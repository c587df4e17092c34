"""The synthetic tables of the benchmarks pass the door."""

import runpy
from pathlib import Path

import pytest

from douse.readers.read import read_raw
from douse.records.check import check

MAKE = runpy.run_path(str(Path(__file__).resolve().parents[2] / "benchmarks" / "make_records.py"))["make_records"]


@pytest.mark.parametrize(("cases", "contacts", "zones"), [(1, 0, 0), (3_400, 6_800, 250), (50, 200, 1), (50, 10, 12)])
def test_the_tables_pass_the_door(tmp_path, cases, contacts, zones):
    MAKE(tmp_path, cases=cases, contacts=contacts, zones=zones)
    checked = check(read_raw(tmp_path))
    assert checked.findings.is_empty()
    assert checked.records.cases.height == cases
    assert checked.records.table("contacts").height == contacts
    assert checked.records.table("zones").height == zones


def test_the_same_arguments_write_the_same_bytes(tmp_path):
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        MAKE(tmp_path / folder, cases=500, contacts=900, zones=40, seed=seed)
    for name in ("cases.csv", "contacts.csv", "zones.csv"):
        one, two, other = ((tmp_path / folder / name).read_bytes() for folder in "abc")
        assert one == two
        assert one != other
