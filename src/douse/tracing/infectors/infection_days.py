"""On which days each case may have been infected, by what its record says of onset or report."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from douse.errors import DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class InfectionDays:
    """Log likelihood of each day of infection, in rows of unequal length.

    Parameters
    ----------
    first : numpy.ndarray[int64], shape (N,)
        First day in question of each case.
    start : numpy.ndarray[int64], shape (N + 1,)
        Case j was infected on day ``first[j] + k`` with log likelihood ``log[start[j] + k]``.
    log : numpy.ndarray[float64], shape (D,)
    """

    first: Ints
    start: Ints
    log: Floats


def infection_days(
    onset: ArrayLike,
    incubation: ArrayLike,
    *,
    told: ArrayLike | None = None,
    delay: ArrayLike | None = None,
    negligible: float = 1e-5,
) -> InfectionDays:
    """Days of infection from onset; from the report where that is missing; any day of the outbreak where both are.

    Parameters
    ----------
    onset : array_like, shape (N,)
        Day of onset (or of sampling, with the delay from infection to sampling for `incubation`); NaN where missing.
    incubation : array_like, shape (I,)
        Probability of 0, 1, ... days from infection to onset.
    told : array_like, shape (N,), optional
        Day of report; NaN where missing. Read only where the onset is missing.
    delay : array_like, shape (R,), optional
        Probability of 0, 1, ... days from onset to report.
    negligible : float
        Days at the two ends with less probability than this are left out.

    Raises
    ------
    DataError
        Where a distribution is none, or no case has a date.
    """
    day = np.asarray(onset, dtype=np.float64)
    reported = np.full(len(day), np.nan) if told is None else np.asarray(told, dtype=np.float64)
    to_onset = checked_pmf(incubation, "incubation")
    to_report = to_onset if delay is None else np.convolve(to_onset, checked_pmf(delay, "report delay"))
    rows: list[tuple[int, Floats]] = []
    for ill, heard in zip(day, reported, strict=True):
        if not np.isnan(ill):
            rows.append(_days_before(int(ill), to_onset, negligible))
        elif not np.isnan(heard) and delay is not None:
            rows.append(_days_before(int(heard), to_report, negligible))
        else:
            rows.append((0, np.empty(0)))
    dated = [(first, len(log)) for first, log in rows if len(log)]
    if not dated:
        raise DataError(
            "infectors: no case has a day of onset, nor a day of report with a report delay.",
            allowed="a day for one case at least",
            next_step="Give onset days, or report days and the distribution of the delay.",
        )
    earliest, latest = min(first for first, _ in dated), max(first + size for first, size in dated)
    undated = (earliest, np.full(latest - earliest, -np.log(latest - earliest)))
    rows = [row if len(row[1]) else undated for row in rows]
    start = np.concatenate([[0], np.cumsum([len(log) for _, log in rows])]).astype(np.int64)
    return InfectionDays(
        np.array([first for first, _ in rows], dtype=np.int64), start, np.concatenate([log for _, log in rows])
    )


def checked_pmf(values: ArrayLike, name: str) -> Floats:
    """Probabilities of 0, 1, ... days that add up to 1; a sum within a thousandth of 1 is made 1."""
    pmf = np.asarray(values, dtype=np.float64)
    if pmf.ndim != 1 or not len(pmf) or not (pmf >= 0).all() or abs(pmf.sum() - 1) > 1e-3:
        raise DataError(
            f"infectors: the {name} is no distribution over whole days.",
            allowed="probabilities of 0, 1, ... days that add up to 1",
            next_step="Make it from mean and spread, or check its file.",
        )
    return np.asarray(pmf / pmf.sum(), dtype=np.float64)


def _days_before(day: int, pmf: Floats, negligible: float) -> tuple[int, Floats]:
    """First day and log likelihoods of the days before an event by a delay."""
    below = np.cumsum(pmf)
    kept = np.flatnonzero((below > negligible) & (below - pmf < 1 - negligible))
    shortest, longest = int(kept[0]), int(kept[-1])
    with np.errstate(divide="ignore"):
        return day - longest, np.log(pmf[shortest : longest + 1][::-1])
