"""How many people a measure affects, for how long, why no lesser measure does, and what is owed to them."""

from datetime import date, timedelta

import pytest

from douse.library import Protocol, load
from douse.records.codes import LEVELS
from planning_inputs import SIMPLE, TODAY, TREE, basis, cases_in, enter, level_measures_of, planned, protocol, traced

title = "Whom a measure affects, and for how long"


def plan(cases, rules=None, zones=TREE, **more):
    return planned(basis(rules=rules or protocol(**SIMPLE), zones=zones, cases=cases, **more))


def of_kind(a_plan, kind):
    return [m for m in a_plan.measures if m.kind == kind]


def contact(person="p", ago=4, **columns):
    row = {"person": person, "case_id": "c000", "ring": 1, "contact_class": "close", "zone": "block1"}
    return row | {"last_exposure": TODAY - timedelta(days=ago)} | columns


def test_person_days_are_people_times_the_share_at_home_times_days_until_expiry():
    by_zone = {m.zone: m for m in level_measures_of(plan(cases_in("block1")))}
    assert (by_zone["block1"].people, by_zone["block1"].person_days) == (200, 200 * 1.0 * 7)
    assert by_zone["community"].person_days == pytest.approx((8000 - 200) * 0.05 * 28)


def test_people_of_a_stricter_area_within_are_not_counted_twice():
    by_zone = {m.zone: m.people for m in level_measures_of(plan(cases_in("block1", "block2")))}
    assert by_zone == {"block1": 200, "block2": 300, "community": 8000 - 500}


def test_without_a_population_people_are_unknown_and_never_zero():
    zones = "zone_id | kind\n--+--\nb | building"
    measure = level_measures_of(plan(cases_in("b"), zones=zones))[0]
    assert (measure.people, measure.person_days) == (None, None)


def test_a_measure_starts_on_the_day_of_the_plan_and_has_a_review_before_it_expires():
    measure = level_measures_of(plan(cases_in("block1")))[0]
    assert (measure.start, measure.review_on, measure.expires_on) == (TODAY, date(2026, 3, 18), date(2026, 3, 22))


def test_at_most_fifty_cases_are_named_as_evidence_in_order():
    measure = level_measures_of(plan(cases_in(*["block1"] * 60)))[0]
    assert measure.evidence == tuple(f"c{n:03d}" for n in range(50))
    assert measure.reason.facts["n"] == 60


def test_the_lesser_level_is_the_next_that_the_protocol_ever_proposes():
    rules = protocol(**SIMPLE | {"control": {"enter": ()}})
    by_zone = {m.zone: m for m in level_measures_of(plan(cases_in("block1"), rules))}
    assert by_zone["block1"].lesser == "precaution"
    assert by_zone["community"].lesser == "open"


def test_support_is_owed_wherever_days_are_restricted_and_food_where_people_stay_at_home():
    by_zone = {m.zone: m for m in level_measures_of(plan(cases_in("block1")))}
    assert by_zone["block1"].support[0].facts == {"days": 2.5, "packages": 80 * 3}
    assert len(by_zone["community"].support) == 4
    free = protocol(precaution={**SIMPLE["precaution"], "stays_home": protocol().level_rule("open").stays_home})
    assert level_measures_of(plan(cases_in("far"), free))[0].support == ()


def test_days_since_the_exposure_are_credited_to_a_contact():
    """Fourteen days at home from the last exposure; four have passed."""
    measure = of_kind(plan(cases_in("far"), trace=traced([contact(ago=4)])), "quarantine")[0]
    assert (measure.people, measure.person_days, measure.expires_on) == (1, 10.0, TODAY + timedelta(days=10))


def test_a_contact_whose_time_is_over_is_in_no_quarantine():
    assert of_kind(plan(cases_in("far"), trace=traced([contact(ago=14)])), "quarantine") == []


def test_a_contact_who_became_a_case_is_isolated_and_not_quarantined():
    found = plan(cases_in("far"), trace=traced([contact(person="c000")]))
    assert of_kind(found, "quarantine") == []
    assert of_kind(found, "isolation")[0].people == 1


def test_quarantine_is_one_measure_for_each_class_and_kept_once_all_are_in_it():
    waiting = traced([contact("p"), contact("q", quarantined_on=TODAY)])
    inside = traced([contact("p", quarantined_on=TODAY), contact("q", quarantined_on=TODAY)])
    first, second = (of_kind(plan([], trace=trace), "quarantine") for trace in (waiting, inside))
    assert [(m.action, m.people, m.reason.facts["waiting"]) for m in first] == [("start", 2, 1)]
    assert [(m.action, m.people, m.reason.facts["waiting"]) for m in second] == [("keep", 2, 0)]


def test_days_of_mere_monitoring_restrict_nobody():
    rules = load(Protocol, "china-8")  # 14 days apart, then 7 days of monitoring
    found = of_kind(plan([], rules, trace=traced([contact(ago=4)])), "quarantine")[0]
    assert found.person_days == 10
    assert found.lesser == "home"


def test_cases_with_a_stay_on_record_need_no_isolation():
    cases = cases_in("far", "far", "far")
    cases[0]["isolated_at"] = cases[1]["hospitalised_on"] = TODAY
    stay = [{"person_id": "c002", "place": "shelter_hospital", "entered_on": TODAY, "recorded_at": "2026-03-15"}]
    assert of_kind(plan(cases, stays=stay), "isolation") == []
    assert [m.people for m in of_kind(plan(cases), "isolation")] == [1]


def test_isolation_lasts_for_the_days_that_are_left():
    measure = of_kind(plan(cases_in("far", told=TODAY - timedelta(days=3))), "isolation")[0]
    assert measure.person_days == 10 - 3


@pytest.mark.parametrize("name", ["who-generic", "china-9", "china-20", "ebola"])
def test_no_measure_goes_without_a_lesser_one_and_why_it_does_not_do(name):
    cases = cases_in(*["block1"] * 6, "city", "far", "far")
    found = plan(cases, load(Protocol, name), trace=traced([contact()])).measures
    assert found
    for measure in found:
        assert measure.lesser
        assert measure.lesser != measure.level
        assert measure.lesser_fails.key
        if measure.level in LEVELS and measure.lesser in LEVELS:
            assert LEVELS.index(measure.lesser) < LEVELS.index(measure.level)


def test_the_generic_protocol_restricts_a_cluster_and_watches_its_community():
    levels = plan(cases_in(*["block1"] * 5, "far"), load(Protocol, "who-generic")).levels
    assert levels == {"block1": "lockdown", "community": "precaution", "far": "precaution"}


def test_one_case_restricts_nobodys_home_under_the_generic_protocol():
    found = level_measures_of(plan(cases_in("block1"), load(Protocol, "who-generic")))
    assert [(m.zone, m.level) for m in found] == [("community", "precaution")]


def test_screening_restricts_nobody():
    measure = of_kind(plan(cases_in("block1")), "screening")[0]
    assert (measure.zone, measure.people, measure.person_days) == ("block1", 200, 0.0)


def test_a_level_by_surroundings_names_the_cases_within():
    rules = protocol(
        **SIMPLE | {"precaution": {"smallest": "community", "enter": (enter("contains", 1, 1, level="lockdown"),)}}
    )
    by_zone = {m.zone: m.evidence for m in level_measures_of(plan(cases_in("block1"), rules))}
    assert by_zone == {"block1": ("c000",), "community": ("c000",)}
