"""Moves of the sampler that change a tree: who infected a case and when (Gibbs), and an edge turned round."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from douse.kernels.transmission_tree_score import (
    descended_log,
    evidence_log,
    find_roots,
    foreign_log,
    import_odds,
    label_chains,
    log_posterior,
    sequenced_above,
    usual_logs,
)
from douse.kernels.transmission_tree_types import SHIFT, THETA, TreeData, TreeState

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
# Less evidence than the best by this (log), before days are looked at, and nothing that days say makes up for it.
_HOPELESS = 500.0


@njit(cache=True, nogil=True)
def find_row(data: TreeData, case: int, infector: int) -> int:
    """Row of an infector among a case's candidates; -1 where it is none."""
    low, high = data.start[case], data.start[case + 1]
    while low < high:
        middle = (low + high) // 2
        if data.infector[middle] < infector:
            low = middle + 1
        else:
            high = middle
    return low if low < data.start[case + 1] and data.infector[low] == infector else -1


@njit(cache=True, nogil=True)
def mark_below(state: TreeState, case: int, below: Ints) -> None:
    """Mark a case and all that descend from it with 1, others with 0; shape (N,)."""
    below[:] = -1
    below[case] = 1
    for start in range(len(below)):
        at = start
        while at >= 0 and below[at] < 0:
            at = state.parent[at]
        mark = below[at] if at >= 0 else 0
        at = start
        while at >= 0 and below[at] < 0:
            below[at] = mark
            at = state.parent[at]


@njit(cache=True, nogil=True)
def nearest_sequences(  # noqa: PLR0913, PLR0917  two arrays to fill
    data: TreeData, state: TreeState, case: int, below: Ints, found: Ints, generations: Ints
) -> int:
    """Fill in the sequences whose probability hangs on who infected a case, and the generations down to them.

    These are its own, or else the first below it. Returns their number.
    """
    if data.sequence[case] >= 0:
        found[0], generations[0] = data.sequence[case], 0
        return 1
    size = 0
    for start in range(len(below)):
        if below[start] != 1 or data.sequence[start] < 0:
            continue
        steps, at = state.kappa[start], state.parent[start]
        while at != case and data.sequence[at] < 0:
            steps += state.kappa[at]
            at = state.parent[at]
        if at == case:
            found[size], generations[size] = data.sequence[start], steps
            size += 1
    return size


@njit(cache=True, nogil=True)
def date_weights(data: TreeData, state: TreeState, case: int, whole: bool, weight: Floats) -> tuple[int, int, float]:  # noqa: FBT001
    """Weights of a case's days from its record and from whom it infected, up to a factor.

    Returns the first day, how many, and the largest log weight; minus infinity where no day will do.
    """
    offset, size = data.date_start[case], data.date_start[case + 1] - data.date_start[case]
    first, skip = data.first[case], 0
    if not whole:
        skip, size = state.day[case] - first, 1
        first = state.day[case]
    date_log, generation, parent, kappa, day = data.date_log, data.generation, state.parent, state.kappa, state.day
    for d in range(size):
        weight[d] = date_log[offset + skip + d]
    if whole:
        lags = generation.shape[1]
        for child in range(len(parent)):
            if parent[child] != case:
                continue
            k = kappa[child]
            for d in range(size):
                lag = day[child] - first - d
                chance = generation[k - 1, lag] if 0 <= lag < lags else 0.0
                weight[d] += math.log(chance) if chance > 0 else -np.inf
    top = weight[:size].max()
    for d in range(size):
        weight[d] = math.exp(weight[d] - top) if top > -np.inf else 0.0
    return first, size, top


@njit(cache=True, nogil=True)
def branch_label(data: TreeData, state: TreeState, case: int, root: Ints, kind: Ints) -> tuple[int, float]:
    """Label of a case's branch cut off from its chain (-1: none known), and log probability of it for a new chain.

    Fills in root and label of all cases with the branch cut off; shapes (N,).
    """
    held = state.parent[case]
    state.parent[case] = -1
    find_roots(state, root)
    label_chains(data, root, kind)
    state.parent[case] = held
    own = kind[case]
    if own < 0:
        return own, 0.0
    same, chains = 1.0, float(data.labels)
    for other in range(len(kind)):
        if other != case and kind[other] >= 0:
            chains += 1.0
            same += 1.0 if kind[other] == own else 0.0
    return own, math.log(same / chains)


