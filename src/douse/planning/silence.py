"""`without_lines`: what a compiled library writes to the terminal by itself, kept from it."""

import contextlib
import ctypes
import os
import tempfile
import threading
from collections.abc import Iterator

_STDOUT = 1
_one_at_a_time = threading.RLock()  # the process has one standard output


@contextlib.contextmanager
def without_lines(start: bytes) -> Iterator[None]:
    """Leave lines that begin so out of the process's standard output; all others come when the block ends.

    For libraries that print from compiled code, past `sys.stdout` and with no option against it. Where the standard
    output is closed, or the C library cannot be asked to write what it holds back, nothing is done.
    """
    with _one_at_a_time, contextlib.ExitStack() as later:
        try:
            write_out = ctypes.CDLL(None).fflush
            usual = os.dup(_STDOUT)
            later.callback(os.close, usual)
            held = later.enter_context(tempfile.TemporaryFile())
        except (AttributeError, OSError, TypeError):  # no such function; no standard output; no C library by that name
            yield
            return
        write_out(None)
        os.dup2(held.fileno(), _STDOUT)
        try:
            yield
        finally:
            write_out(None)
            os.dup2(usual, _STDOUT)
            held.seek(0)
            _write([line for line in held if not line.startswith(start)])


def _write(lines: list[bytes]) -> None:
    left = memoryview(b"".join(lines))
    while left:
        left = left[os.write(_STDOUT, left) :]
