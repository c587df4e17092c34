"""The most probable infectors without a loop, against all ways to choose them; agreement of chains."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from douse.kernels.rhat import split_rhat
from douse.tracing.infectors.consensus import best_forest


def is_forest(infector):
    for at in infector:
        for _ in infector:
            at = infector[at] if at >= 0 else -1  # noqa: PLW2901
        if at >= 0:
            return False
    return True


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_the_best_forest_is_the_best_of_all(seed, cases):
    rng = np.random.default_rng(seed)
    table = rng.dirichlet(np.full(cases + 1, 0.5), cases) + 1e-9
    infected, infector = np.nonzero(~np.eye(cases, dtype=bool))
    tree = best_forest(np.arange(cases + 1) * (cases - 1), infector, table[infected, infector], table[:, -1])
    assert is_forest(tree)

    def value(choice):
        return np.log([table[case, at] for case, at in enumerate(choice)]).sum()

    best = max(
        value(choice)
        for choice in itertools.product(range(-1, cases), repeat=cases)
        if all(case != at for case, at in enumerate(choice)) and is_forest(choice)
    )
    assert value(tree) == pytest.approx(best)


def test_rhat_is_one_for_chains_that_agree_and_more_for_chains_that_do_not():
    draws = np.random.default_rng(1).normal(size=(4, 500, 2))
    draws[0, :, 1] += 1
    fine, apart = split_rhat(draws)
    assert fine == pytest.approx(1, abs=0.01)
    assert apart > 1.05
    assert split_rhat(np.ones((2, 10, 1)))[0] == 1
    assert split_rhat(np.repeat([[1.0], [2.0]], 10, axis=1)[:, :, None])[0] == np.inf
