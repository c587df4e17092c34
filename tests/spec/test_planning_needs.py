"""Beds, rooms, goods, money and the floor over the days ahead."""

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest

from douse.library import Costs, Pathogen, Protocol, load
from douse.planning.isolation import severity_shares
from douse.situation.situation import Interval
from planning_inputs import SIMPLE, TODAY, TREE, basis, cases_in, planned, protocol, traced

title = "What the days ahead need"
VIRUS = load(Pathogen, "sars-cov-2-wild")
STEADY = Interval(1.0, 0.9, 1.1)
HOSPITAL = {"facility_id": "h", "kind": "hospital", "beds": 50, "icu_beds": 5}


def plan(cases=None, r_now=STEADY, **more):
    more.setdefault("zones", TREE)
    return planned(basis(cases=cases or [], r_now=r_now, **more))


def daily_cases(days=30, a_day=10, **columns):
    """Ten cases a day, every day of a month."""
    rows = []
    for ago in range(days):
        rows += [
            row | {"case_id": f"{ago}-{n}"}
            for n, row in enumerate(cases_in(*["far"] * a_day, told=TODAY - timedelta(days=ago), **columns))
        ]
    return rows


def needs(a_plan, resource, what="need"):
    return [getattr(need, what) for need in a_plan.needs if need.resource == resource]


def floor(a_plan):
    return {check.name: check for check in a_plan.floor}


def test_with_r_of_one_cases_go_on_as_they_are():
    ahead = [need.need for need in plan(daily_cases(60), Interval(1.0, 1.0, 1.0)).cases_ahead]
    assert ahead == pytest.approx([10.0] * 14, rel=0.02)


def test_with_r_of_zero_nothing_comes():
    ahead = plan(daily_cases(), Interval(0.0, 0.0, 0.0)).cases_ahead
    assert [need.need for need in ahead[1:]] == [0.0] * 13


def test_a_higher_r_needs_more_and_a_wider_interval_spreads_the_range():
    low, high = plan(daily_cases(), Interval(0.8, 0.7, 0.9)), plan(daily_cases(), Interval(1.5, 1.4, 1.6))
    assert all(a < b for a, b in zip(needs(low, "hospital_bed")[1:], needs(high, "hospital_bed")[1:], strict=True))
    wide = plan(daily_cases(), Interval(1.5, 0.7, 2.3))
    assert needs(wide, "hospital_bed", "high")[-1] > needs(high, "hospital_bed", "high")[-1]


def test_an_unknown_r_is_taken_as_one_and_said_so():
    found = plan(daily_cases(), Interval(None, why_not="too few cases"))
    assert any(n.text.facts == {"r": 1} for n in found.notes)
    assert needs(found, "icu_bed") == needs(plan(daily_cases(), Interval(1.0)), "icu_bed")


def test_cases_cannot_outnumber_the_residents():
    zones = "zone_id | kind | population\n--+--+--\nfar | community | 400"
    found = plan(daily_cases(), Interval(6.0, 5.5, 6.5), zones=zones)
    assert sum(need.need for need in found.cases_ahead) < 400


def test_recorded_severity_takes_the_bed_that_the_protocol_names():
    cases = cases_in("far", "far", "far", severity="severe") + [
        row | {"case_id": f"x{n}"} for n, row in enumerate(cases_in("far", "far", severity="critical"))
    ]
    found = plan(cases)
    assert (needs(found, "hospital_bed")[0], needs(found, "icu_bed")[0]) == (3.0, 2.0)
    shelter = plan(cases_in("far", severity="mild"), rules=load(Protocol, "china-9"))
    assert needs(shelter, "shelter_bed")[0] == 1.0


def test_patients_leave_at_the_mean_stay():
    found = plan(cases_in(*["far"] * 100, severity="severe"), Interval(0.0, 0.0, 0.0))
    assert needs(found, "hospital_bed") == pytest.approx([100 * (1 - 1 / 12) ** day for day in range(14)])


