"""Where infections may be hidden: small tables in, expected undetected infections by smallest area out."""

from datetime import date, timedelta

import numpy as np
import pytest

from douse.planning.areas import hidden_infections
from douse.planning.areas.ground import ground_of
from douse.planning.areas.hidden import PARTS, HiddenByArea, area_rules
from douse.planning.areas.movement import movement_of
from douse.situation.situation import Interval
from planning_inputs import TODAY, TREE, basis, traced

title = "Where infections may be hidden"


def by_area(hidden: HiddenByArea, at) -> dict[str, float]:
    return {at.zones.ids[zone]: value for zone, value in zip(hidden.zones, hidden.expected, strict=True)}


def part(hidden: HiddenByArea, at, name: str, zone: str) -> float:
    return float(hidden.parts[name][hidden.zones.tolist().index(at.zones.position[zone])])


def case(zone: str | None, ago: int = 2, **columns) -> dict[str, object]:
    onset = TODAY - timedelta(days=ago)
    given = {"case_id": "a", "zone": zone, "onset": onset, "recorded_at": TODAY.isoformat(), "cluster": "known"}
    return given | columns


def contact(zone: str | None, chance: float = 0.3, **columns) -> dict[str, object]:
    exposed = TODAY - timedelta(days=2)
    given = {"person": "p", "case_id": "a", "ring": 1, "zone": zone, "infection_probability": chance}
    return given | {"first_exposure": exposed, "last_exposure": exposed, "place": "home"} | columns


def found(*contacts: dict[str, object], **tables) -> tuple[HiddenByArea, object]:
    at = basis(zones=TREE, trace=traced(contacts=list(contacts)), **tables)
    return hidden_infections(at), at


def test_without_a_case_nothing_is_hidden():
    hidden, _ = found()
    assert hidden.total == 0


def test_the_parts_add_up():
    hidden, _ = found(contact("block2"), cases=[case("block1", cluster=None)])
    assert hidden.expected == pytest.approx(sum(hidden.parts[name] for name in PARTS))
    assert hidden.total > 0


def test_residents_of_a_zone_beyond_its_parts_are_an_area_of_their_own():
    hidden, at = found()
    people = dict(zip((at.zones.ids[zone] for zone in hidden.zones), hidden.people, strict=True))
    assert people == {
        "block1": 200, "block2": 300, "estate": 1500, "community": 6000, "far": 6000, "district": 86000, "city": 400000,
    }  # fmt: skip


def test_a_contact_at_large_counts_where_they_live_by_their_chance():
    hidden, at = found(contact("block2", 0.3), cases=[case("block1")])
    assert 0.2 < part(hidden, at, "contacts", "block2") <= 0.3  # two days after the exposure nearly all lies ahead


def test_a_contact_in_quarantine_counts_nothing():
    hidden, _ = found(contact("block2", quarantined_on=TODAY), cases=[case("block1")])
    assert hidden.parts["contacts"].sum() == 0


def test_a_contact_without_an_address_counts_where_the_case_lives():
    hidden, at = found(contact(None, 0.3), cases=[case("block1")])
    assert part(hidden, at, "contacts", "block1") > 0.2


def test_a_long_past_exposure_counts_little():
    past = TODAY - timedelta(days=13)
    hidden, at = found(contact("block2", 0.3, first_exposure=past, last_exposure=past), cases=[case("block1")])
    assert part(hidden, at, "contacts", "block2") < 0.02


def test_contacts_on_record_are_not_counted_twice():
    """What a case passed on and nobody named gets less by the chances of those who were named."""
    nobody, _ = found(cases=[case("block1")])
    somebody, _ = found(contact("block2", 0.5, quarantined_on=TODAY), cases=[case("block1")])
    first = ("cases", "movement")
    assert sum(somebody.parts[name].sum() for name in first) < sum(nobody.parts[name].sum() for name in first)


def test_a_case_without_a_source_hides_more_than_one_of_a_known_cluster():
    lost, _ = found(cases=[case("block1", cluster=None)])
    known, _ = found(cases=[case("block1")])
    assert lost.parts["unknown_source"].sum() > 0
    assert known.parts["unknown_source"].sum() == 0
    assert lost.total > known.total


def test_isolation_at_onset_hides_less_than_isolation_today():
    as_the_pathogen = Interval(None)
    soon, _ = found(
        cases=[case("block1", 4, isolated_at=(TODAY - timedelta(days=4)).isoformat())], r_now=as_the_pathogen
    )
    late, _ = found(cases=[case("block1", 4)], r_now=as_the_pathogen)
    assert soon.total < late.total


