"""Room for what falls due: blocks of events by day, which grow when they are full and are used again."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from douse.kernels.epidemic_layout import BLOCK, CALENDAR, TAIL

_GROWS = 1.25
Numbers = NDArray[np.uint32]
Ints = NDArray[np.int32]


class Calendar:
    """Events that the people of one shard pass on, by day and by the shard that they go to.

    Attributes
    ----------
    events : numpy.ndarray[uint32], shape (blocks * BLOCK, 3)
        Infector, target, and the rest.
    following : numpy.ndarray[int32], shape (blocks,)
        Next block of the same day; -1: none.
    head, fill : numpy.ndarray[int32], shape (S, CALENDAR)
        First block by shard and day, and events in it.
    free : numpy.ndarray[int32], shape (blocks,); left : numpy.ndarray[int64], shape (1,)
        A stack of unused blocks.
    """

    def __init__(self, shards: int) -> None:
        blocks = 2 * (TAIL * shards + 1)
        self.events = np.empty((blocks * BLOCK, 3), np.uint32)
        self.following = np.empty(blocks, np.int32)
        self.free = np.arange(blocks, dtype=np.int32)
        self.head = np.full((shards, CALENDAR), -1, np.int32)
        self.fill = np.zeros((shards, CALENDAR), np.int32)
        self.left = np.full(1, blocks, np.int64)

    @property
    def blocks(self) -> int:
        """Blocks in all."""
        return len(self.following)

    @property
    def arrays(self) -> tuple[Numbers, Ints, Ints, Ints, Ints, NDArray[np.int64]]:
        """What the kernels ask for that put events in."""
        return self.events, self.following, self.head, self.fill, self.free, self.left

    def clear(self) -> None:
        """Take everything off."""
        self.free[:] = np.arange(self.blocks, dtype=np.int32)
        self.left[:] = self.blocks
        self.head[:] = -1
        self.fill[:] = 0

    def grow(self, needed: int = 0) -> None:
        """Make room for a quarter more, and for `needed` more blocks at least."""
        old, left = self.blocks, int(self.left[0])
        new = max(int(old * _GROWS), old + needed + 1)
        self.events = longer(self.events, new * BLOCK)
        self.following = longer(self.following, new)
        self.free = np.concatenate(
            [np.arange(old, new, dtype=np.int32), self.free[:left], np.empty(old - left, np.int32)]
        )
        self.left += new - old


class Agenda:
    """Items by day, as `Calendar`; the number of unused blocks is kept with the scalars of a run."""

    def __init__(self, blocks: int = 256) -> None:
        self.items = np.empty(blocks * BLOCK, np.uint64)
        self.following = np.empty(blocks, np.int32)
        self.free = np.arange(blocks, dtype=np.int32)
        self.head = np.full(CALENDAR, -1, np.int32)
        self.fill = np.zeros(CALENDAR, np.int32)

    @property
    def blocks(self) -> int:
        """Blocks in all."""
        return len(self.following)

    @property
    def arrays(self) -> tuple[NDArray[np.uint64], Ints, Ints, Ints, Ints]:
        """What the kernels ask for."""
        return self.items, self.following, self.head, self.fill, self.free

    def clear(self) -> None:
        """Take everything off."""
        self.free[:] = np.arange(self.blocks, dtype=np.int32)
        self.head[:] = -1
        self.fill[:] = 0

    def grow(self, left: int, needed: int = 0) -> int:
        """Make room for a quarter more, and for `needed` blocks; `left` were unused. Returns those unused now."""
        old = self.blocks
        new = max(int(old * _GROWS), old + needed + 1)
        self.items = longer(self.items, new * BLOCK)
        self.following = longer(self.following, new)
        self.free = np.concatenate(
            [np.arange(old, new, dtype=np.int32), self.free[:left], np.empty(old - left, np.int32)]
        )
        return left + new - old


def longer(array: NDArray[Any], length: int, kept: int | None = None) -> NDArray[Any]:
    """The array with room for so many rows; the first `kept` stay (all where it is None)."""
    kept = len(array) if kept is None else kept
    made = np.empty((length, *array.shape[1:]), array.dtype)
    made[:kept] = array[:kept]
    return made


def at_least(array: NDArray[Any], length: int, kept: int = 0) -> NDArray[Any]:
    """The array, or a longer one where it has fewer rows; the first `kept` stay."""
    return array if len(array) >= length else longer(array, max(length, int(len(array) * _GROWS)), kept)
