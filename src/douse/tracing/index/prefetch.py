"""Pages of mapped parts, asked for all at once before they are touched one by one.

A question touches some ten thousand places of files of gigabytes. Left to page faults the system reads one after the
other, and more around each than is needed; told beforehand it reads them together.
"""

import ctypes
import mmap
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from douse.kernels.visit_parts import SECONDS_PER_DAY
from douse.tracing.index.part import Part

Ints = NDArray[np.int64]
_PAGE = mmap.PAGESIZE
# Bytes around a visit that hold those at the same place, mostly.
_AROUND = 2_048
# Pages that are looked at to tell whether the rest is in memory.
_SAMPLE = 8
_ROW, _NUMBER = 16, 4


def prefetch(parts: Sequence[Part], windows: Ints) -> None:
    """Have the pages read that a question about hosts will touch, unless they are in memory already.

    Parameters
    ----------
    parts : sequence of Part
        Those in memory, and all on systems that cannot be told, are passed over.
    windows : numpy.ndarray[int64], shape (W, 3)
        Person, since, until, as for `visit_meetings.meetings`.
    """
    mapped = [part for part in parts if _map_of(part.records) is not None]
    if not mapped or not len(windows) or not hasattr(mmap, "MADV_WILLNEED") or _in_memory(mapped, windows):
        return
    asked = [(part, _persons(part, windows)) for part in mapped]
    for part, persons in asked:
        _will_need(part.person_start, persons * _NUMBER, np.full(len(persons), 2 * _NUMBER))
    spans = [(part, part.person_start[persons], part.person_start[persons + 1]) for part, persons in asked]
    for part, start, end in spans:
        _will_need(part.person_rows, start.astype(np.int64) * _NUMBER, (end - start).astype(np.int64) * _NUMBER)
    for part, start, end in spans:
        rows = [part.person_rows[a:b] for a, b in zip(start, end, strict=True)]
        at = np.concatenate([np.empty(0, dtype=np.uint32), *rows]).astype(np.int64) * _ROW
        _will_need(part.records, at - _AROUND, np.full(len(at), 2 * _AROUND))


def sweep_ahead(part: Part) -> None:
    """Have a whole part read, in a row, before all of it is looked at."""
    for array in (part.person_start, part.person_rows, part.records):
        mapped = _map_of(array)
        if mapped is not None and hasattr(mmap, "MADV_WILLNEED"):
            mapped.madvise(mmap.MADV_SEQUENTIAL)
            mapped.madvise(mmap.MADV_WILLNEED)


def _persons(part: Part, windows: Ints) -> Ints:
    """Persons whose windows meet a part, ascending."""
    midnight = part.day * SECONDS_PER_DAY
    known = (windows[:, 0] < len(part.person_start) - 1) & (windows[:, 2] > midnight) & (windows[:, 1] <= part.last)
    return np.unique(windows[known, 0])


def _will_need(array: NDArray[Any], offset: Ints, length: Ints) -> None:
    """Ask for the pages of some runs of bytes of an array."""
    mapped = _map_of(array)
    if mapped is None or not len(offset):
        return
    head = getattr(array, "offset", 0)
    first = np.clip(offset + head, 0, len(mapped) - 1) // _PAGE
    last = np.clip(offset + head + np.maximum(length, 1) - 1, 0, len(mapped) - 1) // _PAGE
    pages = np.unique(np.concatenate([first + step for step in range(int((last - first).max()) + 1)]))
    pages = pages[pages * _PAGE < len(mapped)]
    breaks = np.flatnonzero(np.diff(pages) > 1) + 1
    for run_first, run_end in zip(pages[np.r_[0, breaks]], pages[np.r_[breaks - 1, len(pages) - 1]] + 1, strict=True):
        mapped.madvise(mmap.MADV_WILLNEED, int(run_first) * _PAGE, int(run_end - run_first) * _PAGE)


def _in_memory(parts: Sequence[Part], windows: Ints) -> bool:
    """Whether the pages of a sample of persons, and of a visit of each, are in memory."""
    for k in range(_SAMPLE):
        part = parts[k % len(parts)]
        person = int(windows[k * len(windows) // _SAMPLE, 0])
        if person >= len(part.person_start) - 1:
            continue
        if not _is_resident(part.person_start, person * _NUMBER):
            return False
        first, end = int(part.person_start[person]), int(part.person_start[person + 1])
        if first == end:
            continue
        if not _is_resident(part.person_rows, first * _NUMBER):
            return False
        if not _is_resident(part.records, int(part.person_rows[first]) * _ROW):
            return False
    return True


def _is_resident(array: NDArray[Any], at: int) -> bool:
    """Whether the page of a byte of an array is in memory; no where the system does not tell."""
    mincore = getattr(_libc(), "mincore", None)
    if mincore is None:
        return False
    resident = (ctypes.c_ubyte * 1)()
    page = (array.ctypes.data + at) // _PAGE * _PAGE
    return mincore(ctypes.c_void_p(page), ctypes.c_size_t(_PAGE), resident) != 0 or bool(resident[0] & 1)


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def _map_of(array: NDArray[Any]) -> mmap.mmap | None:
    """The map behind an array, which numpy has no public way to."""
    mapped: mmap.mmap | None = getattr(array, "_mmap", None)
    return mapped
