"""Large programmes of goods and requests against their bound."""

import numpy as np
import pytest

from douse.planning.community.match import Market, match
from douse.planning.goods.flow import prices, solve
from douse.planning.goods.network import Network


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_goods_of_a_city_reach_their_bound(seed):
    rng = np.random.default_rng(seed)
    depots, items, pairs, regions, days = 8, 4, 5, 12, 10
    item = np.array([0, 1, 2, 3, 1])
    weight = np.array([0.01, 0.1, 1.0, 5.0])
    mean = rng.gamma(2.0, 50.0, (pairs, regions, days))
    network = Network(
        item=item,
        turn=np.array([0, 1, 2, 3, 3]),
        waits=rng.random(pairs) < 0.5,
        mean=mean,
        worst=mean * 1.4,
        stock=rng.gamma(1.0, 900.0, (depots, items)),
        coming=rng.gamma(1.0, 60.0, (depots, items, days)),
        own_stock=rng.gamma(1.0, 20.0, (pairs, regions)),
        own_coming=np.zeros((pairs, regions, days)),
        near=np.ones((depots, regions), dtype=np.bool_),
        hours=weight[item][None, :, None] * rng.uniform(0.01, 0.05, (depots, 1, regions)),
        between=np.where(np.eye(depots)[:, :, None] > 0, np.inf, weight * 0.02),
        crews=rng.gamma(2.0, 2.0, (depots, days)),
        anywhere=np.full(days, 5.0),
    )
    plan = solve(network)
    assert plan.gap <= 1e-6
    # What is there and what is missing make what is needed, whatever the item and the day.
    for k in range(items):
        out = np.cumsum(plan.sent[:, item == k].sum(axis=(1, 2)) + plan.moved[:, :, k].sum(axis=1), axis=1)
        brought = np.cumsum(np.pad(plan.moved[:, :, k].sum(axis=0)[:, :-1], ((0, 0), (1, 0))), axis=1)
        there = network.stock[:, k : k + 1] + np.cumsum(network.coming[:, k], axis=1) + brought
        assert (out <= there + 1e-5).all()
    assert (plan.used.sum(axis=0) <= network.crews.sum(axis=0) + network.anywhere + 1e-6).all()
    lack = (prices(network)[:, None, None] * plan.missing).sum()
    assert 0 < lack <= plan.cost


@pytest.mark.slow
def test_three_thousand_requests_come_near_their_bound_where_every_crew_brings_and_visits():
    """The hardest mixture: trips are scarce, and each may be one visit or ten stops."""
    rng = np.random.default_rng(3)
    classes, groups, slots = 300, 40, 12
    market = Market(
        number=rng.integers(1, 20, classes),
        medical=rng.random(classes) < 0.4,
        slots_in_time=rng.integers(0, slots + 1, classes),
        takes=rng.choice([1.0, 0.1], classes),
        trips=rng.integers(0, 8, (groups, slots)).astype(float),
        km=np.where(rng.random((classes, groups)) < 0.15, rng.uniform(0, 20, (classes, groups)), np.inf),
        hour=np.cumsum(rng.integers(1, 5, slots)).astype(float),
    )
    found = match(market)
    assert found.gap <= 0.02
    k, g, s, n = found.rows.T
    assert (np.bincount(k, weights=n, minlength=classes) <= market.number).all()
    used = np.zeros_like(market.trips)
    np.add.at(used, (g, s), n * market.takes[k])
    assert (used <= market.trips + 1e-6).all()