@njit(cache=True, nogil=True)
def weigh_candidates(  # noqa: PLR0912, PLR0913, PLR0915, PLR0917  one pass over all on record
    data: TreeData,
    state: TreeState,
    case: int,
    first: int,
    weight: Floats,
    log_weight: Floats,
    chance_of: Floats,
) -> float:
    """Weigh each candidate at each number of generations, and an import (last), given all else.

    Parameters
    ----------
    first, weight : int, shape (days,)
        First day in question and the days' weights.
    log_weight, chance_of : shape (candidates * K + 1,)
        Filled in: log weight without days, and weight of the days.

    Returns
    -------
    float
        The largest log weight; minus infinity where nothing can be.
    """
    # Taken out of the named tuples once: in the loops that would cost more than the sums.
    parent, kappa, days, nearness = state.parent, state.kappa, state.day, state.nearness
    log_differ, log_same = state.log_differ, state.log_same
    infectors, direct, through, contact = data.infector, data.direct, data.through, data.met
    generation, latest_of, place, shortest = data.generation, data.latest, data.place, data.shortest
    sequence, snp, sites = data.sequence, data.snp, data.sites
    n, most, lags, here = len(parent), generation.shape[0], generation.shape[1], place[case]
    begin, end, last = data.start[case], data.start[case + 1], first + len(weight) - 1

    below = np.zeros(n, np.int64)
    # Days keep a loop out, unless somebody may infect on the day of the own infection.
    if shortest == 0 or (len(snp) > 0 and sequence[case] < 0):
        mark_below(state, case, below)
    found, steps = np.empty(max(len(snp), 1), np.int64), np.empty(max(len(snp), 1), np.int64)
    sequences = nearest_sequences(data, state, case, below, found, steps) if len(snp) > 0 else 0
    root, kind = np.empty(n if data.labels > 0 else 0, np.int64), np.empty(n if data.labels > 0 else 0, np.int64)
    own, new_label = branch_label(data, state, case, root, kind) if data.labels > 0 else (-1, 0.0)
    alien = 0.0  # sequences with no sequenced case above them
    for s in range(sequences):
        alien += foreign_log(data, state.parameter[THETA], found[s])

    outside, local = import_odds(data.imported[case], state.parameter[SHIFT])
    if outside > -np.inf:
        log_weight[-1] = outside + data.log_day + new_label + alien + (state.outside[here] if here >= 0 else 0.0)
        chance_of[-1] = weight.sum()
    best = float(log_weight[-1])
    usual, met, missed = usual_logs(data, state)
    for row in range(begin, end):
        infector = infectors[row]
        began = days[infector]
        if local == -np.inf or began > last or first - began >= lags or below[infector] == 1:
            continue
        fits = local
        if own >= 0:
            chain = kind[root[infector]]
            if chain >= 0 and chain != own:
                continue
            fits += new_label if chain < 0 else 0.0
        above, up = -1, 0
        if sequences > 0:
            above, up = sequenced_above(sequence, parent, kappa, infector)
            if above < 0:
                fits += alien
        there = place[infector]
        for k in range(most):
            latest = min(last, latest_of[infector] + k * shortest)
            chance = 0.0
            for day in range(max(first, began), min(latest, began + lags - 1) + 1):
                chance += weight[day - first] * generation[k, day - began]
            if chance <= 0:
                continue
            at = (row - begin) * most + k
            value = fits + usual[k]
            value += evidence_log(direct, through, contact, nearness, row, k + 1, here, there, met, missed)
            if above >= 0:
                for s in range(sequences):
                    differ, compared = snp[above, found[s]], sites[above, found[s]]
                    value += descended_log(differ, compared, up + k + 1 + steps[s], log_differ, log_same)
            log_weight[at], chance_of[at] = value, chance
            best = max(best, value)
    return best


