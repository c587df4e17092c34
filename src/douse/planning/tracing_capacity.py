"""Tracing: how many people to reach, and how many tracers that takes."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.planning.basis import Basis
from douse.planning.projection import RANGE
from douse.planning.quarantine import QuarantineDemand
from douse.units import PER_100K

Floats = NDArray[np.float64]
TASKS = ("interview", "reach", "quarantine", "test", "release")
_CALLS = ("interview", "reach")


def people_to_reach(basis: Basis) -> dict[str, int]:
    """People on the worklist by ring (ring1, ring2), by task, and overdue; a person counts once in each."""
    work = basis.trace.worklist
    counts = {f"ring{ring}": _people(work.filter(pl.col("ring") == ring)) for ring in (1, 2)}
    counts |= {task: _people(work.filter(pl.col("task") == task)) for task in TASKS}
    return counts | {"overdue": _people(work.filter(pl.col("overdue")))}


def tracers_needed(basis: Basis, quarantine: QuarantineDemand) -> tuple[Floats, Floats]:
    """Tracers a day: expected, and at the upper end of the 90% range; each of shape (H,).

    On the as-of day everybody who waits for a call; after it the contacts of projected cases.
    """
    waiting = np.zeros(basis.horizon_days)
    waiting[:1] = _people(basis.trace.worklist.filter(pl.col("task").is_in(_CALLS)))
    a_day = basis.protocol.resources.contacts_per_tracer_day.value
    found = quarantine.found.uncertain
    upper: Floats = np.quantile(found, RANGE[1], axis=0)
    return (waiting + found.mean(axis=0)) / a_day, (waiting + upper) / a_day


def tracers_by_ratio(basis: Basis) -> float | None:
    """Tracers that the protocol's ratio gives the residents; None without a population."""
    residents = basis.residents
    return None if residents is None else residents / PER_100K * basis.protocol.resources.tracers_per_100k.value


def _people(work: pl.DataFrame) -> int:
    return work["person"].n_unique()
