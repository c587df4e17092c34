"""Quasi-Poisson fits where the answer is known."""

import numpy as np
import pytest

from douse.kernels.glm import dispersion, leverage, quasi_poisson


def fit(counts, groups=None, *, slope=False, offset=None, weight=None):
    count = np.array(counts, dtype=float)
    group = np.zeros(len(count), dtype=np.int64) if groups is None else np.array(groups)
    return quasi_poisson(
        count,
        np.zeros(len(count)) if offset is None else np.array(offset),
        np.ones(len(count)) if weight is None else np.array(weight, dtype=float),
        group,
        np.arange(len(count), dtype=float),
        int(group.max()) + 1,
        slope,
    )


def test_without_a_slope_the_mean_of_a_group_is_its_mean():
    found = fit([1, 2, 6, 10, 30], [0, 0, 0, 1, 1])
    assert found.converged
    assert found.mean == pytest.approx([3, 3, 3, 20, 20])
    assert found.freedom == 3


def test_exact_growth_is_found_exactly():
    found = fit(5 * 1.1 ** np.arange(20), slope=True)
    assert found.line.slope == pytest.approx(np.log(1.1))
    assert np.exp(found.line.intercept[0]) == pytest.approx(5)
    assert dispersion(found.mean, found.mean, found.working, found.freedom) == 0


def test_groups_share_the_slope():
    time = np.arange(24)
    group = time % 3
    found = fit(np.array([2.0, 20.0, 200.0])[group] * np.exp(-0.05 * time), group, slope=True)
    assert found.line.slope == pytest.approx(-0.05)
    assert np.exp(found.line.intercept) == pytest.approx([2, 20, 200])


def test_an_offset_models_rates():
    population = np.array([100.0, 200.0, 400.0])
    found = fit([1, 2, 4], offset=np.log(population))
    assert np.exp(found.line.intercept[0]) == pytest.approx(0.01)


def test_a_weight_counts_as_so_many_rows_and_none_as_no_row():
    assert fit([1, 7], weight=[2, 1]).mean[0] == pytest.approx(fit([1, 1, 7]).mean[0])
    left_out = fit([1, 3, 99], weight=[1, 1, 0])
    assert left_out.mean[0] == pytest.approx(2)
    assert left_out.freedom == 1


def test_leverages_sum_to_the_number_of_coefficients():
    rng = np.random.default_rng(5)
    group = np.arange(40) % 4
    found = fit(rng.poisson(6, 40), group, slope=True)
    shares = [leverage(found.line, found.working[i], group[i], float(i)) for i in range(40)]
    assert sum(shares) == pytest.approx(5)
    assert min(shares) > 0


def test_the_dispersion_of_poisson_counts_is_one_and_there_is_none_without_freedom():
    counts = np.random.default_rng(11).poisson(20, 20_000)
    found = fit(counts)
    assert dispersion(counts.astype(float), found.mean, found.working, found.freedom) == pytest.approx(1, abs=0.05)
    assert np.isnan(dispersion(np.ones(1), np.ones(1), np.ones(1), 0))


def test_all_zero_goes_down_by_one_a_round_until_the_rule_stops_it():
    found = fit([0] * 35)
    assert found.converged
    rounds = -np.log(found.mean[0] / 0.1)
    assert rounds == pytest.approx(round(rounds))
    assert not fit([0] * 500).converged  # as in R: 25 rounds are not enough for so many


def test_a_large_exact_fit_converges():
    assert fit([1e6] * 500, np.arange(500) % 10, slope=True).converged


def test_a_single_huge_count_stays_finite():
    found = fit([0] * 50 + [10**9], slope=True)
    assert np.isfinite(found.mean).all()
