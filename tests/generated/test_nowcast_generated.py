"""The nowcast's kernels equal their slow twins on generated triangles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.kernels.nowcast_curve import last_covariance, smooth_level
from douse.kernels.nowcast_delay import reverse_hazards
from douse.kernels.nowcast_trend import TREND_SD, tilt, trending_hazards
from reference.slow_nowcast import slow_hazards, slow_level, slow_trend


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), days=st.integers(2, 12), delays=st.integers(2, 6), memory=st.sampled_from([1, 4.5]))
def test_hazards(seed, days, delays, memory):
    counts = np.random.default_rng(seed).poisson(3, (days, delays)).astype(float)
    before = 1 / np.arange(1.0, delays + 1)
    ours, evidence = reverse_hazards(counts, counts.cumsum(1), 0, days - 1, float(memory), 2.0, before)
    assert ours == pytest.approx(slow_hazards(counts.tolist(), days - 1, memory, 2.0, before), rel=1e-12)
    assert (evidence >= 2).all()


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), days=st.integers(3, 9), carry=st.sampled_from([0.0, 0.6]))
def test_level(seed, days, carry):
    generator = np.random.default_rng(seed)
    offset = np.log(np.linspace(1, 0.2, days))
    counts = generator.poisson(20 * np.exp(offset)).astype(float)
    size = np.full(days, 30.0)
    level, low, _ = smooth_level(counts, offset, size, 0.2, carry)
    assert level == pytest.approx(slow_level(counts, offset, 30.0, 0.2, carry), abs=1e-4)
    covariance = last_covariance(low, days)
    assert covariance == pytest.approx(covariance.T)
    assert (np.linalg.eigvalsh(covariance) > 0).all()


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), days=st.integers(6, 14), delays=st.integers(2, 5), memory=st.sampled_from([2.0, 8]))
def test_trend(seed, days, delays, memory):
    counts = np.random.default_rng(seed).poisson(4, (days, delays)).astype(float)
    before = 1 / np.arange(1.0, delays + 1)
    lean, group = tilt(before), np.zeros(delays, dtype=np.int64)
    hazards, _, centre, trend, variance = trending_hazards(
        counts, counts.cumsum(1), 0, days - 1, float(memory), 5.0, before, lean, np.ones((1, 7)), group
    )
    odds, slope = slow_trend(counts.tolist(), days - 1, memory, 5.0, before, lean, centre, TREND_SD)
    assert np.log(hazards[1:] / (1 - hazards[1:])) == pytest.approx(odds, abs=1e-3)
    assert trend == pytest.approx(slope, abs=1e-4)
    assert 0 < variance <= (TREND_SD / delays) ** 2
