"""Which zone gets which level."""

from datetime import date, timedelta

from planning_inputs import SIMPLE, TODAY, TREE, basis, cases_in, enter, level_measures_of, planned, protocol, traced

title = "Which zone gets which level"

CLOSING = {"precaution": {"enter": ()}, "control": {"enter": ()}, "lockdown": SIMPLE["lockdown"]}


def levels(cases, rules=SIMPLE, zones=TREE, **more):
    """Zone -> level after the plan."""
    return planned(basis(rules=protocol(**rules), zones=zones, cases=cases, **more)).levels


def notes(cases, rules=SIMPLE, zones=TREE, **more):
    plan = planned(basis(rules=protocol(**rules), zones=zones, cases=cases, **more))
    return [(note.zone, note.text) for note in plan.notes]


def test_a_case_with_an_address_restricts_its_building_and_not_the_district():
    assert levels(cases_in("block1"), CLOSING) == {"block1": "lockdown"}


def test_a_case_known_only_to_the_city_brings_precaution_and_a_note():
    assert levels(cases_in("city")) == {"city": "precaution"}
    asked = [text.facts for zone, text in notes(cases_in("city", "city")) if zone == "city"]
    assert asked == [{"kind": "estate", "n": 2, "zone": "city"}]


def test_a_level_that_admits_the_area_is_used_even_if_its_own_rule_does_not_hold():
    rules = CLOSING | {"precaution": {"enter": (enter("community_case", 100),), "largest": "city"}}
    plan = planned(basis(rules=protocol(**rules), zones=TREE, cases=cases_in("city")))
    assert plan.levels == {"city": "precaution"}
    assert level_measures_of(plan)[0].reason.facts["wanted"] == "lockdown"


def test_a_case_known_only_to_an_area_too_large_for_any_level_brings_a_note_alone():
    zones = "zone_id | kind\n--+--\nland | country"
    assert levels(cases_in("land"), zones=zones) == {}
    assert "land" in [zone for zone, _ in notes(cases_in("land"), zones=zones)]


def test_a_case_found_in_quarantine_restricts_nobody_outside():
    inside = cases_in("block1", quarantined_on=TODAY - timedelta(days=3))
    plan = planned(basis(rules=protocol(**SIMPLE), zones=TREE, cases=inside))
    assert plan.levels == {}
    assert level_measures_of(plan) == ()


def test_evidence_that_does_not_suffice_in_a_building_is_added_up_in_the_estate():
    rules = CLOSING | {
        "lockdown": {"enter": (enter("community_case", 2),), "smallest": "building", "largest": "estate"}
    }
    assert levels(cases_in("block1", "block2"), rules) == {"estate": "lockdown"}
    assert levels(cases_in("block1", "far"), rules) == {}


def test_evidence_that_a_building_covers_does_not_restrict_the_estate():
    rules = CLOSING | {
        "lockdown": {"enter": (enter("community_case", 2),), "smallest": "building", "largest": "estate"}
    }
    assert levels(cases_in("block1", "block1"), rules) == {"block1": "lockdown"}
    assert levels(cases_in("block1", "block1", "block2", "block2"), rules) == {
        "block1": "lockdown",
        "block2": "lockdown",
    }


def test_a_case_outside_the_closed_building_counts_with_those_inside():
    """Three cases are three cases: two in a closed building and one next door are a cluster of the estate."""
    rules = CLOSING | {
        "lockdown": {"enter": (enter("community_case", 2),), "smallest": "building", "largest": "estate"}
    }
    assert levels(cases_in("block1", "block1", "block2"), rules) == {"estate": "lockdown"}


def test_a_zone_within_a_zone_of_an_equal_or_higher_level_needs_no_measure_of_its_own():
    rules = CLOSING | {
        "lockdown": {"enter": (enter("community_case", 2),), "smallest": "building", "largest": "estate"}
    }
    plan = planned(basis(rules=protocol(**rules), zones=TREE, cases=cases_in("block1", "block1", "block2", "estate")))
    assert [m.zone for m in level_measures_of(plan)] == ["estate"]


def test_surroundings_get_a_level_only_by_a_rule_that_says_so():
    assert levels(cases_in("block1", "block2"), CLOSING) == {"block1": "lockdown", "block2": "lockdown"}
    rules = CLOSING | {"precaution": {"enter": (enter("contains", 1, 1, level="lockdown"),), "smallest": "community"}}
    assert levels(cases_in("block1"), rules) == {"block1": "lockdown", "community": "precaution"}


def test_surroundings_reach_no_farther_than_the_rule_allows():
    rules = {
        "precaution": {
            "enter": (enter("contains", 1, 1, level="control", largest="community"),),
            "smallest": "community",
            "largest": "city",
        },
        "control": {"enter": (enter("community_case", 2),), "smallest": "building", "largest": "community"},
        "lockdown": {"enter": ()},
    }
    assert levels(cases_in("block1", "block1"), rules) == {"block1": "control", "community": "precaution"}
    assert levels(cases_in("community", "community"), rules) == {"community": "control"}


