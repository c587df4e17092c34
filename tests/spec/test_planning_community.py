"""Who goes to whom, what is met in time, and what is not and why."""

from datetime import date, datetime, timedelta

import pytest

from douse.planning.community.plan_community import plan_community
from douse.planning.crews import crews_of
from planning_inputs import TODAY, basis, planned

title = "What residents ask for"
NIGHT = datetime(2026, 3, 15, 23, 0)
ZONES = """
  zone_id | kind      | parent_zone | population | latitude | longitude
  --------+-----------+-------------+------------+----------+----------
  city    | city      |             | 20000      | 30.0     | 120.0
  near    | community | city        | 10000      | 30.0     | 120.0
  by      | community | city        | 10000      | 30.0     | 120.1
  far     | community | city        | 10000      | 32.0     | 120.0
"""


def request(number, kind, zone="near", asked=NIGHT, **more):
    return {"request_id": number, "kind": kind, "zone": zone, "requested_at": asked, "recorded_at": asked} | more


def crew(number, kind, zone="near", trips=1, **more):
    """A crew of so many trips, evenly over the hours from 8 to 18."""
    hours = {"works_from": 8.0, "works_to": 18.0}
    return (
        {"crew_id": number, "kind": kind, "zone": zone, "capacity": float(trips), "capacity_unit": "trips"}
        | hours
        | more
    )


def matched(requests, crews, **more):
    at = basis(zones=ZONES, requests=requests, crews=crews, **more)
    return plan_community(at, crews_of(at))


def who(plan):
    return {one.request_id: one.crew_id or one.why_not for one in plan.requests}


def test_each_kind_gets_a_crew_that_can():
    requests = [request(kind, kind) for kind in ("food", "medicine", "dialysis", "birth", "dependant_care")]
    crews = [crew("van", "delivery"), crew("ambulance", "medical_transport", trips=2), crew("nurse", "care")]
    plan, _, _ = matched(requests, crews)
    assert who(plan) == {
        "food": "van",
        "medicine": "van",
        "dialysis": "ambulance",
        "birth": "ambulance",
        "dependant_care": "nurse",
    }


@pytest.mark.parametrize("little", [{"capacity": 100.0, "capacity_unit": "kg"}, {"works_from": 8.0, "works_to": 9.0}])
def test_a_crew_of_less_than_a_trip_a_day_goes_once(little):
    bike = {"crew_id": "bike", "kind": "delivery", "zone": "near", "vehicles": 1} | little
    plan, taken, _ = matched([request("food", "food")], [bike])
    assert who(plan) == {"food": "bike"}
    assert max(taken["bike"]) > 0


def test_medical_requests_that_can_be_in_time_go_first():
    """One trip a day: the dialysis that is due tomorrow night goes before the visit that is overdue already."""
    requests = [request("visit", "medical_visit"), request("dialysis", "dialysis")]
    plan, _, _ = matched(requests, [crew("a", "medical_transport")])
    served = {one.request_id: (one.served_on, one.in_time) for one in plan.requests}
    assert served["dialysis"] == (TODAY + timedelta(days=1), True)
    assert served["visit"] == (TODAY + timedelta(days=2), False)


def test_medicine_goes_before_food_on_the_same_van():
    """Ten stops make a trip; eleven foods and one medicine wait for the first."""
    requests = [request(f"f{n:02d}", "food", asked=NIGHT - timedelta(hours=9)) for n in range(11)] + [
        request("m", "medicine")
    ]
    plan, _, _ = matched(requests, [crew("van", "delivery", trips=2)])
    assert plan.requests[0].request_id == "m"
    assert plan.requests[0].served_hour == 13.0
    assert plan.met == 12
    assert sum(one.served_hour == 13.0 for one in plan.requests) == 10


def test_a_time_that_the_request_names_goes_before_the_clock():
    requests = [
        request("late", "medicine", wanted_by=NIGHT + timedelta(hours=2)),
        request("early", "medicine", wanted_by=NIGHT + timedelta(days=2)),
    ]
    plan, _, _ = matched(requests, [crew("van", "delivery")])
    assert {one.request_id: (one.due_on, one.in_time) for one in plan.requests} == {
        "late": (TODAY + timedelta(days=1), False),
        "early": (TODAY + timedelta(days=2), True),
    }


