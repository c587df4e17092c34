"""Work for other processes: large arrays travel as paths of memory maps, never as arrays.

A city of a million people is written once into a temporary folder; each process maps it, so that all share one copy.
Workers on other machines need to see that folder: set TMPDIR to one that all share.
"""

import io
import pickle
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from douse.errors import DataError

Item = TypeVar("Item")
Answer = TypeVar("Answer")
LARGE = 1 << 16  # bytes, from which an array is mapped


@contextmanager
def carried(work: Callable[[list[Item]], list[Answer]]) -> Iterator[Callable[[list[Item]], list[Answer]]]:
    """The same work, light enough to be sent with every share; its arrays lie in a folder for as long as it is needed."""  # noqa: E501
    with tempfile.TemporaryDirectory(prefix="douse-") as folder:
        path = Path(folder) / "work.pickle"
        _write(work, path)
        yield partial(_do, str(path))


def _do(path: str, items: list[Any]) -> list[Any]:
    return _work(path)(items)


@lru_cache(maxsize=2)
def _work(path: str) -> Callable[[list[Any]], list[Any]]:
    """Read once in each process."""
    try:
        text = Path(path).read_bytes()
    except OSError:
        raise DataError(
            "A worker cannot read the folder that the work was written to.",
            next_step="Set TMPDIR to a folder that all workers see, and start again.",
        ) from None
    work: Callable[[list[Any]], list[Any]] = _Mapping(io.BytesIO(text)).load()
    return work


def _write(work: object, path: Path) -> None:
    with path.open("wb") as file:
        _Setting(file, path.parent).dump(work)


class _Setting(pickle.Pickler):
    """Writes large arrays beside the pickle, and their paths into it."""

    def __init__(self, file: Any, folder: Path) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._folder = folder
        self._paths: dict[int, str] = {}

    def persistent_id(self, obj: Any) -> str | None:
        """Path of a large array; the same for the same array."""
        if type(obj) is not np.ndarray or obj.nbytes < LARGE or obj.dtype.hasobject:
            return None
        if id(obj) not in self._paths:
            path = self._folder / f"{len(self._paths)}.npy"
            np.save(path, obj)
            self._paths[id(obj)] = str(path)
        return self._paths[id(obj)]


class _Mapping(pickle.Unpickler):
    """Maps the arrays: writable for the kernels' one type of arrays, and what is written stays in the process."""

    def persistent_load(self, pid: str) -> np.ndarray[Any, Any]:
        """The array."""
        return np.asarray(np.load(pid, mmap_mode="c"))
