"""Small cells: hide them, and hide as many others as it takes that nobody can work them out from the totals.

A table of counts is published with its row totals, column totals and grand total. Counts from 1 to below the minimum
are hidden (primary suppression; 0 is shown). Then further cells are hidden (complementary suppression) until whoever
knows the shown numbers, and that counts are not negative, is left with a range of at least `minimum` values for each
hidden number. Ranges are exact: the numbers of a table with totals are flows, and the range of one of them is a
maximum flow (Gusfield 1988, SIAM Journal on Computing 17(3), 552-571).

This holds within one table. Two tables of the same people, or those of two days, can still be compared.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Published:
    """A table with totals as it may be shown.

    Attributes
    ----------
    values : numpy.ndarray[int64], shape (R + 1, C + 1)
        Counts; the last row and the last column hold the totals.
    hidden : numpy.ndarray[bool], shape (R + 1, C + 1)
        Which of them must not be shown.
    """

    values: Counts
    hidden: Mask

    def shown(self) -> list[list[int | None]]:
        """Rows of numbers; None where hidden."""
        return [
            [None if hide else int(value) for value, hide in zip(values, hides, strict=True)]
            for values, hides in zip(self.values, self.hidden, strict=True)
        ]


def suppress(counts: Counts, minimum: int) -> Published:
    """Hide what must not be shown of a table of counts.

    Parameters
    ----------
    counts : numpy.ndarray[int64], shape (R, C)
        Not negative; without totals.
    minimum : int
        Counts from 1 to `minimum` - 1 are small.

    Returns
    -------
    Published
        With totals.

    Raises
    ------
    ValueError
        When the counts are not a table of numbers from 0 up.
    """
    if counts.ndim != 2 or (counts < 0).any():
        raise ValueError("counts are a table of whole numbers from 0 up")
    values = with_totals(counts)
    hidden = (values > 0) & (values < minimum)
    while (unsafe := _least_safe(values, hidden, minimum)) is not None:
        hidden[_next_to_hide(values, hidden, unsafe)] = True
    return Published(values, hidden)


def with_totals(counts: Counts) -> Counts:
    """The table with a row and a column of totals added."""
    rows, columns = counts.shape
    values = np.zeros((rows + 1, columns + 1), dtype=np.int64)
    values[:rows, :columns] = counts
    values[:rows, -1] = counts.sum(axis=1)
    values[-1] = values[:rows].sum(axis=0)
    return values


def range_width(values: Counts, hidden: Mask, at: tuple[int, int]) -> float:
    """How many units lie between the least and the greatest value that a hidden number can have; may be infinite."""
    network = _network(values, hidden, at)
    row, column = at[0], values.shape[0] + at[1]
    up, down = (column, row), (row, column)
    if _is_total(values, at):
        up, down = down, up
    limit = int(values.sum()) + 1  # more than can flow within the shown numbers
    rise = network(*up)
    return float("inf") if rise >= limit else float(rise + min(network(*down), int(values[at])))


def _least_safe(values: Counts, hidden: Mask, minimum: int) -> tuple[int, int] | None:
    """A hidden number that is alone in its row or column, else the one with the narrowest range, if too narrow."""
    alone = hidden & ((hidden.sum(axis=1, keepdims=True) == 1) | (hidden.sum(axis=0, keepdims=True) == 1))
    if alone.any():
        r, c = np.argwhere(alone)[0].tolist()
        return r, c
    ranked = [(range_width(values, hidden, (r, c)), r, c) for r, c in np.argwhere(hidden).tolist()]
    narrowest = min(ranked, default=None)
    if narrowest is None or narrowest[0] >= minimum - 1:
        return None
    return narrowest[1], narrowest[2]


def _next_to_hide(values: Counts, hidden: Mask, unsafe: tuple[int, int]) -> tuple[int, int]:
    """The shown number whose loss costs least: in the row, else the column, of the unsafe one; not a zero if it can be.

    A number is sought in a row (or column) where it is the only hidden one first, since there it can be subtracted.
    """
    row, column = unsafe
    lines: list[list[tuple[int, int]]] = [
        [(row, c) for c in range(values.shape[1])],
        [(r, column) for r in range(values.shape[0])],
    ]
    lines.sort(key=lambda line: sum(bool(hidden[at]) for at in line))
    everywhere = [(r, c) for r in range(values.shape[0]) for c in range(values.shape[1])]
    for line in (*lines, everywhere):
        shown = [at for at in line if not hidden[at]]
        if shown:
            return min(shown, key=lambda at: (values[at] == 0, _is_total(values, at), values[at], at))
    raise AssertionError("with everything hidden every range is endless")


def _is_total(values: Counts, at: tuple[int, int]) -> bool:
    """Whether a number enters its row and column with the other sign: a total of one of them, but not of both."""
    row, column = at
    return bool((row == values.shape[0] - 1) != (column == values.shape[1] - 1))


def _network(values: Counts, hidden: Mask, leave_out: tuple[int, int]) -> Callable[[int, int], int]:
    """Maximum flow between two nodes (rows, then columns) along the hidden numbers but one.

    A number can grow without end along row -> column, and shrink to 0 along column -> row; totals the other way round.
    """
    rows, columns = values.shape
    endless = int(values.sum()) + 1
    capacity = np.zeros((rows + columns, rows + columns), dtype=np.int32)
    for r, c in np.argwhere(hidden):
        at = (int(r), int(c))
        if at == leave_out:
            continue
        grow, shrink = (r, rows + c), (rows + c, r)
        if _is_total(values, at):
            grow, shrink = shrink, grow
        capacity[grow], capacity[shrink] = endless, values[at]
    graph = csr_array(capacity)
    return lambda source, sink: int(maximum_flow(graph, source, sink).flow_value)
