"""Which schedule for the arrivals of which origin: a multiple-choice knapsack as an integer programme."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from douse.planning.programme import Programme

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_EXACT_UP_TO = 2000  # variables; beyond, a gap is allowed and told
_GAP = 1e-4


@dataclass(frozen=True)
class Choice:
    """One schedule an origin.

    Attributes
    ----------
    schedule : numpy.ndarray[int64], shape (O,)
        Position of the schedule of each origin.
    bound : float
        No choice within the limit could restrict for fewer person-days.
    """

    schedule: Ints
    bound: float


def choose(arrivals: Floats, infected: Floats, missed: Floats, days: Floats, money: Floats, target: float) -> Choice:  # noqa: PLR0913, PLR0917  who comes, what there is, what is wanted
    """The fewest person-days that keep the infectious arrivals missed within the target; then the cheapest way.

    First the days of each origin's stay, so that they are as few as can be in all; then, for stays of these days, the
    places and tests that cost least within the target. Where the target cannot be kept, as few are missed as can be.

    Parameters
    ----------
    arrivals, infected : numpy.ndarray[float64], shape (O,)
        A month, by origin.
    missed : numpy.ndarray[float64], shape (K,)
        Share of infected arrivals missed, by schedule.
    days, money : numpy.ndarray[float64], shape (K,)
        Person-days and cost of one arrival.
    target : float
        Missed a month, at most.
    """
    if not len(arrivals):
        return Choice(np.zeros(0, dtype=np.int64), 0.0)
    if infected.sum() * missed.min() >= target:
        strictest = np.array([np.lexsort((money, days, one * missed))[0] for one in infected])
        return Choice(strictest, float(arrivals @ days[strictest]))
    # For a number of days only the schedule that misses least matters, and only where fewer days miss more.
    best = np.lexsort((money, missed, days))
    best = best[np.r_[True, np.diff(np.minimum.accumulate(missed[best])) < 0]]
    stays, bound = _solve(arrivals[:, None] * days[best], infected[:, None] * missed[best], target)
    of_days = days[best][stays]
    ways = [np.flatnonzero(days == one) for one in of_days]
    most = max(len(way) for way in ways)
    same = np.array([np.r_[way, np.full(most - len(way), way[0])] for way in ways])
    # The programme keeps a limit to about one in a million: what it found is within the limit from here on.
    kept = max(target, float(infected @ missed[best][stays]))
    chosen, _ = _solve(arrivals[:, None] * money[same], infected[:, None] * missed[same], kept)
    return Choice(same[np.arange(len(same)), chosen], bound)


def _solve(cost: Floats, lost: Floats, most: float) -> tuple[Ints, float]:
    """One option for each row at the least cost, with at most so much lost in all."""
    rows, options = cost.shape
    scale = max(float(cost.max(initial=0.0)), 1.0)
    model = Programme()
    chosen = model.add(rows * options, (cost / scale).ravel(), high=1.0, whole=True)
    model.limit(rows, np.repeat(np.arange(rows), options), chosen, least=1.0, most=1.0)
    model.limit(1, np.zeros(rows * options, np.int64), chosen, (lost / most).ravel(), most=1.0)
    solution = model.solve(gap=0.0 if rows * options <= _EXACT_UP_TO else _GAP)
    return solution.values.reshape(rows, options).argmax(axis=1), solution.bound * scale
