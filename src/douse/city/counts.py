"""How many there are in each part of an array."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def widths(start: NDArray[Any]) -> Ints:
    """How many there are in each part, from where each begins and the end; one fewer than `start` has."""
    whole_start = start.astype(np.int64)
    counts: Ints = whole_start[1:] - whole_start[:-1]
    return counts
