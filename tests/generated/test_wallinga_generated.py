"""Cohort R against its slow twin: mean, and quantiles from every way in which the cases may have been infected."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import binom

from douse.kernels import infectors, renewal
from douse.situation.wallinga_teunis import wallinga_teunis
from reference import slow_wallinga

counts = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=3, max_size=8)
weights = st.lists(st.floats(0.01, 1), min_size=1, max_size=6).map(lambda w: [0.0, *(np.array(w) / sum(w))])


@settings(max_examples=40, deadline=None)
@given(series=counts, si=weights, window=st.integers(1, 4), level=st.sampled_from([0.5, 0.8, 0.95]))
def test_cohort_r_equals_its_slow_twin(series, si, window, level):
    local, imported = [day[0] for day in series], [day[1] for day in series]
    cases = [a + b for a, b in series]
    assume(sum(local) <= 10)
    found = wallinga_teunis(local, imported, si=si, window=window, level=level)
    assert found.last_day.tolist() == list(range(window - 1, len(series)))
    for w, last in enumerate(found.last_day):
        wanted = slow_wallinga.mean_infected(local, cases, si, last - window + 1, last)
        if wanted is None:
            assert np.isnan(found.mean[0, w])
            continue
        assert found.mean[0, w] == pytest.approx(wanted, abs=1e-12)
        chances = np.array(slow_wallinga.distribution(local, cases, si, last - window + 1, last))
        count = sum(cases[last - window + 1 : last + 1])
        for bound, p in ((found.lower, (1 - level) / 2), (found.upper, (1 + level) / 2)):
            number = round(bound[0, w] * count)
            # At a jump of the distribution rounding decides; the neighbour is as good.
            assert chances[: number + 1].sum() >= p - 1e-9
            assert chances[:number].sum() <= p + 1e-9


@settings(max_examples=30, deadline=None)
@given(n=st.integers(200, 3000), share=st.floats(0.05, 0.95), p=st.sampled_from([0.025, 0.1, 0.9, 0.975]))
def test_many_cases_are_counted_nearly_as_well_as_few(n, share, p):
    """Two cases of two days, then n cases: how many of them the first infected is binomial."""
    cases = np.array([[1.0, 1.0, n]])
    si = np.array([0.0, 1 - share, share])
    force = renewal.infectivity(cases, si)
    z = float(ndtri(p))
    lower = infectors.window_spread(cases, cases, force, si, 1, z, z)[1][0, 0]
    # The case of the first day also infected that of the second, for certain.
    assert abs(lower - 1 - binom.ppf(p, n, share)) <= 1
