"""What a screening round needs, and what is short."""

import math
from datetime import timedelta

import pytest

from douse.library import Protocol, load
from douse.planning.screening import best_pool, tubes_needed
from planning_inputs import SIMPLE, TODAY, TREE, basis, cases_in, planned, protocol, traced

title = "What a screening round needs"
RULES = load(Protocol, "who-generic").screening


def rounds(cases=None, zones=TREE, rules=None, **more):
    cases = cases_in("block1") if cases is None else cases
    return planned(basis(rules=rules or protocol(**SIMPLE), zones=zones, cases=cases, **more)).rounds


def laboratory(tests_per_day, **columns):
    return {"facility_id": f"lab{tests_per_day}", "kind": "laboratory", "tests_per_day": tests_per_day} | columns


def site(staff):
    return {"facility_id": "site", "kind": "sampling_site", "staff": staff}


@pytest.mark.parametrize(("prevalence", "pool"), [(0.0001, 20), (0.002, 20), (0.005, 10), (0.03, 5), (0.2, 1)])
def test_the_pool_size_follows_the_prevalence(prevalence, pool):
    assert best_pool(RULES, prevalence) == pool


def test_the_pool_with_the_fewest_tubes_is_chosen_among_those_allowed():
    """At 0.29% the protocol allows 20, 10 and 5 people a tube; 20 need the fewest: 0.05 + 1 - 0.9971^20 = 0.106."""
    assert tubes_needed(10_000, 0, 0.0029, 20) == math.ceil(10_000 * (0.05 + 1 - 0.9971**20))


def test_contacts_and_people_with_symptoms_are_tested_singly():
    contacts = traced([{"person": f"p{n}", "contact_class": "close", "zone": "block1"} for n in range(10)])
    suspected = [
        {"case_id": f"s{n}", "zone": "block1", "classification": "suspected", "recorded_at": "2026-03-15"}
        for n in range(5)
    ]
    (one,) = rounds(cases_in("block1") + suspected, trace=contacts)
    assert (one.people, one.singles) == (200, 15)
    assert one.tubes == tubes_needed(200, 15, one.prevalence, one.pool_size)


def test_prevalence_is_cases_and_one_over_residents_and_one():
    (one,) = rounds(cases_in("block1", "block1"))
    assert one.prevalence == pytest.approx(3 / 201)


def test_a_higher_share_of_positive_tests_counts_instead():
    tests = [
        {"person_id": f"t{n}", "zone": "block1", "purpose": "screening", "sampled_at": TODAY, "result_at": TODAY,
         "result": "positive" if n < 3 else "negative", "recorded_at": "2026-03-15"}
        for n in range(30)
    ]  # fmt: skip
    (one,) = rounds(tests=tests)
    assert one.prevalence == pytest.approx(0.1)
    assert one.pool_size == 1


def test_sites_samplers_and_swabs_follow_the_ratios():
    zones = "zone_id | kind | population\n--+--+--\nb | building | 7300"
    (one,) = rounds(cases_in("b"), zones)
    again = 7300 * (1 - (1 - one.prevalence) ** one.pool_size)
    assert (one.sites, one.samplers) == (3, 21)
    assert one.swabs == math.ceil((7300 + again) * 1.1)


def test_a_round_that_the_laboratory_can_do_ends_within_the_window():
    (one,) = rounds(facilities=[laboratory(100)])
    assert one.laboratory_hours == pytest.approx(one.tubes / (100 / 24))
    assert one.result_hours == pytest.approx(max(6, one.laboratory_hours) + 6)
    assert one.within_window is True
    assert one.short_of is None


def test_what_the_laboratory_lacks_is_said_in_tubes_a_day():
    (one,) = rounds(facilities=[laboratory(20)])
    assert one.within_window is False
    # 18 hours are left for the tubes when results take 6 of the 24.
    assert one.short_of.facts["tubes"] == math.ceil(one.tubes * 24 / 18 - 20)
    enough = 20 + one.short_of.facts["tubes"]
    assert rounds(facilities=[laboratory(enough)])[0].within_window is True


def test_what_is_missing_in_samplers_is_said():
    zones = "zone_id | kind | population\n--+--+--\nb | building | 3600"
    (one,) = rounds(cases_in("b"), zones, facilities=[laboratory(100_000), site(2)])
    assert one.result_hours == pytest.approx(6 * 10 / 2 + 6)
    assert (one.within_window, one.short_of.facts["samplers"]) == (False, 8)
    assert rounds(cases_in("b"), zones, facilities=[laboratory(100_000), site(10)])[0].within_window is True


def test_all_rounds_share_the_laboratories_in_order():
    first, second = rounds(cases_in("block1", "block2"), facilities=[laboratory(100)])
    alone = rounds(cases_in("block2"), facilities=[laboratory(100)])[0]
    assert (first.zone, second.zone) == ("block1", "block2")
    assert second.result_hours == pytest.approx((first.tubes + second.tubes) / (100 / 24) + 6)
    assert second.result_hours > alone.result_hours


def test_a_laboratory_that_is_not_open_yet_does_not_count():
    (one,) = rounds(facilities=[laboratory(20), laboratory(1000, lead_time_days=3)])
    assert one.within_window is False


def test_without_a_laboratory_on_record_hours_are_unknown():
    (one,) = rounds()
    assert (one.laboratory_hours, one.result_hours, one.within_window, one.short_of) == (None, None, None, None)


def test_a_zone_without_a_population_gets_a_note_instead_of_a_round():
    zones = "zone_id | kind\n--+--\nb | building"
    plan = planned(basis(rules=protocol(**SIMPLE), zones=zones, cases=cases_in("b")))
    assert plan.rounds == ()
    assert {"n": 1} in [n.text.facts for n in plan.notes if "for screening rounds" in n.text.key]


def test_rounds_repeat_until_the_level_expires():
    """Every second day for seven days: days 0, 2, 4 and 6 of the tests ahead."""
    plan = planned(basis(rules=protocol(**SIMPLE), zones=TREE, cases=cases_in("block1"), facilities=[laboratory(1000)]))
    tests = [need.low for need in plan.needs if need.resource == "tests"]
    assert [day for day, low in enumerate(tests) if low > 0] == [0, 2, 4, 6]
    assert tests[2] == plan.rounds[0].tubes


def test_old_cases_do_not_make_a_prevalence():
    start = TODAY - timedelta(days=30)
    held = [{"measure_id": "m", "kind": "level", "zone": "block1", "level": "lockdown", "start": start}]
    held[0]["recorded_at"] = start.isoformat()
    (one,) = rounds(cases_in("block1", told=TODAY - timedelta(days=20)), measures=held)
    assert one.prevalence == pytest.approx(1 / 201)
