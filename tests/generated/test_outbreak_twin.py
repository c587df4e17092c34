"""A run of the engine equals its slow twin, person by person and day by day, whatever is done."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from douse.errors import UsageError
from douse.kernels import epidemic_columns as columns
from douse.simulation.outbreak import Outbreak
from douse.simulation.rates import Rates
from douse.simulation.response import Response, outside_only
from douse.simulation.scenario import HISTORY, Immunity, Scenario, Variant
from douse.simulation.seeds import make_seeds
from douse.simulation.zoning import Order, Zoning, no_zoning
from reference.slow_outbreak import ISOLATION_BED, SlowOutbreak
from simulation_inputs import a_varied_course, quantiles, small_town, varied_contacts

DAYS = 70
ZONES = 5
town = cache(small_town)


def compare(scenario, seeds, seed, shards, changes=None):
    """Run both; every figure of the engine has to be the twin's. `changes`: day -> scenario from then on."""
    slow = SlowOutbreak(scenario, seeds, seed, changes)
    fast = Outbreak(scenario, seeds, seed=seed, shards=shards, names=True)
    days, all_zones = range(HISTORY, HISTORY + scenario.days), range(len(scenario.city.zone_ids))
    for day in days:
        if changes and day - HISTORY in changes:
            now = changes[day - HISTORY]
            fast.change(response=now.response, orders=now.zoning.orders, masks_from=now.masks_from)
        regime = [slow.regime.get((day, zone), 0) if scenario.zoning.acts or changes else 0 for zone in all_zones]
        assert fast.levels.regime[day % len(fast.levels.regime)].tolist() == regime, day
        fast.run(days=1)
        log = fast.log[fast.log_end[day] : fast.log_end[day + 1]]
        assert log.tolist() == [[e.target, e.infector, e.meta] for e in slow.infections[day]], day
        assert {name: int(row[day]) for name, row in zip(columns.SERIES_NAMES, fast.series, strict=True)} == {
            name: slow.series[name, day] for name in columns.SERIES_NAMES
        }, day
    assert fast.lines[: fast.scalars[columns.LINES]].tolist() == [list(line) for line in slow.lines]
    assert fast.names[: fast.scalars[columns.NAMES]].tolist() == slow.names
    counted = fast.by_age.sum(axis=0)
    assert {at: int(counted[at]) for at in zip(*map(list, counted.nonzero()), strict=True)} == dict(slow.by_age)
    beds = np.cumsum(fast.beds.sum(axis=0), axis=1)
    assert {at: int(beds[at]) for at in zip(*map(list, beds.nonzero()), strict=True)} == dict(slow.beds)
    zones = fast.by_zone.sum(axis=0)
    assert {
        (what, day, zone): int(zones[what, day, zone]) for what, day, zone in zip(*zones.nonzero(), strict=True)
    } == dict(slow.by_zone)
    staying = np.cumsum(fast.staying, axis=1)
    for kind in range(1, ISOLATION_BED + 1):
        assert staying[kind, HISTORY : days[-1] + 1].tolist() == [slow.staying(day, kind) for day in days], kind
    for level in range(0 if scenario.zoning.acts else 1, 4):
        for day in days if scenario.zoning.acts or changes else ():
            people = np.diff(scenario.city.zone_start)
            under = sum(int(people[zone]) for zone in all_zones if slow.regime[day, zone] & 3 == level)
            assert fast.levels.day_people[level, day] == under, (level, day)
    return slow


def rates(*, water=False):
    course = a_varied_course(environment=(0.3, 2.0) if water else None)
    return Rates(0.35, 0.11, 0.9 if water else 0.0, varied_contacts(), course)


def all_stays(outside, beds=0.0):
    left = np.ones((5, 8))
    left[1], left[3] = outside_only(outside, 0.6), outside_only(outside, 0.3)
    left[2], left[4] = 0.0, beds
    return left


