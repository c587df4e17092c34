"""The fast forms of growth, community zero, zone sums and countdowns against slow, obvious ones."""

import math
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from conftest import records
from douse.kernels import log_linear
from douse.library.load import load
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records import ZoneTree
from douse.situation import describe
from douse.situation.community_zero import community_zero
from douse.situation.growth import doubling_days, growth_per_day
from douse.situation.situation import Interval

PATHOGEN = load(Pathogen, "sars-cov-2-wild")
PROTOCOL = load(Protocol, "who-generic")
START = date(2020, 3, 1)


def slow_slope(counts, level):
    """Poisson regression on an intercept and the day by iteratively reweighted least squares, step by step."""
    y = np.array(counts, dtype=float)
    design = np.column_stack([np.ones(len(y)), np.arange(len(y))])
    eta = np.log(np.maximum(y, 0.5))
    for _ in range(500):
        mu = np.exp(eta)
        target = eta + (y - mu) / mu
        inverse = np.linalg.inv(design.T @ (design * mu[:, None]))
        new = design @ (inverse @ (design.T @ (mu * target)))
        done = np.abs(new - eta).max() < 1e-13
        eta = new
        if done:
            break
    mu = np.exp(eta)
    dispersion = max(1, ((y - mu) ** 2 / mu).sum() / (len(y) - 2))
    inverse = np.linalg.inv(design.T @ (design * mu[:, None]))
    rate, half = eta[1] - eta[0], student.ppf((1 + level) / 2, len(y) - 2) * math.sqrt(dispersion * inverse[1, 1])
    return rate, rate - half, rate + half


