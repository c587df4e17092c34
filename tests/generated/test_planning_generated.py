"""Planning kernels against their slow twins, and rules that hold for any outbreak."""

import math
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.kernels.forward import census, poisson_mixture_quantile, renew
from douse.kernels.pooling import tubes_per_person
from douse.kernels.tree import inherit, nearest_marked, preorder, smallest_units
from douse.library import Protocol, load
from douse.planning.quarantine import days_left
from douse.planning.screening import best_pool, tubes_needed
from douse.records.codes import LEVELS, ZONE_KINDS
from douse.situation.situation import Interval
from douse.tracing.quarantine import Course
from planning_inputs import TODAY, basis, enter, level_measures_of, planned, protocol
from reference import planning_twins as twin

pytestmark = pytest.mark.slow

small = st.floats(0, 50, allow_nan=False)


@st.composite
def trees(draw, most=12):
    """Parents by position: each zone's parent comes before it, -1 for a root."""
    size = draw(st.integers(1, most))
    return np.array([draw(st.integers(-1, zone - 1)) for zone in range(size)], dtype=np.int64)


def depths(parent):
    depth = np.zeros(len(parent), dtype=np.int64)
    for zone, above in enumerate(parent):
        depth[zone] = depth[above] + 1 if above >= 0 else 0
    return depth


def named(parent):
    return {zone: None if above < 0 else int(above) for zone, above in enumerate(parent)}


@given(trees(), st.data())
@settings(max_examples=150, deadline=None)
def test_smallest_units(parent, data):
    size, rules = len(parent), data.draw(st.integers(0, 3))
    counts_of = st.lists(st.lists(st.integers(0, 3), min_size=rules, max_size=rules), min_size=size, max_size=size)
    evidence = np.array(data.draw(counts_of), dtype=np.float64).reshape(size, rules)
    need = np.array(data.draw(counts_of), dtype=np.float64).reshape(size, rules) + 1
    need[need == 4] = np.inf
    covered, forced = (np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size))) for _ in range(2))
    forced &= np.arange(size) % 3 == 0
    counts = np.array(data.draw(st.lists(st.booleans(), min_size=rules, max_size=rules)), dtype=np.bool_)
    placed, _, _ = smallest_units(parent, depths(parent), evidence, covered, need=need, forced=forced, counts=counts)
    expect = twin.smallest_units(
        named(parent),
        evidence.tolist(),
        set(np.flatnonzero(covered)),
        need.tolist(),
        set(np.flatnonzero(forced)),
        counts,
    )
    assert set(np.flatnonzero(placed)) == expect


@given(trees(), st.data())
@settings(max_examples=100, deadline=None)
def test_walks_over_the_tree(parent, data):
    size = len(parent)
    own = np.array(data.draw(st.lists(st.integers(0, 3), min_size=size, max_size=size)), dtype=np.int64)
    level, source = inherit(parent, depths(parent), own)
    first, past = preorder(parent)
    nearest = nearest_marked(parent, depths(parent), own > 0)
    for zone in range(size):
        line = twin.line_of(named(parent), zone)
        assert level[zone] == twin.inherited(named(parent), own, zone)
        assert source[zone] in line
        assert own[source[zone]] == level[zone]
        assert nearest[zone] == next((z for z in line[1:] if own[z] > 0), -1)
        for other in range(size):
            assert (first[zone] <= first[other] < past[zone]) == (zone in twin.line_of(named(parent), other))


@given(st.floats(0, 1), st.integers(1, 7))
@settings(max_examples=60, deadline=None)
def test_tubes_per_person(prevalence, size):
    assert tubes_per_person(prevalence, size) == pytest.approx(twin.dorfman(prevalence, size))


