"""The smallest cover against every possible choice, and in directions; the order of tracing against every set."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.kernels.tree_levels import best_levels, forced
from douse.planning.areas.choices import Choices
from douse.planning.areas.search import inherited, search
from douse.planning.tracing_capacity import most, reached
from reference import areas_twins as twin

pytestmark = pytest.mark.slow


def depths(parent):
    depth = np.zeros(len(parent), dtype=np.int64)
    for zone, above in enumerate(parent):
        depth[zone] = depth[above] + 1 if above >= 0 else 0
    return depth


@st.composite
def choices(draw, most_zones=7):
    """Zones with few residents and infections, one or two levels, not all of them allowed everywhere."""
    size, steps = draw(st.integers(1, most_zones)), draw(st.integers(1, 2))
    parent = np.array([draw(st.integers(-1, zone - 1)) for zone in range(size)], dtype=np.int64)
    numbers = st.lists(st.integers(0, 9), min_size=size, max_size=size)
    hold = np.full((size, steps + 1), np.inf)
    for zone in range(size):
        for level in range(1, steps + 1):
            if draw(st.booleans()):
                hold[zone, level] = draw(st.integers(0, 12))
    return Choices(
        parent=parent,
        levels=("open", "control", "lockdown")[: steps + 1],
        people=np.array(draw(numbers), dtype=np.float64),
        hidden=np.array(draw(numbers), dtype=np.float64),
        covers=np.array([0.0, 0.5, 1.0])[: steps + 1],
        burden=np.array([0.0, 2.0, 7.0])[: steps + 1],
        hold=hold,
    )


def as_twin(given_choices):
    size = len(given_choices.parent)
    allowed = np.argwhere(np.isfinite(given_choices.hold))
    return {
        "parents": {z: None if (above := int(given_choices.parent[z])) < 0 else above for z in range(size)},
        "people": dict(enumerate(given_choices.people.tolist())),
        "hidden": dict(enumerate(given_choices.hidden.tolist())),
        "covers": given_choices.covers.tolist(),
        "burden": given_choices.burden.tolist(),
        "hold": {(int(z), int(k)): float(given_choices.hold[z, k]) for z, k in allowed},
    }


def test_without_time_for_the_programme_the_choice_by_prices_is_taken_with_its_bound():
    random, size = np.random.default_rng(0), 200
    parent = np.array([-1, *(random.integers(0, zone // 3 + 1) for zone in range(size - 1))])
    hold = np.where(random.random((size, 3)) < 0.7, random.integers(0, 12, (size, 3)), np.inf)
    people, hidden = random.integers(0, 9, (2, size)).astype(float)
    burden = np.array([0.0, 2.0, 7.0])
    large = Choices(parent, ("open", "control", "lockdown"), people, hidden, np.array([0, 0.5, 1]), burden, hold)
    wanted = 0.6 * hidden.sum()
    hasty, best = (search(large, depths(parent), wanted, seconds=seconds, gap=0.0) for seconds in (1e-6, 60.0))
    assert hasty.covered >= wanted * (1 - 1e-5)
    assert hasty.bound <= best.cost <= hasty.cost
    assert hasty.bound < hasty.cost


@given(choices(), st.floats(0.05, 1.0))
@settings(max_examples=150, deadline=None)
def test_the_cover_is_the_cheapest_of_all(given_choices, share):
    depth = depths(given_choices.parent)
    wanted = share * float(given_choices.hidden.sum())
    found = search(given_choices, depth, wanted, seconds=30.0, gap=1e-6)
    expect = twin.best_cover(**as_twin(given_choices), wanted=min(wanted, found.most) * (1 - 1e-6))
    assert found.covered >= min(wanted, found.most) * (1 - 1e-5)
    assert found.cost == pytest.approx(expect, rel=2e-4, abs=1e-6)
    assert found.bound <= found.cost
    assert found.bound == pytest.approx(found.cost, rel=2e-4, abs=1e-6)


@given(choices(), st.floats(0.05, 0.9), st.floats(0.0, 0.1))
@settings(max_examples=60, deadline=None)
def test_a_higher_target_never_costs_less(given_choices, share, more):
    depth, total = depths(given_choices.parent), float(given_choices.hidden.sum())
    less, higher = (search(given_choices, depth, s * total, seconds=30.0, gap=1e-6) for s in (share, share + more))
    assert higher.cost >= less.cost * (1 - 3e-4)


@given(choices(), st.floats(0.05, 1.0), st.data())
@settings(max_examples=60, deadline=None)
def test_a_further_allowed_zone_never_costs_more(given_choices, share, data):
    depth, total = depths(given_choices.parent), float(given_choices.hidden.sum())
    zone = data.draw(st.integers(0, len(given_choices.parent) - 1))
    hold = given_choices.hold.copy()
    hold[zone, 1] = min(hold[zone, 1], 1.0)
    before = search(given_choices, depth, share * total, seconds=30.0, gap=1e-6)
    after = search(replace(given_choices, hold=hold), depth, min(share * total, before.most), seconds=30.0, gap=1e-6)
    assert after.cost <= before.cost * (1 + 3e-4) + 1e-6


@given(choices(5), st.floats(0.0, 20.0))
@settings(max_examples=80, deadline=None)
def test_levels_at_a_price(given_choices, price):
    own = given_choices.own(price)
    at_least, held, level = best_levels(given_choices.parent, own, given_choices.hold)
    every = twin.least_at_price(**as_twin(given_choices), price=price)
    roots = given_choices.parent < 0
    assert at_least[roots, 0].sum() == pytest.approx(min(every.values()), abs=1e-9)
    assert given_choices.cost(level) - price * given_choices.covered(level) == pytest.approx(
        min(every.values()), abs=1e-9
    )
    least = forced(given_choices.parent, at_least, held, given_choices.hold)
    for zone, k in as_twin(given_choices)["hold"]:
        begun = [value for choice, value in every.items() if (zone, k) in choice]
        if begun:
            assert least[zone, k] == pytest.approx(min(begun), abs=1e-9)


@given(choices())
@settings(max_examples=40, deadline=None)
def test_a_level_holds_for_all_within(given_choices):
    put = np.where(np.isfinite(given_choices.hold).any(axis=1), 1, 0)
    level = inherited(given_choices.parent, put)
    for zone, above in enumerate(given_choices.parent):
        assert level[zone] == max(put[zone], level[above] if above >= 0 else 0)


visits = st.lists(st.tuples(st.floats(0, 5), st.floats(0.25, 4)), min_size=1, max_size=9)


@given(visits, st.floats(0, 20))
@settings(max_examples=150, deadline=None)
def test_the_order_by_worth_an_hour_is_at_most_one_visit_from_the_best(given_visits, limit):
    worth, hours = np.array(given_visits).T
    order = np.lexsort((np.arange(len(worth)), -worth / hours))
    worth, hours = worth[order], hours[order]
    today = reached(hours, limit)
    best = twin.best_visits(worth.tolist(), hours.tolist(), limit)
    bound = most(worth, hours, limit)
    done = float(worth[today].sum())
    assert hours[today].sum() <= limit + 1e-6
    assert done <= best + 1e-9 <= bound + 1e-6
    cut = np.flatnonzero(np.cumsum(hours) > limit + 1e-9)
    assert bound - done <= (worth[cut[0]] if len(cut) else 0.0) + 1e-6


@given(visits, st.floats(0, 20), st.floats(0, 5))
@settings(max_examples=100, deadline=None)
def test_more_hours_never_bound_less(given_visits, limit, more):
    worth, hours = np.array(given_visits).T
    order = np.lexsort((np.arange(len(worth)), -worth / hours))
    assert most(worth[order], hours[order], limit + more) >= most(worth[order], hours[order], limit) - 1e-9
