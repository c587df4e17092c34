"""Residents take turns: however many come at once, one of their pages is made at a time.

Threads that all want the interpreter take it from each other thousands of times a second, which costs everybody; and
staff, who take no turns, find it sooner. Whoever only waits for the next batch lets others pass.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, local

MOST = 1  # pages that are made at once: two already take the interpreter from each other

_free = BoundedSemaphore(MOST)
_held = local()


@contextmanager
def turn() -> Iterator[None]:
    """Wait for a turn, and have it."""
    with _free:
        _held.here = True
        try:
            yield
        finally:
            _held.here = False


@contextmanager
def aside() -> Iterator[None]:
    """Let others pass meanwhile, where this thread has a turn."""
    if not getattr(_held, "here", False):
        yield
        return
    _free.release()
    try:
        yield
    finally:
        _free.acquire()
