"""One day of screening: sites, shifts, couriers, laboratories, and what it is short of."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from douse.library import Protocol, load
from douse.outputs.json_text import dumped, plain
from douse.planning.plan import Round
from douse.planning.testing.capacity import screening_capacity
from douse.planning.testing.day import plan_testing_day
from planning_inputs import TODAY, basis, number

title = "A testing day"
GENERIC = load(Protocol, "who-generic")
# Nobody is faster than another, no way longer than usual.
EVEN = {name: number(0.0, "share") for name in ("sampling_spread", "travel_spread", "laboratory_spread")}


def rules(**day):
    screening = GENERIC.screening
    return GENERIC.model_copy(
        update={"screening": screening.model_copy(update={"day": screening.day.model_copy(update=EVEN | day)})}
    )


def one_round(zone="a", people=2400, **more):
    return replace(
        Round(
            zone=zone, start=TODAY, people=people, singles=0, prevalence=0.0, pool_size=20, missed_by_pooling=0.1,
            tubes=0, swabs=0, sites=0, samplers=0,
        ),
        **more,
    )  # fmt: skip


def facilities(tubes=100_000, samplers=None, **laboratory):
    rows = [{"facility_id": "lab", "kind": "laboratory", "tests_per_day": tubes} | laboratory]
    if samplers is not None:
        rows.append({"facility_id": "hall", "kind": "sampling_site", "staff": samplers})
    return rows


def a_day(*rounds, at=None, **tables):
    tables.setdefault("zones", "zone_id | kind | population\n--+--+--\na | community | 2400")
    tables.setdefault("facilities", facilities())
    given = at or rules()
    return plan_testing_day(basis(rules=given, cases=[], **tables), rounds or (one_round(),))


def test_without_queues_the_hours_add_up():
    """2,400 people, 7 samplers of 60 an hour: 120 tubes, the last when the 18th round of seven fills, at 6 hours.

    The courier of the one site is back every 1.25 hours (0.5 there, 0.5 back, 0.25 at the site): he calls at 6.25 and
    hands over at 7. The plate starts at once; the result is there 6 hours later. Nobody is positive.
    """
    day = a_day()
    assert (day.tubes, day.samplers, day.desks, day.couriers) == (120, 7, 7, 1)
    assert day.sampled_hours == pytest.approx(6.0)
    assert day.laboratories[0].last_tube_hours == pytest.approx(6.25 + 0.75)
    assert day.result_hours_median == day.result_hours == pytest.approx(6.25 + 0.75 + 6, abs=0.02)
    assert day.in_time is True


def test_one_queue_is_done_at_its_capacity():
    """240 tubes a day are ten an hour: 120 tubes are taken in 12 hours after the first, which came at 0.333 + way."""
    day = a_day(facilities=facilities(tubes=240), at=rules(plate_tubes=number(1, "tubes")))
    first = 1.25 + 0.75  # seven tubes are full at 20 minutes; the courier calls at 0 and at 1.25
    assert day.result_hours == pytest.approx(first + 119 * 0.1 + 6)


def test_a_positive_pool_is_tested_again():
    """Every pool positive: single swabs 2 hours after the result, carried, 4 hours in a laboratory with no queue."""
    day = a_day(one_round(prevalence=1.0, pool_size=5), facilities=facilities(tubes=10_000_000))
    assert day.second_tests == 2400
    assert day.result_hours == pytest.approx(day.first_result_hours + 2 + 0.75 + 4, abs=0.05)


def test_people_tested_singly_get_a_team_of_their_own():
    day = a_day(one_round(singles=30))
    assert [(site.kind, site.people, site.tubes) for site in day.sites] == [
        ("made_site", 2370, 119),
        ("door_team", 30, 30),
    ]
    assert day.singles == 30


def test_sites_are_equal_parts_of_at_most_the_people_of_a_site():
    day = a_day(one_round(people=7300))
    assert [site.people for site in day.sites] == [2434, 2433, 2433]


def test_a_sampling_site_on_record_is_used_before_a_school_and_a_school_before_none():
    zones = (
        "zone_id | kind | population | latitude | longitude\n--+--+--+--+--\n"
        "a | community | 2400 | 31.000 | 121.000\nb | community | 2400 | 31.050 | 121.000\n"
        "c | community | 2400 | 31.100 | 121.000"
    )
    hall = [{"facility_id": "hall", "kind": "sampling_site", "staff": 30, "latitude": 31.004, "longitude": 121.0}]
    places = [
        {"place_id": "school-a", "kind": "school", "latitude": 31.0, "longitude": 121.0},
        {"place_id": "school-b", "kind": "school", "latitude": 31.051, "longitude": 121.0},
        {"place_id": "shop-c", "kind": "shop", "latitude": 31.1, "longitude": 121.0},
    ]
    day = a_day(*(one_round(zone) for zone in "abc"), zones=zones, facilities=facilities() + hall, places=places)
    assert [(site.kind, site.place) for site in day.sites] == [
        ("sampling_site", "hall"), ("place", "school-b"), ("made_site", None),
    ]  # fmt: skip


def test_a_zone_without_coordinates_does_not_hide_where_the_others_lie():
    zones = (
        "zone_id | kind | parent_zone | population | latitude | longitude\n--+--+--+--+--+--\n"
        "a | district | | 2400 | | \n"
        "a1 | community | a | 2000 | 31.000 | 121.000\n"
        "a2 | community | a | 400 | | "
    )
    hall = [{"facility_id": "hall", "kind": "sampling_site", "staff": 30, "latitude": 31.004, "longitude": 121.0}]
    day = a_day(one_round("a"), zones=zones, facilities=facilities() + hall)
    assert [(site.kind, site.place) for site in day.sites] == [("sampling_site", "hall")]


def test_tubes_go_to_the_near_laboratory_until_the_queue_there_costs_more_than_the_way():
    zones = (
        "zone_id | kind | population | latitude | longitude\n--+--+--+--+--\n"
        "a | community | 2400 | 31.0 | 121.0\nb | community | 2400 | 31.3 | 121.0"
    )
    two = [
        {"facility_id": name, "kind": "laboratory", "tests_per_day": tubes, "latitude": where, "longitude": 121.0}
        for name, tubes, where in (("south", 3000, 31.0), ("north", 3000, 31.3))
    ]
    day = a_day(one_round("a"), one_round("b"), zones=zones, facilities=two)
    assert [site.laboratory for site in day.sites] == ["south", "north"]
    two[1]["tests_per_day"] = 100
    day = a_day(one_round("a"), one_round("b"), zones=zones, facilities=two)
    assert [site.laboratory for site in day.sites] == ["south", "south"]


def test_a_laboratory_that_gets_tubes_has_a_courier_and_the_plan_counts_them_all():
    spots = dict(zip("abcd", (31.0, 31.3, 31.6, 31.9), strict=True))
    zones = "zone_id | kind | population | latitude | longitude\n--+--+--+--+--\n"
    zones += "\n".join(f"{zone} | community | 2400 | {north} | 121.0" for zone, north in spots.items())
    labs = [
        {
            "facility_id": f"lab-{zone}",
            "kind": "laboratory",
            "tests_per_day": 3000,
            "latitude": north,
            "longitude": 121.0,
        }
        for zone, north in spots.items()
    ]
    few = rules(couriers_per_site=number(0.25, "couriers a site"))
    day = a_day(*map(one_round, spots), zones=zones, facilities=labs, at=few)
    assert [lab.couriers for lab in day.laboratories] == [1, 1, 1, 1]
    assert day.couriers == 4


def test_too_few_samplers_sample_on_the_next_days():
    day = a_day(facilities=facilities(samplers=3))
    assert day.samplers_by_shift == (3, 3, 1)
    assert day.sampled_hours > 48
    assert day.in_time is False
    assert [text.facts["n"] for text in day.short_of] == [4]
    assert (day.cheapest.samplers, day.cheapest.couriers, day.cheapest.laboratory_lines) == (4, 0, 0)
    # 60 a day and 1.75 sets of 8
    assert day.cheapest.cost == pytest.approx(4 * (60 + 1.75 * 8))
    assert day.cheapest.in_time
    assert day.cheapest.result_hours <= 24


def in_hours(window):
    screening = rules().screening.model_copy(update={"window_hours": number(window, "hours")})
    return rules().model_copy(update={"screening": screening})


def test_samplers_on_record_help_before_any_are_asked_for():
    """Seven are enough for 13 hours; where 12 are asked of the day, the others on record join."""
    assert a_day(facilities=facilities(samplers=30)).samplers == 7
    few = a_day(facilities=facilities(samplers=7), at=in_hours(12))
    assert (few.in_time, few.cheapest.samplers > 0) == (False, True)
    enough = a_day(facilities=facilities(samplers=30), at=in_hours(12))
    assert (enough.in_time, enough.cheapest) == (True, None)
    assert 7 + few.cheapest.samplers <= enough.samplers <= 30


def test_what_is_less_than_the_cheapest_addition_does_not_do():
    day = a_day(facilities=facilities(tubes=50, samplers=3))
    assert day.cheapest.samplers
    assert day.cheapest.laboratory_lines
    assert day.alternatives
    for less in day.alternatives:
        assert not less.in_time
        assert less.cost < day.cheapest.cost
        assert less.result_hours is None or less.result_hours > 24


def test_tubes_that_are_not_in_stock_are_asked_for():
    stock = [{"facility_id": "lab", "item": "tube", "quantity": 100, "counted_at": "2026-03-14T08:00:00"}]
    day = a_day(stock=stock)
    need = math.ceil(120 * 1.1)
    assert day.in_time is False
    assert day.short_of[0].facts["tube"] == need - 100
    assert (day.cheapest.tubes, day.cheapest.cost) == (32, 32 * 2.0)
    assert a_day(stock=[stock[0] | {"quantity": need}]).in_time is True


def test_a_window_that_nothing_can_keep_is_said():
    short = GENERIC.screening.model_copy(update={"window_hours": number(5, "hours"), "day": rules().screening.day})
    day = a_day(at=GENERIC.model_copy(update={"screening": short}))
    assert day.in_time is False
    assert day.cheapest is None
    assert "however many samplers" in day.short_of[0].key
    assert day.short_of[0].facts["hours"] > 6


def test_without_a_laboratory_on_record_sites_and_shifts_are_planned_and_hours_are_not():
    day = a_day(facilities=[{"facility_id": "hall", "kind": "sampling_site", "staff": 9}])
    assert (day.samplers, len(day.sites), day.sampled_hours) == (7, 1, pytest.approx(6.0))
    assert (day.result_hours, day.in_time, day.laboratories, day.by_hour) == (None, None, (), ())


def test_no_round_no_day():
    assert plan_testing_day(basis(cases=[]), ()) is None


def test_hours_are_counted_up_to_the_last_result():
    day = a_day(one_round(prevalence=0.001))
    last = day.by_hour[-1]
    assert last.sampled == pytest.approx(2400)
    assert last.arrived == last.results
    assert all(
        before.results <= after.results and before.sampled <= after.sampled
        for before, after in zip(day.by_hour, day.by_hour[1:], strict=False)
    )


def test_hours_that_are_not_counted_are_not_told_as_done():
    """120 tubes at six a day take 20 days; ten are counted."""
    day = a_day(facilities=facilities(tubes=6))
    assert day.result_hours > 300
    assert day.by_hour[-1].hour == 238
    assert day.by_hour[-1].share < 0.6


def test_the_same_day_twice_is_the_same_to_the_last_byte():
    one, two = (dumped(plain(a_day(one_round(prevalence=0.002), at=GENERIC))) for _ in range(2))
    assert one == two
    assert json.loads(one)["in_time"] is True


def test_what_can_be_screened_in_a_day_is_the_least_of_samplers_and_laboratories():
    """100 samplers do 36,000 people. 1,000 tubes a day are far fewer: 20 people a tube, in what is left of 24 hours."""
    zones = "zone_id | kind | population\n--+--+--\na | city | 1000000"
    have = screening_capacity(basis(zones=zones, cases=[], facilities=facilities(1000, 100)), 0.0)
    assert have.by_samplers == 36_000
    assert have.people == have.by_laboratories < 20_000
    assert have.share == pytest.approx(have.people / 1_000_000)
    nothing = screening_capacity(basis(zones=zones, cases=[]))
    assert (nothing.people, nothing.share) == (None, None)


@pytest.mark.parametrize("tubes", [300, 2000])
@pytest.mark.parametrize("prevalence", [0.0001, 0.002, 0.01])
def test_a_day_of_what_can_be_screened_ends_in_time(tubes, prevalence):
    zones = "zone_id | kind | population\n--+--+--\na | city | 1000000"
    at = basis(zones=zones, cases=[], facilities=facilities(tubes, 1000))
    have = screening_capacity(at, prevalence)
    pool = next(size for limit, size in ((0.003, 20), (0.015, 10), (0.05, 5)) if prevalence < limit)
    people = int(have.people)
    day = plan_testing_day(at, [one_round(people=people, prevalence=prevalence, pool_size=pool)])
    assert day.in_time
    twice = plan_testing_day(at, [one_round(people=3 * people, prevalence=prevalence, pool_size=pool)])
    assert not twice.in_time


def test_more_laboratories_screen_more():
    zones = "zone_id | kind | population\n--+--+--\na | city | 1000000"
    people = [
        screening_capacity(basis(zones=zones, cases=[], facilities=facilities(tubes, 50)), 0.001).people
        for tubes in (100, 500, 2000, 100_000)
    ]
    assert people == sorted(people)
    assert people[-1] == 50 * 360
    assert np.isfinite(people).all()
