"""A city comes back from the disk as it was, with the same bytes every time."""

import dataclasses

import numpy as np
import polars as pl
import pytest

from city_inputs import made
from douse.city.saved import open_city, save_city
from douse.errors import DataError, UsageError

ARRAYS = ("word", "members", "group_start", "institution", "institution_start", "zone_start")


def test_a_city_comes_back(tmp_path):
    city = made(997).city
    save_city(city, tmp_path / "city")
    back = open_city(tmp_path / "city")
    for name in ARRAYS:
        was, is_now = getattr(city, name), getattr(back, name)
        assert was.dtype == is_now.dtype
        assert np.array_equal(was, is_now)
        assert is_now.flags.writeable
    assert back.zone_ids == city.zone_ids
    assert back.zones.equals(city.zones)


def test_the_same_city_gives_the_same_bytes(tmp_path):
    for name in "ab":
        save_city(made(997).city, tmp_path / name)
    save_city(made(100).city, tmp_path / "b")
    save_city(made(997).city, tmp_path / "b")
    files = sorted(file.name for file in (tmp_path / "a").iterdir())
    assert len(files) == 7
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_a_city_without_groups_comes_back(tmp_path):
    city = made(100).city
    none = np.zeros(0, np.uint32)
    bare = dataclasses.replace(
        city,
        members=none,
        group_start=np.zeros(2, np.uint32),
        institution=np.zeros(1, np.uint32),
        institution_start=np.zeros(2, np.uint32),
    )
    save_city(bare, tmp_path / "city")
    assert len(open_city(tmp_path / "city").members) == 0


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "cases.csv").write_text("case_id\n")
    with pytest.raises(UsageError, match="not a city"):
        save_city(made(100).city, tmp_path)
    assert (tmp_path / "cases.csv").read_text() == "case_id\n"


@pytest.mark.parametrize(
    "damage", ["nothing", "no note", "not json", "edition", "people", "column", "missing", "mixed"]
)
def test_half_a_city_is_refused(tmp_path, damage):
    folder = tmp_path / "city"
    if damage != "nothing":
        save_city(made(997).city, folder)
    if damage == "no note":
        (folder / "city.json").unlink()
    elif damage == "not json":
        (folder / "city.json").write_text("[")
    elif damage == "edition":
        (folder / "city.json").write_text('{"edition": 0}')
    elif damage == "people":
        (folder / "people.parquet").write_bytes(b"PAR1")
    elif damage == "column":
        pl.DataFrame({"word": ["a"]}).write_parquet(folder / "people.parquet")
    elif damage == "missing":
        (folder / "groups.parquet").unlink()
    elif damage == "mixed":
        save_city(made(100).city, tmp_path / "other")
        (folder / "members.parquet").write_bytes((tmp_path / "other" / "members.parquet").read_bytes())
    with pytest.raises(DataError, match="Next:"):
        open_city(folder)