def test_enough_closed_buildings_put_their_estate_under_control():
    zones = TREE + "  block3 | building | estate | 100 | 40\n"
    expect = {f"block{n}": "lockdown" for n in (1, 2, 3)} | {"estate": "control", "community": "precaution"}
    assert levels(cases_in("block1", "block2", "block3"), zones=zones) == expect


def test_a_zone_under_control_keeps_it_when_a_building_within_is_closed():
    rules = {
        "precaution": {
            "enter": (enter("contains", 1, 1, level="lockdown"),),
            "smallest": "building",
            "largest": "city",
        },
        "control": {"enter": (enter("community_case", 1),), "smallest": "community", "largest": "district"},
        "lockdown": {"enter": (enter("community_case", 2),), "smallest": "building", "largest": "building"},
    }
    expect = {"block1": "lockdown", "community": "control"}
    assert levels(cases_in("block1", "block1", "block2"), rules) == expect


def test_an_area_counts_once_whatever_lies_within_it():
    rules = {
        "precaution": {"enter": (enter("contains", 2, 1, level="control"),), "smallest": "district", "largest": "city"},
        "control": {"enter": (enter("community_case", 3),), "smallest": "community", "largest": "district"},
        "lockdown": {"enter": (enter("community_case", 2),), "smallest": "building", "largest": "building"},
    }
    assert levels(cases_in("block1", "block1", "block2"), rules) == {"block1": "lockdown", "community": "control"}
    two = levels(cases_in("block1", "block1", "block2", "far", "far", "far"), rules)
    assert two == {"block1": "lockdown", "community": "control", "far": "control", "district": "precaution"}


def test_a_zone_of_unknown_kind_within_an_estate_is_evidence_for_the_estate():
    zones = TREE + "  annex |  | estate | |\n"
    assert levels(cases_in("annex"), CLOSING, zones)["estate"] == "lockdown"


def test_only_recent_cases_are_evidence():
    old = cases_in("block1", told=TODAY - timedelta(days=14))
    last = cases_in("block1", told=TODAY - timedelta(days=13))
    assert levels(old, CLOSING) == {}
    assert levels(last, CLOSING) == {"block1": "lockdown"}


def test_only_cases_without_a_known_source_are_unlinked():
    rules = CLOSING | {"lockdown": {**SIMPLE["lockdown"], "enter": (enter("unlinked_case", 1),)}}
    assert levels(cases_in("block1"), rules) == {"block1": "lockdown"}
    assert levels(cases_in("block1", cluster="choir"), rules) == {}


def test_a_place_with_infectious_visits_is_evidence_where_it_stands():
    rules = CLOSING | {
        "control": {"enter": (enter("exposure_site", 1),), "smallest": "building", "largest": "community"}
    }
    seen = traced(places=[{"place_id": "cafe", "zone": "block2", "cases": 1, "last_day": date(2026, 3, 10)}])
    old = traced(places=[{"place_id": "cafe", "zone": "block2", "cases": 1, "last_day": date(2026, 3, 1)}])
    assert levels([], rules, trace=seen) == {"block2": "control"}
    assert levels([], rules, trace=old) == {}


def test_a_rate_is_judged_on_the_largest_kind_because_in_a_building_it_is_one_case():
    rules = CLOSING | {
        "lockdown": {"enter": ()},
        "control": {"enter": (enter("weekly_incidence", 20),), "smallest": "building", "largest": "community"},
    }
    # 20 per 100,000 a week over two weeks are 3.2 cases among 8,000.
    assert levels(cases_in("block1", "block1", "block2"), rules) == {}
    assert levels(cases_in("block1", "block1", "block2", "estate"), rules) == {"community": "control"}


def test_a_rate_needs_a_population():
    rules = CLOSING | {
        "lockdown": {"enter": ()},
        "control": {"enter": (enter("weekly_incidence", 1),), "largest": "community"},
    }
    zones = "zone_id | kind\n--+--\nz | community"
    assert levels(cases_in("z"), rules, zones) == {}
    said = [text.key for _, text in notes(cases_in("z"), rules, zones)]
    assert "No zone has a population on record: rules on cases per 100,000 residents were not applied." in said


def test_a_zone_of_unknown_kind_counts_as_a_district():
    rules = {name: {"enter": (enter("community_case", 1),)} for name in ("precaution", "control", "lockdown")}
    zones = "zone_id | population\n--+--\nsomewhere | 100"
    assert levels(cases_in("somewhere"), rules, zones) == {"somewhere": "precaution"}


def test_where_the_tree_has_no_zone_of_a_fitting_kind_the_largest_below_will_do():
    zones = """
      zone_id | kind     | parent_zone
      --------+----------+------------
      land    | province |
      house   | building | land
    """
    rules = CLOSING | {"lockdown": {"enter": ()}, "precaution": SIMPLE["precaution"]}
    assert levels(cases_in("house"), rules, zones) == {"house": "precaution"}


def test_cases_without_a_zone_are_evidence_for_none_and_are_counted_in_a_note():
    said = [text.facts for zone, text in notes(cases_in(None, None, "block1")) if zone is None and "n" in text.facts]
    assert {"n": 2} in said
    assert levels(cases_in(None)) == {}
