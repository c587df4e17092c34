"""Long work beside the requests: one piece at a time, each known by its key, with its stage to be shown."""

import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Condition, Thread
from typing import Any, Literal
from weakref import WeakKeyDictionary

from douse.console import instance
from douse.errors import DouseError
from douse.records.ledger import Ledger

Progress = Callable[[str], None]
Make = Callable[[Progress], Any]
KEPT = 6  # finished pieces; each holds the tables that it was made from

_log = logging.getLogger(__name__)


@dataclass
class Work:
    """One piece of work, as far as it is.

    Attributes
    ----------
    key : hashable
        What it is, and from what it is made.
    state : str
        waiting, running, done or failed.
    stage : str
        What is being done: a message key of the catalogue.
    made : object
        What came of it.
    error : DouseError or None
        Why it failed, for people.
    """

    key: tuple[Hashable, ...]
    state: Literal["waiting", "running", "done", "failed"] = "waiting"
    stage: str = ""
    made: Any = None
    error: DouseError | None = None

    @property
    def going_on(self) -> bool:
        """Whether it is not finished yet."""
        return self.state in {"waiting", "running"}


class Workshop:
    """Does what it is asked in one thread, in order; keeps what was made last."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._queue: deque[tuple[Work, Make]] = deque()
        self._works: OrderedDict[tuple[Hashable, ...], Work] = OrderedDict()
        self._busy = False

    def ask(self, key: tuple[Hashable, ...], make: Make) -> Work:
        """The piece of work of a key: that which is there or on its way, else a new one. What failed is done anew."""
        with self._changed:
            work = self._works.get(key)
            if work is not None and work.state != "failed":
                return work
            work = Work(key)
            self._works[key] = work
            self._works.move_to_end(key)
            self._queue.append((work, make))
            if not self._busy:
                self._busy = True
                Thread(target=self._run, name="douse-workshop", daemon=True).start()
            return work

    def find(self, key: tuple[Hashable, ...]) -> Work | None:
        """The piece of work of a key, if it was asked for."""
        return self._works.get(key)

    def latest(self, wanted: Callable[[Work], bool]) -> Work | None:
        """The piece asked for last of those that are wanted."""
        with self._changed:
            return next((work for work in reversed(self._works.values()) if wanted(work)), None)

    def finish(self, seconds: float | None = None) -> bool:
        """Wait until nothing is left to do; False where that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._busy, seconds)

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._queue:
                    self._busy = False
                    self._changed.notify_all()
                    return
                work, make = self._queue.popleft()
                work.state = "running"
            self._do(work, make)
            with self._changed:
                finished = [key for key, one in self._works.items() if not one.going_on]
                for key in finished[:-KEPT]:
                    del self._works[key]

    @staticmethod
    def _do(work: Work, make: Make) -> None:
        def tell(stage: str) -> None:
            work.stage = stage

        try:
            work.made = make(tell)
            work.state = "done"
        except DouseError as error:
            work.error, work.state = error, "failed"
        except Exception:
            _log.exception("A piece of work in the background is broken")
            work.error = DouseError(
                "Something broke while this was made.", next_step="Try again, and tell your administrator when."
            )
            work.state = "failed"


_workshops: WeakKeyDictionary[Ledger, dict[str, Workshop]] = WeakKeyDictionary()


def workshop(kind: str) -> Workshop:
    """The workshop of a kind of work, of the instance that this process serves: one piece of each kind at a time."""
    ledger = instance.current().stores.ledger
    return _workshops.setdefault(ledger, {}).setdefault(kind, Workshop())