def test_unknown_severity_is_expected_by_age():
    old = needs(plan(cases_in("far", age=85)), "icu_bed")[0]
    young = needs(plan(cases_in("far", age=5)), "icu_bed")[0]
    assert old == pytest.approx(VIRUS.severity[-1].critical.value)
    assert young == pytest.approx(VIRUS.severity[0].critical.value)


def test_of_those_with_symptoms_the_mild_share_is_mild():
    """At 40 to 49: 20% without symptoms, 81% of the other 80% mild, 4.59% severe, 0.31% critical, the rest moderate."""
    expect = [0.2, 0.648, 1 - 0.2 - 0.648 - 0.0459 - 0.0031, 0.0459, 0.0031]
    assert severity_shares(VIRUS)[3] == pytest.approx(expect)


@pytest.mark.parametrize("name", ["sars-cov-2-wild", "ebola", "measles", "cholera", "sars-cov-2-omicron"])
def test_shares_of_severity_make_one_at_every_age(name):
    shares = severity_shares(load(Pathogen, name))
    assert shares.sum(axis=1) == pytest.approx(1.0)
    assert (shares >= -1e-12).all()


def test_contacts_in_central_quarantine_take_a_room_for_the_days_left():
    """Seven days apart from the last exposure; four have passed, so today and three more days."""
    contacts = traced(
        [{"person": "p", "case_id": "c", "contact_class": "close", "last_exposure": TODAY - timedelta(days=4)}]
    )
    rooms = needs(plan([], rules=load(Protocol, "china-9"), trace=contacts), "quarantine_room")
    assert rooms == [1.0] * 4 + [0.0] * 10


def test_a_contact_of_today_needs_a_room_today():
    contacts = traced([{"person": "p", "case_id": "c", "contact_class": "close", "last_exposure": TODAY}])
    rooms = needs(plan([], rules=load(Protocol, "china-9"), trace=contacts), "quarantine_room")
    assert rooms == [1.0] * 8 + [0.0] * 6


def test_enough_beds_hold_the_floor_and_too_few_break_it_from_a_day_on():
    cases = cases_in(*["far"] * 10, severity="critical")
    short = floor(plan(cases, Interval(0.0, 0.0, 0.0), facilities=[HOSPITAL]))["icu_beds"]
    assert (short.holds, short.short_by, short.first_day) == (False, 5.0, TODAY)
    enough = floor(plan(cases, Interval(0.0, 0.0, 0.0), facilities=[HOSPITAL | {"icu_beds": 10}]))["icu_beds"]
    assert (enough.holds, enough.short_by, enough.first_day) == (True, 0.0, None)


def test_a_hospital_that_opens_later_helps_from_its_day_on():
    cases = cases_in(*["far"] * 10, severity="critical")
    later = {"facility_id": "new", "kind": "hospital", "icu_beds": 20, "lead_time_days": 2}
    found = plan(cases, facilities=[HOSPITAL, later])
    assert needs(found, "icu_bed", "capacity")[:4] == [5.0, 5.0, 25.0, 25.0]


def test_free_hospital_beds_take_patients_of_shelter_hospitals():
    cases, rules = cases_in(*["far"] * 10, severity="mild"), load(Protocol, "china-9")
    both = [HOSPITAL, {"facility_id": "s", "kind": "shelter_hospital", "beds": 5}]
    steady = Interval(0.0, 0.0, 0.0)
    assert floor(plan(cases, steady, rules=rules, facilities=both))["beds"].holds is True
    assert floor(plan(cases, steady, rules=rules, facilities=[HOSPITAL | {"beds": 4}, both[1]]))["beds"].short_by == 1.0


def test_an_unknown_capacity_is_unknown_and_not_zero():
    found = floor(plan(daily_cases()))
    assert {name: check.holds for name, check in found.items()} | {"rooms": True} == {
        "beds": None, "icu_beds": None, "rooms": True, "tests": None, "tracers": None,
    }  # fmt: skip


