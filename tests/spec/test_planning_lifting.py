"""When a level in force is lifted, kept or changed."""

from datetime import date, timedelta

import pytest

from planning_inputs import (
    SIMPLE,
    TODAY,
    TREE,
    basis,
    cases_in,
    enter,
    level_measures_of,
    number,
    planned,
    protocol,
    traced,
)

title = "When a level is lifted"

DAYS = protocol().level_rule("lockdown").lift.days_without_case.value
ROUND = """
  person_id | zone   | kind | purpose   | sampled_at | result_at  | result   | pool_size | recorded_at
  ----------+--------+------+-----------+------------+------------+----------+-----------+------------
  pool1     | block1 | pcr  | screening | 2026-03-14 | 2026-03-15 | negative | 100       | 2026-03-15
  pool2     | block1 | pcr  | screening | 2026-03-14 | 2026-03-15 | {second} | 100       | 2026-03-15
"""
QUICK = (
    protocol()
    .level_rule("lockdown")
    .lift.model_copy(update={"days_without_case": number(3), "final_round_days": None, "to": "open"})
)
CLEAN = ROUND.format(second="negative")


def in_force(level="lockdown", zone="block1", start=date(2026, 3, 1), **columns):
    told = start.isoformat()
    row = {
        "measure_id": f"m-{zone}",
        "kind": "level",
        "zone": zone,
        "level": level,
        "start": start,
        "recorded_at": told,
    }
    return row | columns


def plan_with(*measures, cases=None, rules=SIMPLE, **more):
    return planned(basis(rules=protocol(**rules), zones=TREE, cases=cases or [], measures=list(measures), **more))


def measure_of(plan, zone="block1"):
    return next(m for m in level_measures_of(plan) if m.zone == zone)


def test_after_the_days_without_a_case_and_a_clean_round_the_level_is_lowered():
    plan = plan_with(in_force(), cases=cases_in("block1", told=date(2026, 3, 1)), tests=CLEAN)
    measure = measure_of(plan)
    assert (measure.action, measure.level_before, measure.level) == ("lift", "lockdown", "precaution")
    assert plan.levels == {"block1": "precaution"}


@pytest.mark.parametrize(("days_ago", "action"), [(DAYS - 1, "keep"), (DAYS, "lift")])
def test_each_case_restarts_the_days(days_ago, action):
    rules = SIMPLE | {"lockdown": {**SIMPLE["lockdown"], "enter": (enter("community_case", 1, 3),)}}
    cases = cases_in("block1", told=TODAY - timedelta(days=days_ago))
    assert measure_of(plan_with(in_force(), cases=cases, rules=rules, tests=CLEAN)).action == action


@pytest.mark.parametrize("second", ["positive", "pending", "indeterminate"])
def test_a_round_with_anything_but_negative_results_does_not_lift(second):
    plan = plan_with(in_force(), tests=ROUND.format(second=second))
    assert measure_of(plan).action == "keep"
    assert [n.text.key for n in plan.notes if n.zone == "block1"] == [
        "{zone} can be lifted once a round of the whole area is all negative."
    ]


def test_an_old_round_does_not_lift():
    old = CLEAN.replace("2026-03-14", "2026-03-12").replace("2026-03-15", "2026-03-12")
    assert measure_of(plan_with(in_force(), tests=old)).action == "keep"


def test_without_a_table_of_tests_nothing_that_needs_a_round_is_lifted_and_a_note_says_so():
    plan = plan_with(in_force())
    assert measure_of(plan).action == "keep"
    assert any("there is no table of tests" in n.text.key for n in plan.notes if n.zone == "block1")


def test_a_round_that_reached_few_of_the_residents_is_for_a_person_to_judge():
    some = plan_with(in_force(), tests="\n".join(CLEAN.splitlines()[:-1]))
    assert [n.text.facts for n in some.notes if n.zone == "block1"] == [
        {"zone": "block1", "tested": 100, "residents": 200}
    ]
    assert not [n for n in plan_with(in_force(), tests=CLEAN).notes if n.zone == "block1"]


def test_a_level_without_a_final_round_is_lifted_to_open_by_days_alone():
    plan = plan_with(in_force("precaution", "community"), rules=SIMPLE)
    measure = measure_of(plan, "community")
    assert (measure.action, measure.level, measure.person_days) == ("lift", "open", 0.0)
    assert plan.levels == {}


