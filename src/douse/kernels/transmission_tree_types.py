"""What the sampler of transmission trees reads and what it changes, as named arrays."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Places of the unknowns in `TreeState.parameter`.
MU, PI, EPS, LAMBDA, THETA, SHIFT, LOG_SCALE, POWER = range(8)
PARAMETERS = 8
# Generations between sequenced cases are counted up to here.
MOST_GENERATIONS = 200


class TreeData(NamedTuple):
    """N cases by position, in whole days; what is not known of a case is -1 (sequence, label, place).

    Attributes
    ----------
    start, infector : shapes (N + 1,), (L,)
        Candidates in compressed rows, ascending within a case.
    direct, through : shape (L,)
        Log evidence for a pair at one generation, and at more.
    met : shape (L,)
        1 where the pair is a reported contact.
    first, date_start, date_log : shapes (N,), (N + 1,), (D,)
        Case j was infected on day ``first[j] + k`` with log likelihood ``date_log[date_start[j] + k]``.
    generation : shape (K, M)
        Probability of a lag of m days after k + 1 generations.
    latest : shape (N,)
        Last day on which a case infects.
    shortest : int
        Least lag of one generation, in days.
    imported : shape (N,)
        Log prior odds of an import.
    log_pair, log_day : float
        Log prior of each possible infector, and of each day for an import.
    sequence, snp, sites, centre : shapes (N,), (S, S), (S, S), int
        Row of a case among S sequences, differing and compared sites, row that imports are compared with.
    label, labels : shape (N,), int
        Kind (genotype) that a whole chain shares, and how many kinds there are.
    place, region, km, population : shapes (N,), (P,), (P, R), (R,)
        Place of a case, region of a place, kilometres from places to regions, people of regions.
    power_law : bool
        Distance kernel: (1 + d) ** -a rather than exp(-a d).
    contacts, pairs : float
        Reported contact pairs, and pairs that could have been reported.
    prior : shape (8, 2)
        Two numbers an unknown; see `transmission_tree_score.log_prior`.
    """

    start: Ints
    infector: Ints
    direct: Floats
    through: Floats
    met: Floats
    first: Ints
    date_start: Ints
    date_log: Floats
    generation: Floats
    latest: Ints
    shortest: int
    imported: Floats
    log_pair: float
    log_day: float
    sequence: Ints
    snp: Floats
    sites: Floats
    centre: int
    label: Ints
    labels: int
    place: Ints
    region: Ints
    km: Floats
    population: Floats
    power_law: bool
    contacts: float
    pairs: float
    prior: Floats


class TreeState(NamedTuple):
    """One tree and the unknowns, changed in place.

    Attributes
    ----------
    row : shape (N,)
        Position in the candidates' rows of the infector of a case; -1 for an import.
    parent, kappa, day : shape (N,)
        Infector (-1: import), generations from it (1 for an import), day of infection.
    parameter : shape (8,)
        mu, pi, eps, lambda, theta, shift, log scale, power.
    log_differ, log_same : shape (MOST_GENERATIONS + 1,)
        Log probability that a site differs, or not, after so many generations.
    nearness : shape (K, P, P)
        Log ratio of the chance of a place given the infector's place to its share of people.
    outside : shape (P,)
        The same for an import: as if infected from nowhere near.
    """

    row: Ints
    parent: Ints
    kappa: Ints
    day: Ints
    parameter: Floats
    log_differ: Floats
    log_same: Floats
    nearness: Floats
    outside: Floats