def all_levels(*, by_kind=False):
    left = np.ones((4, 8))
    left[1], left[2], left[3] = outside_only(0.8), outside_only(0.4, 0.9), outside_only(0.1)
    if not by_kind:
        return left
    left = left[:, None, :] * np.linspace(1, 0.5, 8)[:, None]
    left[0] = 1.0
    return left


def all_measures(**changes):
    """Everything that can be done, each a little."""
    measures = {
        "seek_share": 0.7, "seek_delay": quantiles([0, 1, 1, 2, 4]), "laboratory": 6.0, "other_tests": 1.0,
        "specificity": 0.97, "traces": True, "lookback_well": 3.0, "backward_days": 4.0,
        "recall": np.array([1, 0.9, 0.6, 0.2, 0.2, 0.5, 0.3, 0]), "reached_share": 0.9,
        "reach_delay": quantiles([0, 1, 2, 3]), "tracers": 12.0, "quarantine_days": 10.0, "quarantine_stay": 2,
        "watch_days": 5.0,
        "test_days": (1, 4, 9), "ring_two_days": 5.0, "obeys_quarantine": 0.8, "isolation_days": 10.0, "beds": 6.0,
        "obeys_isolation": 0.9, "ring_vaccination": True, "doses": 4.0, "vaccine_protects": 0.6, "days_to_protect": 3.0,
        "screened_share": 0.8, "sampled_a_day": 150.0, "pool": 5.0, "detects_pooled": 0.9,
        "screening_specificity": 0.99, "recheck_days": 2.0,
        "ill_at_home": 0.3, "masks": np.array([1, 0.9, 0.8, 0.6, 0.6, 0.7, 0.8, 1]), "stay_open": all_stays(0.1),
        "level_open": all_levels(), "school_open": 0.2, "work_open": 0.5,
    }  # fmt: skip
    return Response(**(measures | changes))


def all_zoning(*, thresholds=(2, 3, 3), delay=1, orders=True, rules_from=0):
    """Precaution and control by halves of the city, lockdown by zone; orders over all."""
    unit = np.full((4, ZONES), -1, np.int32)
    unit[1], unit[2], unit[3] = [0, 0, 0, 1, 1], [0, 0, 1, 1, -1], range(ZONES)
    threshold = np.zeros((4, ZONES), np.int32)
    for level, needed in enumerate(thresholds, 1):
        threshold[level, : unit[level].max() + 1] = needed
    rules = np.zeros((4, 6), np.int64)
    rules[1], rules[2], rules[3] = [7, 6, 0, 0, 3, 0], [7, 5, 1, 4, 0, 4], [5, 4, 2, 3, 0, 3]
    given_orders = (
        Order(np.array([0, 1]), 4, 5, 20),
        Order(np.array([1, 2]), 8 | 1, 12, 30),
        Order(np.array([3]), 3, 25, 28),
        Order(np.array([4, 0]), 0, 18, 18, screening=True),
    )
    return Zoning(unit, threshold, rules, delay, given_orders if orders else (), rules_from=rules_from)


def everything(**changes):
    again = changes.pop("again", (0.8, 50.0))
    response = all_measures(**changes.pop("measures", {}))
    settings_ = {
        "days": DAYS, "scale": 4.0, "variant": Variant(1.4, 0.5, 1.5), "again": again, "weekday": 3, "masks_from": 25,
        "immunity": Immunity(
            np.array([np.linspace(0, 0.4, 16), np.linspace(0.5, 0.1, 16)]), (0.7, 0.5), (80, np.inf), 0.5
        ),
        "season": 0.75 + 0.25 * np.cos(np.arange(DAYS) / 20),
    }  # fmt: skip
    passed_on = rates(water=changes.pop("water", True))
    return Scenario(town(), passed_on, response, changes.pop("zoning", all_zoning()), **(settings_ | changes))


