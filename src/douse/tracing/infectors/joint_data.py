"""The joint tree's inputs checked and put into the arrays that its kernel reads."""

import numpy as np
from numpy.typing import NDArray

from douse.errors import DataError
from douse.kernels.transmission_tree_types import (
    EPS,
    LAMBDA,
    LOG_SCALE,
    MOST_GENERATIONS,
    MU,
    PARAMETERS,
    PI,
    POWER,
    SHIFT,
    THETA,
    TreeData,
    TreeState,
)
from douse.tracing.infectors.infection_days import InfectionDays, checked_pmf
from douse.tracing.infectors.joint_inputs import Contacts, Evidence, Sampling

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_NEVER = 2**40


def prepare(evidence: Evidence, sampling: Sampling) -> tuple[TreeData, NDArray[np.bool_], Ints]:
    """Arrays for the kernel, the unknowns that are sampled, and where each row stands in the candidates given.

    Raises
    ------
    DataError
        Where shapes do not fit, or a case can have no infector and is known not to be an import.
    """
    days, cases = evidence.days, len(evidence.days.first)
    generation = _generations(checked_pmf(evidence.generation, "generation time"), sampling.generations)
    start, infector, direct, through, imported, kept = _rows(evidence, generation.shape[1], sampling.import_share)
    _check_locals(imported, start)
    met, contacts, pairs = _met(evidence.contacts, start, infector, cases)
    sequences, places, label = evidence.sequences, evidence.places, evidence.label
    for name, values in (
        ("sequences", None if sequences is None else sequences.sequence),
        ("places", None if places is None else places.place),
        ("labels", label),
        ("isolation days", evidence.isolated),
    ):
        if values is not None and len(values) != cases:
            raise DataError(f"infectors: {len(values)} {name} for {cases} cases.", allowed="one a case, in their order")
    first, last = _window(days)
    none, blank = np.full(cases, -1, dtype=np.int64), np.empty((0, 0))
    isolated = np.full(cases, _NEVER, dtype=np.int64)
    if evidence.isolated is not None:
        held = ~np.isnan(evidence.isolated)
        isolated[held] = evidence.isolated[held].astype(np.int64)
    data = TreeData(
        start=start,
        infector=infector,
        direct=direct,
        through=through,
        met=met,
        first=days.first,
        date_start=days.start,
        date_log=days.log,
        generation=generation,
        latest=isolated,
        shortest=int(np.flatnonzero(generation[0])[0]),
        imported=imported,
        log_pair=_log_pair(days, generation[0]),
        log_day=float(-np.log(last.max() - first.min() + 1)),
        sequence=none if sequences is None else sequences.sequence,
        snp=blank if sequences is None else sequences.differ,
        sites=blank if sequences is None else sequences.compared,
        centre=-1 if sequences is None else _centre(sequences.sequence, first),
        label=none if label is None else np.asarray(label, dtype=np.int64),
        labels=0 if label is None else int(label.max(initial=-1)) + 1,
        place=none if places is None else places.place,
        region=np.empty(0, dtype=np.int64) if places is None else places.region,
        km=blank if places is None else places.km,
        population=np.empty(0) if places is None else places.population,
        power_law=sampling.power_law,
        contacts=contacts,
        pairs=pairs,
        prior=_priors(evidence, sampling),
    )
    free = np.zeros(PARAMETERS, dtype=bool)
    free[PI] = sampling.generations > 1
    free[[EPS, LAMBDA]] = pairs > 0
    free[[MU, THETA]] = sequences is not None
    free[SHIFT] = sampling.import_spread > 0 and bool(np.isfinite(imported).any())
    free[[LOG_SCALE, POWER]] = places is not None and len(places.region) > 1
    return data, free, kept