def test_without_contacts_on_record_nobody_says_that_rooms_or_tracers_suffice():
    rooms = {"facility_id": "q", "kind": "quarantine_site", "rooms": 100}
    found = floor(plan(daily_cases(), rules=load(Protocol, "china-9"), facilities=[rooms]))
    assert (found["rooms"].holds, found["tracers"].holds) == (None, None)


def test_tracers_are_held_against_the_protocols_ratio():
    work = [{"person": f"p{n}", "task": "reach", "ring": 1} for n in range(1200)]
    contact = [{"person": "p0", "case_id": "c", "contact_class": "close", "last_exposure": TODAY}]
    check = floor(plan(cases_in("far"), trace=traced(contact, worklist=work)))["tracers"]
    # 1,200 calls at 12 a day need 100 tracers; 15 per 100,000 of 500,000 residents are 75.
    assert (check.holds, check.first_day) == (False, TODAY)
    assert check.short_by == pytest.approx(25, abs=0.5)


def test_people_to_reach_are_counted_once_in_each_task():
    work = [
        {"person": "p", "task": "reach", "ring": 1, "overdue": True},
        {"person": "p", "task": "test", "ring": 1, "overdue": False},
        {"person": "q", "task": "reach", "ring": 2, "overdue": False},
    ]
    counts = plan([], trace=traced(worklist=work)).tracing
    assert {name: n for name, n in counts.items() if n} == {"ring1": 1, "ring2": 1, "reach": 2, "test": 1, "overdue": 1}


STOCK = """
  facility_id | item | counted_at | quantity | recorded_at
  ------------+------+------------+----------+------------
  depot       | n95  | 2026-03-10 | 9999     | 2026-03-10
  depot       | n95  | 2026-03-14 | 400      | 2026-03-14
  clinic      | n95  | 2026-03-12 | 100      | 2026-03-12
"""
SHIPMENTS = """
  shipment_id | item | quantity | sent_at    | due_at     | received_at | recorded_at
  ------------+------+----------+------------+------------+-------------+------------
  soon        | n95  | 200      | 2026-03-14 | 2026-03-16 |             | 2026-03-14
  late        | n95  | 300      | 2026-03-14 | 2026-04-14 |             | 2026-03-14
  undated     | n95  | 50       | 2026-03-14 |            |             | 2026-03-14
  there       | n95  | 70       | 2026-03-10 | 2026-03-12 | 2026-03-12  | 2026-03-12
"""


def masks(a_plan):
    return next(s for s in a_plan.supplies if s.item == "n95")


def test_days_of_cover_are_stock_over_need_with_goods_that_come_in_time():
    found = masks(plan(cases_in(*["far"] * 10, severity="severe"), stock=STOCK, shipments=SHIPMENTS))
    assert (found.stock, found.on_the_way) == (500.0, 550.0)
    # Ten patients need most today and leave one by one: the stock alone lasts beyond the mean, with what is due longer.
    assert 500 / (10 * 8) < found.days_of_cover_without < found.days_of_cover
    assert found.days_of_cover < 14 + (500 + 200) / found.need_per_day


def test_little_cover_raises_an_alarm():
    few, many = (
        plan(cases_in(*["far"] * n, severity="severe"), Interval(0.0, 0.0, 0.0), stock=STOCK) for n in (20, 400)
    )
    assert (masks(few).alarm, masks(many).alarm) == ("amber", "red")
    assert masks(plan(cases_in(*["far"] * 400, severity="severe"))).alarm is None


def test_contacts_are_tested_on_the_days_of_the_protocol():
    """Days 1 and 5 after the last exposure; two days have passed, so the next test is in three days."""
    contact = {"person": "p", "case_id": "c", "contact_class": "close", "last_exposure": TODAY - timedelta(days=2)}
    assert needs(plan([], trace=traced([contact])), "tests") == [0, 0, 0, 1.0] + [0.0] * 10


