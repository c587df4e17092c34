"""One part of the index: the visits that began on a day, in memory or mapped from files."""

import mmap
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from douse.kernels import visit_build, visit_parts
from douse.kernels.visit_parts import SECONDS_PER_DAY

EPOCH = date(1970, 1, 1)
# Places with fewer visits a day are not listed by size; a lower crowd limit than this is found by reading the part.
BUSY_FROM = 32
_ARRAYS = ("records", "person_start", "person_rows", "fence", "spill", "busy")


@dataclass(frozen=True, eq=False)
class Part:
    """Arrays as `kernels/visit_parts.py` says."""

    day: int  # days since 1970
    last: int  # seconds since 1970 of the last end of a visit
    told: int  # longest delay until told, in days
    records: NDArray[np.int32]
    person_start: NDArray[np.uint32]
    person_rows: NDArray[np.uint32]
    fence: NDArray[np.int32]
    spill: NDArray[np.uint8]
    busy: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.records)

    def forget(self) -> None:
        """Give the memory of mapped records back to the system, which keeps them as long as it has room."""
        for array in (self.records, self.person_start, self.person_rows):
            mapped = getattr(array, "_mmap", None)  # numpy has no public way to the map
            if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
                mapped.madvise(mmap.MADV_DONTNEED)
                _read_what_is_asked(array)

    def address_row(self) -> list[int]:
        """Row of the table of addresses."""
        arrays = (self.records, self.person_start, self.person_rows, self.fence, self.spill, self.busy)
        records, person_start, person_rows, fence, spill, busy = (_address(array) for array in arrays)
        return [
            records, len(self.records), person_start, len(self.person_start) - 1, person_rows, fence, len(self.fence),
            spill, len(self.spill), busy, len(self.busy), self.day, self.last, self.told,
        ]  # fmt: skip


def make_part(day: int, records: NDArray[np.int32], persons: int, places: int) -> Part:
    """A part from its records, in their order and without overlaps (`visit_build.once`)."""
    person_start, person_rows = visit_build.index_persons(records, persons)
    fence, spill, busy, last, told = visit_build.describe(records, places, BUSY_FROM)
    return Part(day, day * SECONDS_PER_DAY + last, told, records, person_start, person_rows, fence, spill, busy)


def address_table(parts: Sequence[Part]) -> NDArray[np.int64]:
    """Table of addresses of parts; whoever uses it keeps the parts."""
    rows = [part.address_row() for part in parts]
    return np.array(rows, dtype=np.int64).reshape(len(rows), visit_parts.COLUMNS)


def save(part: Part, folder: Path) -> dict[str, Any]:
    """Write the arrays into a new folder; gives what the manifest says of the part."""
    folder.mkdir(parents=True)
    for name in _ARRAYS:
        save_array(folder / f"{name}.npy", getattr(part, name))
    return {"name": folder.name, "day": part.day, "last": part.last, "told": part.told, "visits": len(part)}


def save_array(path: Path, array: NDArray[Any]) -> None:
    """Write an array, and wait until it is on disk."""
    with path.open("wb") as file:
        np.save(file, array, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())


def load(folder: Path, said: dict[str, Any]) -> Part:
    """A part on its files: nothing is read but what is looked at; fence and busy places are loaded."""
    mapped = {
        name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("records", "person_start", "person_rows")
    }
    for array in mapped.values():
        _read_what_is_asked(array)
    small = {name: np.load(folder / f"{name}.npy") for name in ("fence", "spill", "busy")}
    return Part(said["day"], said["last"], said["told"], **mapped, **small)


def _read_what_is_asked(array: NDArray[Any]) -> None:
    """Tell the system not to read around what is touched."""
    mapped = getattr(array, "_mmap", None)
    if mapped is not None and hasattr(mmap, "MADV_RANDOM"):
        mapped.madvise(mmap.MADV_RANDOM)


def day_number(day: date) -> int:
    """Days since 1970."""
    return (day - EPOCH).days


def day_of(number: int) -> date:
    """The day of a number of days since 1970."""
    return EPOCH + timedelta(days=number)


def _address(array: NDArray[Any]) -> int:
    return int(array.ctypes.data) if array.size else 0