def test_lifting_comes_first_in_the_plan():
    plan = plan_with(
        in_force("precaution", "far", date(2026, 2, 1)),
        in_force("lockdown", "block2"),
        cases=cases_in("block1", "block2"),
    )
    assert level_measures_of(plan)[0].zone == "far"
    assert [m.action for m in level_measures_of(plan)] == ["lift", "start", "start", "keep"]


def test_new_evidence_keeps_a_level_and_renews_it_on_its_last_day():
    ends_today = plan_with(in_force(expires_on=TODAY), cases=cases_in("block1"))
    ends_later = plan_with(in_force(expires_on=TODAY + timedelta(days=2)), cases=cases_in("block1"))
    assert measure_of(ends_today).expires_on == TODAY + timedelta(days=7)
    assert measure_of(ends_later).expires_on == TODAY + timedelta(days=2)
    assert measure_of(ends_later).start == date(2026, 3, 1)
    assert measure_of(ends_later).person_days == 200 * 2


def test_a_measure_that_has_expired_is_not_in_force():
    plan = plan_with(in_force(expires_on=TODAY - timedelta(days=1)), cases=cases_in("block1"))
    assert (measure_of(plan).action, measure_of(plan).level_before) == ("start", None)


def test_a_higher_level_changes_the_one_in_force():
    plan = plan_with(in_force("precaution"), cases=cases_in("block1"))
    assert (measure_of(plan).action, measure_of(plan).level_before) == ("change", "precaution")


def test_a_level_on_an_area_larger_than_the_protocol_allows_is_decided_anew():
    plan = plan_with(in_force("lockdown", "city", date(2026, 3, 14)), cases=cases_in("block1"))
    ended = measure_of(plan, "city")
    assert (ended.action, ended.level) == ("lift", "open")
    assert plan.levels["block1"] == "lockdown"


def test_a_measure_within_a_new_larger_one_is_taken_over_and_not_called_lifted():
    rules = SIMPLE | {"lockdown": {**SIMPLE["lockdown"], "enter": (enter("community_case", 2),)}}
    plan = plan_with(in_force("control"), cases=cases_in("block1", "block2"), rules=rules)
    measure = measure_of(plan)
    assert (measure.action, measure.level, measure.person_days) == ("change", "lockdown", 0.0)
    assert measure.reason.facts["outer"] == "estate"
    assert measure_of(plan, "estate").people == 2000


def test_a_building_that_is_lifted_keeps_the_lower_level_of_the_area_around():
    rules = SIMPLE | {"lockdown": {**SIMPLE["lockdown"], "enter": (), "lift": QUICK}}
    plan = plan_with(in_force(), cases=cases_in("far", "community"), rules=rules)
    measure = measure_of(plan)
    assert (measure.action, measure.level, measure.person_days) == ("lift", "precaution", 0.0)


def test_a_level_that_may_be_lowered_goes_down_only_as_far_as_new_evidence_allows():
    rules = SIMPLE | {
        "precaution": {"smallest": "building", "largest": "city", "enter": ()},
        "control": {"smallest": "building", "largest": "community", "enter": (enter("exposure_site", 1),)},
    }
    seen = traced(places=[{"place_id": "cafe", "zone": "block1", "cases": 1, "last_day": TODAY}])
    measure = measure_of(plan_with(in_force(), rules=rules, tests=CLEAN, trace=seen))
    assert (measure.action, measure.level_before, measure.level) == ("lift", "lockdown", "control")


def test_people_freed_are_all_but_those_in_areas_that_stay_restricted():
    rules = SIMPLE | {"precaution": {**SIMPLE["precaution"], "smallest": "district", "enter": ()}}
    plan = plan_with(in_force("precaution", "community"), in_force("lockdown", "block2"), rules=rules)
    assert (measure_of(plan, "community").action, measure_of(plan, "community").people) == ("lift", 8000 - 300)


def test_a_level_that_is_kept_names_the_cases_that_keep_it():
    rules = SIMPLE | {"lockdown": {**SIMPLE["lockdown"], "enter": ()}}
    cases = cases_in("block1", told=TODAY - timedelta(days=DAYS - 1))
    old = [row | {"case_id": "old"} for row in cases_in("block1", told=TODAY - timedelta(days=DAYS))]
    measure = measure_of(plan_with(in_force(), cases=cases + old, rules=rules))
    assert (measure.action, measure.evidence) == ("keep", ("c000",))
