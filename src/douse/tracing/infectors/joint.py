"""The joint tree: who infected whom, when, and over how many generations, all cases at once (MCMC)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from douse.errors import DataError
from douse.kernels.rhat import split_rhat
from douse.kernels.transmission_tree import sample_tree
from douse.kernels.transmission_tree_types import PARAMETERS, TreeData
from douse.tracing.infectors.consensus import best_forest
from douse.tracing.infectors.joint_data import first_state, prepare
from douse.tracing.infectors.joint_inputs import Evidence, Sampling

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

UNKNOWNS = ("mu", "pi", "eps", "lambda", "theta", "shift", "log_scale", "power")
# Infectors this likely to be right or wrong are watched for agreement between chains.
_DOUBTFUL = 0.05


@dataclass(frozen=True)
class JointTree:
    """Posterior of the tree of N cases, from C chains of S trees each.

    Parameters
    ----------
    start, infector : numpy.ndarray[int64], shapes (N + 1,), (L,)
        Candidates in compressed rows: those given, or all pairs.
    probability : numpy.ndarray[float64], shape (L,)
        That the candidate infected the case, itself or through others who are not on record.
    imported : numpy.ndarray[float64], shape (N,)
        Probability of an import; a case's row of `probability` and this add up to 1.
    generations : numpy.ndarray[float64], shape (N, K)
        Probability of 1 to K generations from the infector, given that there is one; NaN for sure imports.
    top : numpy.ndarray[int64], shape (N,)
        Most probable infector; -1 where an import is more probable than all infectors together.
    tree : numpy.ndarray[int64], shape (N,)
        The most probable infectors that make no loop (greatest product of probabilities); -1 for an import.
    days : numpy.ndarray[float64], shape (3, N)
        5%, 50% and 95% quantile of the day of infection.
    unknowns : dict of str to numpy.ndarray[float64], each of shape (C, S)
        Draws of those that were sampled.
    log_posterior : numpy.ndarray[float64], shape (C, S)
    rhat : dict of str to float
        Split R-hat of the log posterior, of each unknown, and the largest over doubtful infectors (`infectors`) and
        days (`days`).
    """

    start: Ints
    infector: Ints
    probability: Floats
    imported: Floats
    generations: Floats
    top: Ints
    tree: Ints
    days: Floats
    unknowns: dict[str, Floats]
    log_posterior: Floats
    rhat: dict[str, float]

    def dense(self) -> Floats:
        """Probability of each infector (column) of each case (row), imports in the last column; shape (N, N + 1)."""
        cases = len(self.imported)
        table = np.zeros((cases, cases + 1))
        table[np.repeat(np.arange(cases), np.diff(self.start)), self.infector] = self.probability
        table[:, -1] = self.imported
        return table


@dataclass(frozen=True)
class _Chain:
    log_post: Floats
    parameters: Floats
    rows: NDArray[np.int32]
    days: NDArray[np.int32]
    prob_row: Floats
    prob_import: Floats
    prob_kappa: Floats


def joint_tree(evidence: Evidence, *, seed: int, sampling: Sampling | None = None, threads: int = 2) -> JointTree:
    """Posterior of who infected whom by what is known of all cases together.

    Parameters
    ----------
    evidence : Evidence
    seed : int
        The same seed gives the same answer, whatever the number of threads.
    sampling : Sampling, optional
    threads : int
        Chains that run at a time.

    Raises
    ------
    DataError
        Where the evidence does not fit together, or no tree explains it.
    """
    how = sampling or Sampling()
    if how.chains < 2 or how.sweeps < 4 * how.thin or how.thin < 1:
        raise DataError("infectors: too short a run.", allowed="2 chains or more, of 4 kept trees or more")
    data, free, kept = prepare(evidence, how)
    with ThreadPoolExecutor(max_workers=max(threads, 1)) as pool:
        chains = list(pool.map(lambda chain: _run(data, free, how, seed, chain), range(how.chains)))
    log_post = np.stack([chain.log_post for chain in chains])
    if not np.isfinite(log_post).all():
        raise DataError(
            "infectors: no tree explains the days and the evidence.",
            allowed="each case that is known not to be an import has an infector whose days fit",
            next_step="Look for days that are wrong, let cases be imports, or allow more generations.",
        )
    return _summary(evidence, data, free, kept, chains)


def _run(data: TreeData, free: NDArray[np.bool_], how: Sampling, seed: int, chain: int) -> _Chain:
    """One chain, with a stream of random numbers that is its own."""
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence(entropy=seed, spawn_key=(chain,))))
    state = first_state(data, free, rng)
    cases, kept = len(data.first), how.sweeps // how.thin
    answer = _Chain(
        log_post=np.empty(kept),
        parameters=np.empty((kept, PARAMETERS)),
        rows=np.empty((kept, cases), dtype=np.int32),
        days=np.empty((kept, cases), dtype=np.int32),
        prob_row=np.zeros(len(data.infector)),
        prob_import=np.zeros(cases),
        prob_kappa=np.zeros((cases, how.generations)),
    )
    kappas = np.empty((kept, cases), dtype=np.int8)
    sample_tree(
        data,
        state,
        free,
        how.settle,
        how.sweeps,
        how.thin,
        rng,
        answer.log_post,
        answer.parameters,
        answer.rows,
        kappas,
        answer.days,
        answer.prob_row,
        answer.prob_import,
        answer.prob_kappa,
    )
    return answer


def _summary(
    evidence: Evidence, data: TreeData, free: NDArray[np.bool_], kept: Ints, chains: list[_Chain]
) -> JointTree:
    cases = len(data.first)
    case = np.repeat(np.arange(cases), np.diff(data.start))
    by_row = np.mean([chain.prob_row for chain in chains], axis=0)
    imported = np.mean([chain.prob_import for chain in chains], axis=0)
    total = imported + np.bincount(case, by_row, minlength=cases)
    by_row, imported = by_row / total[case], imported / total
    kappa = np.mean([chain.prob_kappa for chain in chains], axis=0)
    with np.errstate(invalid="ignore"):
        kappa /= kappa.sum(axis=1, keepdims=True)
    given = evidence.candidates
    start = np.arange(cases + 1) * (cases - 1) if given is None else given.start
    infector = np.nonzero(~np.eye(cases, dtype=bool))[1] if given is None else given.infector
    probability = np.zeros(len(infector))
    probability[kept] = by_row
    draws = np.stack([chain.parameters for chain in chains])
    log_post = np.stack([chain.log_post for chain in chains])
    days = np.stack([chain.days for chain in chains])
    unknowns = {name: draws[:, :, at] for at, name in enumerate(UNKNOWNS) if free[at]}
    rows = np.stack([chain.rows for chain in chains])
    return JointTree(
        start=start,
        infector=infector,
        probability=probability,
        imported=imported,
        generations=kappa,
        top=_top(data.start, data.infector, by_row, imported),
        tree=best_forest(data.start, data.infector, by_row, imported),
        days=np.quantile(days.reshape(-1, cases), [0.05, 0.5, 0.95], axis=0),
        unknowns=unknowns,
        log_posterior=log_post,
        rhat=_agreement(log_post, unknowns, days, rows, data, by_row, imported),
    )


def _top(start: Ints, infector: Ints, probability: Floats, imported: Floats) -> Ints:
    """Most probable infector of each case that is not more probably an import; the first of equals."""
    top = np.full(len(imported), -1, dtype=np.int64)
    for case in range(len(imported)):
        row = probability[start[case] : start[case + 1]]
        if len(row) and imported[case] <= 0.5:
            top[case] = infector[start[case] + int(np.argmax(row))]
    return top


def _agreement(  # noqa: PLR0913, PLR0917  everything that chains can disagree about
    log_post: Floats,
    unknowns: dict[str, Floats],
    days: NDArray[np.int32],
    rows: NDArray[np.int32],
    data: TreeData,
    probability: Floats,
    imported: Floats,
) -> dict[str, float]:
    """R-hat of the log posterior and the unknowns, and the largest over infectors in doubt and days."""
    rhat = {"log_posterior": float(split_rhat(log_post[:, :, np.newaxis])[0])}
    for name, draws in unknowns.items():
        rhat[name] = float(split_rhat(draws[:, :, np.newaxis])[0])
    rhat["days"] = float(split_rhat(days.astype(np.float64)).max())
    case = np.repeat(np.arange(len(imported)), np.diff(data.start))
    open_rows = np.flatnonzero((probability > _DOUBTFUL) & (probability < 1 - _DOUBTFUL))
    open_imports = np.flatnonzero((imported > _DOUBTFUL) & (imported < 1 - _DOUBTFUL))
    chosen = np.concatenate([rows[:, :, case[open_rows]] == open_rows, rows[:, :, open_imports] == -1], axis=2)
    rhat["infectors"] = float(split_rhat(chosen.astype(np.float64)).max(initial=1.0))
    return rhat
