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
def nearest_sequences(
    data: TreeData, state: TreeState, case: int, below: Ints, found: Ints, generations: Ints
) -> int:  # the sequences whose probability hangs on who infected the case
    """Fill in the rows of sequences at or first below a case and the generations down to them; their number."""
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
def draw_case(  # noqa: PLR0912, PLR0913, PLR0914, PLR0915, PLR0917  one pass over candidates; parts of it run nowhere else
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

    Adds the probabilities that it drew from to `prob_row` (L,), `prob_import` (N,) and `prob_kappa` (N, K) where `keep`.
    """
    # Taken out of the named tuples once: in the loops that would cost more than the sums.
    parent, kappa, days, nearness = state.parent, state.kappa, state.day, state.nearness
    log_differ, log_same = state.log_differ, state.log_same
    infectors, direct, through, contact = data.infector, data.direct, data.through, data.met
    generation, latest_of, place, shortest = data.generation, data.latest, data.place, data.shortest
    sequence, snp, sites = data.sequence, data.snp, data.sites
    n, most, lags = len(parent), generation.shape[0], generation.shape[1]
    begin, end = data.start[case], data.start[case + 1]
    here = place[case]
    size = data.date_start[case + 1] - data.date_start[case]
    weight = np.empty(size)
    first, size, top = date_weights(data, state, case, whole, weight)
    if top == -np.inf:
        return
    has_sequences, has_labels = len(data.snp) > 0, data.labels > 0
    below = np.zeros(n, np.int64)
    if has_labels or data.shortest == 0 or (has_sequences and data.sequence[case] < 0):
        mark_below(state, case, below)
    found, steps = np.empty(max(len(data.snp), 1), np.int64), np.empty(max(len(data.snp), 1), np.int64)
    sequences = nearest_sequences(data, state, case, below, found, steps) if has_sequences else 0
    own = -1
    root, kind = np.empty(0, np.int64), np.empty(0, np.int64)
    new_label = 0.0
    if has_labels:
        # The case's branch is cut off first: its label must be that of the chain it is put into.
        held = state.parent[case]
        state.parent[case] = -1
        root, kind = np.empty(n, np.int64), np.empty(n, np.int64)
        find_roots(state, root)
        label_chains(data, root, kind)
        state.parent[case] = held
        own = kind[case]
        if own >= 0:
            same, chains = 1.0, float(data.labels)
            for other in range(n):
                if other != case and kind[other] >= 0:
                    chains += 1.0
                    same += 1.0 if kind[other] == own else 0.0
            new_label = math.log(same / chains)

    log_weight = np.full((end - begin) * most + 1, -np.inf)
    outside, local = import_odds(data.imported[case], state.parameter[SHIFT])
    # Sequences with no sequenced case above them.
    alien = 0.0
    for s in range(sequences):
        alien += foreign_log(data, state.parameter[THETA], found[s])
    if outside > -np.inf:
        log_weight[-1] = outside + data.log_day + new_label + alien + (state.outside[here] if here >= 0 else 0.0)
    last = first + size - 1
    best = log_weight[-1]
    usual, met, missed = usual_logs(data, state)
    chance_of = np.zeros(len(log_weight))
    chance_of[-1] = weight[:size].sum()
    for row in range(begin, end):
        infector = infectors[row]
        began = days[infector]
        if local == -np.inf or began > last or first - began >= lags or below[infector] == 1:
            continue
        fits = local
        if own >= 0:
            kind_there = kind[root[infector]]
            if kind_there >= 0 and kind_there != own:
                continue
            fits += new_label if kind_there < 0 else 0.0
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
    drawn = _pick(log_weight, len(log_weight), total * rng.random())
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
    state.day[case] = first + _pick(weight, size, weight[:size].sum() * rng.random())


@njit(cache=True, nogil=True)
def _pick(weight: Floats, size: int, height: float) -> int:
    """First place where the running sum of weights passes a height."""
    last = 0
    for at in range(size):
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
            if child != case and child != infector and parent[child] == case:
                state.parent[child] = infector
            elif child != case and child != infector and parent[child] == infector:
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