def test_the_nearer_of_two_crews_goes():
    requests = [request("here", "food"), request("there", "food", zone="by")]
    plan, _, _ = matched(requests, [crew("a", "delivery", zone="by"), crew("b", "delivery")])
    assert who(plan) == {"here": "b", "there": "a"}


def test_it_is_said_why_nobody_goes():
    requests = [
        request("no skill", "dependant_care"),
        request("too far", "food", zone="far"),
        *(request(f"busy{n}", "birth") for n in range(5)),
    ]
    plan, _, _ = matched(requests, [crew("van", "delivery"), crew("a", "medical_transport")])
    found = who(plan)
    assert (found["no skill"], found["too far"]) == ("no_crew", "too_far")
    busy = [one for one in plan.requests if one.why_not == "all_busy"]
    assert len(busy) == 2  # three days of one trip
    assert sorted(one.expected_on for one in busy) == [date(2026, 3, 18), date(2026, 3, 19)]
    sums = {kind.kind: (kind.open, kind.unmet, kind.all_busy) for kind in plan.kinds}
    assert sums == {"birth": (5, 2, 2), "dependant_care": (1, 1, 0), "food": (1, 1, 0)}


def test_skills_on_record_go_before_those_of_the_kind():
    requests = [request("care", "dependant_care")]
    assert who(matched(requests, [crew("a", "delivery", skills="food; dependant_care")])[0]) == {"care": "a"}
    assert who(matched(requests, [crew("a", "care", skills="food")])[0]) == {"care": "no_crew"}


def test_a_night_crew_is_in_time_where_a_day_crew_is_not():
    requests = [request("b", "birth", asked=datetime(2026, 3, 15, 23, 58), wanted_by=datetime(2026, 3, 16, 3, 0))]
    day = matched(requests, [crew("day", "medical_transport")])[0]
    night = matched(requests, [crew("night", "medical_transport", trips=12, works_from=0.0, works_to=24.0)])[0]
    assert (day.medical_in_time, night.medical_in_time) == (0, 1)


def test_requests_that_are_met_or_that_nobody_told_of_yet_are_not_open():
    requests = [
        request("met", "food", asked=NIGHT - timedelta(days=1), met_at=NIGHT),
        request("later", "food", asked=NIGHT + timedelta(days=1)),
        request("open", "food"),
    ]
    assert set(who(matched(requests, [crew("a", "delivery")])[0])) == {"open"}


def test_a_request_without_a_zone_is_met_all_the_same():
    plan, _, _ = matched([request("r", "food", zone=None)], [crew("a", "delivery")])
    assert who(plan) == {"r": "a"}


def test_without_crews_all_is_unmet_and_said():
    plan, taken, notes = matched([request("r", "food")], [])
    assert (plan.met, plan.unmet, taken) == (0, 1, {})
    assert notes[0].text.key.startswith("No crew is on record")


def test_trips_of_requests_are_taken_from_the_day_of_the_crew():
    plan, taken, _ = matched([request("m", "medicine"), request("f", "food")], [crew("van", "delivery", trips=4)])
    assert plan.met == 2
    assert taken["van"][:3] == pytest.approx([0.0, 0.05, 0.0])


def test_what_is_not_in_time_is_in_the_livelihood_book_by_kind():
    requests = [request("d", "dialysis"), request("f", "food"), request("o", "other")]
    plan = planned(basis(zones=ZONES, requests=requests))
    lines = {line.item: line for line in plan.costs.lines if line.book == "livelihood"}
    assert (lines["unmet_dialysis"].quantity, lines["unmet_dialysis"].amount) == (1.0, 300.0)
    assert (lines["unmet_other"].quantity, lines["unmet_other"].amount) == (1.0, None)
    assert lines["requests_late"].quantity == pytest.approx(13 * 24 * 3 - 23 - 23 - 71, abs=0.1)
    assert not any(line.book == "social" and "unmet" in line.item for line in plan.costs.lines)


def test_the_order_of_rows_does_not_matter():
    requests = [request(f"r{n}", kind) for n, kind in enumerate(["food", "medicine", "birth", "dialysis"] * 3)]
    crews = [crew("a", "delivery"), crew("b", "medical_transport", trips=2), crew("c", "helper")]
    assert matched(requests, crews)[0] == matched(requests[::-1], crews[::-1])[0]
