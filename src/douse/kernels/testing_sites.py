"""The testing day up to the door of the laboratory: when each tube is filled, and when it is carried there."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(cache=True, nogil=True, error_model="numpy")
def filled(first_unit: Ints, start: Floats, pace: Floats, quota: Ints, first_tube: Ints) -> Floats:
    """Hour at which each tube of each site is full: the samplers of a site work side by side until all are.

    Parameters
    ----------
    first_unit : numpy.ndarray[int64], shape (S + 1,)
        Units (one shift of one sampler) of each site.
    start, pace : numpy.ndarray[float64], shape (U,)
        Hour at which a unit begins; hours that it takes for a tube.
    quota : numpy.ndarray[int64], shape (S,)
        Most tubes of one unit of a site. Quotas of a site add up to its tubes at least.
    first_tube : numpy.ndarray[int64], shape (S + 1,)
        Tubes of each site.

    Returns
    -------
    numpy.ndarray[float64], shape (T,)
        By site, earliest first. One more unit, or an earlier one, makes no tube later.
    """
    hours = np.empty(first_tube[-1])
    for site in range(len(quota)):
        first, past = first_unit[site], first_unit[site + 1]
        many, each = first_tube[site + 1] - first_tube[site], quota[site]
        every = np.empty((past - first) * each)
        for unit in range(first, past):
            for n in range(each):
                every[(unit - first) * each + n] = start[unit] + (n + 1) * pace[unit]
        every.sort()
        hours[first_tube[site] : first_tube[site + 1]] = every[:many]
    return hours


@njit(cache=True, nogil=True, error_model="numpy")
def carried(  # noqa: PLR0913, PLR0917  arrays in
    hours: Floats,
    first_tube: Ints,
    laboratory: Ints,
    phase: Floats,
    period: Floats,
    first_turn: Ints,
    turns: Floats,
    way: Floats,
    most: int,
) -> tuple[Ints, Floats, Ints]:
    """Trips that bring tubes: the couriers of a laboratory go round its sites, one site a trip, each at its turn.

    Parameters
    ----------
    hours, first_tube
        See `filled`.
    laboratory : numpy.ndarray[int64], shape (S,)
        Where the tubes of a site go.
    phase : numpy.ndarray[float64], shape (S,)
        Place of a site in the round of its laboratory, 0 to 1.
    period : numpy.ndarray[float64], shape (L,)
        Hours of one round of one courier.
    first_turn : numpy.ndarray[int64], shape (L + 1,)
        Couriers of each laboratory, one at least where it has sites.
    turns : numpy.ndarray[float64], shape (C,)
        Place in the round at which a courier begins, 0 to 1; of each laboratory ascending, the first 0.
    way : numpy.ndarray[float64], shape (S,)
        Hours from a site to its laboratory.
    most : int
        Tubes that one trip takes.

    Returns
    -------
    tuple
        Site, hour of arrival and tubes of each trip, int64, float64, int64; by site, earliest first. A further turn
        makes no tube later, nor does an earlier tube.
    """
    size = first_tube[-1]
    sites, arrivals, loads = np.empty(size, np.int64), np.empty(size), np.empty(size, np.int64)
    trips = 0
    for site in range(len(laboratory)):
        at = laboratory[site]
        own = turns[first_turn[at] : first_turn[at + 1]]
        tube, past = first_tube[site], first_tube[site + 1]
        if tube == past:
            continue
        here = np.searchsorted(own, phase[site], side="right") - 1
        around = max(0.0, np.floor(hours[tube] / period[at]) - 1.0)
        step = 0
        while tube < past:
            turn = here - step
            ahead = phase[site] - own[turn] if turn >= 0 else phase[site] - own[turn + len(own)] + 1.0
            call = (ahead + around) * period[at]
            ready = tube
            while ready < past and ready - tube < most and hours[ready] <= call:
                ready += 1
            if ready > tube:
                sites[trips], arrivals[trips], loads[trips] = site, call + way[site], ready - tube
                trips += 1
                tube = ready
            step += 1
            if step == len(own):
                step, around = 0, around + 1.0
    return sites[:trips], arrivals[:trips], loads[:trips]
