"""What goes where, who goes short first, and what it is short of."""

from datetime import date, timedelta

import numpy as np
import pytest

from douse.planning.basis import Basis
from douse.planning.crews import crew_rules, crews_of
from douse.planning.goods.needed import Needed
from douse.planning.goods.plan_goods import goods_regions, plan_goods
from douse.planning.supplies import against_stock, days_of_cover
from planning_inputs import SIMPLE, TODAY, TREE, basis, cases_in, planned, protocol, traced

title = "Goods over the days ahead"
ZONES = """
  zone_id | kind     | parent_zone | population | latitude | longitude
  --------+----------+-------------+------------+----------+----------
  city    | city     |             | 20000      | 30.0     | 120.0
  east    | district | city        | 10000      | 30.0     | 120.1
  west    | district | city        | 10000      | 30.0     | 119.9
"""
DEPOTS = """
  facility_id | kind     | zone | latitude | longitude
  ------------+----------+------+----------+----------
  d-east      | depot    | east | 30.0     | 120.1
  d-west      | depot    | west | 30.0     | 119.9
  h           | hospital | east | 30.0     | 120.1
"""
VAN = """
  crew_id | kind     | people | vehicles | works_from | works_to
  --------+----------+--------+----------+------------+---------
  van     | delivery | 2      | 1        | 8          | 18
"""


def stock(**amounts):
    """Stock on record: facility__item = quantity."""
    return [
        {
            "facility_id": name.split("__")[0].replace("_", "-"),
            "item": name.split("__")[1],
            "counted_at": TODAY,
            "quantity": float(number),
            "recorded_at": "2026-03-15",
        }
        for name, number in amounts.items()
    ]


def goods(needs, *, horizon_days=4, taken=None, **tables):
    """The plan of goods for needs given as (receiver, item, region, amount a day, worst a day)."""
    tables.setdefault("zones", ZONES)
    tables.setdefault("facilities", DEPOTS)
    at: Basis = basis(horizon_days=horizon_days, **tables)
    parts = goods_regions(at)
    rows = {}
    for receiver, item, zone, mean, worst in needs:
        one = rows.setdefault((receiver, item), ([], []))
        one[0].append((zone, mean))
        one[1].append((zone, worst))
    made = []
    for (receiver, item), kinds in sorted(rows.items()):
        arrays = []
        for kind in kinds:
            amount = np.zeros((len(parts), horizon_days))
            for zone, number in kind:
                amount[parts.ids.index(zone)] += number
            arrays.append(amount)
        made.append(Needed(receiver, item, *arrays))
    plan, notes = plan_goods(at, made, parts, crews_of(at), taken or {})
    return plan, notes


def sent(plan, **where):
    return sum(s.quantity for s in plan.shipments if all(getattr(s, name) == value for name, value in where.items()))


def test_goods_go_from_the_nearest_depot_that_has_them():
    plan, _ = goods(
        [("care", "n95", "east", 10, 10), ("care", "n95", "west", 10, 10)],
        stock=stock(d_east__n95=100, d_west__n95=100),
        crews=VAN,
    )
    assert sent(plan, from_facility="d-east", zone="east") == 40
    assert sent(plan, from_facility="d-west", zone="west") == 40
    assert not plan.shortages
    assert plan.limit is None


def test_what_lies_with_a_hospital_serves_it_and_is_not_sent():
    plan, _ = goods([("care", "n95", "east", 10, 10)], stock=stock(h__n95=25, d_west__n95=100), crews=VAN)
    assert sent(plan, zone="east") == 15
    assert not plan.shortages


def test_what_lies_where_nobody_needs_it_may_be_sent():
    """A quarantine site of the west has masks; beds are in the east only."""
    site = "  site        | quarantine_site | west | 30.0 | 119.9\n"
    plan, _ = goods([("care", "n95", "east", 10, 10)], stock=stock(site__n95=100), crews=VAN, facilities=DEPOTS + site)
    assert not plan.shortages
    assert sent(plan, from_facility="site", zone="east") == 40


