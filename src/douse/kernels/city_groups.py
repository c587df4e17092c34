"""Groups of a made city: classes of schools, rooms of firms, and the seats of people in them."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from douse.kernels.city_draws import STEP, below
from douse.kernels.scan_draws import mixed

Sizes = NDArray[np.int32]
People = NDArray[np.uint32]


@njit(cache=True, nogil=True)
def classes(
    pupils: People, age: NDArray[np.uint8], start: NDArray[np.int64], class_size: int
) -> tuple[People, Sizes, Sizes]:
    """Cut each school into classes of one age, or of neighbouring ages where there are few of one.

    Parameters
    ----------
    pupils : numpy.ndarray[uint32], shape (P,)
        Pupils, school by school.
    age : numpy.ndarray[uint8], shape (N,)
        Age in years of everybody.
    start : numpy.ndarray[int64], shape (S + 1,)
        First pupil of each school.
    class_size : int
        People wanted in a class; there are up to half as many more.

    Returns
    -------
    seated : numpy.ndarray[uint32], shape (P,)
        Pupils, class by class.
    size, school : numpy.ndarray[int32], shape (C,)
        Of each class.
    """
    seated = np.empty(len(pupils), np.uint32)
    size, school = np.empty(len(pupils), np.int32), np.empty(len(pupils), np.int32)
    made = 0
    of_age, following = np.zeros(257, np.int64), np.zeros(257, np.int64)
    for s in range(len(start) - 1):
        first, end = start[s], start[s + 1]
        of_age[:] = 0
        for p in range(first, end):
            of_age[np.int64(age[pupils[p]]) + 1] += 1
        following[0] = first
        for a in range(256):
            following[a + 1] = following[a] + of_age[a + 1]
        for p in range(first, end):
            years = age[pupils[p]]
            seated[following[years]] = pupils[p]
            following[years] += 1
        waiting = np.int64(0)
        left = end - first
        for a in range(256):
            waiting += of_age[a + 1]
            left -= of_age[a + 1]
            if waiting > 0 and (left == 0 or 2 * waiting >= class_size):
                rooms = max(np.int64(1), (2 * waiting + class_size) // (2 * class_size))
                for room in range(rooms):
                    size[made] = waiting // rooms + (1 if room < waiting % rooms else 0)
                    school[made] = s
                    made += 1
                waiting = np.int64(0)
    return seated, size[:made], school[:made]


@njit(cache=True, nogil=True)
def firms(
    start: NDArray[np.int64], taken: NDArray[np.int64], firm_size: Sizes, room_size: Sizes, key: np.uint64
) -> tuple[NDArray[np.bool_], Sizes, Sizes, Sizes]:
    """Cut the workers of each zone, who stand zone by zone, into firms, and firms into rooms.

    Parameters
    ----------
    start : numpy.ndarray[int64], shape (Z + 1,)
        First worker of each zone.
    taken : numpy.ndarray[int64], shape (Z,)
        The first so many have other work.
    firm_size, room_size : numpy.ndarray[int32], shape (powers of two,)
        Quantiles of sizes.
    key : numpy.uint64
        Address of the draws.

    Returns
    -------
    kept : numpy.ndarray[bool], shape (W,)
        Workers in a room with others.
    size, firm, zone : numpy.ndarray[int32], shape (R,)
        Of each room, in the order of the workers; firms count up from 0.
    """
    workers = start[-1]
    kept = np.zeros(workers, np.bool_)
    most = workers // 2 + 1
    size, firm, zone = np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most, np.int32)
    rooms = firms_made = 0
    for z in range(len(taken)):
        state = mixed(key + np.uint64(z) * STEP)
        at, end = start[z] + taken[z], start[z + 1]
        while at < end:
            state += STEP
            left = min(end - at, np.int64(firm_size[below(state, len(firm_size))]))
            if left > 1:
                while left > 0:
                    state += STEP
                    room = min(left, max(2, np.int64(room_size[below(state, len(room_size))])))
                    if left - room == 1:
                        room += 1  # nobody sits alone
                    kept[at : at + room] = True
                    size[rooms], firm[rooms], zone[rooms] = room, firms_made, z
                    rooms += 1
                    at += room
                    left -= room
                firms_made += 1
            else:
                at += 1
    return kept, size[:rooms], firm[:rooms], zone[:rooms]


@njit(cache=True, nogil=True)
def filled(  # noqa: PLR0913, PLR0917  arrays of the groups, one by one
    start: NDArray[np.uint32],
    base: People,
    base_size: Sizes,
    staff: People,
    staff_from: NDArray[np.int64],
    staff_to: NDArray[np.int64],
) -> People:
    """Members of groups: first those of `base`, in their order, then staff[staff_from[g]:staff_to[g]].

    Parameters
    ----------
    start : numpy.ndarray[uint32], shape (G + 1,)
        First member of each group.
    base, staff : numpy.ndarray[uint32]
        People.
    base_size : numpy.ndarray[int32], shape (G,)
        How many of `base` belong to each group.
    staff_from, staff_to : numpy.ndarray[int64], shape (G,)
        Staff of each group.

    Returns
    -------
    numpy.ndarray[uint32], shape (M,)
    """
    members = np.empty(np.int64(start[-1]), np.uint32)
    used = 0
    for g in range(len(base_size)):
        at = np.int64(start[g])
        for _ in range(base_size[g]):
            members[at] = base[used]
            used += 1
            at += 1
        for s in range(staff_from[g], staff_to[g]):
            members[at] = staff[s]
            at += 1
    return members


@njit(cache=True, nogil=True)
def seats(
    members: People, group_start: NDArray[np.uint32], people: int
) -> tuple[NDArray[np.uint32], NDArray[np.uint16]]:
    """Group and position in it of everybody; 0 and 0 of who is in none.

    Parameters
    ----------
    members : numpy.ndarray[uint32], shape (M,)
        People of the groups.
    group_start : numpy.ndarray[uint32], shape (G + 2,)
        First member of each group, as in `City`.
    people : int
        N.

    Returns
    -------
    tuple of numpy.ndarray
        uint32 and uint16, each of shape (N,).
    """
    group, place = np.zeros(people, np.uint32), np.zeros(people, np.uint16)
    for g in range(1, len(group_start) - 1):
        first = np.int64(group_start[g])
        for at in range(first, np.int64(group_start[g + 1])):
            group[members[at]] = g
            place[members[at]] = at - first
    return group, place
