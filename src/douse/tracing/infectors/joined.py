"""The joint tree as a way to tell who infected whom from records: all cases at once, by the same evidence."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from douse.errors import DataError, UsageError
from douse.kernels.attribution import Series
from douse.library.links import Links
from douse.library.pathogen import Pathogen
from douse.tracing.infectors import joint_inputs
from douse.tracing.infectors.candidates import Candidates
from douse.tracing.infectors.closed import Posterior, Shown, closed_form
from douse.tracing.infectors.dates import Dates, Days
from douse.tracing.infectors.delays import day_weights, serial_interval
from douse.tracing.infectors.evidence import Evidence
from douse.tracing.infectors.facts import FAR
from douse.tracing.infectors.infection_days import InfectionDays
from douse.tracing.infectors.joint import JointTree, joint_tree
from douse.tracing.infectors.sequences import Distances

Floats = NDArray[np.float64]
Method = Callable[[Evidence, Links], tuple[Candidates, Posterior, Shown]]

# Beyond so many cases chains take too long to agree: minutes, and hours soon after.
MOST_CASES = 1_000
_SEED = 1
# Chains that differ more than this (split R-hat) do not agree; how often they are run, each time twice as long.
_AGREE, _TRIES = 1.05, 3


def joined(pathogen: Pathogen, sequences: Distances | None) -> Method:
    """The joint tree of a pathogen, with the sequences of the cases where there are any.

    The evidence of pairs and the odds of an import are those of the closed form. Where the pathogen has no generation
    time the serial interval stands for it, from onset to onset. Who is nobody's infected within the tree was infected
    outside, or by somebody unknown, as the closed form divides the two.
    """

    def method(evidence: Evidence, links: Links) -> tuple[Candidates, Posterior, Shown]:
        size = len(evidence.facts)
        if size > MOST_CASES:
            raise UsageError(
                f"The joint tree is for outbreaks of at most {MOST_CASES:,} cases; these are {size:,}.",
                next_step="Leave out --method joint, --fasta and --snp: the closed form takes any number.",
            )
        candidates, closed, shown = closed_form(evidence, links)
        days, generation = _days(evidence.dates, evidence.facts.traced, pathogen)
        tree = _agreed(
            joint_inputs.Evidence(
                days=days,
                generation=generation,
                candidates=candidates,
                sequences=sequences,
                isolated=_isolated(evidence.dates.days),
            )
        )
        first = np.nan_to_num(tree.generations[:, 0])[candidates.case]
        outside = closed.imported / np.maximum(closed.imported + closed.unknown, 1e-300)
        found = Posterior(
            direct=tree.probability * first,
            through=tree.probability * (1 - first),
            imported=tree.imported * outside,
            unknown=tree.imported * (1 - outside),
            other=np.zeros(size),
        )
        return candidates, found, shown

    return method


def _agreed(evidence: joint_inputs.Evidence) -> JointTree:
    """The joint tree, sampled longer until its chains agree."""
    sampling = joint_inputs.Sampling()
    for _ in range(_TRIES):
        tree = joint_tree(evidence, seed=_SEED, sampling=sampling)
        if max(tree.rhat.values()) < _AGREE:
            return tree
        sampling = replace(sampling, settle=2 * sampling.settle, sweeps=2 * sampling.sweeps, thin=2 * sampling.thin)
    raise DataError(
        f"The chains of the joint tree do not agree (R-hat {max(tree.rhat.values()):.2f}, at most {_AGREE} is asked).",
        next_step="Use the closed form (--method closed), or give more evidence: contacts, sequences of more cases.",
    )


def _days(dates: Dates, traced: NDArray[np.bool_], pathogen: Pathogen) -> tuple[InfectionDays, Floats]:
    """Days of infection of each case, and probabilities of 0, 1, ... days from infection to infection."""
    if pathogen.generation_time is not None:
        delay = pathogen.generation_time
        width = int(np.ceil(delay.mean.value + 6 * delay.sd.value)) + 1
        weights = day_weights(delay, delay.mean.value, delay.sd.value, width)
        return _rows_of(dates.infected), weights / weights.sum()
    interval = serial_interval(pathogen)
    weights = np.concatenate([np.zeros(max(interval.first, 0)), interval.share[max(-interval.first, 0) :]])
    return _onsets(dates, traced), weights / weights.sum()


def _rows_of(series: Series) -> InfectionDays:
    rows = []
    for shape, first in zip(series.shape, series.first, strict=True):
        low, high = series.spans[shape]
        rows.append((int(first + low), series.by_day[shape, low:high]))
    return _stacked(rows)


def _onsets(dates: Dates, traced: NDArray[np.bool_]) -> InfectionDays:
    """Onsets, and where they are missing the delay to being found back from there."""
    rows = []
    for onset, found, way in zip(dates.days.onset, dates.days.found, traced.astype(int), strict=True):
        delay = dates.delays[way]
        known = (int(onset), np.ones(1))
        rows.append(known if onset != FAR else (int(found - delay.days[-1]), delay.share[::-1]))
    return _stacked(rows)


def _stacked(rows: list[tuple[int, Floats]]) -> InfectionDays:
    start = np.concatenate([[0], np.cumsum([len(weights) for _, weights in rows])]).astype(np.int64)
    with np.errstate(divide="ignore"):
        logs = np.log(np.concatenate([weights for _, weights in rows]))
    return InfectionDays(np.array([first for first, _ in rows], dtype=np.int64), start, logs)


def _isolated(days: Days) -> Floats:
    return np.where(days.away_told & (days.away != FAR), days.away, np.nan).astype(np.float64)
