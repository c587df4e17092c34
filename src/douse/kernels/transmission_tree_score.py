"""Log posterior of a whole transmission tree: the sum that the moves of the sampler keep to.

Dates, reporting, sequences: Jombart et al. 2014, doi 10.1371/journal.pcbi.1003457; contacts: Campbell et al. 2019,
doi 10.1371/journal.pcbi.1006930; places: Robert et al. 2020, doi 10.12688/gatesopenres.13155.1. The numbers of
mutations over unsampled generations are those of a site that changes in one of them; imports have a likelihood too.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from douse.kernels.transmission_tree_types import (
    EPS,
    LAMBDA,
    LOG_SCALE,
    MOST_GENERATIONS,
    MU,
    PI,
    POWER,
    SHIFT,
    THETA,
    TreeData,
    TreeState,
)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
# Shares are kept this far from 0 and 1.
_EDGE = 1e-9


@njit(cache=True, nogil=True)
def set_mutation(state: TreeState) -> None:
    """Fill the tables of sites that differ, or not, from mu."""
    mu = state.parameter[MU]
    for k in range(1, MOST_GENERATIONS + 1):
        state.log_same[k] = k * math.log1p(-mu)
        state.log_differ[k] = math.log(k * mu) + (k - 1) * math.log1p(-mu)


@njit(cache=True, nogil=True)
def set_nearness(data: TreeData, state: TreeState) -> None:
    """Fill the tables of places from scale and power.

    A case infected from place s lives in region r with a chance that goes with people(r) ** power * kernel(s, r), an
    import with people(r) ** power; over k generations a distance counts as distance / sqrt(k), as random steps add up.
    """
    scale, power = math.exp(state.parameter[LOG_SCALE]), state.parameter[POWER]
    km, region, population, power_law = data.km, data.region, data.population, data.power_law
    nearness, outside = state.nearness, state.outside
    places, regions = km.shape
    pull = population**power
    everywhere, people = pull.sum(), population.sum()
    for t in range(places):
        r = region[t]
        outside[t] = math.log(pull[r] / everywhere * people / population[r])
    for k in range(len(nearness)):
        shorter = 1.0 / math.sqrt(k + 1.0)
        for s in range(places):
            total = 0.0
            for r in range(regions):
                away = km[s, r] * shorter
                total += pull[r] * ((1.0 + away) ** -scale if power_law else math.exp(-scale * away))
            share = math.log(everywhere / total)
            for t in range(places):
                away = km[s, region[t]] * shorter
                nearness[k, s, t] = outside[t] + share - scale * (math.log1p(away) if power_law else away)


@njit(cache=True, nogil=True, inline="always")
def sequenced_above(sequence: Ints, parent: Ints, kappa: Ints, case: int) -> tuple[int, int]:
    """Sequence row of a case, or else of the nearest sequenced case above it, and generations up to that (-1: none)."""
    at, generations = case, 0
    while at >= 0 and sequence[at] < 0:
        generations += kappa[at]
        at = parent[at]
    return (sequence[at] if at >= 0 else -1), generations


@njit(cache=True, nogil=True, inline="always")
def descended_log(differ: float, compared: float, generations: int, log_differ: Floats, log_same: Floats) -> float:
    """Log probability of a sequence given one so many generations above it."""
    k = min(generations, MOST_GENERATIONS)
    value: float = differ * log_differ[k] + (compared - differ) * log_same[k]
    return value


@njit(cache=True, nogil=True)
def foreign_log(data: TreeData, theta: float, below: int) -> float:
    """Log probability of a sequence without a sequenced case above it: so far from that of the earliest case."""
    if below == data.centre:
        return 0.0
    differ = data.snp[data.centre, below]
    value: float = differ * math.log(theta) + (data.sites[data.centre, below] - differ) * math.log1p(-theta)
    return value


@njit(cache=True, nogil=True)
def usual_logs(data: TreeData, state: TreeState) -> tuple[Floats, float, float]:
    """Log probability of 1, 2, ... generations, shape (K,); what a pair gains by a contact on record, by none."""
    pi, eps, by_chance = state.parameter[PI], state.parameter[EPS], state.parameter[EPS] * state.parameter[LAMBDA]
    usual = np.empty(len(data.generation))
    for k in range(len(usual)):
        usual[k] = data.log_pair + math.log(pi) + k * math.log1p(-pi)
    if data.pairs <= 0:
        return usual, 0.0, 0.0
    return usual, math.log(eps / by_chance), math.log1p(-eps) - math.log1p(-by_chance)


@njit(cache=True, nogil=True, inline="always")
def evidence_log(  # noqa: PLR0913, PLR0917  arrays one by one: taking them from the named tuple each time costs more
    direct: Floats,
    through: Floats,
    contact: Floats,
    nearness: Floats,
    row: int,
    kappa: int,
    here: int,
    there: int,
    met: float,
    missed: float,
) -> float:
    """Log evidence of a row at so many generations, from place `there` to `here`; not of days, sequences and labels."""
    value: float = through[row] if kappa > 1 else direct[row] + (met if contact[row] > 0 else missed)
    if here >= 0 and there >= 0:
        value += nearness[kappa - 1, there, here]
    return value


@njit(cache=True, nogil=True, inline="always")
def import_odds(odds: float, shift: float) -> tuple[float, float]:
    """Log prior of an import, and of a local infection."""
    if odds == np.inf:
        return 0.0, -np.inf
    if odds == -np.inf:
        return -np.inf, 0.0
    moved = odds + shift
    # log(1 + exp(moved)), whichever its sign
    local = min(-moved, 0.0) - math.log1p(math.exp(-abs(moved)))
    return local + moved, local


@njit(cache=True, nogil=True)
def find_roots(state: TreeState, root: Ints) -> None:
    """Fill in the import that each case descends from; shape (N,)."""
    root[:] = -1
    for case in range(len(root)):
        top = case
        while state.parent[top] >= 0 and root[top] < 0:
            top = state.parent[top]
        top = root[top] if root[top] >= 0 else top
        at = case
        while at != top and root[at] < 0:
            root[at] = top
            at = state.parent[at]
        root[top] = top


@njit(cache=True, nogil=True)
def label_chains(data: TreeData, root: Ints, kind: Ints) -> bool:
    """Fill in the label of each chain at its root (-1: none known); False where two labels meet."""
    kind[:] = -1
    for case in range(len(root)):
        label = data.label[case]
        if label >= 0:
            if kind[root[case]] >= 0 and kind[root[case]] != label:
                return False
            kind[root[case]] = label
    return True


@njit(cache=True, nogil=True)
def labels_log(data: TreeData, state: TreeState) -> float:
    """Log probability of the chains' labels, their shares in the world unknown (Dirichlet, one each)."""
    root, kind = np.empty(len(data.label), np.int64), np.empty(len(data.label), np.int64)
    find_roots(state, root)
    if not label_chains(data, root, kind):
        return -np.inf
    count = np.zeros(data.labels)
    value, chains = 0.0, 0.0
    for label in kind:
        if label >= 0:
            value += math.log((count[label] + 1.0) / (chains + data.labels))
            count[label] += 1.0
            chains += 1.0
    return value