def first_state(data: TreeData, free: NDArray[np.bool_], rng: np.random.Generator) -> TreeState:
    """A tree to begin a chain with: everybody an import, on a day drawn from the case's own record.

    Unknowns that are sampled begin apart from chain to chain; the others stay where their prior has its middle.
    """
    cases = len(data.first)
    day = np.empty(cases, dtype=np.int64)
    for case in range(cases):
        chance = np.exp(data.date_log[data.date_start[case] : data.date_start[case + 1]])
        day[case] = data.first[case] + rng.choice(len(chance), p=chance / chance.sum())
    low, high = data.prior.T
    parameter = (low + high) / 2
    drawn = rng.beta(low[[PI, EPS, LAMBDA]] + 1, high[[PI, EPS, LAMBDA]] + 1)
    parameter[[PI, EPS, LAMBDA]] = np.where(free[[PI, EPS, LAMBDA]], drawn, (low / (low + high))[[PI, EPS, LAMBDA]])
    if not free[PI]:
        parameter[PI] = 1.0 - 1e-9
    for at in (LOG_SCALE, POWER):
        parameter[at] += free[at] * rng.uniform(-0.25, 0.25) * (high[at] - low[at])
    # Mutations: from one difference in all sequences a generation to some more.
    parameter[MU] = min(low[THETA] * np.exp(rng.uniform(0, 2)), high[MU]) if free[MU] else high[MU]
    reach = np.log(high[THETA] / low[THETA])
    parameter[THETA] = low[THETA] * np.exp(rng.uniform(0.25, 0.75) * reach) if free[THETA] else high[THETA]
    parameter[SHIFT] = low[SHIFT]
    most, places = data.generation.shape[0], len(data.region)
    return TreeState(
        row=np.full(cases, -1, dtype=np.int64),
        parent=np.full(cases, -1, dtype=np.int64),
        kappa=np.ones(cases, dtype=np.int64),
        day=day,
        parameter=parameter,
        log_differ=np.zeros(MOST_GENERATIONS + 1),
        log_same=np.zeros(MOST_GENERATIONS + 1),
        nearness=np.zeros((most, places, places)),
        outside=np.zeros(places),
    )


def _generations(pmf: Floats, most: int) -> Floats:
    """Distribution of the lag over 1 to `most` generations, one a row."""
    if most < 1:
        raise DataError("infectors: no generation is allowed.", allowed="1 or more")
    last = int(np.flatnonzero(pmf)[-1])
    pmf = pmf[: last + 1]
    table = np.zeros((most, last * most + 1))
    lag = np.ones(1)
    for k in range(most):
        lag = np.convolve(lag, pmf)
        table[k, : len(lag)] = lag
    return table


def _window(days: InfectionDays) -> tuple[Ints, Ints]:
    return days.first, days.first + np.diff(days.start) - 1


def _log_pair(days: InfectionDays, generation: Floats) -> float:
    """Log prior of each infector: one in as many as cases have had time to infect before the last day.

    The last cases of an outbreak that still grows have had none, so each of the others counts for more.
    """
    first, last = _window(days)
    below = np.cumsum(generation)
    cases = np.repeat(np.arange(len(first)), np.diff(days.start))
    left = last.max() - first[cases] - (np.arange(len(days.log)) - days.start[cases])
    chance = np.exp(days.log)
    share = np.bincount(cases, chance * below[np.minimum(left, len(below) - 1)]) / np.bincount(cases, chance)
    return float(-np.log(max(share.sum(), 1.0)))


