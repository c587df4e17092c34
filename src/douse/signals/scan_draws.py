"""How cases fall by chance under each model of a scan, as batches of replicates."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from douse.signals.scan_replicates import Maxima, seeds
from douse.signals.scan_setup import Windows

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# More cases than this many a cell are drawn by cell, not one by one.
_CROWDED = 4


def replicate_maxima(  # noqa: PLR0913, PLR0917  the parts of one scan
    model: str, seed: int, tables: Any, counts: Ints, people: Ints, expected: Floats, windows: Windows
) -> Maxima:
    """Greatest ratios of replicates begin .. end - 1.

    Permutation: the days of all cases are dealt anew among them. Bernoulli: cases are dealt among all persons.
    Poisson: all cases fall anew, each place and step with its share of the expected cases.

    Parameters
    ----------
    model : str
        Model.
    seed : int
        Same seed, same replicates.
    tables : tuple
        Circles, Means, Sought, Lanes of the kernel; or Sets, Sought.
    counts, people : numpy.ndarray[int64], shape (S, T)
        Cases; cases and controls.
    expected : numpy.ndarray[float64], shape (S, T)
        Expected cases.
    windows : Windows
        Time windows.
    """
    from douse.kernels import scan_replicates, scan_sets  # noqa: PLC0415  numba takes half a second
    from douse.kernels.scan_draws import alias_table  # noqa: PLC0415

    cases, days = int(counts.sum()), windows.days
    inside = slice(windows.origin, windows.origin + days)
    pool, slots, weight = np.zeros(0, np.int32), np.zeros(cases, np.int32), np.ones(1)
    if model == "permutation":
        pool = np.repeat(np.arange(len(counts)) * days, counts.sum(1)).astype(np.int32)
        slots = np.repeat(np.arange(days), counts.sum(0)[inside]).astype(np.int32)
    elif model == "bernoulli":
        cell = np.full(counts.shape, -1)
        cell[:, inside] = np.arange(len(counts))[:, None] * days + np.arange(days)
        pool = np.repeat(cell.ravel(), people.ravel()).astype(np.int32)
    else:
        parts = expected[:, inside].ravel()
        weight = np.append(parts, max(expected.sum() - parts.sum(), 0.0))
        if cases > _CROWDED * len(weight) and len(tables) == 4:
            chances = weight / weight.sum()
            return lambda begin, end: scan_replicates.counted_maxima(
                _crowded(seed, begin, end, cases, chances), days, *tables
            )
    alias = alias_table(weight)
    if len(tables) == 2:
        day = np.arange(days)[:, None] + windows.origin
        held = ((day >= windows.first) & (day <= windows.last)).astype(np.int64)
        return lambda begin, end: scan_sets.set_maxima(pool, slots, alias, seeds(seed, begin, end), held, *tables)
    if len(pool):
        return lambda begin, end: scan_replicates.dealt_maxima(pool, slots, seeds(seed, begin, end), days, *tables)
    return lambda begin, end: scan_replicates.scattered_maxima(alias, cases, seeds(seed, begin, end), days, *tables)


def _crowded(seed: int, begin: int, end: int, cases: int, chances: Floats) -> Ints:
    draws = [np.random.default_rng([seed, r]).multinomial(cases, chances)[:-1] for r in range(begin, end)]
    return np.array(draws, dtype=np.int64)
