"""Sampler of transmission trees: Markov chain Monte Carlo over infectors, generations, infection days and unknowns."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from douse.kernels.transmission_tree_moves import draw_case, turn_edge
from douse.kernels.transmission_tree_score import (
    import_odds,
    log_posterior,
    log_prior,
    sequences_log,
    set_mutation,
    set_nearness,
)
from douse.kernels.transmission_tree_types import (
    EPS,
    LAMBDA,
    LOG_SCALE,
    MU,
    PARAMETERS,
    PI,
    POWER,
    SHIFT,
    THETA,
    TreeData,
    TreeState,
)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
# Share of proposals accepted that steps are made to meet in the first part of a chain (Roberts et al. 1997).
_WANTED = 0.44


@njit(cache=True, nogil=True)
def sample_tree(  # noqa: PLR0913, PLR0917  data, state, how long, and where the answers go
    data: TreeData,
    state: TreeState,
    free: NDArray[np.bool_],
    settle: int,
    sweeps: int,
    thin: int,
    rng: np.random.Generator,
    log_post: Floats,
    parameters: Floats,
    rows: NDArray[np.int32],
    kappas: NDArray[np.int8],
    days: NDArray[np.int32],
    prob_row: Floats,
    prob_import: Floats,
    prob_kappa: Floats,
) -> None:
    """Run one chain and fill in every `thin`-th tree after the first `settle` sweeps.

    Parameters
    ----------
    data, state
        What is known, and a first tree.
    free : shape (8,)
        Unknowns that are sampled; the others keep their value.
    settle, sweeps, thin : int
        Sweeps to settle down, sweeps after that, sweeps from one kept tree to the next.
    rng : numpy.random.Generator
        The chain's own.
    log_post, parameters, rows, kappas, days : shapes (S,), (S, 8), (S, N), (S, N), (S, N)
        Filled in, S = sweeps // thin.
    prob_row, prob_import, prob_kappa : shapes (L,), (N,), (N, K)
        Filled in with the mean of the probabilities that infectors were drawn from.
    """
    n = len(state.parent)
    set_mutation(state)
    if len(data.km) > 0:
        set_nearness(data, state)
    step = np.full(PARAMETERS, 0.5)
    swaps = max(n // 4, 1)
    for sweep in range(-settle, sweeps):
        keep = sweep >= 0
        # Days by turns: a draw over all days of a case costs as many times more as it has days.
        whole = sweep % 3 == 0
        for case in range(n):
            draw_case(data, state, case, whole, rng, prob_row, prob_import, prob_kappa, keep)
        now = log_posterior(data, state)
        if now > -np.inf:
            for _ in range(swaps):
                now = turn_edge(data, state, now, rng.random() < 0.5, rng)
            draw_parameters(data, state, free, step, sweep < 0, sweep % 5 == 0, rng)
        if keep and sweep % thin == thin - 1:
            at = sweep // thin
            log_post[at] = log_posterior(data, state)
            parameters[at] = state.parameter
            for case in range(n):
                rows[at, case], kappas[at, case], days[at, case] = state.row[case], state.kappa[case], state.day[case]
    prob_row /= sweeps
    prob_import /= sweeps
    prob_kappa /= sweeps


@njit(cache=True, nogil=True)
def tree_log_posterior(data: TreeData, state: TreeState) -> float:
    """Log posterior of a tree with the tables of the state filled in first."""
    set_mutation(state)
    if len(data.km) > 0:
        set_nearness(data, state)
    return log_posterior(data, state)


@njit(cache=True, nogil=True)
def draw_parameters(  # noqa: PLR0912, PLR0913, PLR0917  as above; one branch a kind of unknown
    data: TreeData,
    state: TreeState,
    free: NDArray[np.bool_],
    step: Floats,
    tune: bool,  # noqa: FBT001
    places_too: bool,  # noqa: FBT001
    rng: np.random.Generator,
) -> None:
    """Draw pi given the tree (Beta), and the other unknowns by Metropolis steps, wider or narrower while `tune`."""
    parameter = state.parameter
    nearness, outside = np.empty_like(state.nearness), np.empty_like(state.outside)
    if free[PI]:
        seen, missed = data.prior[PI, 0], data.prior[PI, 1]
        for case in range(len(state.parent)):
            if state.parent[case] >= 0:
                seen += 1.0
                missed += state.kappa[case] - 1.0
        parameter[PI] = min(max(rng.beta(seen, missed), 1e-9), 1 - 1e-9)
    for at in (MU, EPS, LAMBDA, EPS, LAMBDA, THETA, SHIFT, SHIFT, LOG_SCALE, POWER):
        if not free[at] or (at in (LOG_SCALE, POWER) and not places_too):
            continue
        if at in (LOG_SCALE, POWER):
            nearness[:], outside[:] = state.nearness, state.outside
        before = _part(data, state, at)
        old, old_lambda = parameter[at], parameter[LAMBDA]
        jump = step[at] * rng.normal(0.0, 1.0)
        if at in (SHIFT, LOG_SCALE, POWER):
            parameter[at] = old + jump
        elif at in (MU, THETA):
            parameter[at] = old * math.exp(jump)
        else:
            odds = math.log(old) - math.log1p(-old) + jump
            parameter[at] = 1.0 / (1.0 + math.exp(-odds))
            if at == EPS:
                # The share of other pairs with a contact is known well: it stays what it is.
                parameter[LAMBDA] = old_lambda * old / parameter[at]
        if at == MU:
            set_mutation(state)
        elif at in (LOG_SCALE, POWER) and data.prior[at, 0] <= parameter[at] <= data.prior[at, 1]:
            set_nearness(data, state)
        after = _part(data, state, at)
        taken = math.log(1.0 - rng.random()) < after - before
        if not taken:
            parameter[at] = old
            if at == EPS:
                parameter[LAMBDA] = old_lambda
            if at == MU:
                set_mutation(state)
            elif at in (LOG_SCALE, POWER):
                state.nearness[:], state.outside[:] = nearness, outside
        if tune:
            step[at] = min(max(step[at] * math.exp(0.1 * ((1.0 if taken else 0.0) - _WANTED)), 0.01), 10.0)


@njit(cache=True, nogil=True)
def _part(data: TreeData, state: TreeState, at: int) -> float:
    """The terms of the log posterior in which an unknown stands, with the step's change of scale."""
    parameter = state.parameter
    x = parameter[at]
    value = log_prior(data, parameter)
    if value == -np.inf:
        return value
    if at in (MU, THETA):
        return value + math.log(x) + (sequences_log(data, state) if len(data.snp) > 0 else 0.0)
    if at == SHIFT:
        imported, parent = data.imported, state.parent
        for case in range(len(parent)):
            outside, local = import_odds(imported[case], x)
            value += outside if parent[case] < 0 else local
        return value
    if at in (EPS, LAMBDA):
        eps, by_chance = parameter[EPS], parameter[EPS] * parameter[LAMBDA]
        met, missed = 0.0, 0.0
        row, kappa, contact = state.row, state.kappa, data.met
        for case in range(len(row)):
            if row[case] >= 0 and kappa[case] == 1:
                reported = contact[row[case]]
                met += reported
                missed += 1.0 - reported
        return (
            value
            + (math.log(x) if at == LAMBDA else 0.0)
            + math.log1p(-x)
            + met * math.log(eps)
            + missed * math.log1p(-eps)
            + (data.contacts - met) * math.log(by_chance)
            + (data.pairs - data.contacts - missed) * math.log1p(-by_chance)
        )
    place, parent, kappa, nearness = data.place, state.parent, state.kappa, state.nearness
    for case in range(len(parent)):
        infector, here = parent[case], place[case]
        if here >= 0 and infector < 0:
            value += state.outside[here]
        elif here >= 0 and place[infector] >= 0:
            value += nearness[kappa[case] - 1, place[infector], here]
    return value