@settings(max_examples=80, deadline=None)
@given(counts=st.lists(st.integers(0, 40), min_size=3, max_size=14), level=st.sampled_from([0.5, 0.9, 0.95]))
def test_growth_equals_its_slow_twin(counts, level):
    # A steep wall of zeros makes the twin's weights vanish; it is compared where it can answer.
    assume(sum(count > 0 for count in counts) >= max(2, len(counts) // 2))
    found = log_linear.slope(np.array(counts, dtype=float), level)
    np.testing.assert_allclose(found, slow_slope(counts, level), rtol=1e-6, atol=1e-8)


@given(zeros=st.integers(0, 11), small=st.integers(1, 5), large=st.integers(1, 10**6))
def test_growth_answers_where_nearly_all_cases_fall_on_the_last_day(zeros, small, large):
    rate, low, high = log_linear.slope(np.array([0.0, *[0] * zeros, small, large]), 0.95)
    assert low < rate < high
    assert all(math.isfinite(value) for value in (rate, low, high))


@pytest.mark.parametrize("rate", [-0.2, -0.03, 0.05, 0.3])
def test_limit_exact_exponential_counts_give_their_rate(rate):
    counts = 1e6 * np.exp(rate * np.arange(14))
    found, low, high = log_linear.slope(counts, 0.95)
    assert found == pytest.approx(rate, abs=1e-9)
    assert low < rate < high
    assert high - low < 0.001


def daily(counts):
    return pl.DataFrame(
        {
            "date": [START + timedelta(days=n) for n in range(len(counts))],
            "local": counts,
            "imported": [0] * len(counts),
        },
        schema={"date": pl.Date, "local": pl.Int64, "imported": pl.Int64},
    )


def test_direction_more_late_cases_mean_more_growth():
    rates = [growth_per_day(daily([5, 6, 5, 6, 5, 6, last])).estimate for last in (2, 6, 12)]
    assert rates == sorted(rates)
    assert rates[0] < 0 < rates[-1]


def test_growth_looks_at_the_latest_days_only():
    assert growth_per_day(daily([900, 500, *[4] * 14])).estimate == pytest.approx(0, abs=1e-9)


def test_growth_says_why_it_cannot_be_estimated():
    assert growth_per_day(daily([])).why_not == "There are no cases yet."
    assert growth_per_day(daily([4, 5, 4, 6, 7, 8])).why_not == "There are too few days since the first case."
    assert growth_per_day(daily([4, *[0] * 8])).why_not == "The latest complete days hold cases on fewer than two days."


def test_doubling_and_halving():
    ln2 = math.log(2)
    assert doubling_days(Interval(ln2, ln2 / 2, ln2 * 2)) == Interval(1.0, 0.5, 2.0)
    assert doubling_days(Interval(-ln2, -ln2 * 2, -ln2 / 2)) == Interval(-1.0, -2.0, -0.5)
    # Growth that may be none: it doubles in half a day at the soonest, perhaps never.
    assert doubling_days(Interval(ln2, -ln2, ln2 * 2)) == Interval(1.0, 0.5, None)
    assert doubling_days(Interval(-ln2, -ln2 * 2, ln2)) == Interval(-1.0, None, -0.5)
    assert doubling_days(Interval(0.0, -0.1, 0.1)).why_not == "New cases neither rise nor fall."
    assert doubling_days(Interval(None, why_not="because")).why_not == "because"


def slow_days_in_a_row(told, as_of):
    """Walk back a day at a time until a day with a case from the community, or before the first case."""
    if not told:
        return 0
    days, day = 0, as_of
    while day >= min(when for when, _ in told) and not any(when == day and not inside for when, inside in told):
        days, day = days + 1, day - timedelta(days=1)
    return days


@settings(max_examples=80, deadline=None)
@given(told=st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=15), window=st.integers(1, 9))
def test_community_zero_equals_its_slow_twin(told, window):
    as_of = START + timedelta(days=20)
    cases = [(START + timedelta(days=day), inside) for day, inside in told]
    found = community_zero(
        pl.DataFrame(cases, schema={"told_on": pl.Date, "in_quarantine": pl.Boolean}, orient="row"),
        as_of,
        PROTOCOL,
        window=window,
    )
    new = [inside for when, inside in cases if (as_of - when).days < window]
    assert (found.new_cases, found.already_in_quarantine) == (len(new), sum(new))
    assert found.days == slow_days_in_a_row(cases, as_of)
    assert found.reached == (found.days >= 3)


zone_parents = st.lists(st.integers(-1, 30), min_size=1, max_size=12)
placed_cases = st.lists(st.tuples(st.integers(-1, 11), st.integers(0, 25), st.booleans()), max_size=15)


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(parents=zone_parents, placed=placed_cases, levels=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 25))))
def test_zone_figures_equal_their_slow_twin(parents, placed, levels):
    zones = [
        {"zone_id": f"z{n:02d}", "parent_zone": f"z{p % n:02d}" if n and p >= 0 else None, "population": 100 * n}
        for n, p in enumerate(parents)
    ]
    cases = [
        {
            "case_id": f"c{n}",
            "zone": f"z{zone % len(parents):02d}" if zone >= 0 else None,
            "quarantined_on": START if inside else None,
            "recorded_at": START + timedelta(days=day),
        }
        for n, (zone, day, inside) in enumerate(placed)
    ]
    measures = [
        {
            "measure_id": f"m{n}",
            "kind": "level",
            "zone": f"z{zone % len(parents):02d}",
            "level": "control",
            "start": START + timedelta(days=day),
            "recorded_at": START,
        }
        for n, (zone, day) in enumerate(levels)
    ]
    as_of = START + timedelta(days=20)
    known = records(zones=zones, cases=cases, measures=measures).as_of(as_of)
    found = {row["zone"]: row for row in describe(known, ZoneTree(known), PATHOGEN, PROTOCOL).by_zone.to_dicts()}

    above = {row["zone_id"]: row["parent_zone"] for row in zones}

    def within(zone, root):
        while zone is not None:
            if zone == root:
                return True
            zone = above[zone]
        return False

    for row in zones:
        root = row["zone_id"]
        mine = [c for c in cases if c["recorded_at"] <= as_of and within(c["zone"], root)]
        free = [c["recorded_at"] for c in mine if c["quarantined_on"] is None]
        recent = [c for c in mine if (as_of - c["recorded_at"]).days < 14]
        assert found[root]["cases"] == len(mine)
        assert found[root]["new_cases"] == sum((as_of - c["recorded_at"]).days < 7 for c in mine)
        assert found[root]["community_cases_14d"] == sum(c["quarantined_on"] is None for c in recent)
        assert found[root]["last_community_case"] == max(free, default=None)
        rate = None if not row["population"] else len(recent) / row["population"] * 100_000
        assert found[root]["rate_100k"] == (rate if rate is None else pytest.approx(rate))
        starts = [m["start"] for m in measures if m["zone"] == root and m["start"] <= as_of]
        last = max((c["recorded_at"] for c in mine), default=None)
        if not starts:
            assert found[root]["lift_in_days"] is None
        else:
            clear = last if last and last >= min(starts) - timedelta(days=14) else min(starts)
            assert found[root]["lift_in_days"] == max(0, 7 - (as_of - clear).days)