def arriving(entry=True):
    """People infected at the start, before it, and later: some known, some in quarantine, with another variant."""
    return make_seeds(
        [3, 60, 111, 200, 290, 333, 400, 444, 460], infected=[0, -3, -5, 0, -8, 9, 13, 18, 30],
        day=[0, 0, 0, 0, 0, 10, 15, 20, 30], variant=[0, 0, 0, 0, 0, 1, 1, 0, 1],
        stay=[0, 0, 0, 0, 4, 2, 1, 2, 0] if entry else 0, until=[0, 0, 0, 0, 6, 20, 25, 34, 0],
        confirmed=[-1000, -1000, -1000, -1000, -2, -1000, -1000, -1000, -1000] if entry else None,
        tested=[False] * 5 + [True] * 4, entry_tests=(1, 4, 7) if entry else (),
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 7))
def test_everything_at_once(seed):
    slow = compare(everything(), arriving(), seed, shards=1 + seed % 3)
    assert sum(len(events) for events in slow.infections.values()) > 30
    assert len(slow.lines) > 5


@pytest.mark.slow
def test_a_long_run_with_people_infected_again():
    scenario = everything(
        days=220, again=(0.6, 30.0), season=None, scale=6.0, measures={"seek_share": 0.6, "traces": False}
    )
    later = np.arange(90, 160)
    seeds = make_seeds(np.r_[3, 60, later], infected=np.r_[0, -3, later], day=np.r_[0, 0, later])
    slow = compare(scenario, seeds, 5, shards=2)
    events = [event.target for day in slow.infections.values() for event in day]
    assert len(events) > len(set(events)) + 10
    found = [person for person, *_ in slow.lines]
    assert len(found) > len(set(found))  # and found again


@pytest.mark.slow
@pytest.mark.parametrize(("people", "zones", "specificity"), [(1500, 300, 0.9), (9000, 2, 0.7)])
def test_rounds_in_many_zones_with_a_laboratory_too_small_and_many_false_alarms(people, zones, specificity):
    plain = no_zoning(zones)
    orders = tuple(Order(np.arange(zones), 0, day, day, screening=True) for day in (3, 4, 9))
    rounds = Zoning(plain.unit_of, plain.threshold, plain.level_rules, 1, orders)
    response = all_measures(laboratory=1.0 if zones > 2 else 1e5, screening_specificity=specificity, pool=1.0)
    scenario = Scenario(small_town(people, zones), rates(), response, rounds, 30, scale=6.0)
    slow = compare(scenario, make_seeds([3, 60, 111, 500]), 3, shards=2)
    assert sum(slow.series["false_cases", HISTORY + day] for day in range(30)) > 0


def test_nobody_reacts():
    scenario = Scenario(town(), rates(), Response(), no_zoning(ZONES), 60)
    assert len(compare(scenario, make_seeds([3, 60, 111]), 1, shards=2).infections) > 20


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 7))
def test_what_is_done_changes_during_the_run(seed):
    first = everything(zoning=all_zoning(thresholds=(0, 0, 0), orders=False) if seed % 2 else all_zoning())
    now = first.response
    then = replace(
        now, seek_share=0.95, traces=False, quarantine_days=4.0, reached_share=0.5, tracers=4.0, lookback_ill=4.0,
        seek_delay=quantiles([0, 1]), stay_open=all_stays(0.3), level_open=all_levels(), test_days=(2,),
    )  # fmt: skip
    few = (Order(np.array([1, 3]), 3, 0, 60), Order(np.array([2]), 0, 22, 22, screening=True))
    more = (*few, Order(np.array([0]), 2 | 4, 30, 33))
    changes = {
        12: with_orders(replace(first, masks_from=14), ()),
        20: with_orders(replace(first, response=then, masks_from=14), few),
        29: with_orders(replace(first, masks_from=14), more),
        40: with_orders(replace(first, masks_from=14), ()),
    }
    slow = compare(first, arriving(), seed, shards=1 + seed % 2, changes=changes)
    assert {level for (day, _), level in slow.regime.items() if day == HISTORY + 31} >= {3}
    assert len(slow.names) > 50


