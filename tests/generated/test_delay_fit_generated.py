"""The likelihood of delays against its slow twin, and the climb against a grid."""

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from douse.kernels.delay_families import FAMILIES
from douse.kernels.delay_likelihood import Windows, log_likelihood
from douse.situation.delay_fit import delays
from reference import slow_delays

PARAMETERS = {
    "lognormal": st.tuples(st.floats(0, 2.5), st.floats(0.2, 1.2)),
    "gamma": st.tuples(st.floats(0.6, 8), st.floats(0.1, 1.5)),
    "weibull": st.tuples(st.floats(0.7, 4), st.floats(1, 15)),
}


@st.composite
def rows(draw):
    left = float(draw(st.integers(0, 12)))
    right = left + draw(st.sampled_from([0.0, 0.5, 1.0, 3.0, float("inf")])) + (left == 0)
    width = draw(st.sampled_from([0.0, 0.25, 1.0, 4.0])) if right > left else 0.0
    limit = draw(st.sampled_from([float("inf"), left + 1.5, 20.0]))
    if right == left or limit <= left:
        limit = float("inf")
    return left, right, width, limit, float(draw(st.integers(1, 3)))


@settings(max_examples=60, deadline=None)
@given(family=st.sampled_from(sorted(FAMILIES)), data=st.data(), given_rows=st.lists(rows(), min_size=1, max_size=6))
def test_the_likelihood_equals_its_slow_twin(family, data, given_rows):
    first, second = data.draw(PARAMETERS[family])
    found = log_likelihood(
        FAMILIES[family], np.array([first]), np.array([second]), Windows(*np.array(given_rows).T.copy())
    )
    wanted = slow_delays.log_likelihood(family, first, second, given_rows)
    assume(wanted > -300)  # what is next to impossible is cut off in both
    assert found[0] == pytest.approx(wanted, rel=1e-6, abs=1e-6)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), family=st.sampled_from(sorted(FAMILIES)))
def test_no_neighbour_of_the_fit_is_likelier(seed, family):
    rng = np.random.default_rng(seed)
    delay = rng.gamma(3, 2, 80) + rng.uniform(0, 1, 80)
    left = np.floor(delay[delay < 15])
    pairs = pl.DataFrame({"left": left, "right": left + 1, "pwindow": 1.0, "D": 15.0})
    found = dict(delays(pairs, family=family).select("parameter", "estimate").iter_rows())
    names = {"lognormal": ("meanlog", "sdlog"), "gamma": ("shape", "rate"), "weibull": ("shape", "scale")}[family]
    best = [found[name] for name in names]
    data = [(x, x + 1, 1.0, 15.0, times) for x, times in zip(*np.unique(left, return_counts=True), strict=True)]
    top = slow_delays.log_likelihood(family, *best, data)
    assert top == pytest.approx(delays(pairs, family=family)["loglik"][0], abs=1e-6)
    for step in (0.99, 1.01):
        assert slow_delays.log_likelihood(family, best[0] * step, best[1], data) < top
        assert slow_delays.log_likelihood(family, best[0], best[1] * step, data) < top