def _rows(evidence: Evidence, lags: int, share: float) -> tuple[Ints, Ints, Floats, Floats, Floats, Ints]:
    """Candidates that the days allow: rows, evidence, log odds of imports, and their places in the rows given."""
    first, last = _window(evidence.days)
    cases = len(first)
    given = evidence.candidates
    if given is None:
        case, infector = np.nonzero(~np.eye(cases, dtype=bool))
        direct = through = np.zeros(len(case))
        imported = np.full(cases, np.log(share) - np.log1p(-share))
    else:
        if len(given.start) != cases + 1 or len(given.imported) != cases:
            raise DataError(f"infectors: candidates of {len(given.start) - 1} cases, days of {cases}.")
        case, infector = np.repeat(np.arange(cases), np.diff(given.start)), given.infector
        direct, through, imported = given.direct, given.through, given.imported
    fits = (last[case] >= first[infector]) & (first[case] - last[infector] < lags)
    fits &= (direct > -np.inf) | (through > -np.inf)
    kept = np.flatnonzero(fits)
    start = np.concatenate([[0], np.cumsum(np.bincount(case[kept], minlength=cases))]).astype(np.int64)
    return (
        start,
        infector[kept].astype(np.int64),
        direct[kept].astype(np.float64),
        through[kept].astype(np.float64),
        imported.astype(np.float64),
        kept,
    )


def _check_locals(imported: Floats, start: Ints) -> None:
    stranded = np.flatnonzero((imported == -np.inf) & (np.diff(start) == 0))
    if len(stranded):
        raise DataError(
            f"infectors: {len(stranded)} cases are known not to be imports, and nobody can have infected them "
            f"(first at position {stranded[0]}).",
            allowed="a candidate whose days fit, or an import",
            next_step="Check their days, or let them be imports.",
        )


def _met(contacts: Contacts | None, start: Ints, infector: Ints, cases: int) -> tuple[Floats, float, float]:
    """Which rows are reported contacts; how many pairs are, and how many could have been."""
    if contacts is None:
        return np.zeros(len(infector)), 0.0, 0.0
    pairs = np.asarray(contacts.pairs, dtype=np.int64).reshape(-1, 2)
    if pairs.size and (pairs.min() < 0 or pairs.max() >= cases or (pairs[:, 0] == pairs[:, 1]).any()):
        raise DataError("contacts: a pair of a case with itself, or with a case that is not there.")
    if not contacts.directed:
        pairs = np.sort(pairs, axis=1)
    numbers = np.unique(pairs[:, 0] * cases + pairs[:, 1])
    case = np.repeat(np.arange(cases), np.diff(start))
    one, two = (infector, case) if contacts.directed else (np.minimum(infector, case), np.maximum(infector, case))
    possible = cases * (cases - 1) / (1 if contacts.directed else 2)
    return np.isin(one * cases + two, numbers).astype(np.float64), float(len(numbers)), float(possible)


def _centre(sequence: Ints, first: Ints) -> int:
    """Row of the sequence of the earliest case that has one: what the sequences of imports are compared with."""
    held = np.flatnonzero(sequence >= 0)
    return int(sequence[held[np.argmin(first[held])]]) if len(held) else -1


def _priors(evidence: Evidence, sampling: Sampling) -> Floats:
    """Two numbers an unknown; see `transmission_tree_score.log_prior`."""
    prior = np.ones((PARAMETERS, 2))
    prior[PI], prior[EPS], prior[LAMBDA] = sampling.reporting, sampling.coverage, sampling.false_contacts
    prior[SHIFT] = 0.0, sampling.import_spread
    prior[[MU, THETA]] = 1e-9, 0.5
    prior[POWER] = 0.0, 2.0
    if evidence.sequences is not None and evidence.sequences.compared.any():
        # Imports may differ by less than one site of all sequences, and by as much as letters at random do.
        sequences = evidence.sequences
        prior[MU] = 1e-12, 0.5
        prior[THETA] = 1 / (sequences.compared.max() * max(len(sequences.differ), 1)), 0.75
    if evidence.places is not None:
        away = evidence.places.km[evidence.places.km > 0]
        if len(away):
            # Reach between the shortest and the longest distance of the map; as a power, from nearly none to steep.
            prior[LOG_SCALE] = -np.log(away.max()), -np.log(away.min())
        if sampling.power_law:
            prior[LOG_SCALE] = np.log(0.05), np.log(20.0)
    return prior
