"""`Growing`: columns of whole numbers that rows are added to."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class Growing:
    """Named columns of one length. Writing into a column that was got by name changes it."""

    def __init__(self, *names: str) -> None:
        self._columns: dict[str, Ints] = {name: np.empty(64, np.int64) for name in names}
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    def __getitem__(self, name: str) -> Ints:
        return self._columns[name][: self._rows]

    def add(self, **values: Any) -> None:
        """Add rows: arrays of one length, or numbers for all of them."""
        rows = max((len(value) for value in values.values() if np.ndim(value)), default=0)
        end = self._rows + rows
        for name, value in values.items():
            column = self._columns[name]
            if end > len(column):
                column = np.concatenate([column, np.empty(end, np.int64)])
                self._columns[name] = column
            column[self._rows : end] = value
        self._rows = end

    def where(self, which: NDArray[Any]) -> "Growing":
        """Rows by a mask or by position."""
        chosen = Growing(*self._columns)
        chosen._columns = {name: self[name][which] for name in self._columns}
        chosen._rows = len(next(iter(chosen._columns.values())))
        return chosen
