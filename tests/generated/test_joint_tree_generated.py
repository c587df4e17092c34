"""The sampler's log posterior equals its slow twin on generated trees, and its answers the sum over all trees."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.kernels.transmission_tree import sample_tree, tree_log_posterior
from douse.kernels.transmission_tree_types import EPS, LAMBDA, LOG_SCALE, MU, PI, POWER, SHIFT, THETA
from douse.tracing.infectors.joint_data import first_state, prepare
from douse.tracing.infectors.joint_inputs import Sampling
from reference.slow_tree import slow_infectors, slow_log_posterior
from tree_inputs import evidence, plain

UNKNOWN = {"mu": 0.004, "pi": 0.7, "eps": 0.6, "lambda": 0.2, "theta": 0.02, "shift": 0.4, "power": 0.8}
PLACE = {"mu": MU, "pi": PI, "eps": EPS, "lambda": LAMBDA, "theta": THETA, "shift": SHIFT, "log_scale": LOG_SCALE,
         "power": POWER}  # fmt: skip


def made(o, most):
    data, free, _ = prepare(evidence(o), Sampling(generations=most))
    state = first_state(data, free, np.random.default_rng(1))
    for name, value in UNKNOWN.items():
        if o["snp"] is not None or name in {"pi", "shift"}:  # the others stand nowhere, and keep what they have
            state.parameter[PLACE[name]] = value
    return data, state, {name: float(state.parameter[at]) for name, at in PLACE.items()}


def random_tree(o, most, rng):
    """Infectors in a random order, so that no loop can be; days and generations at random: often impossible."""
    order = rng.permutation(len(o["days"]))
    tree = [None] * len(order)
    for at, case in enumerate(order):
        infector = int(rng.choice(order[:at])) if at and rng.random() < 0.7 else None
        day = int(rng.choice(list(o["days"][case])))
        tree[case] = (infector, int(rng.integers(1, most + 1)) if infector is not None else 1, day)
    return tree


def put(data, state, tree):
    """False where the sampler does not even list one of the pairs, as no days fit."""
    for case, (infector, kappa, day) in enumerate(tree):
        row = -1
        if infector is not None:
            rows = range(data.start[case], data.start[case + 1])
            row = next((r for r in rows if data.infector[r] == infector), None)
            if row is None:
                return False
        state.row[case], state.parent[case] = row, -1 if infector is None else infector
        state.kappa[case], state.day[case] = kappa, day
    return True


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 6), st.integers(1, 3), st.booleans(), st.booleans())
def test_log_posterior_equals_the_twin(seed, cases, most, extras, same_day):
    o = plain(seed, cases, extras=extras, same_day=same_day)
    data, state, unknown = made(o, most)
    rng = np.random.default_rng(seed)
    for _ in range(10):
        tree = random_tree(o, most, rng)
        slow = slow_log_posterior(o, tree, unknown)
        if not put(data, state, tree):
            assert slow == -math.inf
            continue
        ours = tree_log_posterior(data, state)
        assert ours == pytest.approx(slow, abs=1e-8) or (ours == slow == -math.inf)


@pytest.mark.parametrize(("seed", "extras", "same_day"), [(0, False, False), (3, True, False), (5, True, False),
                                                          (8, True, True), (11, False, True)])  # fmt: skip
def test_infectors_equal_the_sum_over_all_trees(seed, extras, same_day):
    o = plain(seed, 3, extras=extras, days=2, same_day=same_day)
    most = 2
    data, state, unknown = made(o, most)
    exact = slow_infectors(o, unknown, most)
    sweeps, cases = 30_000, 3
    prob_row, prob_import = np.zeros(len(data.infector)), np.zeros(cases)
    kept = sweeps // 100
    sample_tree(
        data, state, np.zeros(8, dtype=bool), 200, sweeps, 100, np.random.default_rng(2), np.empty(kept),
        np.empty((kept, 8)), np.empty((kept, cases), np.int32), np.empty((kept, cases), np.int8),
        np.empty((kept, cases), np.int32), prob_row, prob_import, np.zeros((cases, most)),
    )  # fmt: skip
    for case in range(cases):
        assert prob_import[case] == pytest.approx(exact[case].get(None, 0.0), abs=0.01)
        for row in range(data.start[case], data.start[case + 1]):
            assert prob_row[row] == pytest.approx(exact[case].get(int(data.infector[row]), 0.0), abs=0.01)
