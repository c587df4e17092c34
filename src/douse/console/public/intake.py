"""What residents send goes into the ledger: many at once where many come at once, and none is told before it is in.

Most of what checking and writing costs, a batch costs once, however many forms are in it. So whoever comes while a
batch is written waits for the next one, which is written by the first of them for all.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from time import monotonic, sleep

from sqlalchemy.exc import InterfaceError, OperationalError

from douse.console.permissions import Resident
from douse.console.public.turns import aside
from douse.console.states import TooOften
from douse.console.writing import record
from douse.errors import DouseError
from douse.records.ledger import NewEntry

PAUSE = 0.4  # seconds from the beginning of a batch to that of the next: in a rush they are fewer and larger
# Forms at once, and those that may wait until there is room: threads of the server that are left belong to staff.
MOST_WAITING, MOST_IN_LINE = 80, 8
PATIENCE = 20.0  # seconds that a form waits for room
_UNREACHABLE = (OperationalError, InterfaceError)  # the ledger, whatever a form says

_room, _line = BoundedSemaphore(MOST_WAITING), BoundedSemaphore(MOST_IN_LINE)
_log = logging.getLogger(__name__)
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
        When it cannot be written, which the log then explains; `TooOften` where too many forms wait.
    """
    with aside(), _place():
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
    if form.error is not None:
        raise form.error


@contextmanager
def _place() -> Iterator[None]:
    """Room for one form; a few wait for it, who comes beyond them is told at once."""
    there = _room.acquire(blocking=False)
    if not there and _line.acquire(blocking=False):
        try:
            there = _room.acquire(timeout=PATIENCE)
        finally:
            _line.release()
    if not there:
        raise TooOften("Very many people send forms right now.", next_step="Wait a minute and send it once more.")
    try:
        yield
    finally:
        _room.release()


def not_kept(error: Exception) -> DouseError:
    """What the sender of a form is told when something broke; the log is told what."""
    _log.error("forms of residents could not be kept", exc_info=error)
    return DouseError("What you sent could not be kept just now.", next_step="Wait a minute and send it once more.")


def _write(batch: Sequence[_Form]) -> None:
    """Write forms in one batch; where that fails each by itself, so that none suffers for another."""
    try:
        record(Resident(), [entry for form in batch for entry in form.entries], action="sent_by_residents")
    except Exception as error:  # whoever waits must be told, whatever it is
        if len(batch) > 1 and not isinstance(error, _UNREACHABLE):
            for form in batch:
                _write([form])
            return
        told = not_kept(error)
        for form in batch:
            form.error = told
    else:
        for form in batch:
            form.is_in = True
