"""The programmes of goods and of requests against slow twins, and what more of anything must never make worse."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.planning.community import match as room
from douse.planning.community.match import Market, match
from douse.planning.goods import flow
from douse.planning.goods.network import Network
from reference.slow_goods import best_match, cheapest_goods

SIZES = ((2, 2, 1), (1, 2, 2), (2, 1, 2), (1, 1, 3))


@st.composite
def networks(draw, pairs=1, whole=True):
    depots, regions, days = draw(st.sampled_from(SIZES))

    def numbers(*shape, most=3):
        size = int(np.prod(shape))
        return np.array(draw(st.lists(st.integers(0, most), min_size=size, max_size=size)), float).reshape(shape)

    mean = numbers(pairs, regions, days)
    limited = draw(st.booleans())
    hours = np.ones((depots, pairs, regions)) if whole else 0.25 + numbers(depots, pairs, regions) / 4
    return Network(
        item=np.zeros(pairs, dtype=np.int64),
        turn=np.arange(pairs),
        waits=np.array(draw(st.lists(st.booleans(), min_size=pairs, max_size=pairs))),
        mean=mean,
        worst=mean + numbers(pairs, regions, days, most=2),
        stock=numbers(depots, 1),
        coming=numbers(depots, 1, days, most=1),
        own_stock=numbers(pairs, regions, most=1),
        own_coming=np.zeros((pairs, regions, days)),
        near=np.ones((depots, regions), dtype=np.bool_),
        hours=hours,
        between=np.full((depots, depots, 1), np.inf),
        crews=numbers(depots, days, most=2) if limited else None,
        anywhere=numbers(days, most=1) if limited else np.zeros(days),
    )


@settings(max_examples=25, deadline=None)
@given(networks())
def test_what_goes_where_is_the_cheapest_of_all_ways(network):
    answer = flow.solve(network)
    # Where each item takes one hour the best answer is one of whole items, and the twin finds it.
    assert abs(answer.cost - cheapest_goods(network, 3)) <= 1e-6 * max(1.0, answer.cost)
    assert answer.gap <= 1e-6


def lack(network, answer):
    return float((flow.prices(network)[:, None, None] * answer.missing).sum())


@settings(max_examples=25, deadline=None)
@given(networks(pairs=2, whole=False), st.integers(1, 3))
def test_more_stock_or_more_crews_never_make_the_plan_worse(network, more):
    before = flow.solve(network)
    goods = np.zeros_like(network.coming)
    goods[0, 0, 0] = more
    for richer in (network.with_goods(goods), network.with_hours(float(more)), network.without_crew_limit()):
        after = flow.solve(richer)
        assert after.cost <= before.cost * (1 + 1e-7) + 1e-7
        # Reserves weigh a twentieth: what is missing may not grow but by what they weigh.
        assert lack(network, after) <= lack(network, before) + before.cost * 0.05 + 1e-6


@settings(max_examples=25, deadline=None)
@given(networks(pairs=2, whole=False))
def test_no_depot_gives_and_no_crew_works_more_than_there_is(network):
    answer = flow.solve(network)
    out = np.cumsum(answer.sent.sum(axis=(1, 2)), axis=1)
    there = network.stock[:, :1] + np.cumsum(network.coming[:, 0], axis=1)
    assert (out <= there + 1e-6).all()
    given_ = answer.sent.sum(axis=0)
    assert (np.cumsum(given_, axis=2) + network.own_stock[:, :, None] + 1e-6 >= 0).all()
    if network.crews is not None:
        over = np.maximum(answer.used - network.crews, 0).sum(axis=0)
        assert (over <= network.anywhere + 1e-6).all()
    lost = ~network.waits
    assert (answer.missing[lost] <= network.mean[lost] + 1e-6).all()


@st.composite
def markets(draw):
    classes, groups, slots = draw(st.sampled_from(((1, 2, 2), (2, 1, 2), (2, 2, 1), (3, 1, 2), (3, 2, 1))))

    def numbers(*shape, most):
        size = int(np.prod(shape))
        return np.array(draw(st.lists(st.integers(0, most), min_size=size, max_size=size))).reshape(shape)

    km = numbers(classes, groups, most=4).astype(float)
    return Market(
        number=numbers(classes, most=2),
        medical=numbers(classes, most=1).astype(np.bool_),
        slots_in_time=numbers(classes, most=slots),
        takes=np.where(numbers(classes, most=1) == 1, 1.0, 0.5),
        trips=numbers(groups, slots, most=2).astype(float),
        km=np.where(km == 4, np.inf, km),
        hour=np.cumsum(1.0 + numbers(slots, most=3)),
    )


def score(market, rows):
    k, g, s, n = rows.T
    saved = market.hour.max() + 1 - market.hour[s]
    medical = market.medical[k]
    return (
        int((n * (medical & (s < market.slots_in_time[k]))).sum()),
        round(float((n * medical * saved).sum()), 6),
        round(float((n * saved).sum()), 6),
        -round(float((n * market.km[k, g]).sum()), 6) if len(n) else 0,
    )


@settings(max_examples=60, deadline=None)
@given(markets())
def test_who_goes_where_is_the_best_of_all_ways(market):
    found = match(market)
    assert found.gap == 0
    assert score(market, found.rows) == best_match(market)


@settings(max_examples=40, deadline=None)
@given(markets(), st.integers(0, 1))
def test_more_trips_never_help_fewer(market, group):
    richer = market.trips.copy()
    richer[min(group, len(richer) - 1)] += 1
    before, after = score(market, match(market).rows), score(market, match(replace(market, trips=richer)).rows)
    assert after[:3] >= before[:3]
    assert after[0] >= before[0]


@settings(max_examples=40, deadline=None)
@given(markets())
def test_solved_without_whole_numbers_and_filled_up_it_holds_all_limits_and_its_gap_is_true(market):
    best = best_match(market)
    usual, room.WHOLE = room.WHOLE, -1
    try:
        found = match(market)
    finally:
        room.WHOLE = usual
    k, g, s, n = found.rows.T
    assert (np.bincount(k, weights=n, minlength=len(market.number)) <= market.number).all()
    used = np.zeros_like(market.trips)
    np.add.at(used, (g, s), n * market.takes[k])
    assert (used <= market.trips + 1e-9).all()
    won = score(market, found.rows)
    assert won[0] >= best[0] * (1 - found.gap) - 1e-6
    assert won[2] <= best[2] / (1 - found.gap + 1e-12) + 1e-6 or won[0] < best[0]


@settings(max_examples=40, deadline=None)
@given(markets())
def test_where_time_runs_out_the_best_ways_are_taken_first_and_the_gap_tells(market):
    def out_of_time(*args, **kwargs):
        raise RuntimeError("Time limit reached")

    usual, room._solve = room._solve, out_of_time
    try:
        found = match(market)
    finally:
        room._solve = usual
    k, g, s, n = found.rows.T
    assert (np.bincount(k, weights=n, minlength=len(market.number)) <= market.number).all()
    used = np.zeros_like(market.trips)
    np.add.at(used, (g, s), n * market.takes[k])
    assert (used <= market.trips + 1e-9).all()
    assert score(market, found.rows)[2] >= best_match(market)[2] * (1 - found.gap) - 1e-6
