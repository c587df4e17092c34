"""One testing day, event by event: sampled, carried, tested, positive pools tested again."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from douse.kernels.scan_draws import mixed
from douse.kernels.testing_laboratory import by_laboratory, next_free, plates, second_tests, taken_in
from douse.kernels.testing_sites import carried, filled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_STEP = np.uint64(0x9E3779B97F4A7C15)


@njit(cache=True, nogil=True, error_model="numpy")
def count_hour(counts: Floats, hour: float, many: float) -> None:
    """Add to the count of the hour in which something happened; what comes later counts in the last one."""
    if len(counts):
        counts[min(int(np.ceil(hour)), len(counts) - 1)] += many


@njit(cache=True, nogil=True, error_model="numpy")
def testing_day(  # noqa: PLR0913, PLR0917  arrays in
    first_unit: Ints,
    start: Floats,
    pace: Floats,
    quota: Ints,
    first_tube: Ints,
    people: Ints,
    pool: Ints,
    laboratory: Ints,
    phase: Floats,
    way: Floats,
    back: Floats,
    period: Floats,
    first_turn: Ints,
    turns: Floats,
    most: int,
    gaps: Floats,
    since: float,
    chance: Floats,
    first_pick: Ints,
    cumulated: Floats,
    pick: Ints,
    plate: int,
    every: float,
    result_hours: float,
    retest_hours: float,
    hours: int,
    key: np.uint64,
) -> tuple[Floats, Floats, Floats]:
    """Run a day.

    Parameters
    ----------
    first_unit, start, pace, quota, first_tube
        See `filled`: S sites, their units and tubes.
    people : numpy.ndarray[int64], shape (S,)
        Sampled at a site.
    pool : numpy.ndarray[int64], shape (S,)
        People a tube; 1: no second tests.
    laboratory, phase, way, period, first_turn, turns, most
        See `carried`: L laboratories and their couriers.
    back : numpy.ndarray[float64], shape (S,)
        Hours from a positive pool to its single swabs in the laboratory.
    gaps : numpy.ndarray[float64], shape (L, 3)
        Hours from one tube to the next: first tests and second tests while there are both; either of them alone.
    since : float
        Hour from which a part of each laboratory is kept for second tests; none come in before.
    chance, first_pick, cumulated, pick
        See `second_tests`; by laboratory.
    plate, every, result_hours, retest_hours
        See `plates`. Second tests wait for no full plate.
    hours : int
        Length of the counts by hour; 0: none are made.
    key : numpy.uint64
        Address of the luck.

    Returns
    -------
    tuple of numpy.ndarray[float64]
        By site, shape (S, 3): last tube full, last first result, last result. By laboratory, shape (L, 5): last
        arrival, longest wait, last first result, last result, second tests. By hour, shape (3, hours): people
        sampled, tubes arrived, results, second tests in both.
    """
    by_site = np.zeros((len(people), 3))
    by_lab = np.zeros((len(period), 5))
    by_hour = np.zeros((3, hours))
    full = filled(first_unit, start, pace, quota, first_tube)
    for site in range(len(people)):
        tubes = first_tube[site + 1] - first_tube[site]
        by_site[site, 0] = full[first_tube[site + 1] - 1]
        for tube in range(first_tube[site], first_tube[site + 1] if hours else first_tube[site]):
            count_hour(by_hour[0], full[tube], people[site] / tubes)
    sites, arrivals, loads = carried(full, first_tube, laboratory, phase, period, first_turn, turns, way, most)
    order, first = by_laboratory(laboratory[sites], arrivals, len(period))
    for at in range(len(period)):
        own = order[first[at] : first[at + 1]]
        if len(own) == 0:
            continue
        begun = np.empty(loads[own].sum())
        by_lab[at, 0] = arrivals[own[-1]]
        by_lab[at, 1], ends = taken_in(own, arrivals, loads, since, gaps[at, 2], gaps[at, 0], begun)
        results = np.empty(len(begun))
        plates(begun, plate, every, result_hours, results)
        tube = 0
        for trip in own:
            count_hour(by_hour[1], arrivals[trip], float(loads[trip]))
            for _ in range(loads[trip]):
                by_site[sites[trip], 1] = max(by_site[sites[trip], 1], results[tube])
                by_lab[at, 2] = max(by_lab[at, 2], results[tube])
                count_hour(by_hour[2], results[tube], 1.0)
                tube += 1
        again, where = second_tests(
            results,
            chance[at],
            cumulated[first_pick[at] : first_pick[at + 1]],
            pick[first_pick[at] : first_pick[at + 1]],
            back,
            mixed(key + np.uint64(at) * _STEP),
        )
        free = 0.0
        by_lab[at, 3] = by_lab[at, 2]
        for n in range(len(again)):
            count_hour(by_hour[1], again[n], float(pool[where[n]]))
            for _ in range(pool[where[n]]):
                taken = max(again[n], free)
                free = next_free(taken, ends, gaps[at, 1], gaps[at, 2])
                by_site[where[n], 2] = max(by_site[where[n], 2], taken + retest_hours)
                by_lab[at, 3] = max(by_lab[at, 3], taken + retest_hours)
                by_lab[at, 4] += 1
                count_hour(by_hour[2], taken + retest_hours, 1.0)
    by_site[:, 2] = np.maximum(by_site[:, 1], by_site[:, 2])
    return by_site, by_lab, by_hour
