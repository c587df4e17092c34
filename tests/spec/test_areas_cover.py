"""The smallest areas that cover a share of the expected undetected infections: what is chosen, and why."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from conftest import records
from douse.errors import UsageError
from douse.library import Protocol, load
from douse.library.number import Number
from douse.planning.areas import circles, cover, cover_measures, hidden_infections, propose_areas, whole_districts
from douse.planning.areas.hidden import PARTS, HiddenByArea
from douse.records import ZoneTree
from planning_inputs import SIMPLE, TODAY, TREE, basis, planned, protocol, traced

title = "The smallest areas that cover the expected undetected infections"
PAIR = """
  zone_id | kind      | parent_zone | population | latitude | longitude
  --------+-----------+-------------+------------+----------+----------
  city    | city      |             | 3000       | 30.5     | 124.5
  west    | district  | city        | 1500       | 30.5     | 124.4
  east    | district  | city        | 1500       | 30.5     | 124.6
  estate  | estate    | west        | 1500       | 30.5     | 124.4
  b1      | building  | estate      | 100        | 30.50    | 124.40
  b2      | building  | estate      | 100        | 30.50    | 124.41
  b3      | building  | estate      | 1300       | 30.51    | 124.42
  garden  | estate    | east        | 1500       | 30.5     | 124.6
