"""The nowcast's kernels equal their slow twins on generated triangles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.kernels.nowcast_curve import last_covariance, smooth_level
from douse.kernels.nowcast_delay import reverse_hazards
from reference.slow_nowcast import slow_hazards, slow_level


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