def test_tubes_per_person_at_its_limits():
    """Nobody positive: a tube a pool. Everybody positive: the pool's and one each. Published: 0.196 at 1%, n = 10."""
    assert tubes_per_person(0.0, 10) == pytest.approx(0.1)
    assert tubes_per_person(1.0, 10) == pytest.approx(1.1)
    assert tubes_per_person(0.01, 10) == pytest.approx(0.196, abs=5e-4)


@given(st.lists(small, min_size=1, max_size=15), st.lists(st.floats(0, 1), min_size=1, max_size=15))
@settings(max_examples=60, deadline=None)
def test_census(arrivals, stays):
    found = census(np.array([arrivals, arrivals]), np.array(stays))
    assert found[1] == pytest.approx(twin.census(arrivals, stays))


def test_census_at_its_limit():
    """Steady arrivals fill a_day x mean stay (Little's law)."""
    days = np.arange(400)
    assert census(np.full((1, 400), 3.0), (1 - 1 / 12) ** days)[0, -1] == pytest.approx(3 * 12, rel=1e-6)


@given(
    st.lists(small, min_size=1, max_size=12),
    st.floats(0, 4),
    st.lists(st.floats(0, 1), min_size=2, max_size=9),
    st.integers(0, 9),
    st.sampled_from([None, 10.0, 1000.0]),
)
@settings(max_examples=80, deadline=None)
def test_renew(history, r, weights, days, residents):
    found = renew(
        np.array(history), np.array([r]), np.array(weights), days, math.inf if residents is None else residents
    )
    assert found[0] == pytest.approx(twin.renew(history, r, weights, days, residents))


def test_renew_at_its_limit():
    """All cases infect on the next day: with R = 2 they double every day."""
    assert renew(np.array([5.0]), np.array([2.0]), np.array([0.0, 1.0]), 4, math.inf)[0].tolist() == [10, 20, 40, 80]


@given(
    st.lists(st.one_of(st.just(0.0), st.floats(0.01, 60)), min_size=1, max_size=5), st.sampled_from([0.05, 0.5, 0.95])
)
@settings(max_examples=80, deadline=None)
def test_poisson_mixture_quantile(means, probability):
    found = poisson_mixture_quantile(np.array(means)[:, np.newaxis], probability)
    assert found.tolist() == [twin.poisson_quantile(means, probability)]


@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 8)), max_size=4),
    st.lists(st.integers(0, 40), min_size=1, max_size=9),
)
@settings(max_examples=80, deadline=None)
def test_days_left_of_quarantine(phases, elapsed):
    stretches, day = [], 0
    for stays_in, length in phases:
        stretches.append(("central" if stays_in else "monitor", day + 1, day + length))
        day += length
    found = days_left(np.array(elapsed), Course(tuple(stretches), ()))
    assert found.tolist() == [twin.days_left(phases, e) for e in elapsed]


def test_a_quantile_of_numbers_too_large_to_count_ends():
    assert poisson_mixture_quantile(np.array([[1e30]]), 0.95)[0] == pytest.approx(1e30)


KINDS = ("building", "estate", "community", "district", "city")
PROTOCOLS = ("who-generic", "china-9", "china-20")


@st.composite
def outbreaks(draw):
    """A random tree of zones, and cases in it."""
    parent = draw(trees(10))
    zones = []
    for zone, above in enumerate(parent):
        row = {
            "zone_id": f"z{zone}",
            "kind": draw(st.sampled_from([*KINDS, None])),
            "population": draw(st.sampled_from([None, 0, 80, 5000])),
        }
        zones.append(row | {"parent_zone": f"z{above}" if above >= 0 else None})
    cases = []
    for n in range(draw(st.integers(0, 12))):
        told = TODAY - timedelta(days=draw(st.integers(0, 20)))
        place = draw(st.integers(-1, len(parent) - 1))
        zone = f"z{place}" if place >= 0 else None
        cases.append(
            {
                "case_id": f"c{n}",
                "zone": zone,
                "onset": told,
                "recorded_at": told.isoformat(),
                "age": draw(st.sampled_from([None, 5, 80])),
            }
        )
    return zones, cases


