"""What is computed once for a state of some tables, and kept until one of them changes."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookLong
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any, Generic, TypeVar

_log = logging.getLogger(__name__)
Sources = tuple[object, ...]
_MOMENT = 0.1  # seconds
_REST = 8.0  # times as long as making a value took
Made = TypeVar("Made")


class Remembered(Generic[Made]):
    """Values by key, each good only for the very tables that it was made from.

    Frames do not change; the ledger's view gives the same frame as long as its table has no new row. Of threads that
    ask for the same at once, one makes it and the others wait.

    Parameters
    ----------
    most : int
        Values kept; the one used longest ago goes first.
    """

    def __init__(self, most: int = 64) -> None:
        self._most, self._lock = most, Lock()
        self._kept: OrderedDict[Hashable, tuple[Sources, Any]] = OrderedDict()
        self._making: dict[Hashable, Lock] = {}

    def get(self, key: Hashable, sources: Sources, make: Callable[[], Made]) -> Made:
        """The value that was kept for these sources, or a new one."""
        found = self._find(key, sources)
        if found is not None:
            return found.value
        with self._lock:
            making = self._making.setdefault(key, Lock())
        with making:
            found = self._find(key, sources)
            if found is not None:
                return found.value
            made = make()
            with self._lock:
                self._kept[key] = (sources, made)
                self._kept.move_to_end(key)
                while len(self._kept) > self._most:
                    gone, _ = self._kept.popitem(last=False)
                    self._making.pop(gone, None)
            return made

    def forget(self) -> None:
        """Keep nothing of what was made."""
        with self._lock:
            self._kept.clear()

    def _find(self, key: Hashable, sources: Sources) -> "_Found[Made] | None":
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or not _same(kept[0], sources):
                return None
            self._kept.move_to_end(key)
            return _Found(kept[1])


@dataclass(frozen=True)
class _Found(Generic[Made]):
    value: Made


def _same(one: Sources, other: Sources) -> bool:
    return len(one) == len(other) and all(
        a is b or (isinstance(a, str) and a == b) for a, b in zip(one, other, strict=True)
    )


@dataclass(frozen=True)
class Answer(Generic[Made]):
    """What there is of a value now: none yet, one of earlier records, or the value of today's."""

    value: Made | None
    is_fresh: bool
    has_failed: bool = False  # making it raised: the server's log says what


class Background:
    """Values that take long, made by threads of their own; until one is there, the one of earlier records is shown.

    A value is not made anew sooner than some times as long as making it took: while records come in all the time, the
    machine does not do nothing else.

    Parameters
    ----------
    threads : int
        That make values.
    most : int
        Values kept.
    """

    def __init__(self, threads: int = 2, most: int = 128) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="background")
        self._lock, self._most = Lock(), most
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._under_way: dict[Hashable, Future[None]] = {}

    def get(self, key: Hashable, sources: Sources, make: Callable[[], Made], wait: float) -> Answer[Made]:
        """What there is; a value that is missing or old is begun, and waited for.

        Parameters
        ----------
        wait : float
            Seconds, for a value that is missing; for a newer one than there is a moment only.
        """
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                fresh = _same(kept.sources, sources)
                if fresh or monotonic() < kept.rests_until:
                    return Answer(kept.value, fresh, kept.has_failed)
            future = self._under_way.get(key)
            if future is None:
                future = self._pool.submit(self._make, key, sources, make)
                self._under_way[key] = future
        with suppress(TookLong):
            future.result(timeout=wait if kept is None else min(wait, _MOMENT))
        with self._lock:
            now = self._kept.get(key)
        if now is None:
            return Answer(None, is_fresh=False)
        return Answer(now.value, _same(now.sources, sources), now.has_failed)

    def forget(self) -> None:
        """Keep nothing of what was made."""
        with self._lock:
            self._kept.clear()

    def _make(self, key: Hashable, sources: Sources, make: Callable[[], Any]) -> None:
        began, made, failed = monotonic(), None, False
        try:
            made = make()
        except Exception:
            _log.exception("a value could not be made")
            failed = True
        with self._lock:
            self._kept[key] = _Kept(sources, made, monotonic() + _REST * (monotonic() - began), failed)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            self._under_way.pop(key, None)


@dataclass(frozen=True)
class _Kept:
    sources: Sources
    value: Any
    rests_until: float  # of the machine's own clock, in seconds
    has_failed: bool
