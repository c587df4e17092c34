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


def test_a_pool_that_misses_more_counts_by_what_it_finds():
    """At 1% ten a tube need 0.196 tubes a person and miss 8%: 0.213 for each found; five need 0.249 and miss 6%: 0.264.

    Were 30% lost for each e-fold, ten would miss 69% and five 48%: 0.63 and 0.48.
    """
    assert best_pool(RULES, 0.01, 0.035) == 10
    assert best_pool(RULES, 0.01, 0.3) == 5


def test_what_pools_miss_is_said():
    """Ten to a tube: 3.5% for each e-fold, 0.035 x ln 10."""
    zones = "zone_id | kind | population\n--+--+--\nb | building | 300"
    (one,) = rounds(cases_in("b"), zones)
    assert one.pool_size == 10
    assert one.missed_by_pooling == pytest.approx(0.035 * math.log(10))


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


def test_the_last_result_of_a_round_is_that_of_the_day_checked():
    (one,) = rounds(facilities=[laboratory(1000)])
    assert one.within_window is True
    assert one.short_of is None
    # Ten tubes of twenty people are 3 1/3 hours of one sampler; then a courier, 6 hours to the result, and some days
    # a positive pool: 2 hours to single swabs, the courier, 4 hours to their results.
    assert 200 / 60 + 0.5 + 6 < one.result_hours < 24


def test_what_the_laboratory_lacks_is_said_in_tubes_a_day():
    """Ten tubes an hour are not taken in by a laboratory of 20 a day: the tenth comes 12 hours after the first."""
    (one,) = rounds(facilities=[laboratory(20)])
    assert one.within_window is False
    enough = 20 + one.short_of.facts["tubes"]
    assert rounds(facilities=[laboratory(enough)])[0].within_window is True


def test_what_is_missing_in_samplers_is_said():
    zones = "zone_id | kind | population\n--+--+--\nb | building | 3600"
    (one,) = rounds(cases_in("b"), zones, facilities=[laboratory(100_000), site(2)])
    # A sampler swabs 360 people in a shift and works one shift a day: ten shifts take five days.
    assert one.result_hours > 4 * 24
    assert (one.within_window, one.short_of.facts["n"]) == (False, 8)
    assert rounds(cases_in("b"), zones, facilities=[laboratory(100_000), site(10)])[0].within_window is True


def test_rounds_share_the_samplers_in_order():
    """200 people and 3,600 need one sampler and ten: of six, one samples the first building, five the second."""
    zones = TREE + "\n  b2 | building | city | 3600 | 1"
    first, second = rounds(cases_in("block1", "b2"), zones, facilities=[laboratory(100_000), site(6)])
    if first.zone != "block1":
        first, second = second, first
    day = planned(
        basis(
            rules=protocol(**SIMPLE),
            zones=zones,
            cases=cases_in("block1", "b2"),
            facilities=[laboratory(100_000), site(6)],
        )
    ).testing
    assert day.samplers_by_shift == (6, 5)
    assert max(first.result_hours, second.result_hours) <= day.result_hours


def test_a_laboratory_that_is_not_open_yet_does_not_count():
    (one,) = rounds(facilities=[laboratory(20), laboratory(1000, lead_time_days=3)])
    assert one.within_window is False


def test_with_no_laboratory_open_the_day_never_ends_and_lines_are_asked_for():
    (one,) = rounds(facilities=[laboratory(1000, lead_time_days=3)])
    assert (one.result_hours, one.within_window) == (None, False)
    assert one.short_of.facts["n"] == 1


def test_without_a_laboratory_on_record_hours_are_unknown():
    (one,) = rounds()
    assert (one.result_hours, one.within_window, one.short_of) == (None, None, None)


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
