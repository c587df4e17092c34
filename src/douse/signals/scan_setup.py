"""From counts and candidate zones to the tables that the compiled scan works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from douse.signals.scan_zones import Nested

if TYPE_CHECKING:
    from douse.kernels.scan import Circles, Lanes, Means, Sought

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_TABLE_BYTES = 16e6  # of the tables of bars, so that one rung stays near the processor
_HIGHEST = 12.0  # ratio from which all replicates share a table
_FINEST = 0.25
_BLOCK_ROOT, _BLOCK_LOG = 1.0, np.log(1.5)  # size of a block: standard deviations, or growth where few are expected
_LEVEL_ROOT, _LEVEL_LOG = 0.12, np.log(1.04)


@dataclass(frozen=True)
class Windows:
    """Time windows, and which days any of them holds.

    Attributes
    ----------
    first, last : numpy.ndarray[int64], shape (W,)
        First and last step of each.
    """

    first: Ints
    last: Ints

    @property
    def origin(self) -> int:
        """Earliest step that a window holds."""
        return int(self.first.min())

    @property
    def days(self) -> int:
        """Steps from the earliest to the latest that a window holds."""
        return int(self.last.max()) + 1 - self.origin

    def sums(self, values: NDArray[np.generic]) -> NDArray[np.generic]:
        """Sums over each window; `values` has shape (Z, T), the result (Z, W)."""
        total = np.concatenate([np.zeros((len(values), 1), values.dtype), np.cumsum(values, axis=1)], axis=1)
        sums: NDArray[np.generic] = np.ascontiguousarray(total[:, self.last + 1] - total[:, self.first])
        return sums


def time_windows(kind: str, steps: int, shortest: int, longest: int) -> Windows:
    """Windows of a study of so many steps: alive at its end (prospective), all (retrospective), the whole (spatial)."""
    if kind == "spatial":
        return Windows(np.zeros(1, np.int64), np.full(1, steps - 1))
    longest = max(1, min(longest, steps))
    shortest = min(shortest, longest)
    lengths = range(shortest, longest + 1)
    if kind == "prospective":
        last = np.full(len(lengths), steps - 1)
        return Windows(last + 1 - np.array(lengths), last)
    pairs = [(begin, begin + length - 1) for begin in range(steps) for length in lengths if begin + length <= steps]
    return Windows(*np.array(pairs, dtype=np.int64).T)


def means_of(expected: Floats, windows: Windows) -> Means:
    """Expected cases as share times rate where they are a product, else as a table; `expected` has shape (Z, T)."""
    from douse.kernels.scan import Means  # noqa: PLC0415  numba takes half a second

    share = expected.sum(axis=1)
    total = share.sum()
    rate = windows.sums(expected.sum(axis=0, keepdims=True))[0] / total
    if np.allclose(expected, np.outer(share, expected.sum(axis=0) / total), rtol=1e-12, atol=0):
        return Means(share, rate.astype(np.float64), np.zeros((0, 0)))
    return Means(share, rate.astype(np.float64), windows.sums(expected).astype(np.float64))


def circles_of(nested: Nested, means: Means) -> tuple[Circles, Floats]:
    """Blocks of circles and the levels of share that bound them."""
    from douse.kernels.scan import Circles  # noqa: PLC0415  numba takes half a second

    centre = np.repeat(np.arange(len(nested.start) - 1), np.diff(nested.start))
    least, most = _shares(nested, centre, means)
    top = float(means.rate.max())
    scale = most * top
    few = np.maximum(scale, 1e-12)
    block = np.floor(np.sqrt(scale) / _BLOCK_ROOT) * 1e3 + np.floor(np.log(few) / _BLOCK_LOG)
    new = np.ones(len(block), bool)
    new[1:] = (block[1:] != block[:-1]) | (centre[1:] != centre[:-1])
    begin = np.flatnonzero(new)
    end = np.append(begin[1:], len(block))
    levels = _levels(least[least > 0].min(initial=1.0) * top, scale.max(initial=1.0)) / top
    return Circles(
        start=nested.start,
        member=nested.member,
        first_block=np.searchsorted(begin, nested.start).astype(np.int64),
        block_end=end.astype(np.int64),
        block_share=_running(means.share[nested.member], nested.start, centre)[begin]
        - means.share[nested.member[begin]],
        level=np.maximum(np.searchsorted(levels, least[begin], side="right") - 1, 0).astype(np.int32),
        level_end=np.minimum(np.searchsorted(levels, most[end - 1]), len(levels) - 1).astype(np.int32),
    ), levels


def _shares(nested: Nested, centre: Ints, means: Means) -> tuple[Floats, Floats]:
    """Least and greatest share that each circle has in any window; equal where expected cases are a product."""
    if not means.table.size:
        share = _running(means.share[nested.member], nested.start, centre)
        return share, share
    least = np.full(len(centre), np.inf)
    most = np.zeros(len(centre))
    for w in np.flatnonzero(means.rate > 0):
        share = _running(means.table[nested.member, w], nested.start, centre) / means.rate[w]
        np.minimum(least, share, out=least)
        np.maximum(most, share, out=most)
    return least * (1 - 1e-9), most * (1 + 1e-9)


def _running(values: Floats, start: Ints, centre: Ints) -> Floats:
    """Running sums that begin anew at each centre."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    running: Floats = total[1:] - total[start[:-1]][centre]
    return np.maximum(running, 0.0)


def _levels(bottom: float, top: float) -> Floats:
    levels = [bottom * 0.999]
    while levels[-1] < top * 1.001:
        levels.append(min(levels[-1] * float(np.exp(_LEVEL_LOG)), (levels[-1] ** 0.5 + _LEVEL_ROOT) ** 2))
    return np.array(levels)


def lanes_of(test: Sought, means: Means, windows: Windows, levels: Floats) -> Lanes:
    """Tables to count and judge several windows in one word."""
    from douse.kernels.scan import Lanes  # noqa: PLC0415  numba takes half a second
    from douse.kernels.scan_tables import packed  # noqa: PLC0415

    bits = 16 if test.cases < 2**15 - 1 else 32
    lanes = 64 // bits
    groups = -(-len(means.rate) // (4 * lanes))
    rungs = int(np.clip(_TABLE_BYTES / (groups * len(levels) * 32), 8, _HIGHEST / _FINEST))
    step = _HIGHEST / rungs
    bars = np.arange(rungs, dtype=np.float64) * step
    add = np.zeros((windows.days, groups, 4), np.uint64)
    for w, (first, last) in enumerate(zip(windows.first, windows.last, strict=True)):
        one = np.uint64(1 << (w % lanes * bits))
        add[first - windows.origin : last + 1 - windows.origin, w // (4 * lanes), w // lanes % 4] += one
    tables = []
    for low, sought in ((False, test.high), (True, test.low)):
        fewest = test.fewest_low if low else test.fewest_high
        made = packed(
            test.model, low, levels, means.rate, bars if sought else bars[:1], bits, test.cases, test.people, fewest
        )
        tables.append(made if sought else np.broadcast_to(_never(made, low, bits), (rungs, *made.shape[1:])).copy())
    return Lanes(bits, step, add, *tables)


def _never(table: NDArray[np.uint64], low: bool, bits: int) -> NDArray[np.uint64]:  # noqa: FBT001
    """A table that no count meets."""
    lane = 0 if low else (1 << (bits - 1)) - 1
    word = sum(lane << (bits * at) for at in range(64 // bits))
    return np.full_like(table[:1], np.uint64(word))
