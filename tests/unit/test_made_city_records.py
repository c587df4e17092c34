"""Records of a made city pass the door and say what the city is; people in records make a city."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from city_inputs import apart, check_whole, made
from conftest import records
from douse.city.from_records import city_for, city_of_records, totals_in
from douse.city.records_of import write_records
from douse.errors import DataError, UsageError
from douse.kernels.person_word import CARE, HOSPITAL, SCHOOL, WORK
from douse.readers.read import read_raw
from douse.records.check import check
from douse.records.zone_tree import ZoneTree

DAY = date(2026, 4, 1)  # a Wednesday


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "records"
    whole = made(12_000)
    write_records(whole.city, folder, as_of=DAY, days=5, group_zone=whole.group_zone)
    return folder, check(read_raw(folder))


def test_the_tables_pass_the_door(written):
    _, checked = written
    assert checked.findings.filter(pl.col("action") != "note").is_empty()
    known = checked.records
    assert known.table("people").height == 12_000
    assert known.cases.is_empty()
    for table in ("zones", "places", "facilities", "stock", "visits"):
        assert known.table(table).height > 0


def test_a_city_comes_back_from_its_records(written):
    known = written[1].records.as_of(DAY)
    whole = made(12_000).city
    peopled = city_of_records(known, ZoneTree(known))
    check_whole(peopled.city)
    assert peopled.person_ids.n_unique() == 12_000
    was, now = apart(whole), apart(peopled.city)
    assert peopled.city.zone_ids == whole.zone_ids
    # Numbered in the order of the city: the same people, in the same households and groups.
    person = peopled.person_ids.str.slice(1).cast(pl.Int64).to_numpy() - 1
    for name in ("zone", "age", "kind", "size"):
        assert (getattr(was, name)[person] == getattr(now, name)).all(), name
    pairs = np.unique(np.c_[was.group[person], now.group], axis=0)
    assert len(pairs) == len(np.unique(was.group)) == len(np.unique(now.group))


def test_ages_and_occupations_fit_the_groups(written):
    people = written[1].records.table("people")
    kinds = people.group_by("occupation").agg(pl.col("age").min().alias("low"), pl.col("age").max().alias("high"))
    said = {row["occupation"]: (row["low"], row["high"]) for row in kinds.iter_rows(named=True)}
    assert said["pupil"] == (3, 17)
    assert said["teacher"][0] >= 18
    assert said["health_worker"][1] <= 64
    assert people["sex"].value_counts(normalize=True)["proportion"].min() > 0.48


def test_nobody_is_in_two_places_at_once(written):
    visits = written[1].records.table("visits").sort("person_id", "entered_at")
    later = visits.with_columns(after=pl.col("left_at").shift(1).over("person_id"))
    assert later.filter(pl.col("entered_at") <= pl.col("after")).is_empty()
    assert (visits["left_at"] > visits["entered_at"]).all()
    days = visits.group_by(pl.col("entered_at").dt.date()).len()
    assert days.height == 5
    assert 0.5 * 12_000 < visits.height / 5 < 2 * 12_000
    places = written[1].records.table("places")["place_id"]
    assert visits["place_id"].is_in(places.implode()).all()


def test_pupils_stay_away_from_school_on_sundays(written):
    known = written[1].records
    visits = known.table("visits").join(known.table("places").select("place_id", "kind"), on="place_id")
    sunday = visits.filter(pl.col("entered_at").dt.weekday() == 7)
    assert sunday.height > 0
    assert sunday.filter(pl.col("kind_right") == "school").is_empty()


def test_the_same_arguments_write_the_same_bytes(tmp_path):
    city = made(997).city
    for name in "ab":
        write_records(city, tmp_path / name, as_of=DAY, days=2)
    write_records(city, tmp_path / "b", as_of=DAY, days=2)
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


def test_pieces_join_without_a_seam(tmp_path, monkeypatch):
    monkeypatch.setattr("douse.city.records_of._CHUNK", 300)
    write_records(made(997).city, tmp_path / "made", as_of=DAY, days=1)
    people = pl.read_parquet(tmp_path / "made" / "people.parquet")
    assert people["person_id"].n_unique() == people.height == 997
    parts = apart(made(997).city)
    size = people.select(pl.len().over("household"))["len"].to_numpy()
    assert (size == parts.size).all()


def test_visits_are_left_out_of_a_large_city_unless_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr("douse.city.records_of._FEW", 500)
    write_records(made(997).city, tmp_path / "large", as_of=DAY)
    write_records(made(100).city, tmp_path / "small", as_of=DAY)
    assert not (tmp_path / "large" / "visits.parquet").exists()
    assert (tmp_path / "small" / "visits.parquet").exists()


def test_other_records_are_left_alone(tmp_path):
    (tmp_path / "cases.csv").write_text("case_id\nK1\n")
    with pytest.raises(UsageError, match="something else"):
        write_records(made(100).city, tmp_path, as_of=DAY)
    with pytest.raises(UsageError, match="fewer than no days"):
        write_records(made(100).city, tmp_path / "new", as_of=DAY, days=-1)


ZONES = """
  zone_id | kind      | parent_zone | population
  --------+-----------+-------------+-----------
  city    | city      |             | 900
  north   | district  | city        | 500
  n1      | community | north       | 300
  n2      | community | north       | 200
  park    | community | north       | 0
  south   | district  | city        | 400
  s1      | community | south       |
