"""Exact tests, adjusted and combined p-values equal those of SciPy or of a definition written out."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from douse.signals.exact_tests import (
    beta_binomial_tail,
    binomial_tail,
    fisher_greater,
    fisher_two_sided,
    g_test,
    rise_of_counts,
)
from douse.signals.multiplicity import benjamini_hochberg, combined, holm
from douse.signals.shrinkage import prior_from_others

SOME = settings(max_examples=60, deadline=None)
counts = st.integers(0, 60)
p_values = st.lists(st.floats(1e-12, 1), min_size=1, max_size=12)


@given(st.integers(0, 80), st.integers(1, 80), st.floats(0.001, 0.999))
@SOME
def test_binomial_tail(k, n, share):
    assert binomial_tail(min(k, n), n, share) == pytest.approx(stats.binom.sf(min(k, n) - 1, n, share), rel=1e-9)


@given(counts, counts, st.floats(0.1, 10))
@SOME
def test_rise_of_counts_is_the_binomial_test_given_the_sum(now, before, length):
    told = rise_of_counts(now, before, 1.0, length)
    if now + before:
        peer = stats.binomtest(now, now + before, 1 / (1 + length), alternative="greater").pvalue
        assert told == pytest.approx(peer, rel=1e-9)
    else:
        assert told == 1.0


@given(counts, st.integers(1, 60), st.floats(0.2, 50), st.floats(0.2, 50))
@SOME
def test_beta_binomial_tail(k, n, a, b):
    k = min(k, n)
    assert beta_binomial_tail(k, n, a, b) == pytest.approx(stats.betabinom.sf(k - 1, n, a, b), rel=1e-6, abs=1e-9)


@given(counts, counts, counts, counts)
@SOME
def test_fisher(a, b, c, d):
    table = [[a, b], [c, d]]
    if a + b == 0 or c + d == 0:
        return
    greater = stats.fisher_exact(table, alternative="greater").pvalue
    assert fisher_greater(a, a + b, c, c + d) == pytest.approx(greater, rel=1e-6)
    assert fisher_two_sided(a, a + b, c, c + d) == pytest.approx(stats.fisher_exact(table).pvalue, rel=1e-6)


@given(st.lists(st.integers(20, 90), min_size=2, max_size=6), st.lists(st.integers(20, 90), min_size=6, max_size=6))
@SOME
def test_g_test_is_a_little_larger_than_without_the_correction(now, before):
    before = before[: len(now)]
    told = g_test(now, before)
    plain = stats.chi2_contingency([now, before], correction=False, lambda_="log-likelihood").pvalue
    assert told is not None
    assert plain <= told <= plain + 0.05


def test_groups_with_few_are_taken_together():
    assert g_test([3, 3, 20], [3, 3, 20]) == g_test([6, 20], [6, 20])
    assert g_test([2, 1], [40, 1]) is None
    assert g_test([], []) is None


@pytest.mark.parametrize(("n", "n_before"), [(14, 30), (20, 400), (400, 400)])
def test_the_g_test_keeps_to_its_rate(n, n_before):
    random = np.random.default_rng(11)
    mix = random.dirichlet(np.full(9, 2.0))
    told = [g_test(random.multinomial(n, mix), random.multinomial(n_before, mix)) for _ in range(2500)]
    assert np.mean([p is not None and p <= 0.01 for p in told]) <= 0.014


@given(p_values)
@SOME
def test_holm_and_benjamini_hochberg(p):
    assert benjamini_hochberg(p) == pytest.approx(stats.false_discovery_control(p), rel=1e-12)
    order = sorted(range(len(p)), key=lambda i: p[i])
    written_out = [0.0] * len(p)
    for rank, i in enumerate(order):
        written_out[i] = min(1.0, max((len(p) - r) * p[order[r]] for r in range(rank + 1)))
    assert holm(p) == pytest.approx(written_out, rel=1e-12)


def test_tests_not_made_do_not_count():
    assert holm([0.01, math.nan, 0.04])[[0, 2]] == pytest.approx([0.02, 0.04])
    assert np.isnan(benjamini_hochberg([math.nan])).all()
    assert holm([]).shape == (0,)


@given(st.lists(st.floats(1e-12, 0.4), min_size=1, max_size=12))
@SOME
def test_combined_is_the_cauchy_combination(p):
    cauchy = stats.cauchy.sf(np.mean(stats.cauchy.isf(p)))
    assert combined(p) == pytest.approx(cauchy, rel=1e-6)
    assert min(p) * 0.99 <= combined(p) <= len(p) * min(p) * 1.01 or combined(p) < 0.5


def test_combined_holds_its_rate_whatever_ties_the_p_values():
    random = np.random.default_rng(7)
    for rho in (0.0, 0.5, 0.95):
        common = random.standard_normal((6_000, 1))
        z = math.sqrt(rho) * common + math.sqrt(1 - rho) * random.standard_normal((6_000, 5))
        told = np.array([combined(row) for row in stats.norm.sf(z)])
        assert (told <= 0.01).mean() <= 0.014


def test_combined_has_its_limits():
    assert combined([0.03]) == pytest.approx(0.03)
    assert combined([1.0]) == 0.5
    assert combined([0.0]) > 0
    assert combined([1e-9, 1.0]) == pytest.approx(2e-9)


def test_the_others_count_for_more_the_more_they_are_alike():
    n = np.full(8, 200.0)
    alike, unlike = np.full(8, 10.0), np.array([0.0, 30, 1, 20, 0, 25, 2, 2])
    strength = [sum(prior_from_others(hits, n, 0)) for hits in (alike, unlike)]
    assert strength[0] > 200 > 20 > strength[1]
    a, b = prior_from_others(alike, n, 0)
    assert a / (a + b) == pytest.approx(0.05, abs=0.001)


def test_with_no_others_or_few_little_is_known():
    assert prior_from_others(np.array([3.0]), np.array([9.0]), 0) == (0.5, 0.5)
    assert sum(prior_from_others(np.array([3.0, 5]), np.array([9.0, 100]), 0)) == 2


def test_ones_own_count_is_not_used_twice():
    n = np.full(5, 50.0)
    priors = [prior_from_others(np.array([own, 1, 2, 1, 3]), n, 0) for own in (0.0, 7.0)]
    assert priors[0] == priors[1]