"""


class Land:
    """Zones and rules."""

    def __init__(self, zones: ZoneTree, rules: Protocol) -> None:
        self.zones, self.protocol = zones, rules


def held_by(staff: float) -> Protocol:
    """The protocol in four lines, with so many people a day who hold a separate area."""
    rules = protocol(**SIMPLE)
    number = Number(value=staff, unit="people a day", source="test", grade="est")
    areas = load(Protocol, "who-generic").areas
    assert areas is not None
    return rules.model_copy(update={"areas": areas.model_copy(update={"hold_staff": {"lockdown": number}})})


def land(staff: float = 0.0) -> Land:
    return Land(ZoneTree(records(zones=PAIR).as_of(TODAY)), held_by(staff))


def hidden(at: Land, **expected: float) -> HiddenByArea:
    """Expected infections by zone, residents as in the table."""
    ids = ("b1", "b2", "b3", "garden")
    zones = np.array(sorted(at.zones.position[zone] for zone in ids))
    values = np.array([expected.get(at.zones.ids[zone], 0.0) for zone in zones])
    nothing = np.zeros(len(zones))
    return HiddenByArea(
        zones=zones, people=at.zones.population[zones], expected=values,
        parts=dict.fromkeys(PARTS, nothing) | {"contacts": values},
        counts=dict.fromkeys(("cases", "contacts", "unknown_source", "sites"), nothing) | {"cases": (values > 1) * 1.0},
        unplaced=0.0, found=0.5, found_by="library", reproduction=2.0, movement="tree", counted=True,
    )  # fmt: skip


def chosen(at: Land, *, target: float, level: str | None = "lockdown", **expected: float) -> list[tuple[str, str]]:
    found = cover(hidden(at, **expected), at, target=target, level=level, days=10)
    return [(at.zones.ids[area.zone], area.level) for area in found.areas]


def test_one_building_with_most_is_closed_and_not_its_district():
    assert chosen(land(), target=0.8, b1=9, garden=1) == [("b1", "lockdown")]


def test_a_target_of_nothing_takes_nothing():
    assert chosen(land(), target=0.0, b1=9) == []


def test_nothing_expected_takes_nothing():
    assert chosen(land(), target=0.9) == []


def test_two_buildings_are_two_areas_where_holding_them_costs_little():
    assert chosen(land(staff=1), target=0.9, b1=5, b2=5) == [("b1", "lockdown"), ("b2", "lockdown")]


def test_two_buildings_become_one_area_where_holding_two_costs_more_than_the_people_between():
    """1,300 people more for ten days against 2,000 staff a day to hold a second building."""
    assert chosen(land(staff=2000), target=0.9, b1=5, b2=5) == [("estate", "lockdown")]


def test_a_level_goes_on_no_zone_larger_than_its_largest_kind():
    found = chosen(land(), target=1.0, b1=1, b2=1, b3=1, garden=1)
    closed = {zone for zone, level in found if level == "lockdown"}
    assert closed
    assert closed <= {"estate", "b1", "b2", "b3", "garden"}


def test_people_under_two_levels_count_once_at_the_higher():
    at = land()
    found = cover(hidden(at, b1=9, b2=3, b3=3, garden=3), at, target=0.7, days=10)
    held = sum(area.people for area in found.areas)
    assert found.people == held <= 3000
    burden = {"precaution": 0.05, "control": 0.3, "lockdown": 1.0}
    assert found.person_days == pytest.approx(sum(area.people * burden[area.level] * 10 for area in found.areas))


def test_a_level_covers_by_the_contacts_that_it_cuts():
    """Control of the generic protocol: school 0.95, zone 0.6, city 0.5, and 0.3 at work, on the way and in shops."""
    at = Land(land().zones, load(Protocol, "who-generic"))
    found = cover(hidden(at, b1=10), at, target=1.0, level="control", days=10)
    assert found.share == pytest.approx((0.95 + 0.6 + 0.5 + 3 * 0.3) / 6)


def test_a_target_out_of_reach_is_said_in_words():
    at = Land(land().zones, load(Protocol, "who-generic"))
    found = cover(hidden(at, b1=10), at, target=0.9, level="control", days=10)
    assert found.short is not None
    assert found.short.facts == {"most": 49, "target": 90}
    assert found.areas


def test_without_a_level_that_the_protocol_proposes_nothing_is_covered():
    """Ebola: no level keeps people at home; the search of an area takes a twentieth of the contacts at most."""
    at = Land(land().zones, load(Protocol, "ebola"))
    found = cover(hidden(at, b1=10), at, target=0.8, days=21)
    assert found.short is not None
    assert found.most <= 0.05 + 1e-9


def test_a_named_level_is_the_highest():
    at = Land(land().zones, load(Protocol, "who-generic"))
    levels = {area.level for area in cover(hidden(at, b1=10), at, target=0.3, level="control", days=10).areas}
    assert levels
    assert levels <= {"precaution", "control"}


def test_each_area_says_what_would_be_missing_without_it():
    at = land()
    found = cover(hidden(at, b1=6, b2=3, garden=1), at, target=0.9, level="lockdown", days=10)
    without = {at.zones.ids[area.zone]: area.share_without for area in found.areas}
    assert without["b1"] == pytest.approx(0.3)
    assert all(area.share_lesser < 0.9 for area in found.areas)


def test_whole_districts_and_circles_take_more():
    at = land()
    given = hidden(at, b1=6, b2=3, garden=1)
    found = cover(given, at, target=0.9, level="lockdown", days=10)
    districts = whole_districts(given, at, target=0.9, level="lockdown", days=10)
    around = circles(given, at, target=0.9, level="lockdown", days=10)
    assert found.person_days == pytest.approx(2000)
    assert districts.person_days > found.person_days
    assert around is not None
    assert around.share >= 0.9
    assert around.person_days >= found.person_days


def test_arguments_out_of_range_are_refused():
    at = land()
    for wrong in ({"target": 1.5, "days": 7}, {"target": 0.5, "days": 0}, {"target": 0.5, "days": 7, "level": "open"}):
        with pytest.raises(UsageError):
            cover(hidden(at, b1=1), at, **wrong)


CASES = [
    {"case_id": f"c{n}", "zone": "block1", "onset": TODAY - timedelta(days=n), "recorded_at": TODAY.isoformat()}
    for n in range(4)
]


def test_measures_of_a_cover_say_why_and_what_less_would_leave_open():
    at = basis(zones=TREE, cases=CASES, rules=protocol(**SIMPLE))
    given = hidden_infections(at)
    found = cover(given, at, target=0.3, level="lockdown", days=7)
    measures = cover_measures(at, given, found)
    block = next(m for m in measures if m.zone == "block1")
    assert (block.action, block.level, block.approval) == ("start", "lockdown", "needed")
    assert block.reason.facts["cases"] == 4
    assert block.evidence == ("c0", "c1", "c2", "c3")
    assert block.lesser == "control"
    assert block.lesser_fails.facts["asked"] == 30
    assert block.support
    assert TODAY < block.review_on <= block.expires_on


def test_a_level_in_force_that_may_not_be_lifted_stays():
    in_force = [
        {"measure_id": "m", "kind": "level", "zone": "block2", "level": "lockdown", "start": TODAY - timedelta(days=2),
         "recorded_at": "2026-03-13"},
    ]  # fmt: skip
    at = basis(zones=TREE, cases=CASES, measures=in_force, rules=protocol(**SIMPLE))
    given = hidden_infections(at)
    measures = cover_measures(at, given, cover(given, at, target=0.1, level="lockdown", days=7))
    assert next(m for m in measures if m.zone == "block2").action == "keep"


def test_the_plan_shows_areas_and_leaves_the_levels_to_the_rules():
    at = basis(zones=TREE, cases=CASES)
    plan = planned(at)
    assert plan.areas is not None
    assert plan.areas.top[0].zone == "block1"
    assert [one.target for one in plan.areas.covers] == [0.5, 0.8, 0.95]
    assert plan.areas.chosen


def test_without_residents_the_plan_says_what_is_missing():
    tree = """
      zone_id | kind     | parent_zone
      --------+----------+------------
      town    | city     |
      b1      | building | town
    """
    areas = propose_areas(basis(zones=tree, cases=[{**CASES[0], "zone": "b1"}]))
    assert areas.covers == ()
    assert areas.note is not None
    assert "residents" in areas.note.key


def test_without_zones_the_plan_says_so():
    areas = propose_areas(basis(cases=[{**CASES[0], "zone": None}]))
    assert areas.note is not None
    assert "no" in areas.note.key.lower()


def test_an_empty_city_has_nothing_hidden():
    areas = propose_areas(basis(zones=TREE, trace=traced()))
    assert areas.expected == 0
    assert areas.top == areas.covers == areas.chosen == ()
    assert replace(areas, note=None) == areas