"""


def test_people_live_meet_and_are_as_the_records_say():
    known = records(
        zones=ZONES,
        people="""
          person_id | zone | household | age | home_place | daytime_place | group
          ----------+------+-----------+-----+------------+---------------+------
          a         | n1   | h1        | 41  |            | firm          | one
          b         |      | h1        | 8   |            | school        | 2a
          c         | n2   |           |     |            | school        | 2a
          d         |      |           | 70  | home       | firm          | one
          e         |      |           | 30  |            | clinic        |
          f         | s1   | h2        | 33  |            | clinic        |
          g         | n1   | h2        | 34  |            | clinic        | alone
          h         | s1   | h2        | 35  |            | home          |
        """,
        places="""
          place_id | kind      | zone
          ---------+-----------+-----
          school   | school    | n1
          firm     | workplace | n2
          home     | home      | n2
        """,
        facilities="""
          facility_id | kind   | zone
          ------------+--------+-----
          clinic      | clinic | n1
        """,
    ).as_of(DAY)
    peopled = city_of_records(known, ZoneTree(known))
    check_whole(peopled.city)
    parts = apart(peopled.city)
    at = {person: n for n, person in enumerate(peopled.person_ids)}
    zone = {person: peopled.city.zone_ids[parts.zone[n]] for person, n in at.items()}
    assert {p: z for p, z in zone.items() if p != "e"} == {
        "a": "n1", "b": "n1", "c": "n2", "d": "n2", "f": "s1", "g": "s1", "h": "s1"
    }  # fmt: skip
    assert zone["e"] in {"n1", "n2", "s1"}
    assert [int(parts.size[at[p]]) for p in "abcdefgh"] == [2, 2, 1, 1, 1, 3, 3, 3]
    assert [int(parts.kind[at[p]]) for p in "abcdefgh"] == [WORK, SCHOOL, SCHOOL, WORK, HOSPITAL, HOSPITAL, 0, 0]
    assert parts.group[at["b"]] == parts.group[at["c"]]
    assert parts.age[at["c"]] in {1, 6, 7, 8, 14}
    assert parts.age[at["d"]] == 14


def test_a_large_household_is_cut_and_a_large_place_has_rooms():
    rows = [{"person_id": f"p{n:04d}", "zone": "z", "household": "dorm", "daytime_place": "works"} for n in range(700)]
    known = records(people=rows, places=[{"place_id": "works", "kind": "care_home"}]).as_of(DAY)
    whole = city_of_records(known, ZoneTree(known)).city
    check_whole(whole)
    parts = apart(whole)
    assert parts.size.max() == 15
    assert (parts.kind == CARE).all()
    assert np.diff(whole.group_start.astype(int)).max() <= 60
    assert len(whole.institution_start) - 2 == 1


def test_no_people_no_city_of_records():
    known = records(zones=ZONES).as_of(DAY)
    assert city_of_records(known, ZoneTree(known)) is None


def test_zones_with_populations_make_a_city():
    known = records(zones=ZONES).as_of(DAY)
    totals = totals_in(known)
    # The smallest zones that cover those above them: s1 says nothing, so the district stands for it.
    assert set(totals["zone_id"]) == {"city", "north", "n1", "n2", "south"}
    peopled = city_for(known, ZoneTree(known), 1)
    assert peopled.person_ids is None
    check_whole(peopled.city)
    assert dict(zip(peopled.city.zone_ids, np.diff(peopled.city.zone_start).tolist(), strict=True)) == {
        "n1": 300, "n2": 200, "south": 400
    }  # fmt: skip


def test_records_of_nobody_are_refused():
    known = records(zones=[{"zone_id": "a"}, {"zone_id": "b", "population": 0}]).as_of(DAY)
    with pytest.raises(DataError, match="nobody to simulate"):
        city_for(known, ZoneTree(known), 1)


def test_people_without_any_zone_need_a_tree():
    known = records(people=[{"person_id": "a"}, {"person_id": "b"}]).as_of(DAY)
    with pytest.raises(DataError, match="No person has a zone"):
        city_of_records(known, ZoneTree(known))
