"""Which hazards are near, and whether the records show that one is ready for them."""

from datetime import date

import pytest

from conftest import records
from douse.library.hazard import FIGURE_UNITS, Hazard
from douse.library.load import load
from douse.records import Records, ZoneTree
from douse.signals.grey_rhinos import (
    grey_rhino_signals,
    grey_rhinos,
    in_season,
    judged,
    probability_within,
    shipped_hazards,
)
from douse.signals.readiness import readiness
from douse.situation import describe
from tracing_inputs import pathogen, protocol

title = "Known hazards and readiness"
FLU = load(Hazard, "seasonal-influenza")
TEMPERATE, TROPICAL, SOUTHERN = 50.0, 5.0, -35.0

TOWN = """
  zone_id | kind | population | latitude | longitude
  --------+------+------------+----------+----------
  town    | city | 200000     | 50.0     | 10.0
"""
HOSPITAL = """
  facility_id | kind       | zone | beds | icu_beds | rooms | tests_per_day | lead_time_days
  ------------+------------+------+------+----------+-------+---------------+---------------
  ward        | hospital   | town | 100  | 10       |       |               |
  later       | hospital   | town | 500  |          |       |               | 14
  lab         | laboratory | town |      |          |       | 400           | 0
"""
STOCK = """
  facility_id | item           | counted_at | quantity
  ------------+----------------+------------+---------
  ward        | protective_set | 2026-01-01 | 90000
  ward        | protective_set | 2026-01-20 | 5100
"""
CONTACTS = """
  case_id | person_id | setting | last_contact | found_at         | reached_at
  --------+-----------+---------+--------------+------------------+-----------------
  a       | p         | meal    | 2026-01-10   | 2026-01-10 08:00 | 2026-01-11 08:00
  a       | q         | meal    | 2026-01-10   | 2026-01-10 08:00 | 2026-01-15 08:00
"""
CASE = """
  case_id | zone | onset      | recorded_at
  --------+------+------------+------------
  a       | town | 2026-01-08 | 2026-01-09
"""


def on(day: str = "2026-01-31", **tables: str) -> tuple[Records, object, ZoneTree]:
    known = records(cases=CASE, **tables).as_of(date.fromisoformat(day))
    zones = ZoneTree(known)
    return known, describe(known, zones, pathogen(), protocol()), zones


def figures(**tables: str) -> dict[str, float | None]:
    return readiness(*on(**tables), protocol())


def test_nothing_on_record_is_unknown_and_never_unmet():
    assert set(figures().values()) == {None}
    table = grey_rhinos(*on(), pathogen(), protocol())
    assert table["unmet"].list.len().sum() == 0
    assert grey_rhino_signals(*on(), protocol()) == []


def test_beds_that_are_open_count_for_the_residents():
    told = figures(zones=TOWN, facilities=HOSPITAL)
    assert (told["hospital_beds"], told["icu_beds"], told["tests_per_day"]) == (50, 5, 200)
    assert told["quarantine_rooms"] is None  # nobody states any


def test_the_latest_count_of_protective_sets_lasts_so_many_days_with_all_beds_filled():
    # 100 beds x 15 sets and 10 x 20 a day
    assert figures(zones=TOWN, facilities=HOSPITAL, stock=STOCK)["protective_sets"] == 3


def test_contacts_tell_who_was_reached_in_time_and_how_many_tracers_there_were_at_least():
    told = figures(zones=TOWN, contacts=CONTACTS)
    assert told["contacts_reached"] == 0.5
    assert told["tracers"] == 0.5  # one in 200,000


def test_a_check_is_met_unmet_or_unknown():
    known, situation, zones = on(zones=TOWN, facilities=HOSPITAL, stock=STOCK, contacts=CONTACTS)
    found = readiness(known, situation, zones, protocol())

    def states(name: str) -> dict[str, str]:
        return {check.figure: check.state for check in judged(load(Hazard, name), found, protocol())}

    assert states("ebola-import") == {"protective_sets": "unmet", "contacts_reached": "unmet", "tracers": "unknown"}
    assert states("pandemic-influenza") == {
        "hospital_beds": "met",
        "icu_beds": "unmet",
        "protective_sets": "unmet",
        "reporting_delay": "unknown",
    }


def test_a_delay_is_met_up_to_the_days_allowed():
    by_figure = dict.fromkeys(FIGURE_UNITS, None) | {"reporting_delay": 7.0}
    assert [c.state for c in judged(FLU, by_figure, protocol()) if c.figure == "reporting_delay"] == ["met"]
    by_figure["reporting_delay"] = 8.0
    assert [c.state for c in judged(FLU, by_figure, protocol()) if c.figure == "reporting_delay"] == ["unmet"]


def test_a_likely_hazard_with_a_check_not_met_is_a_notice():
    seen = on(zones=TOWN, facilities=HOSPITAL, stock=STOCK, contacts=CONTACTS)
    told = {s.facts["hazard"]: s for s in grey_rhino_signals(*seen, protocol())}
    assert set(told) == {"measles-import", "norovirus-care-home"}
    assert {s.severity for s in told.values()} == {"notice"}
    assert told["norovirus-care-home"].facts["figure"] == "protective_sets"
    assert told["norovirus-care-home"].id == "grey_rhino:norovirus-care-home:2026"
    assert "ebola-import" in {s.facts["hazard"] for s in grey_rhino_signals(*seen, protocol(), likely=0.001)}


def test_the_register_says_what_to_do_first_for_what_is_not_met():
    seen = on(zones=TOWN, facilities=HOSPITAL, stock=STOCK, contacts=CONTACTS)
    rows = {row["hazard"]: row for row in grey_rhinos(*seen, pathogen(), protocol()).iter_rows(named=True)}
    assert rows["ebola-import"]["todo"][0] == "Stock protective sets for a week with every bed filled."
    assert rows["ebola-import"]["horizon_days"] == 28
    assert grey_rhinos(*seen, pathogen(), protocol(), language="zh")["todo"].explode().str.contains("[一-鿿]").all()
    assert next(iter(rows)) == "norovirus-care-home"  # the likeliest first
    assert len(rows) == len(shipped_hazards())


def test_winter_comes_half_a_year_later_in_the_south_and_never_in_the_tropics():
    january, july = date(2026, 1, 15), date(2026, 7, 15)
    assert (in_season(FLU.season, january, TEMPERATE), in_season(FLU.season, july, TEMPERATE)) == (True, False)
    assert (in_season(FLU.season, january, SOUTHERN), in_season(FLU.season, july, SOUTHERN)) == (False, True)
    assert in_season(FLU.season, january, TROPICAL) is None
    assert in_season(None, january, TEMPERATE) is None
    assert in_season(FLU.season, january, None) is None


@pytest.mark.parametrize("hazard", shipped_hazards(), ids=lambda hazard: hazard.id)
@pytest.mark.parametrize("latitude", [TEMPERATE, SOUTHERN, TROPICAL, None])
def test_a_year_holds_the_probability_of_a_year(hazard, latitude):
    assert probability_within(hazard, date(2026, 2, 28), 365, latitude) == pytest.approx(hazard.probability.value)


def test_a_month_in_season_is_likelier_than_one_out_of_it():
    winter = probability_within(FLU, date(2025, 12, 31), 28, TEMPERATE)
    summer = probability_within(FLU, date(2026, 6, 30), 28, TEMPERATE)
    anywhere = probability_within(FLU, date(2026, 6, 30), 28, None)
    assert winter > anywhere > summer > 0
