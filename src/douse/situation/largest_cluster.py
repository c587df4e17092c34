"""The largest cluster to expect: by one spreader among the next cases, or of a whole chain."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.kernels import offspring as kernel
from douse.library.pathogen import Pathogen
from douse.situation.offspring import Fit, fit_counts, offspring_counts

Floats = NDArray[np.float64]
Kind = Literal["event", "chain"]

PROBABILITIES = (0.5, 0.8, 0.95, 0.99)
# Pairs of R and k that stand for their uncertainty, and the largest size that is looked at.
_PAIRS, _LARGEST = 60, 4096


def largest_cluster(  # noqa: PLR0913  the cases, and what to expect of how many, by keyword
    cases: pl.DataFrame,
    *,
    as_of: date,
    pathogen: Pathogen | None = None,
    si: tuple[float, float] | None = None,
    next_cases: int = 100,
    kind: Kind = "event",
    probabilities: Sequence[float] = PROBABILITIES,
) -> pl.DataFrame:
    """Size that the largest cluster will not exceed, by probability, if spread goes on as recorded.

    Parameters
    ----------
    cases, as_of, pathogen, si
        As for `offspring`, which gives R and k; what these leave open is carried through.
    next_cases : int, default 100
        Cases to come (event), or cases that arrive and may each start a chain (chain).
    kind : {"event", "chain"}
        event: infections by the one case that infects most. chain: cases of the largest chain, its first among them.
    probabilities : sequence of float, default (0.5, 0.8, 0.95, 0.99)

    Returns
    -------
    polars.DataFrame
        kind, next_cases, probability, size: null where no case is on record as having infected anybody, or where the
        size is beyond 4096 (a chain that may go on without end).

    Raises
    ------
    UsageError
        When a column is missing or an argument is out of range.

    References
    ----------
    Lloyd-Smith et al. 2005, doi 10.1038/nature04153; Blumberg and Lloyd-Smith 2013, doi 10.1371/journal.pcbi.1002993.
    """
    if next_cases < 1 or not all(0 < probability < 1 for probability in probabilities):
        raise UsageError("The next cases or a probability is out of range.", allowed="1 or more; between 0 and 1")
    if kind not in ("event", "chain"):
        raise UsageError("There is no such kind of cluster.", allowed="event, chain")
    counts, shown = offspring_counts(cases, as_of=as_of, pathogen=pathogen, si=si)
    sizes: list[int | None] = [None] * len(probabilities)
    if counts.sum():
        upto = _chance_upto(fit_counts(counts, shown), kind, next_cases)
        found = np.searchsorted(upto, np.asarray(probabilities))
        sizes = [int(size) if size < len(upto) else None for size in found]
    return pl.DataFrame(
        {"kind": kind, "next_cases": next_cases, "probability": list(probabilities), "size": sizes},
        schema={"kind": pl.String, "next_cases": pl.Int64, "probability": pl.Float64, "size": pl.Int64},
    )


def _chance_upto(fit: Fit, kind: Kind, many: int) -> Floats:
    """Chance that the largest cluster is not above 0, 1, ...; the mean over the likelihood of R and k."""
    weights = fit.weights.ravel().cumsum()
    at = np.searchsorted(weights, (np.arange(_PAIRS) + 0.5) / _PAIRS * weights[-1])
    row, column = np.unravel_index(at, fit.log_likelihood.shape)
    total = np.zeros(_LARGEST + 1)
    for r, k in zip(fit.r[row].tolist(), fit.k[column].tolist(), strict=True):
        total += kernel.largest_of(r, k, many, _LARGEST) if kind == "event" else _chains(r, k, many)
    return total / _PAIRS


def _chains(r: float, k: float, many: int) -> Floats:
    chance = np.exp(kernel.size_log_chance(np.array(r), np.array(k), np.arange(1.0, _LARGEST + 1)))
    upto: Floats = np.minimum(np.concatenate([[0.0], chance.cumsum()]), 1.0) ** many
    return upto
