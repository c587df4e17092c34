"""Kernels that make cities do what slow and obvious code does."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.kernels.city_draws import by_bucket, deal_out, shuffle_within
from douse.kernels.city_flows import balanced
from douse.kernels.city_groups import classes, firms
from douse.kernels.city_homes import fit_sizes

KEY = st.integers(0, 2**64 - 1).map(np.uint64)
SMALL = settings(max_examples=60, deadline=None)


@SMALL
@given(st.lists(st.integers(0, 5), max_size=40))
def test_buckets_are_a_stable_sort(values):
    order, start = by_bucket(np.array(values, np.int32), 6)
    assert order.tolist() == sorted(range(len(values)), key=lambda item: values[item])
    assert np.diff(start).tolist() == [values.count(b) for b in range(6)]


@SMALL
@given(st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=1, max_size=4), KEY)
def test_each_thing_is_dealt_as_often_as_it_is_there(counts, key):
    row = np.repeat(np.arange(len(counts)), [sum(c) for c in counts]).astype(np.int32)
    row = row[np.random.default_rng(1).permutation(len(row))]
    start = np.arange(len(counts) + 1) * 3
    what = np.tile(np.arange(3, dtype=np.int32), len(counts))
    given_out = deal_out(row, start, what, np.array(counts, np.int64).ravel(), key)
    for r, count in enumerate(counts):
        dealt = Counter(given_out[row == r].tolist())
        assert [dealt[thing] for thing in range(3)] == count


@SMALL
@given(st.lists(st.integers(0, 6), min_size=1, max_size=10), KEY)
def test_shuffling_stays_within_the_parts(sizes, key):
    start = np.r_[0, np.cumsum(sizes)].astype(np.uint32)
    items = np.arange(start[-1], dtype=np.uint32)
    shuffle_within(items, start, key)
    for first, end in zip(start[:-1].tolist(), start[1:].tolist(), strict=True):
        assert sorted(items[first:end].tolist()) == list(range(first, end))


def test_every_order_is_as_likely():
    items = np.tile(np.arange(3, dtype=np.uint32), 6000)
    shuffle_within(items, (np.arange(6001) * 3).astype(np.uint32), np.uint64(7))
    orders = Counter(map(tuple, items.reshape(-1, 3).tolist()))
    assert len(orders) == 6
    assert max(abs(count - 1000) for count in orders.values()) < 4 * np.sqrt(1000)


def slow_balanced(ease, leaving, coming, rounds):
    row = np.ones(len(leaving))
    for _ in range(rounds):
        column = coming / ((leaving * row) @ ease)
        row = 1 / (ease @ column)
    return (leaving * row)[:, None] * ease * column[None, :]


@SMALL
@given(st.integers(1, 6), st.integers(0, 1000))
def test_flows_keep_both_totals(areas, seed):
    random = np.random.default_rng(seed)
    ease = random.uniform(0.1, 1, (areas, areas))
    leaving, coming = random.uniform(1, 100, areas), random.uniform(1, 100, areas)
    coming *= leaving.sum() / coming.sum()
    flows = balanced(ease, leaving, coming, 200)
    np.testing.assert_allclose(flows, slow_balanced(ease, leaving, coming, 200), rtol=1e-9)
    np.testing.assert_allclose(flows.sum(axis=1), leaving, rtol=1e-9)
    np.testing.assert_allclose(flows.sum(axis=0), coming, rtol=1e-6)


def test_flows_without_distance_are_in_proportion():
    leaving, coming = np.array([10.0, 30.0]), np.array([20.0, 20.0])
    np.testing.assert_allclose(balanced(np.ones((2, 2)), leaving, coming, 5), np.outer(leaving, coming) / 40)


@SMALL
@given(st.lists(st.integers(0, 20), min_size=15, max_size=15), st.floats(0, 1), st.integers(1, 15), KEY)
def test_sizes_are_shifted_until_they_hold_the_people(homes, share, free, key):
    households = sum(homes)
    people = households + round(share * 14 * households)
    counts = np.array([homes], np.int32)
    fit_sizes(counts, np.array([people]), np.array([free], np.int32), key)
    assert (counts >= 0).all()
    assert counts.sum() == households
    assert (counts[0] @ np.arange(1, 16)) == people


@SMALL
@given(st.lists(st.integers(3, 9), min_size=1, max_size=120), st.integers(5, 40))
def test_classes_hold_every_pupil_once_in_order_of_age(ages, class_size):
    age = np.array(ages, np.uint8)
    seated, size, school = classes(np.arange(len(ages), dtype=np.uint32), age, np.array([0, len(ages)]), class_size)
    assert sorted(seated.tolist()) == list(range(len(ages)))
    assert (np.diff(age[seated].astype(int)) >= 0).all()
    assert size.sum() == len(ages)
    assert (size >= 1).all()
    assert size.max() <= 1.5 * class_size + 1
    assert (school == 0).all()


@SMALL
@given(st.lists(st.integers(0, 80), min_size=1, max_size=6), KEY)
def test_firms_hold_every_worker_who_is_not_alone(workers, key):
    start = np.r_[0, np.cumsum(workers)].astype(np.int64)
    taken = np.minimum(np.array(workers), 3).astype(np.int64)
    sizes = np.array([1, 1, 2, 5, 17, 60, 300, 1000], np.int32)
    kept, size, firm, zone = firms(start, taken, sizes, np.array([2, 7, 12, 30], np.int32), key)
    assert kept.sum() == size.sum()
    assert (size >= 2).all()
    assert size.max(initial=0) <= 31
    assert (np.diff(firm) >= 0).all()
    for z in range(len(workers)):
        assert size[zone == z].sum() == kept[start[z] : start[z + 1]].sum()
        assert not kept[start[z] : start[z] + taken[z]].any()
    assert all(len(set(zone[firm == f].tolist())) == 1 for f in set(firm.tolist()))