@pytest.mark.parametrize(("there", "care", "testing"), [(40, 0, 40), (20, 20, 40), (60, 0, 20), (80, 0, 0)])
def test_beds_are_served_before_sampling_where_there_is_not_enough_for_both(there, care, testing):
    plan, _ = goods(
        [("care", "protective_set", "east", 10, 10), ("testing", "protective_set", "east", 10, 10)],
        stock=stock(d_east__protective_set=there),
        crews=VAN,
    )
    short = {one.receiver: one.short for one in plan.shortages}
    assert (short.get("care", 0), short.get("testing", 0)) == (pytest.approx(care), pytest.approx(testing))
    assert [one.turn for one in plan.shortages] == sorted(one.turn for one in plan.shortages)


def test_what_is_needed_today_is_not_kept_for_a_later_day():
    plan, _ = goods([("care", "n95", "east", 10, 15)], stock=stock(d_east__n95=15), crews=VAN)
    assert plan.shortages[0].first_day == TODAY + timedelta(days=1)
    assert plan.shortages[0].short == pytest.approx(25)


def test_a_meal_that_is_missed_is_lost_and_a_parcel_may_come_later():
    """Both come on the third day: the meals of two days are lost, the parcels are late and then made up for."""
    ship = [
        {
            "shipment_id": f"s-{item}",
            "item": item,
            "quantity": 100.0,
            "to_facility": "d-east",
            "sent_at": TODAY,
            "due_at": TODAY + timedelta(days=2),
            "recorded_at": "2026-03-15",
        }
        for item in ("food_kg", "living_package")
    ]
    plan, _ = goods(
        [("household", "food_kg", "east", 10, 10), ("household", "living_package", "east", 2, 2)],
        shipments=ship,
        crews=VAN,
    )
    short = {one.item: (one.short, one.missing_days) for one in plan.shortages}
    assert short["food_kg"] == (pytest.approx(20), pytest.approx(20))
    assert short["living_package"] == (pytest.approx(4), pytest.approx(2 + 4))
    assert sent(plan, item="food_kg") == 20
    assert sent(plan, item="living_package") == 8


def test_stock_enough_and_one_van_for_a_locked_city_is_short_of_people_who_deliver():
    """2,000 doors at 3 minutes take 100 hours; the van works 10."""
    plan, _ = goods(
        [("household", "living_package", "east", 2000, 2000)], stock=stock(d_east__living_package=99999), crews=VAN
    )
    assert [one.limit for one in plan.shortages] == ["delivery"]
    assert plan.limit.key.startswith("Short of people who deliver")
    assert plan.crews_needed > 10
    day = plan.delivery[0]
    assert (day.there, day.used) == (10.0, pytest.approx(10.0))
    one = plan.worth[0]
    # One more van brings as much again: about ten hours of doors a day, made up for over four days.
    assert (one.of, one.item) == ("crew", "living_package")
    assert one.less_short == pytest.approx(sent(plan), rel=0.01)


def test_an_empty_depot_is_short_of_stock_or_of_production_where_more_of_it_would_do():
    nothing, _ = goods([("care", "n95", "east", 10, 10)], stock=stock(d_east__n95=10), crews=VAN)
    assert [one.limit for one in nothing.shortages] == ["stock"]
    made = [{"production_id": "p", "item": "n95", "to_facility": "d-east", "quantity_per_day": 5.0}]
    some, _ = goods([("care", "n95", "east", 10, 10)], stock=stock(d_east__n95=0), production=made, crews=VAN)
    assert [one.limit for one in some.shortages] == ["production"]
    assert some.shortages[0].short == pytest.approx(20)
    assert [(one.of, one.less_short) for one in some.worth] == [("production_day", pytest.approx(5))]
    late = [made[0] | {"quantity_per_day": 50.0, "lead_time_days": 9}]
    never, _ = goods([("care", "n95", "east", 10, 10)], stock=stock(d_east__n95=0), production=late, crews=VAN)
    assert [one.limit for one in never.shortages] == ["stock"]