def with_orders(scenario, orders):
    return replace(scenario, zoning=replace(scenario.zoning, orders=orders))


def test_a_run_begun_again_does_what_it_did_at_first():
    scenario, seeds = everything(), arriving()
    once = Outbreak(scenario, seeds, seed=3).run()
    again = Outbreak(scenario, seeds, seed=5).run(days=10)
    again.change(orders=(Order(np.arange(ZONES), 3, 0, 70),), response=replace(scenario.response, traces=False))
    again.run()
    again.begin(seeds, 3)
    again.run()
    assert again.series.tolist() == once.series.tolist()
    assert again.levels.regime.tolist() == once.levels.regime.tolist()


def test_nobody_can_begin_to_respond_in_the_middle_of_nothing():
    run = Outbreak(Scenario(town(), rates(), Response(), no_zoning(ZONES), 60), make_seeds([3]))
    with pytest.raises(UsageError, match="cannot begin to respond"):
        run.change(orders=())


shares = st.sampled_from([0.0, 0.3, 0.8, 1.0])


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(1, 2**40),
    shards=st.integers(1, 4),
    water=st.booleans(),
    entry=st.booleans(),
    again=st.sampled_from([(1.0, np.inf), (0.8, 40.0)]),
    weekday=st.integers(0, 6),
    scale=st.sampled_from([1.0, 3.0, 6.0]),
    masks_from=st.sampled_from([None, 0, 20]),
    zoning=st.one_of(
        st.none(),
        st.builds(
            all_zoning,
            thresholds=st.tuples(*[st.integers(0, 4)] * 3),
            delay=st.integers(1, 3),
            orders=st.booleans(),
            rules_from=st.sampled_from([0, 15]),
        ),
    ),
    measures=st.fixed_dictionaries(
        {},
        optional={
            "seek_share": shares,
            "laboratory": st.sampled_from([0.5, 3.0, np.inf]),
            "other_tests": st.sampled_from([0.0, 2.5]),
            "result_days": st.integers(1, 3),
            "responds_from": st.sampled_from([0, 12]),
            "specificity": st.sampled_from([0.9, 1.0]),
            "traces": st.booleans(),
            "lookback_ill": st.sampled_from([0.0, 2.0, 4.0]),
            "backward_days": st.sampled_from([0.0, 14.0]),
            "reached_share": shares,
            "tracers": st.sampled_from([0.0, 3.0, np.inf]),
            "quarantine_days": st.sampled_from([0.0, 3.0, 14.0]),
            "watch_days": st.sampled_from([0.0, 6.0]),
            "quarantine_stay": st.integers(0, 2),
            "test_days": st.sampled_from([(), (0, 2), (5,)]),
            "ring_two_days": st.sampled_from([0.0, 7.0]),
            "obeys_quarantine": shares,
            "obeys_isolation": shares,
            "isolation_days": st.sampled_from([0.0, 4.0, 20.0]),
            "beds": st.sampled_from([0.0, 1.0, np.inf]),
            "ring_vaccination": st.booleans(),
            "screened_share": shares,
            "sampled_a_day": st.sampled_from([0.0, 20.0, 150.0, np.inf]),
            "screening_specificity": st.sampled_from([0.9, 1.0]),
            "ill_at_home": shares,
            "stay_open": st.builds(all_stays, shares, beds=shares),
            "school_open": shares,
            "recall_before": st.sampled_from([None, np.array([1, 0.3, 0.2, 0, 0, 0.2, 0.1, 0])]),
            "level_open": st.builds(all_levels, by_kind=st.booleans()),
        },
    ),
)
def test_fast_equals_slow(seed, shards, water, entry, again, weekday, scale, masks_from, zoning, measures):
    scenario = everything(
        days=40, water=water, again=again, weekday=weekday, scale=scale, masks_from=masks_from,
        measures=measures, zoning=zoning or no_zoning(ZONES),
    )  # fmt: skip
    compare(scenario, arriving(entry), seed, shards)
