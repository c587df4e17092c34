"""Who works where and when: shifts of samplers, rounds of couriers, lines of laboratories.

One more sampler, courier or line always adds something to what there was, and takes nothing away: so none can make the
day end later.
"""

import heapq
import math

import numpy as np
from numpy.typing import NDArray

from douse.library.testing_day import TestingDayRules
from douse.planning.testing.sites import Sites
from douse.units import HOURS_PER_DAY

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def needed(sites: Sites) -> Ints:
    """Sampler shifts that each site needs; shape (S,)."""
    units: Ints = -(-sites.tubes // sites.quota)
    return units


def room_for_more(sites: Sites, rules: TestingDayRules) -> int:
    """Samplers above those needed who still find a desk of their own in the first shift."""
    desks = np.minimum(int(rules.desks_per_site.value), sites.tubes)
    return int(np.maximum(desks - needed(sites), 0).sum())


def shifts(sites: Sites, samplers: int, rules: TestingDayRules, shift_hours: float) -> tuple[Ints, Floats]:
    """First unit of each site, shape (S + 1,), and the hour at which each unit begins.

    A unit is a sampler's shift; a sampler works one a day. Sites are served in their order, each whole, as far as the
    samplers of the first day go; the rest waits for the next day. Samplers above the need join the sites where the
    work of each is longest, as long as there is a desk.

    Parameters
    ----------
    sites : Sites
        With their tubes and quotas.
    samplers : int
        On each day, one at least.
    rules : TestingDayRules
        Desks and opening hours.
    shift_hours : float
        Length of a shift.
    """
    base = needed(sites)
    more = _more(sites, base, samplers - int(base.sum()), int(rules.desks_per_site.value))
    units = base + more
    first = np.concatenate([[0], np.cumsum(units)])
    a_day = max(1, math.floor(rules.site_hours.value / shift_hours + 1e-9))
    desks = int(rules.desks_per_site.value)
    site = np.repeat(np.arange(len(units)), units)
    rank = np.arange(len(site)) - np.repeat(first[:-1], units)
    slot = np.zeros(len(site), dtype=np.int64)
    if base.sum() > samplers:
        slot = np.arange(len(site)) // samplers * a_day
    for behind in range(desks, int(units.max(initial=0)), desks):
        late = np.flatnonzero((rank >= behind) & (rank < behind + desks))
        slot[late] = np.maximum(slot[late], slot[late - desks] + 1)
    return first, slot // a_day * float(HOURS_PER_DAY) + slot % a_day * shift_hours


def _more(sites: Sites, base: Ints, extra: int, desks: int) -> Ints:
    """Samplers above the need, by site: each goes where a unit's work is longest with those there."""
    if extra <= 0:
        return np.zeros(len(base), dtype=np.int64)
    room = np.maximum(np.minimum(desks, sites.tubes) - base, 0)
    site = np.repeat(np.arange(len(base)), room)
    nth = np.arange(len(site)) - np.repeat(np.cumsum(room) - room, room)
    longest = sites.people[site] / (sites.speed[site] * (base[site] + nth))
    order = np.argsort(-longest, kind="stable")[:extra]
    return np.bincount(site[order], minlength=len(base))


def dealt(weights: Floats, total: int, least: int = 0) -> Ints:
    """Share a number out in proportion to weights, one by one to whoever has the most weight for each (D'Hondt).

    A larger total only adds. Nothing goes where there is no weight.

    Parameters
    ----------
    weights : numpy.ndarray[float64], shape (L,)
        Not negative.
    total : int
        To be shared out.
    least : int
        That each with a weight gets first, even beyond the total.
    """
    given = np.where(weights > 0, least, 0).astype(np.int64)
    heap = [(-weight / (have + 1), at) for at, (weight, have) in enumerate(zip(weights, given, strict=True)) if weight]
    heapq.heapify(heap)
    for _ in range(total - int(given.sum()) if heap else 0):
        _, at = heap[0]
        given[at] += 1
        heapq.heapreplace(heap, (-weights[at] / (given[at] + 1), at))
    return given


def lines(load: Ints, per_day: Floats, total: int, line: float) -> Floats:
    """Tubes a day of each laboratory with lines added one by one where the load lasts longest; shape (L,)."""
    with_lines = per_day.copy()
    heap = [(-many / max(has, 1e-9), at) for at, (many, has) in enumerate(zip(load, per_day, strict=True)) if many]
    heapq.heapify(heap)
    for _ in range(total if heap else 0):
        _, at = heap[0]
        with_lines[at] += line
        heapq.heapreplace(heap, (-load[at] / with_lines[at], at))
    return with_lines


def turns(couriers: Ints) -> tuple[Ints, Floats]:
    """Places in the round at which the couriers of each laboratory begin: halves, then quarters, and so on.

    Returns
    -------
    tuple
        First of each laboratory, shape (L + 1,); places, ascending within a laboratory, shape (C,).
    """
    most = int(couriers.max(initial=0))
    number, places = np.arange(most), np.zeros(most)
    part = 0.5
    while number.any():
        places += number % 2 * part
        number, part = number // 2, part / 2
    first = np.concatenate([[0], np.cumsum(couriers)])
    return first, np.concatenate([np.sort(places[:many]) for many in couriers] or [np.zeros(0)])


def courier_round(laboratory: Ints, trip_hours: Floats, count: int) -> tuple[Floats, Floats]:
    """Place of each site in the round of its laboratory, shape (S,), 0 to 1; and hours of the round, shape (L,)."""
    period = np.bincount(laboratory, weights=trip_hours, minlength=count)
    phase = np.zeros(len(laboratory))
    order = np.argsort(laboratory, kind="stable")
    ends = np.cumsum(trip_hours[order])
    before = np.concatenate([[0.0], np.cumsum(period)])[laboratory[order]]
    phase[order] = np.clip((ends - trip_hours[order] - before) / period[laboratory[order]], 0.0, 1 - 1e-12)
    return phase, np.where(period > 0, period, 1.0)
