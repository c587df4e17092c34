"""What is computed once for a state of some tables, and kept until one of them changes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

Sources = tuple[object, ...]
Made = TypeVar("Made")


class Remembered(Generic[Made]):
    """Values by key, each good only for the very tables that it was made from.

    Frames do not change; the ledger's view gives the same frame as long as its table has no new row.

    Parameters
    ----------
    most : int
        Values kept; the one used longest ago goes first.
    """

    def __init__(self, most: int = 64) -> None:
        self._most, self._lock = most, Lock()
        self._kept: OrderedDict[Hashable, tuple[Sources, Any]] = OrderedDict()

    def get(self, key: Hashable, sources: Sources, make: Callable[[], Made]) -> Made:
        """The value that was kept for these sources, or a new one."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and _same(kept[0], sources):
                self._kept.move_to_end(key)
                value: Made = kept[1]
                return value
        made = make()
        with self._lock:
            self._kept[key] = (sources, made)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made


def _same(one: Sources, other: Sources) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))