def test_protective_sets_follow_the_ratios():
    """Two weeks: 5 sets a day for each suspected case, and for each sampler 1.75 a round."""
    suspected = [{"case_id": "s", "classification": "suspected", "recorded_at": "2026-03-15"}]
    found = {s.item: s.need for s in plan(suspected).supplies}
    assert found["protective_set"] == 5 * 14
    closed = plan(cases_in("block1", severity="mild"), Interval(0.0, 0.0, 0.0), rules=protocol(**SIMPLE))
    assert {s.item: s.need for s in closed.supplies}["protective_set"] == 1.75 * 1 * 4


def test_staff_follow_the_ratios_on_the_heaviest_day():
    """100 shelter beds: 31 medical and 15 other staff. 50 rooms: 4 and 8 for each hundred."""
    contacts = [
        {"person": f"p{n}", "case_id": "c", "contact_class": "close", "last_exposure": TODAY - timedelta(days=n % 2)}
        for n in range(50)
    ]
    cases = cases_in(*["far"] * 100, severity="mild")
    found = plan(cases, Interval(0.0, 0.0, 0.0), rules=load(Protocol, "china-9"), trace=traced(contacts)).staff
    staff = {one.role: one.need for one in found}
    assert (staff["shelter_medical"], staff["shelter_support"]) == (31.0, 15.0)
    assert (staff["quarantine_medical"], staff["quarantine_support"]) == (2.0, 4.0)


def test_packages_come_to_the_doors_that_are_closed():
    found = {s.item: s.need for s in plan(cases_in("block1"), rules=protocol(**SIMPLE)).supplies}
    assert found["living_package"] == 80 * math.ceil(7 / 2.5)
    assert found["food_kg"] == 200 * 7 * 1.0


def test_every_amount_is_quantity_times_unit_price():
    lines = plan(cases_in("block1"), rules=protocol(**SIMPLE)).costs.lines
    for line in lines:
        if line.amount is not None:
            assert line.amount == pytest.approx(line.quantity * line.unit_price)


def test_output_that_caution_loses_anyway_is_not_a_cost_of_the_measures():
    prices = load(Costs, "generic")
    base = basis(rules=protocol(**SIMPLE), zones=TREE, cases=cases_in("block1"), r_now=STEADY)
    cautious = prices.model_copy(update={"voluntary_output_share": prices.lockdown_output_share})
    totals = [
        {line.item: line.amount for line in planned(replace(base, costs=costs)).costs.lines}
        for costs in (prices, cautious)
    ]
    assert totals[0]["output_lost"] > 0
    assert totals[1]["output_lost"] == totals[1]["household_income_lost"] == 0
    assert totals[1]["output_lost_to_caution"] > totals[0]["output_lost_to_caution"]


def test_lost_output_appears_once():
    """Economic and livelihood book together: 0.54 - 0.05 of the output of each restricted day."""
    lines = plan(cases_in("block1"), rules=protocol(**SIMPLE)).costs.lines
    lost = {line.item: line for line in lines}
    days = lost["days_restricted"].quantity
    both = lost["output_lost"].amount + lost["household_income_lost"].amount
    assert both == pytest.approx(days * 12300 / 365 * (0.54 - 0.05))


def test_days_restricted_count_up_to_the_horizon():
    found = plan(cases_in("block1"), rules=protocol(**SIMPLE)).costs
    days = next(line.quantity for line in found.lines if line.item == "days_restricted")
    assert days == pytest.approx(200 * 7 + 7800 * 0.05 * 14)
    assert found.horizon_days == 14


def test_a_total_with_an_unknown_part_is_unknown():
    found = plan(cases_in("b"), zones="zone_id | kind\n--+--\nb | building", rules=protocol(**SIMPLE)).costs
    assert found.measures_total is None
    assert next(line for line in found.lines if line.item == "output_lost").quantity is None


def test_the_plan_says_how_far_it_looks():
    assert {need.day for need in plan(horizon_days=5).needs} == {TODAY + timedelta(days=n) for n in range(5)}
    with pytest.raises(ValueError, match="at least one day"):
        plan(horizon_days=0)


def test_needs_are_told_for_the_as_of_day_first():
    assert plan().needs[0].day == date(2026, 3, 15)
