"""Runs kept on disk, so that a choice that was stopped goes on where it was."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Key = tuple[str, int]  # strategy, number of the future


class Kept:
    """Rows of finished runs of one choice. Without a folder they are kept in memory only.

    Parameters
    ----------
    folder : pathlib.Path or None
        Where they are written, each lot to a file of its own.
    mark : str
        What the choice stands on; rows of another are not read.
    """

    def __init__(self, folder: Path | None = None, mark: str = "") -> None:
        self._folder = None if folder is None else folder / _short(mark)
        self._rows: dict[Key, Floats] = {}
        if self._folder is not None and self._folder.is_dir():
            for path in sorted(self._folder.glob("*.npz")):
                self._read(path)

    def row(self, strategy: str, future: int) -> Floats | None:
        """A finished run; None where it is still to be done."""
        return self._rows.get((strategy, future))

    def keep(self, rows: Mapping[Key, Floats]) -> None:
        """Keep finished runs."""
        new = {key: row for key, row in rows.items() if key not in self._rows}
        self._rows.update(new)
        if self._folder is None or not new:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        keys = json.dumps([list(key) for key in new])
        path = self._folder / f"{_short(keys)}.npz"
        half = path.with_suffix(".half")
        with half.open("wb") as file:
            np.savez(file, keys=np.array(keys), rows=np.array(list(new.values())))
        half.rename(path)

    def _read(self, path: Path) -> None:
        try:
            with np.load(path) as kept:
                keys = [(str(name), int(number)) for name, number in json.loads(str(kept["keys"]))]
                rows = kept["rows"]
        except (OSError, ValueError, KeyError):
            return  # half a file is none: its runs are done again
        self._rows.update(zip(keys, rows, strict=True))


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
