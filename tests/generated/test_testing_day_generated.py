"""The testing day against its slow twin, and what holds on any day: more of anything never ends later."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from douse.kernels.testing_day import testing_day as run_day
from douse.kernels.testing_laboratory import plates
from douse.library import Protocol, load
from douse.planning.testing.addition import cheapest
from douse.planning.testing.check import Day, Staffing, nearly_all
from douse.planning.testing.laboratories import Laboratories, share_out
from douse.planning.testing.schedule import dealt, lines, needed, room_for_more, shifts, turns
from douse.planning.testing.sites import Sites
from reference import slow_testing_day as twin

pytestmark = pytest.mark.slow

RULES = load(Protocol, "who-generic").screening
hours = st.floats(0.0, 30.0, allow_nan=False)


@st.composite
def days(draw):
    """Arguments of the kernel, and the same day as the twin takes it."""
    labs = draw(st.integers(1, 3))
    laboratories = []
    for _ in range(labs):
        couriers = draw(st.integers(1, 5))
        _, places = turns(np.array([couriers]))
        gaps = [draw(st.floats(0.01, 0.8)) for _ in range(3)]
        laboratories.append(
            {"period": draw(st.floats(0.3, 8.0)), "places": places.tolist(), "gaps": gaps,
             "chance": draw(st.sampled_from([0.0, 0.1, 0.6])), "pick": []}
        )  # fmt: skip
    sites = []
    for _ in range(draw(st.integers(1, 5))):
        quota, pool = draw(st.integers(1, 6)), draw(st.sampled_from([1, 3, 5]))
        units = draw(st.lists(st.tuples(hours, st.floats(0.05, 1.0)), min_size=1, max_size=4))
        sites.append(
            {"units": units, "quota": quota, "tubes": draw(st.integers(1, quota * len(units))), "pool": pool,
             "people": draw(st.integers(1, 50)), "laboratory": draw(st.integers(0, labs - 1)),
             "phase": draw(st.floats(0.0, 0.99)), "way": draw(st.floats(0.1, 2.0)), "back": draw(st.floats(0.5, 4.0))}
        )  # fmt: skip
    for number, laboratory in enumerate(laboratories):
        own = [n for n, site in enumerate(sites) if site["laboratory"] == number]
        laboratory["pick"] = [((n + 1) / len(own), site) for n, site in enumerate(own)]
    rules = {
        "most": draw(st.integers(1, 8)), "plate": draw(st.integers(1, 9)), "every": draw(st.floats(0.5, 3.0)),
        "since": draw(st.floats(0.0, 12.0)),
        "result_hours": draw(st.floats(0.5, 6.0)), "retest_hours": draw(st.floats(0.5, 6.0)),
        "key": draw(st.integers(0, 2**63)),
    }  # fmt: skip
    return sites, laboratories, rules


def by_kernel(sites, laboratories, rules, length=0):
    column = lambda name, kind: np.array([site[name] for site in sites], dtype=kind)  # noqa: E731
    units = [unit for site in sites for unit in site["units"]]
    first = np.cumsum([0] + [len(site["units"]) for site in sites])
    picks = [pick for laboratory in laboratories for pick in laboratory["pick"]]
    return run_day(
        first, np.array([u[0] for u in units]), np.array([u[1] for u in units]), column("quota", np.int64),
        np.cumsum([0] + [site["tubes"] for site in sites]), column("people", np.int64), column("pool", np.int64),
        column("laboratory", np.int64), column("phase", np.float64), column("way", np.float64),
        column("back", np.float64), np.array([lab["period"] for lab in laboratories]),
        np.cumsum([0] + [len(lab["places"]) for lab in laboratories]),
        np.array([place for lab in laboratories for place in lab["places"]]), rules["most"],
        np.array([lab["gaps"] for lab in laboratories]), rules["since"],
        np.array([lab["chance"] for lab in laboratories]),
        np.cumsum([0] + [len(lab["pick"]) for lab in laboratories]), np.array([p[0] for p in picks]),
        np.array([p[1] for p in picks], dtype=np.int64), rules["plate"], rules["every"], rules["result_hours"],
        rules["retest_hours"], length, np.uint64(rules["key"]),
    )  # fmt: skip


@given(days())
@settings(max_examples=100, deadline=None)
def test_every_event_is_that_of_the_twin(made):
    sites, laboratories, rules = made
    by_site, by_lab, by_hour = by_kernel(sites, laboratories, rules, 400)
    last, events = twin.day(sites, laboratories, **rules)
    assert by_site.tolist() == last
    for row, (arrivals, results, second) in zip(by_lab, events, strict=True):
        assert row[0] == (arrivals[-1] if arrivals else 0)
        assert row[2] == max(results, default=0)
        assert row[3] == max(results + second, default=0)
        assert row[4] == len(second)
    for hour in range(400):
        arrived = sum(math.ceil(h) == hour for arrivals, _, _ in events for h in arrivals)
        resulted = sum(math.ceil(h) == hour for _, results, second in events for h in results + second)
        assert by_hour[2, hour] == resulted
        assert by_hour[1, hour] >= arrived  # swabs of second tests come in too
    assert by_hour[0].sum() == pytest.approx(sum(site["people"] for site in sites))
    assert by_hour[1].sum() == by_hour[2].sum()


@st.composite
def small_days(draw):
    """A day of few sites and laboratories, with chance in it."""
    count = draw(st.integers(1, 4))
    people = np.array(draw(st.lists(st.integers(20, 900), min_size=count, max_size=count)))
    pool = np.array(draw(st.lists(st.sampled_from([1, 5, 10]), min_size=count, max_size=count)))
    speed = np.full(count, 60.0)
    sites = Sites(
        name=[f"s{n}" for n in range(count)],
        kind=["made_site"] * count,
        place=[None] * count,
        round=np.zeros(count, dtype=np.int64),
        spot=np.array(
            draw(st.lists(st.tuples(st.floats(31, 31.2), st.floats(121, 121.2)), min_size=count, max_size=count))
        ),
        people=people,
        pool=pool,
        tubes=-(-people // pool),
        positive=np.where(pool > 1, draw(st.sampled_from([0.0, 0.05, 0.3])), 0.0),
        speed=speed,
        quota=np.maximum(360 // pool, 1),
    )
    labs = draw(st.integers(1, 3))
    spots = np.array(
        draw(st.lists(st.tuples(st.floats(31, 31.2), st.floats(121, 121.2)), min_size=labs, max_size=labs))
    )
    per_day = np.array(draw(st.lists(st.floats(20, 3000), min_size=labs, max_size=labs)))
    there = Laboratories([f"l{n}" for n in range(labs)], spots, per_day)
    return Day(sites, there, RULES, RULES.day, 6.0, seed=draw(st.integers(0, 99)), draws=4)


@given(small_days(), st.integers(1, 20), st.integers(1, 12), st.integers(0, 3))
@settings(max_examples=50, deadline=None)
def test_more_of_anything_never_ends_later(day, samplers, couriers, added):
    """Not on the mean, nor on 95% of days: on no day, at no laboratory."""
    base = Staffing(samplers, couriers, added)
    before = day.check(base)
    for more in (
        replace(base, samplers=samplers + 1),
        replace(base, couriers=couriers + 1),
        replace(base, lines=added + 1),
        Staffing(samplers + 3, couriers + 2, added + 2),
    ):
        after = day.check(more)
        assert (after.by_lab[:, :, [0, 2, 3]] <= before.by_lab[:, :, [0, 2, 3]] + 1e-9).all()
        assert (after.last <= before.last + 1e-9).all()


@given(small_days(), st.floats(8, 40))
@settings(max_examples=8, deadline=None)
def test_the_cheapest_addition_is_that_of_every_combination_tried(day, window):
    prices, most = (60.0, 100.0, 500.0), (4, 4, 3)

    def enough(counts):
        staffing = Staffing(1 + counts[0], 1 + counts[1], counts[2])
        return bool(nearly_all(day.check(staffing).last) <= window)

    found = cheapest(enough, prices, most)
    best = twin.cheapest(enough, prices, most)
    assert (found.cost if found.counts else None) == best
    assert found.gap == 0
    if found.counts:
        assert all(n >= least for n, least in zip(found.counts, found.least, strict=True))


@given(st.lists(st.tuples(*[st.integers(0, 6)] * 3), min_size=1, max_size=5), st.tuples(*[st.integers(1, 9)] * 3))
@settings(max_examples=200, deadline=None)
def test_the_cheapest_counts_above_any_corners(corners, prices):
    def enough(counts):
        return any(all(n >= c for n, c in zip(counts, corner, strict=True)) for corner in corners)

    found = cheapest(enough, prices, (6, 6, 6), 10_000)
    assert (found.cost, found.bound) == (twin.cheapest(enough, prices, (6, 6, 6)),) * 2


@given(st.lists(st.tuples(*[st.integers(0, 40)] * 3), min_size=1, max_size=9), st.integers(0, 10))
@settings(max_examples=100, deadline=None)
def test_a_search_that_is_cut_short_says_how_far_it_may_be_off(corners, evaluations):
    def enough(counts):
        return any(all(n >= c for n, c in zip(counts, corner, strict=True)) for corner in corners)

    found = cheapest(enough, (3, 5, 7), (40, 40, 40), evaluations)
    best = min(sum(n * p for n, p in zip(corner, (3, 5, 7), strict=True)) for corner in corners)
    assert found.bound - 1e-9 <= best <= found.cost
    assert enough(found.counts)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_sites_are_shared_among_laboratories_as_the_best_of_all_ways(data):
    sites, labs = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 3))
    tubes = np.array(data.draw(st.lists(st.integers(1, 300), min_size=sites, max_size=sites)))
    way = np.array(data.draw(st.lists(st.floats(0.1, 3), min_size=sites * labs, max_size=sites * labs)))
    per_hour = np.array(data.draw(st.lists(st.floats(5, 200), min_size=labs, max_size=labs)))
    way = way.reshape(sites, labs)
    chosen, gap = share_out(tubes, way, per_hour)
    busy = max(tubes[chosen == lab].sum() / per_hour[lab] for lab in range(labs))
    mean = (tubes * way[np.arange(sites), chosen]).sum() / tubes.sum()
    assert busy + mean == pytest.approx(twin.best_sharing(tubes.tolist(), way.tolist(), per_hour.tolist()), rel=1e-6)
    assert gap <= 1e-6


def test_sites_of_a_large_city_are_shared_close_to_the_bound():
    random = np.random.default_rng(3)
    sites, labs = random.random((400, 2)) * 30, random.random((12, 2)) * 30
    way = np.hypot(*(sites[:, None] - labs[None]).transpose(2, 0, 1)) / 25
    _, gap = share_out(random.integers(100, 150, 400), way, random.integers(50, 500, 12).astype(float))
    assert gap < 0.05


@given(st.lists(st.floats(0, 9), min_size=1, max_size=5), st.integers(0, 12), st.integers(0, 2))
@settings(max_examples=100, deadline=None)
def test_a_larger_number_shared_out_only_adds(weights, total, least):
    one, more = dealt(np.array(weights), total, least), dealt(np.array(weights), total + 1, least)
    assert (more >= one).all()
    assert more.sum() - one.sum() in (0, 1)
    load, per_day = np.array(weights).astype(np.int64), np.ones(len(weights))
    assert (lines(load, per_day, total + 1, 5.0) >= lines(load, per_day, total, 5.0)).all()


@given(small_days(), st.integers(1, 40))
@settings(max_examples=80, deadline=None)
def test_every_unit_finds_a_desk_and_every_sampler_works_once_a_day(day, samplers):
    sites, desks = day.sites, int(RULES.day.desks_per_site.value)
    first, start = shifts(sites, samplers, RULES.day, day.shift_hours)
    assert (np.diff(first) * sites.quota >= sites.tubes).all()
    assert len(start) <= max(needed(sites).sum(), min(samplers, needed(sites).sum() + room_for_more(sites, RULES.day)))
    for site in range(len(sites.name)):
        _, together = np.unique(start[first[site] : first[site + 1]], return_counts=True)
        assert together.max() <= desks
    if needed(sites).max() <= 2 * desks:
        assert np.unique(start // 24, return_counts=True)[1].max() <= samplers
    assert (start % 24 + day.shift_hours <= RULES.day.site_hours.value + 1e-9).all()


@given(st.lists(st.floats(0, 20), min_size=1, max_size=30), st.integers(1, 10), st.floats(0.5, 4))
@example([5e-324], 1, 2.0)
@settings(max_examples=80, deadline=None)
def test_plates_wait_at_most_for_one_run(times, size, every):
    begun, results = np.sort(np.array(times)), np.empty(len(times))
    plates(begun, size, every, 0.0, results)
    assert (results >= begun).all()
    assert (results <= begun + every + 1e-9).all()
    assert (np.diff(results) >= 0).all()
