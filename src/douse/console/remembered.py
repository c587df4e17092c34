"""What is computed once for a state of some tables, and kept until one of them changes."""

import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookLong
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any, Generic, TypeVar

from douse.records.growth import Change, Grown, State

_log = logging.getLogger(__name__)
Sources = tuple[object, ...]
_VERSIONS = 6  # of a table that grows, for those who read while others write
_MOMENT = 0.1  # seconds
_REST = 8.0  # times as long as making a value took
_PAUSE = 1.0  # likewise, before another one is made anew
Made = TypeVar("Made")


class Remembered(Generic[Made]):
    """Values by key, each good only for the very tables that it was made from.

    Frames do not change; the ledger's view gives the same frame as long as its table has no new row. Of threads that
    ask for the same at once, one makes it and the others wait.

    Parameters
    ----------
    most : int
        Keys whose values are kept; the one used longest ago goes first.
    versions : int
        Values kept of a key, the latest made: who began before a write still reads what was there then.
    """

    def __init__(self, most: int = 64, versions: int = 1) -> None:
        self._most, self._versions, self._lock = most, versions, Lock()
        self._kept: OrderedDict[Hashable, deque[tuple[Sources, Any]]] = OrderedDict()
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
                self._kept.setdefault(key, deque(maxlen=self._versions)).append((sources, made))
                self._kept.move_to_end(key)
                while len(self._kept) > self._most:
                    gone, _ = self._kept.popitem(last=False)
                    self._making.pop(gone, None)
            return made

    def versions(self, key: Hashable) -> list[Made]:
        """The values kept of a key, for whatever sources they were made; the latest made comes first."""
        with self._lock:
            return [made for _, made in reversed(self._kept.get(key, ()))]

    def forget(self) -> None:
        """Keep nothing of what was made."""
        with self._lock:
            self._kept.clear()

    def _find(self, key: Hashable, sources: Sources) -> "_Found[Made] | None":
        with self._lock:
            for of, made in reversed(self._kept.get(key, ())):
                if _same(of, sources):
                    self._kept.move_to_end(key)
                    return _Found(made)
            return None


Follow = Callable[[Grown, Sequence[Change]], Grown | None]


class Following:
    """Tables by key that follow the tables they were made from, without being made anew.

    Parameters
    ----------
    most : int
        Keys whose tables are kept; the one used longest ago goes first.
    versions : int
        Tables kept of a key. They share what they have in common, unless rows have left.
    """

    def __init__(self, most: int = 64, versions: int = _VERSIONS) -> None:
        self._kept: Remembered[_Followed] = Remembered(most, versions)

    def get(
        self, key: Hashable, sources: Sequence[Grown], others: Sources, make: Callable[[], Grown], follow: Follow
    ) -> Grown:
        """The table of some sources as they are now.

        Parameters
        ----------
        key : Hashable
            Names the table.
        sources : sequence of Grown
            What it follows.
        others : tuple
            What else it is made from: when one of these is another object, it is made anew.
        make : callable
            Makes it.
        follow : callable
            Takes the table as it was and the change of each source, and gives the table as it is now; None where it
            has to be made anew.
        """
        states = tuple(source.state for source in sources)

        def following() -> _Followed:
            for before in self._kept.versions(key):
                if not _same(before.others, others):
                    continue
                changes = [source.since(state) for source, state in zip(sources, before.states, strict=True)]
                known = [change for change in changes if change is not None]
                made = follow(before.table, known) if len(known) == len(changes) else None
                if made is not None:  # else it was made from later rows, or from too early ones
                    return _Followed(states, others, made)
            return _Followed(states, others, make())

        return self._kept.get(key, (*states, *others), following).table

    def forget(self) -> None:
        """Keep nothing of what was made."""
        self._kept.forget()


@dataclass(frozen=True)
class _Followed:
    states: tuple[State, ...]
    others: Sources
    table: Grown


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
    age: float = 0.0  # seconds since the records that it was made from


class Background:
    """Values that take long, made by threads of their own; until one is there, the one of earlier records is shown.

    While records come in all the time the machine has other things to do: a value is not made anew sooner than some
    times as long as making it took, and after one that was made anew comes a pause as long as making it took.

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
        self._pauses_until = 0.0

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
                fresh, now = _same(kept.sources, sources), monotonic()
                rests = now < kept.rests_until or now < self._pauses_until
                if fresh or (rests and key not in self._under_way):
                    return _answer(kept, is_fresh=fresh)
            future = self._under_way.get(key)
            if future is None:
                again = kept is not None
                if again:
                    self._pauses_until = float("inf")  # until it is made
                future = self._pool.submit(self._make, key, sources, make, again)
                self._under_way[key] = future
        with suppress(TookLong):
            future.result(timeout=wait if kept is None else min(wait, _MOMENT))
        with self._lock:
            found = self._kept.get(key)
        return Answer(None, is_fresh=False) if found is None else _answer(found, is_fresh=_same(found.sources, sources))

    def forget(self) -> None:
        """Keep nothing of what was made."""
        with self._lock:
            self._kept.clear()

    def _make(self, key: Hashable, sources: Sources, make: Callable[[], Any], again: bool) -> None:  # noqa: FBT001
        began, made, failed = monotonic(), None, False
        try:
            made = make()
        except Exception:
            _log.exception("a value could not be made")
            failed = True
        with self._lock:
            now = monotonic()
            if again:
                self._pauses_until = now + _PAUSE * (now - began)
            self._kept[key] = _Kept(sources, made, began, now + _REST * (now - began), failed)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            self._under_way.pop(key, None)


@dataclass(frozen=True)
class _Kept:
    sources: Sources
    value: Any
    began: float  # of the machine's own clock, in seconds
    rests_until: float  # of the machine's own clock, in seconds
    has_failed: bool


def _answer(kept: _Kept, *, is_fresh: bool) -> Answer[Any]:
    return Answer(kept.value, is_fresh, kept.has_failed, 0.0 if is_fresh else monotonic() - kept.began)