def test_neither_goods_nor_people_are_both():
    plan, _ = goods(
        [("household", "living_package", "east", 2000, 2000)], stock=stock(d_east__living_package=10), crews=VAN
    )
    assert [one.limit for one in plan.shortages] == ["both"]


def test_goods_that_come_after_their_lead_time_or_are_due_are_counted_from_their_day():
    made = [
        {"production_id": "p", "item": "n95", "to_facility": "d-east", "quantity_per_day": 10.0, "lead_time_days": 2}
    ]
    plan, _ = goods([("care", "n95", "east", 10, 10)], stock=stock(d_east__n95=20), production=made, crews=VAN)
    assert not plan.shortages
    stops = [made[0] | {"last_day": TODAY + timedelta(days=2)}]
    plan, _ = goods([("care", "n95", "east", 10, 10)], stock=stock(d_east__n95=20), production=stops, crews=VAN)
    assert [(one.first_day, round(one.short)) for one in plan.shortages] == [(TODAY + timedelta(days=3), 10)]


def test_the_worst_courses_have_a_reserve_or_it_is_said_what_it_lacks():
    enough, _ = goods([("care", "n95", "east", 10, 15)], stock=stock(d_east__n95=60), crews=VAN)
    assert [(one.short, one.first_day) for one in enough.reserves] == [(0.0, None)]
    few, _ = goods([("care", "n95", "east", 10, 15)], stock=stock(d_east__n95=48), crews=VAN)
    assert not few.shortages
    assert few.reserves[0].worst == 60
    assert few.reserves[0].short == pytest.approx(12)


def test_the_reserve_of_beds_goes_before_sampling_of_a_later_turn():
    """Sampling is two turns and more behind beds: a twentieth of a bed's want still weighs more than a sampler's."""
    plan, _ = goods(
        [("care", "protective_set", "east", 10, 20), ("testing", "protective_set", "east", 10, 10)],
        stock=stock(d_east__protective_set=80),
        crews=VAN,
    )
    assert plan.reserves[0].short == pytest.approx(0, abs=1e-3)
    assert {one.receiver: round(one.short) for one in plan.shortages} == {"testing": 40}


def test_without_crews_on_record_nobody_says_that_goods_arrive():
    plan, notes = goods([("household", "living_package", "east", 2000, 2000)], stock=stock(d_east__living_package=9999))
    assert not plan.shortages
    assert {day.there for day in plan.delivery} == {None}
    assert any(note.text.key.startswith("No crew that delivers") for note in notes)


def test_goods_never_counted_are_unknown_and_not_zero():
    plan, notes = goods(
        [("care", "n95", "east", 10, 10), ("care", "protective_set", "east", 1, 1)],
        stock=stock(d_east__n95=100),
        crews=VAN,
    )
    assert not plan.shortages
    assert {s.from_facility for s in plan.shipments if s.item == "protective_set"} == {None}
    assert [note.text.facts for note in notes] == [{"n": 1}]


def test_nothing_on_record_gives_no_plan():
    plan, notes = goods([("care", "n95", "east", 10, 10)], facilities=[])
    assert (plan.shipments, plan.shortages, notes) == ((), (), ())


def test_crews_taken_by_requests_carry_less():
    half = {"van": np.full(4, 0.5)}
    plan, _ = goods(
        [("household", "living_package", "east", 100, 100)],
        stock=stock(d_east__living_package=9999),
        crews=VAN,
        taken=half,
    )
    assert plan.delivery[0].there == 5.0