@njit(cache=True, nogil=True)
def contacts_log(data: TreeData, state: TreeState) -> float:
    """Log probability of the contacts on record if nobody had infected anybody; `evidence_log` adds the pairs'."""
    if data.pairs <= 0:
        return 0.0
    by_chance = state.parameter[EPS] * state.parameter[LAMBDA]
    return data.contacts * math.log(by_chance) + (data.pairs - data.contacts) * math.log1p(-by_chance)


@njit(cache=True, nogil=True)
def sequences_log(data: TreeData, state: TreeState) -> float:
    """Log probability of all sequences."""
    sequence, parent, kappa = data.sequence, state.parent, state.kappa
    snp, sites, log_differ, log_same = data.snp, data.sites, state.log_differ, state.log_same
    value = 0.0
    for case in range(len(sequence)):
        below = sequence[case]
        if below < 0:
            continue
        above, generations = -1, 0
        if parent[case] >= 0:
            above, generations = sequenced_above(sequence, parent, kappa, parent[case])
        if above >= 0:
            value += descended_log(
                snp[above, below], sites[above, below], generations + kappa[case], log_differ, log_same
            )
        else:
            value += foreign_log(data, state.parameter[THETA], below)
    return value


@njit(cache=True, nogil=True)
def log_prior(data: TreeData, parameter: Floats) -> float:
    """Log prior density of the unknowns, up to a constant.

    mu: flat between two limits; pi, eps, lambda: Beta(a, b); theta: flat in its log between two limits; shift:
    normal with mean and spread (spread 0: fixed); log scale and power: flat between two limits.
    """
    prior = data.prior
    value = 0.0
    for at in (PI, EPS, LAMBDA):
        x = parameter[at]
        if x < _EDGE or x > 1.0 - _EDGE:
            return -np.inf
        value += (prior[at, 0] - 1) * math.log(x) + (prior[at, 1] - 1) * math.log1p(-x)
    for at in (MU, THETA, LOG_SCALE, POWER):
        if parameter[at] < prior[at, 0] or parameter[at] > prior[at, 1]:
            return -np.inf
    value -= math.log(parameter[THETA])
    if prior[SHIFT, 1] > 0:
        value -= ((parameter[SHIFT] - prior[SHIFT, 0]) / prior[SHIFT, 1]) ** 2 / 2
    return value


@njit(cache=True, nogil=True)
def log_posterior(data: TreeData, state: TreeState) -> float:
    """Log posterior of a tree and its unknowns, up to a constant; minus infinity where it cannot be."""
    value = log_prior(data, state.parameter) + contacts_log(data, state)
    usual, met, missed = usual_logs(data, state)
    parent, kappas, day, row, shift = state.parent, state.kappa, state.day, state.row, state.parameter[SHIFT]
    first, date_start, date_log, generation = data.first, data.date_start, data.date_log, data.generation
    direct, through, contact, nearness, place = data.direct, data.through, data.met, state.nearness, data.place
    latest, imported, lags = data.latest, data.imported, generation.shape[1]
    for case in range(len(parent)):
        date = day[case] - first[case]
        if date < 0 or date >= date_start[case + 1] - date_start[case]:
            return -np.inf
        value += date_log[date_start[case] + date]
        outside, local = import_odds(imported[case], shift)
        infector, kappa = parent[case], kappas[case]
        if infector < 0:
            value += outside + data.log_day
            if place[case] >= 0:
                value += state.outside[place[case]]
            continue
        lag = day[case] - day[infector]
        if lag < 0 or lag >= lags or day[case] - (kappa - 1) * data.shortest > latest[infector]:
            return -np.inf
        chance = generation[kappa - 1, lag]
        if chance <= 0:
            return -np.inf
        value += local + math.log(chance) + usual[kappa - 1]
        value += evidence_log(
            direct, through, contact, nearness, row[case], kappa, place[case], place[infector], met, missed
        )
    if value == -np.inf:
        return value
    if len(data.snp) > 0:
        value += sequences_log(data, state)
    if data.labels > 0:
        value += labels_log(data, state)
    return value
