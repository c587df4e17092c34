"""Offspring, fatality, the forecast's filter and the curve of stays equal their slow twins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.kernels import bed_census, fatality, forecast
from douse.kernels import offspring as kernel
from reference import slow_burden as slow

rs, ks = st.floats(0.2, 4), st.floats(0.05, 20)


@settings(max_examples=40, deadline=None)
@given(r=rs, k=ks, counts=st.lists(st.tuples(st.integers(0, 30), st.floats(0.1, 1)), min_size=1, max_size=12))
def test_offspring_likelihood(r, k, counts):
    caused, shown = (np.array(part, dtype=float) for part in zip(*counts, strict=True))
    ours = kernel.count_log_likelihood(np.array(r), np.array(k), caused, shown, np.ones(len(counts)))
    constant = sum(slow.math.lgamma(c + 1) for c, _ in counts)  # left out of ours: it does not depend on R and k
    assert float(ours) == pytest.approx(
        slow.slow_offspring_likelihood(r, k, caused, shown) + constant, rel=1e-9, abs=1e-9
    )


@settings(max_examples=20, deadline=None)
@given(r=rs, k=ks, size=st.integers(1, 8))
def test_chain_sizes(r, k, size):
    ours = np.exp(kernel.size_log_chance(np.array(r), np.array(k), np.array([float(size)])))[0]
    assert ours == pytest.approx(slow.slow_chain_size_chance(r, k, size), rel=1e-8)


@settings(max_examples=10, deadline=None)
@given(
    counts=st.lists(st.integers(0, 40), min_size=1, max_size=3),
    keeps=st.sampled_from([0.5, 0.85]),
    step=st.sampled_from([0.05, 0.3]),
    k=st.sampled_from([0.5, 8.0]),
)
def test_filter(counts, keeps, step, k):
    force, factor = np.linspace(3, 9, len(counts)), np.linspace(0.8, 1.2, len(counts))
    start = np.exp(-0.5 * (forecast.LOG_R / 0.5) ** 2)
    start /= start.sum()
    moves = forecast.transitions(forecast.Drift(np.array([keeps]), np.array([step])))
    assert moves.sum(axis=-1) == pytest.approx(1)
    state, evidence = forecast.filter_log_r(
        np.array([counts], dtype=float), force[None, :], base=0.1, factor=factor, moves=moves,
        dispersion=np.array([k]), start=start,
    )  # fmt: skip
    wanted, chance = slow.slow_filter(counts, force, 0.1, factor, forecast.LOG_R, keeps, step, k, start)
    np.testing.assert_allclose(state[0, 0, 0], wanted, atol=1e-9)
    assert evidence[0, 0, 0] == pytest.approx(chance, rel=1e-9)


days = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=10)


@settings(max_examples=60, deadline=None)
@given(table=days)
def test_outcome_based_fatality(table):
    deaths, recoveries, pending = (np.array(part, dtype=float) for part in zip(*table, strict=True))
    if not deaths.sum() + recoveries.sum():
        return
    died, well = fatality.competing_outcomes(deaths[None, :], recoveries[None, :], pending[None, :])
    wanted = slow.slow_outcome_based(deaths, recoveries, pending)
    assert died[0] / (died[0] + well[0]) == pytest.approx(wanted, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(stays=st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=20))
def test_stay_curve(stays):
    lasted, ended = (np.array(part) for part in zip(*stays, strict=True))
    ours = bed_census.stay_curve(lasted.astype(float), ended.astype(bool), 20)
    wanted = slow.slow_stay_curve(lasted, ended, 20)
    assert ours[: len(wanted)] == pytest.approx(wanted)
    assert (np.diff(ours) <= 1e-12).all()
    assert ours.min() >= 0