@pytest.mark.slow
@given(outbreaks(), st.sampled_from(PROTOCOLS))
@settings(max_examples=25, deadline=None)
def test_any_plan_keeps_the_rules(outbreak, name):
    zones, cases = outbreak
    rules = load(Protocol, name)
    at = basis(rules=rules, zones=zones, cases=cases)
    plan = planned(at)
    ranks = dict(zip(at.zones.ids, at.zones.rank, strict=True))
    for measure in level_measures_of(plan):
        rule = rules.level_rule(measure.level)
        assert ranks[measure.zone] <= ZONE_KINDS.index(rule.largest)
        assert measure.lesser != measure.level
        assert measure.start <= measure.review_on <= measure.expires_on
        if measure.people is not None:
            days = (measure.expires_on - TODAY).days
            assert measure.person_days == pytest.approx(measure.people * rule.stays_home.value * days)
        around = at.zones.ancestors(at.zones.position[measure.zone])[1:]
        for outer in around:
            assert LEVELS.index(plan.levels.get(at.zones.ids[outer], "open")) < LEVELS.index(measure.level)
    residents = np.nansum(at.zones.population)
    assert sum(m.people or 0 for m in level_measures_of(plan)) <= residents
    for need in plan.needs:
        assert 0 <= need.low <= need.need <= need.high < math.inf


@pytest.mark.slow
@given(outbreaks(), st.data())
@settings(max_examples=20, deadline=None)
def test_more_cases_never_lower_the_level_where_cases_live(outbreak, data):
    zones, cases = outbreak
    thresholds = {
        "precaution": {"smallest": "community", "largest": "city", "enter": (enter("community_case", 1),)},
        "control": {"smallest": "building", "largest": "community", "enter": (enter("community_case", 2),)},
        "lockdown": {"smallest": "building", "largest": "estate", "enter": (enter("community_case", 3),)},
    }
    rules = protocol(**thresholds)
    more = [case | {"case_id": f"more{n}"} for n, case in enumerate(cases) if data.draw(st.booleans())]
    before, after = (basis(rules=rules, zones=zones, cases=rows) for rows in (cases, cases + more))
    was, now = planned(before).levels, planned(after).levels

    def level_at(levels, zone):
        line = before.zones.ancestors(before.zones.position[zone])
        return max(LEVELS.index(levels.get(before.zones.ids[z], "open")) for z in line)

    recent = {c["zone"] for c in cases if c["zone"] and (TODAY - c["onset"]).days < 14}
    for zone in recent:
        assert level_at(now, zone) >= level_at(was, zone)


@given(st.integers(1, 40), st.integers(0, 30), st.integers(0, 30))
@settings(max_examples=5, deadline=None)
def test_more_capacity_never_makes_the_floor_worse(patients, beds, more):
    cases = [
        {"case_id": f"c{n}", "severity": "severe", "onset": TODAY, "recorded_at": TODAY.isoformat()}
        for n in range(patients)
    ]

    def short(number):
        hospital = {"facility_id": "h", "kind": "hospital", "beds": number, "icu_beds": number}
        return [
            check.short_by
            for check in planned(basis(cases=cases, facilities=[hospital], r_now=Interval(1.2, 1.0, 1.4))).floor[:2]
        ]

    assert all(after <= before for before, after in zip(short(beds), short(beds + more), strict=True))


@given(st.integers(20, 5000), st.integers(1, 5000), st.sampled_from([0.0005, 0.004, 0.02, 0.3]))
@settings(max_examples=40, deadline=None)
def test_a_larger_population_needs_more_tubes(people, more, prevalence):
    pool = best_pool(load(Protocol, "who-generic").screening, prevalence)
    assert tubes_needed(people + more, 0, prevalence, pool) >= tubes_needed(people, 0, prevalence, pool)
