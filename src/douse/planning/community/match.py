"""Requests to crews: an integer programme over classes of requests, groups of crews, and slots of time.

First as many medical requests in time as can be; then the shortest waits for medical ones; then the shortest waits for
all, where a request that is not met waits until the end; then the shortest ways. What is won for an aim is held while
the next ones are solved. As each hour saved counts for something, the shortest waits meet as many as can be met.

Large programmes are solved without asking for whole numbers: nearly all come out whole, because requests and trips make
a transportation problem. What does not is rounded down, and what is left over is solved in whole numbers.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from douse.planning.programme import Programme

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
SECONDS = 10.0
WHOLE = 4_000  # ways up to which a programme is solved in whole numbers at once


@dataclass(frozen=True)
class Market:
    """Classes of requests (K), groups of crews (G) and slots (S).

    Attributes
    ----------
    number : numpy.ndarray[int64], shape (K,)
        Requests of each class.
    medical : numpy.ndarray[bool], shape (K,)
    slots_in_time : numpy.ndarray[int64], shape (K,)
        Trips of so many first slots are in time.
    takes : numpy.ndarray[float64], shape (K,)
        Part of a trip that one request takes.
    trips : numpy.ndarray[float64], shape (G, S)
        Trips that end in each slot.
    km : numpy.ndarray[float64], shape (K, G)
        Infinite: not sent there.
    hour : numpy.ndarray[float64], shape (S,)
        End of each slot, in hours after now.
    """

    number: Ints
    medical: Bools
    slots_in_time: Ints
    takes: Floats
    trips: Floats
    km: Floats
    hour: Floats


@dataclass(frozen=True)
class Matched:
    """Rows of class, group, slot and how many requests are met there, shape (M, 4); and how good that is.

    `gap`: share of the medical requests in time, or of the hours saved, that a better plan could win at most.
    """

    rows: Ints
    gap: float


@dataclass(frozen=True)
class _Ways:
    """Who may meet what and when (W), and what each is worth: in time, hours saved for medical ones and for all, km."""

    k: Ints
    g: Ints
    s: Ints
    in_time: Floats
    medical: Floats
    saved: Floats
    km: Floats


def match(market: Market) -> Matched:
    """Who meets what, and when."""
    ways = _ways(market)
    if not len(ways.k):
        return Matched(np.zeros((0, 4), dtype=np.int64), 0.0)
    whole = len(ways.k) <= WHOLE
    try:
        number, best = _lexicographic(market, ways, whole=whole)
    except RuntimeError:  # no answer in the time given
        number = _one_by_one(market, ways)
        best = np.array([float(market.number[market.medical].sum()), float(market.number.sum() * ways.saved.max())])
    given = np.round(number) if whole else np.floor(number + 1e-6)
    if not whole and (number - given > 1e-6).any():
        given = _fill(market, ways, given)
    won = np.array([ways.in_time @ given, ways.saved @ given])
    gap = float(np.max(np.maximum(best - won, 0.0) / np.maximum(best, 1.0)))
    met = given.astype(np.int64)
    return Matched(np.stack([ways.k, ways.g, ways.s, met], axis=1)[met > 0], gap if gap > 1e-6 else 0.0)


def _ways(market: Market) -> _Ways:
    sent = np.isfinite(market.km) & (market.number > 0)[:, None]
    k, g, s = np.nonzero(sent[:, :, None] & (market.trips > 0)[None, :, :])
    saved = market.hour.max() + 1 - market.hour[s]
    medical = market.medical[k]
    in_time = (medical & (s < market.slots_in_time[k])).astype(np.float64)
    return _Ways(k, g, s, in_time, np.where(medical, saved, 0.0), saved, market.km[k, g])


def _lexicographic(market: Market, ways: _Ways, *, whole: bool) -> tuple[Floats, Floats]:
    """Requests met each way, and the most in time and the most hours saved that could be."""
    requests = int(market.number.sum())
    held: list[tuple[Floats, float]] = []
    most = 0.0
    if ways.medical.any():
        # The second aim weighs less in all than one of the first does: so both are solved for at once.
        first, second = ways.in_time, ways.medical / (1 + requests * ways.saved.max())
        number, bound = _solve(market, ways, -(first + second), held, whole=whole)
        most = np.floor(-bound + 1e-6)  # in time; the rest of the sum is less than one
        held = [(aim, float(aim @ number)) for aim in (ways.in_time, ways.medical) if aim.any()]
    way = (ways.km + 1e-3) / (1 + requests * (ways.km.max() + 1e-3))
    number, bound = _solve(market, ways, -ways.saved + way, held, whole=whole)
    return number, np.array([most, -bound])


def _solve(
    market: Market, ways: _Ways, cost: Floats, held: list[tuple[Floats, float]], *, whole: bool
) -> tuple[Floats, float]:
    groups, slots = market.trips.shape
    plan = Programme()
    met = plan.add(len(ways.k), cost, high=market.number[ways.k].astype(np.float64), whole=whole)
    plan.limit(len(market.number), ways.k, met, most=market.number.astype(np.float64))
    plan.limit(groups * slots, ways.g * slots + ways.s, met, market.takes[ways.k], most=market.trips.ravel())
    for aim, value in held:
        used = np.flatnonzero(aim)
        plan.limit(1, 0, met[used], aim[used], least=value - 1e-6 * max(1.0, value))
    answer = plan.solve(seconds=SECONDS, gap=0.0)
    return np.maximum(answer.values, 0.0), answer.bound


def _one_by_one(market: Market, ways: _Ways) -> Floats:
    """Meet as many as there is room for, the best ways first."""
    left, free = market.number.astype(np.float64), market.trips.copy()
    number = np.zeros(len(ways.k))
    for way in np.lexsort((ways.km, -ways.saved, -ways.medical, -ways.in_time)):
        k, at = ways.k[way], (ways.g[way], ways.s[way])
        number[way] = min(left[k], np.floor(free[at] / market.takes[k] + 1e-9))
        left[k] -= number[way]
        free[at] -= number[way] * market.takes[k]
    return number


def _fill(market: Market, ways: _Ways, given: Floats) -> Floats:
    """Meet what rounding down left over with the trips that it left free."""
    groups, slots = market.trips.shape
    used = np.bincount(ways.g * slots + ways.s, weights=given * market.takes[ways.k], minlength=groups * slots)
    left = market.number - np.bincount(ways.k, weights=given, minlength=len(market.number)).round().astype(np.int64)
    free = np.maximum(market.trips - used.reshape(groups, slots), 0.0)
    free[free < 1e-6] = 0.0
    rest = replace(market, number=left, trips=free)
    room = (left[ways.k] > 0) & (free[ways.g, ways.s] >= market.takes[ways.k] - 1e-9)
    few = _Ways(*(getattr(ways, name)[room] for name in ("k", "g", "s", "in_time", "medical", "saved", "km")))
    if not len(few.k):
        return given
    worth = few.in_time * 1e6 + few.medical * 1e3 + few.saved - few.km * 1e-4
    more, _ = _solve(rest, few, -worth, [], whole=True)
    filled = given.copy()
    filled[room] += np.round(more)
    return filled
