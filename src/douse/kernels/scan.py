"""Scan statistic on nested sets of zones (circles): the best window of each centre, and of each chance replicate.

Zones are 0 .. Z - 1, time windows 0 .. W - 1. A circle is a prefix of a centre's list of zones, nearest first.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from douse.kernels.scan_score import at_most, log_ratio


class Circles(NamedTuple):
    """Zones of each centre, and blocks of successive circles that are judged at once.

    Attributes
    ----------
    start : numpy.ndarray[int64], shape (centres + 1,)
        Where each centre's zones begin in `member`.
    member : numpy.ndarray[uint16 or int32], shape (M,)
        Zones, nearest first.
    first_block : numpy.ndarray[int64], shape (centres + 1,)
        Where each centre's blocks begin.
    block_end : numpy.ndarray[int64], shape (B,)
        Position in `member` behind the last zone of each block.
    block_share : numpy.ndarray[float64], shape (B,)
        Share of the zones before each block.
    level, level_end : numpy.ndarray[int32], shape (B,)
        Level of share (see `packed`) of the smallest circle of a block, rounded down; of the largest, rounded up.
    """

    start: NDArray[np.int64]
    member: NDArray[np.uint16]
    first_block: NDArray[np.int64]
    block_end: NDArray[np.int64]
    block_share: NDArray[np.float64]
    level: NDArray[np.int32]
    level_end: NDArray[np.int32]


class Means(NamedTuple):
    """Expected cases: share of the zones times rate of the window, or a table.

    Attributes
    ----------
    share : numpy.ndarray[float64], shape (Z,)
        Share or number of each zone.
    rate : numpy.ndarray[float64], shape (W,)
        Expected cases of each window for a share of 1.
    table : numpy.ndarray[float64], shape (Z, W) or (0, 0)
        Expected cases of each zone and window where they are no product; else empty.
    """

    share: NDArray[np.float64]
    rate: NDArray[np.float64]
    table: NDArray[np.float64]


class Sought(NamedTuple):
    """What is compared: the model, the totals and which side.

    Attributes
    ----------
    model : int
        See `log_ratio`.
    cases, people : float
        All cases, all persons (Bernoulli).
    high, low : bool
        Whether windows with more, with fewer cases than expected count.
    fewest_high, fewest_low : int
        Fewest cases of such windows.
    """

    model: int
    cases: float
    people: float
    high: bool
    low: bool
    fewest_high: int
    fewest_low: int


class Lanes(NamedTuple):
    """Tables for counting several windows in one machine word.

    Attributes
    ----------
    bits : int
        Bits of a window's count: 16 or 32.
    step : float
        Distance of two ratios for which there is a table: table r is for a ratio of r * step.
    add : numpy.ndarray[uint64], shape (days, groups, 4)
        What one case of a day adds to the words of its zone.
    high, low : numpy.ndarray[uint64], shape (rungs, groups, L, 4)
        Counts to reach, to stay below (see `packed`).
    """

    bits: int
    step: float
    add: NDArray[np.uint64]
    high: NDArray[np.uint64]
    low: NDArray[np.uint64]


@njit(cache=True, inline="always", error_model="numpy")
def judged(test: Sought, inside: int | np.int64, expected: float, best: float) -> float:
    """Log likelihood ratio of a window where it is on the side sought and above `best`, else `best`."""
    if expected <= 0.0:
        return best
    if inside > expected:
        if not test.high or inside < test.fewest_high:
            return best
    elif not test.low or inside < test.fewest_low:
        return best
    if at_most(test.model, float(inside), expected, test.cases, test.people) <= best:
        return best
    return max(best, log_ratio(test.model, float(inside), expected, test.cases, test.people))


@njit(cache=True, error_model="numpy")
def list_apart(  # noqa: PLR0913, PLR0917  fills two lists in place
    centre: int,
    best: NDArray[np.float64],
    what: NDArray[np.int64],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    least: float,
    found: NDArray[np.int64],
    ratio: NDArray[np.float64],
    number: int,
) -> int:
    """List the best window of a centre, then the best at least a step apart in time from those listed, ..."""
    while True:
        w = np.argmax(best)
        if best[w] <= 0.0 or best[w] < least:
            return number
        found[number, 0], found[number, 1], found[number, 2], ratio[number] = centre, what[w], w, best[w]
        number += 1
        for other in range(len(best)):
            if first[other] <= last[w] + 1 and last[other] + 1 >= first[w]:
                best[other] = 0.0


@njit(cache=True, error_model="numpy")
def best_of_centres(  # type: ignore[no-untyped-def]  # noqa: PLR0913, PLR0917  the tables of one scan
    counts: NDArray[np.int64],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    least: float,
    circles: Circles,
    means: Means,
    test: Sought,
):
    """Most likely windows of each centre: the best, then the best of those at least a step apart in time from it, ...

    Of equal ones the smaller circle and the earlier window.

    Parameters
    ----------
    counts : numpy.ndarray[int64], shape (Z, W)
        Cases of each zone and window.
    first, last : numpy.ndarray[int64], shape (W,)
        First and last step of each window.
    least : float
        Ratio below which a window does not count.

    Returns
    -------
    found : numpy.ndarray[int64], shape (F, 3)
        Centre, zones in its circle, window.
    ratio : numpy.ndarray[float64], shape (F,)
    """
    centres, windows = len(circles.start) - 1, counts.shape[1]
    most = centres * ((last.max() - first.min() + 3) // 2)
    found = np.empty((most, 3), np.int64)
    ratio = np.empty(most)
    number = 0
    product = means.table.size == 0
    for i in range(centres):
        inside = np.zeros(windows, np.int64)
        expected = np.zeros(windows)
        best = np.zeros(windows)
        size = np.zeros(windows, np.int64)
        share = 0.0
        for k in range(circles.start[i], circles.start[i + 1]):
            zone = circles.member[k]
            share += means.share[zone]
            for w in range(windows):
                inside[w] += counts[zone, w]
                if product:
                    expected[w] = share * means.rate[w]
                else:
                    expected[w] += means.table[zone, w]
                higher = judged(test, inside[w], expected[w], best[w])
                if higher > best[w]:
                    best[w], size[w] = higher, k + 1 - circles.start[i]
        number = list_apart(i, best, size, first, last, least, found, ratio, number)
    return found[:number], ratio[:number]


@njit(cache=True, error_model="numpy")
def _look_closer(  # noqa: PLR0913, PLR0917  one call a block that may hold the best window
    words: NDArray[np.uint64],
    start: int,
    begin: int,
    end: int,
    before: tuple[np.uint64, np.uint64, np.uint64, np.uint64],
    after: tuple[np.uint64, np.uint64, np.uint64, np.uint64],
    first_window: int,
    bits: int,
    bars: NDArray[np.uint64],
    low_bars: NDArray[np.uint64],
    member: NDArray[np.uint16],
    means: Means,
    test: Sought,
    share_before: float,
    best: float,
) -> float:
    """Best ratio of the circles of one block, for the windows whose count may beat `best`."""
    lanes = 64 // bits
    mask = (np.uint64(1) << np.uint64(bits)) - np.uint64(1)
    product = means.table.size == 0
    for at in range(4 * lanes):
        w = first_window + at
        if w >= len(means.rate):
            break
        word, shift = at // lanes, np.uint64((at % lanes) * bits)
        count = np.int64((before[word] >> shift) & mask)
        last = np.int64((after[word] >> shift) & mask)
        may = test.high and last >= np.int64((bars[word] >> shift) & mask)
        if test.low and not may:
            first = count + np.int64((words[member[begin], word] >> shift) & mask)
            may = first < np.int64((low_bars[word] >> shift) & mask)
        if not may:
            continue
        expected = 0.0
        if not product:
            for k in range(start, begin):
                expected += means.table[member[k], w]
        share = share_before
        for k in range(begin, end):
            zone = member[k]
            count += np.int64((words[zone, word] >> shift) & mask)
            if product:
                share += means.share[zone]
                expected = share * means.rate[w]
            else:
                expected += means.table[zone, w]
            best = judged(test, count, expected, best)
    return best


@njit(cache=True, error_model="numpy")
def _best_above(  # noqa: PLR0913, PLR0917  the tables of one scan
    words: NDArray[np.uint64], circles: Circles, means: Means, test: Sought, lanes: Lanes, floor: float
) -> float:
    """Greatest log likelihood ratio of all circles and windows; `floor` where none is above it.

    Blocks of circles are passed over where even the cases of the largest circle, on the expected cases of the
    smallest, do not beat the best ratio so far: the ratio rises with the cases and falls with the expected cases.

    Parameters
    ----------
    words : numpy.ndarray[uint64], shape (groups, Z, 4)
        Cases of each zone, one lane a window.
    floor : float
        Ratio that is known to be reached, or hoped to be.
    """
    flag = np.uint64(1) << np.uint64(lanes.bits - 1)
    if lanes.bits == 16:
        flag |= (flag << np.uint64(16)) | (flag << np.uint64(48))
    flag |= flag << np.uint64(32)
    windows_a_group = 256 // lanes.bits
    top = lanes.high.shape[0] - 1
    best = floor
    for group in range(words.shape[0]):
        x = words[group]
        high = lanes.high[min(int(best / lanes.step), top), group]
        low = lanes.low[min(int(best / lanes.step), top), group]
        for i in range(len(circles.start) - 1):
            a0 = a1 = a2 = a3 = np.uint64(0)
            k = circles.start[i]
            for block in range(circles.first_block[i], circles.first_block[i + 1]):
                b0, b1, b2, b3 = a0, a1, a2, a3
                end = circles.block_end[block]
                for j in range(k, end):
                    zone = circles.member[j]
                    a0 += x[zone, 0]
                    a1 += x[zone, 1]
                    a2 += x[zone, 2]
                    a3 += x[zone, 3]
                level, level_end = circles.level[block], circles.level_end[block]
                # a lane keeps its flag where the count is not below the bar; no slices here: each costs a reference
                hit = ((a0 | flag) - high[level, 0]) | ((a1 | flag) - high[level, 1])
                hit |= ((a2 | flag) - high[level, 2]) | ((a3 | flag) - high[level, 3])
                hit &= flag
                if test.low:
                    zone = circles.member[k]
                    stay = ((b0 + x[zone, 0]) | flag) - low[level_end, 0]
                    stay &= ((b1 + x[zone, 1]) | flag) - low[level_end, 1]
                    stay &= ((b2 + x[zone, 2]) | flag) - low[level_end, 2]
                    stay &= ((b3 + x[zone, 3]) | flag) - low[level_end, 3]
                    hit |= (stay & flag) ^ flag
                if hit:
                    found = _look_closer(
                        x,
                        circles.start[i],
                        k,
                        end,
                        (b0, b1, b2, b3),
                        (a0, a1, a2, a3),
                        group * windows_a_group,
                        lanes.bits,
                        high[level],
                        low[level_end],
                        circles.member,
                        means,
                        test,
                        circles.block_share[block],
                        best,
                    )
                    if found > best:
                        best = found
                        high = lanes.high[min(int(best / lanes.step), top), group]
                        low = lanes.low[min(int(best / lanes.step), top), group]
                k = end
    return best


@njit(cache=True, error_model="numpy")
def best_of_counts(  # noqa: PLR0913, PLR0917  the tables of one scan
    words: NDArray[np.uint64], circles: Circles, means: Means, test: Sought, lanes: Lanes, guess: float
) -> float:
    """Greatest log likelihood ratio; 0 where no window stands out. A good guess below it saves time, no more."""
    found = _best_above(words, circles, means, test, lanes, guess)
    if found > guess or guess <= 0.0:
        return found
    return _best_above(words, circles, means, test, lanes, 0.0)