def test_a_crew_on_foot_carries_by_weight_and_a_stated_capacity_goes_before():
    crews = [
        {"crew_id": "foot", "kind": "helper", "people": 4, "vehicles": 0, "works_from": 8.0, "works_to": 18.0},
        {"crew_id": "kg", "kind": "delivery", "capacity": 600.0, "capacity_unit": "kg"},
        {"crew_id": "trips", "kind": "delivery", "capacity": 3.0, "capacity_unit": "trips"},
        {"crew_id": "ill", "kind": "delivery", "people": 0, "vehicles": 5},
    ]
    at = basis(zones=ZONES, crews=crews)
    hours = {crew.id: crew.hours(crew_rules(at.protocol)) for crew in crews_of(at)}
    assert hours == {"foot": pytest.approx(4 * 10 * 15 / 300), "kg": 4.0, "trips": 6.0, "ill": 0.0}


def test_people_whose_vehicles_are_not_on_record_carry_no_more_than_one_vehicle_or_all_on_foot():
    """Ten hours of two hours a trip. They go out one by one, on five trips each; what they carry is another matter."""
    hours = {"works_from": 8.0, "works_to": 18.0}
    crews = [{"crew_id": str(n), "kind": "helper", "people": n} | hours for n in (1, 4, 40)]
    at = basis(zones=ZONES, crews=[*crews, {"crew_id": "nothing", "kind": "helper"} | hours])
    found = {crew.id: (crew.trips, crew.hours(crew_rules(at.protocol))) for crew in crews_of(at)}
    assert found == {"1": (5, 10), "4": (20, 10), "40": (200, 40 * 10 * 15 / 300), "nothing": (5, 10)}


@pytest.mark.parametrize(
    ("need", "stock_there", "coming", "days"),
    [
        ([10, 10, 10, 10], 25, [0, 0, 0, 0], 2.5),
        ([10, 10, 10, 10], 25, [0, 0, 30, 0], 5.5),
        ([10, 10, 10, 10], 15, [0, 0, 30, 0], 1.5),
        ([0, 0, 40, 0], 20, [0, 0, 0, 0], 2.5),
        ([10, 10, 10, 10], 0, [0, 0, 0, 0], 0.0),
    ],
)
def test_days_of_cover_run_as_the_days_run(need, stock_there, coming, days):
    """Goods that come after the stock is used up do not lengthen it."""
    assert days_of_cover(np.array(need, float), stock_there, np.array(coming, float)) == pytest.approx(days)


def test_cover_is_told_with_and_without_deliveries():
    ship = [
        {
            "shipment_id": "s",
            "item": "n95",
            "quantity": 50.0,
            "to_facility": "d-east",
            "sent_at": TODAY,
            "due_at": TODAY + timedelta(days=1),
            "recorded_at": "2026-03-15",
        }
    ]
    at = basis(horizon_days=4, zones=ZONES, facilities=DEPOTS, stock=stock(d_east__n95=20), shipments=ship)
    need = np.zeros((2, 4))
    need[0] = 10.0
    (found,) = against_stock(at, (Needed("care", "n95", need, need * 1.5),))
    assert (found.days_of_cover_without, found.days_of_cover) == (2.0, 7.0)
    assert (found.need, found.need_worst) == (40.0, 60.0)


def test_a_full_plan_brings_packages_to_the_doors_that_are_closed():
    plan = planned(
        basis(
            rules=protocol(**SIMPLE),
            zones=TREE,
            cases=cases_in("block1"),
            trace=traced(),
            facilities=[{"facility_id": "d", "kind": "depot", "zone": "district"}],
            stock=[
                {
                    "facility_id": "d",
                    "item": "living_package",
                    "counted_at": TODAY,
                    "quantity": 999.0,
                    "recorded_at": "2026-03-15",
                }
            ],
            crews=[{"crew_id": "a", "kind": "delivery", "facility_id": "d", "vehicles": 2, "people": 4}],
        )
    )
    assert sent(plan.goods, item="living_package", zone="district", receiver="household") == 80 * 3
    assert plan.goods.shipments[0].day == date(2026, 3, 15)
