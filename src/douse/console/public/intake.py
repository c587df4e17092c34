"""What residents send goes into the ledger: many at once where many come at once, and none is told before it is in.

Checking and writing a batch takes as long for one form as for fifty. So whoever comes while a batch is written waits
for the next one, which is written by the first of them for all.
"""

from collections.abc import Sequence
from threading import BoundedSemaphore, Lock
from time import monotonic, sleep

from douse.console.permissions import Resident
from douse.console.states import TooOften
from douse.console.writing import record
from douse.errors import DouseError
from douse.records.ledger import NewEntry

PAUSE = 0.4  # seconds from the beginning of a batch to that of the next: in a rush they are fewer and larger
MOST_WAITING = 80  # forms at once: threads of the server that are left belong to staff

_room = BoundedSemaphore(MOST_WAITING)
_list, _turn = Lock(), Lock()
_waiting: list["_Form"] = []
_began = [-PAUSE]  # when the last batch was begun


class _Form:
    """One form on its way."""

    def __init__(self, entries: Sequence[NewEntry]) -> None:
        self.entries = tuple(entries)
        self.is_in = False
        self.error: Exception | None = None


def take(entries: Sequence[NewEntry]) -> None:
    """Append what one form says: all of it or nothing; on disk when this returns.

    Raises
    ------
    DouseError
        When it cannot be written; `TooOften` where too many forms wait.
    """
    if not _room.acquire(timeout=20):
        raise TooOften("Very many people send forms right now.", next_step="Wait a minute and send it once more.")
    try:
        form = _Form(entries)
        with _list:
            _waiting.append(form)
        with _turn:
            if not form.is_in and form.error is None:
                sleep(max(0.0, _began[0] + PAUSE - monotonic()))
                _began[0] = monotonic()
                with _list:
                    batch, _waiting[:] = _waiting[:], []
                _write(batch)
    finally:
        _room.release()
    if form.error is not None:
        raise form.error


def _write(batch: Sequence[_Form]) -> None:
    """Write forms in one batch; where that fails each by itself, so that none suffers for another."""
    try:
        record(Resident(), [entry for form in batch for entry in form.entries], action="sent_by_residents")
    except Exception as error:  # whoever waits must be told, whatever it is
        if len(batch) == 1:
            batch[0].error = error
            return
        if not isinstance(error, DouseError):
            for form in batch:
                form.error = error
            return
        for form in batch:
            _write([form])
    else:
        for form in batch:
            form.is_in = True