@njit(cache=True, nogil=True)
def draw_case(  # noqa: PLR0913, PLR0917  arrays one by one
    data: TreeData,
    state: TreeState,
    case: int,
    whole: bool,  # noqa: FBT001
    rng: np.random.Generator,
    prob_row: Floats,
    prob_import: Floats,
    prob_kappa: Floats,
    keep: bool,  # noqa: FBT001
) -> None:
    """Draw infector and generations of a case, and its day where `whole`, given all else (Gibbs).

    Where `keep`, adds the probabilities that it drew from to `prob_row` (L,), `prob_import` (N,), `prob_kappa` (N, K).
    """
    most, lags = data.generation.shape
    begin, end = data.start[case], data.start[case + 1]
    weight = np.empty(data.date_start[case + 1] - data.date_start[case])
    first, size, top = date_weights(data, state, case, whole, weight)
    if top == -np.inf:
        return
    weight = weight[:size]
    log_weight, chance_of = np.full((end - begin) * most + 1, -np.inf), np.zeros((end - begin) * most + 1)
    best = weigh_candidates(data, state, case, first, weight, log_weight, chance_of)
    if best == -np.inf:
        return
    total = 0.0
    for at in range(len(log_weight)):
        more = log_weight[at] - best
        log_weight[at] = chance_of[at] * math.exp(more) if more > -_HOPELESS else 0.0
        total += log_weight[at]
    if keep:
        prob_import[case] += log_weight[-1] / total
        for row in range(begin, end):
            for k in range(most):
                chance = log_weight[(row - begin) * most + k] / total
                prob_row[row] += chance
                prob_kappa[case, k] += chance
    drawn = _pick(log_weight, total * rng.random())
    if drawn == len(log_weight) - 1:
        state.row[case], state.parent[case], state.kappa[case] = -1, -1, 1
    else:
        state.row[case] = begin + drawn // most
        state.parent[case] = data.infector[state.row[case]]
        state.kappa[case] = drawn % most + 1
    if not whole:
        return
    if state.parent[case] >= 0:
        infector, k = state.parent[case], state.kappa[case] - 1
        latest = data.latest[infector] + k * data.shortest
        for d in range(size):
            lag = first + d - state.day[infector]
            weight[d] *= data.generation[k, lag] if 0 <= lag < lags and first + d <= latest else 0.0
    state.day[case] = first + _pick(weight, weight.sum() * rng.random())


@njit(cache=True, nogil=True)
def _pick(weight: Floats, height: float) -> int:
    """First place where the running sum of weights passes a height."""
    last = 0
    for at in range(len(weight)):
        if weight[at] > 0:
            last = at
            height -= weight[at]
            if height < 0:
                return at
    return last


@njit(cache=True, nogil=True)
def turn_edge(data: TreeData, state: TreeState, now: float, with_children: bool, rng: np.random.Generator) -> float:  # noqa: FBT001
    """Let a case and its infector change places, with their days, and with whom they infected where asked (Metropolis).

    Its own inverse, so no correction. Returns the log posterior after it.
    """
    n = len(state.parent)
    case = min(int(rng.random() * n), n - 1)
    infector = state.parent[case]
    if infector < 0:
        return now
    row, parent, kappa, day = state.row.copy(), state.parent.copy(), state.kappa.copy(), state.day.copy()
    grand = parent[infector]
    fits = True
    state.parent[case], state.parent[infector] = grand, case
    state.kappa[case], state.kappa[infector] = kappa[infector], kappa[case]
    state.day[case], state.day[infector] = day[infector], day[case]
    if with_children:
        for child in range(n):
            if child in (case, infector):
                continue
            if parent[child] == case:
                state.parent[child] = infector
            elif parent[child] == infector:
                state.parent[child] = case
    for child in range(n):
        if state.parent[child] != parent[child]:
            state.row[child] = find_row(data, child, state.parent[child]) if state.parent[child] >= 0 else -1
            fits = fits and (state.row[child] >= 0 or state.parent[child] < 0)
    after = log_posterior(data, state) if fits else -np.inf
    if after > -np.inf and math.log(1.0 - rng.random()) < after - now:
        return after
    state.row[:], state.parent[:], state.kappa[:], state.day[:] = row, parent, kappa, day
    return now