def test_a_case_of_two_months_ago_hides_nothing():
    old = date(2026, 1, 10)
    hidden, _ = found(cases=[case("block1", onset=old, recorded_at=old.isoformat(), isolated_at=old.isoformat())])
    assert hidden.total < 0.01


def test_most_is_expected_near_the_case():
    hidden, at = found(cases=[case("block1", cluster=None)])
    area = by_area(hidden, at)
    rate = {zone: area[zone] / people for zone, people in (("block1", 200), ("block2", 300), ("city", 400000))}
    assert rate["block1"] > rate["block2"] > rate["city"]


def test_a_case_known_only_to_an_estate_is_put_down_to_its_buildings_by_residents():
    hidden, at = found(contact("estate", 0.4), cases=[case("block1")])
    shares = [part(hidden, at, "contacts", zone) for zone in ("block1", "block2", "estate")]
    assert np.array(shares) / sum(shares) == pytest.approx([0.1, 0.15, 0.75])


def test_a_case_without_a_zone_is_in_no_area():
    hidden, _ = found(cases=[case(None)])
    assert hidden.total == 0
    assert hidden.unplaced > 0


PEOPLE = [{"person_id": f"p{n}", "zone": "block1", "daytime_place": "works"} for n in range(200)]


def test_people_who_work_elsewhere_meet_people_who_live_there():
    places = [{"place_id": "works", "kind": "workplace", "zone": "far"}]
    at_home, at = found(cases=[case("block1")])
    away, _ = found(cases=[case("block1")], people=PEOPLE, places=places)
    assert away.movement == "daytime"
    assert part(away, at, "movement", "far") > part(at_home, at, "movement", "far")


def test_visits_say_more_than_workplaces():
    places = [{"place_id": "works", "kind": "workplace", "zone": "far"}, {"place_id": "shop", "zone": "block2"}]
    visits = [
        {"person_id": f"p{n}", "place_id": "shop", "entered_at": f"2026-03-{day:02}T10:00", "recorded_at": "2026-03-14"}
        for n in range(200)
        for day in (12, 13)
    ]
    works, at = found(cases=[case("block1")], people=PEOPLE, places=places)
    shops, _ = found(cases=[case("block1")], people=PEOPLE, places=places, visits=visits)
    assert shops.movement == "visits"
    assert part(shops, at, "movement", "block2") > part(works, at, "movement", "block2")


def test_places_of_exposure_count_where_their_visitors_live():
    site = {"place_id": "s", "kind": "bar", "zone": "far", "cases": 1, "last_day": TODAY, "first_day": TODAY}
    at = basis(zones=TREE, trace=traced(places=[site]), cases=[case("block1")])
    hidden = hidden_infections(at)
    assert part(hidden, at, "sites", "far") > 0
    assert part(hidden, at, "sites", "far") > part(hidden, at, "sites", "block2")


def test_the_more_are_found_the_less_is_hidden():
    """All sick cases severe: few of the mild ones are known. Without deaths or severe cases the library's share."""
    by_library, _ = found(cases=[case("block1")])
    severe = [case("block1", case_id=f"s{n}", severity="severe", age=30) for n in range(8)]
    mild = [case("block1", case_id=f"s{n}", severity="mild" if n else "severe", age=80) for n in range(8)]
    few, most = (found(cases=cases)[0] for cases in (severe, mild))
    assert by_library.found_by == "library"
    assert few.found_by == most.found_by == "estimate"
    assert few.found < most.found
    assert few.total > most.total


def test_without_residents_on_record_areas_are_ranked_and_not_priced():
    tree = """
      zone_id | kind     | parent_zone
      --------+----------+------------
      town    | city     |
      b1      | building | town
      b2      | building | town
    """
    at = basis(zones=tree, cases=[case("b1", cluster=None)])
    hidden = hidden_infections(at)
    assert not hidden.counted
    assert by_area(hidden, at)["b1"] > by_area(hidden, at)["b2"]


def test_the_size_of_households_is_that_of_zones_that_have_both_residents_and_households_on_record():
    """500,000 residents of 200,000 households: 1.5 household mates. A city without households says nothing of it."""
    both = basis(zones=f"{TREE}  town | city | | 5000000 |\n")
    movement = movement_of(both.known, ground_of(both.zones), area_rules(both.protocol), attack=0.2, reproduction=2.5)
    assert movement.home == pytest.approx(1.5 * 0.2 / 2.5)
