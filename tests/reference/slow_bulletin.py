"""An attacker who has every bulletin: what can be worked out of the numbers that none of them shows.

A plain linear programme over the cumulative count of every row at every bulletin. It knows what is public: what was
shown, that rows add up to totals, that counts are not negative, that they do not shrink but where a correction was
named, and that no more people are well again or dead than were ill. It shares nothing with the program.
"""

from collections.abc import Iterator

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array


class Attacker:
    """Ranges of numbers, from the shown columns of cases and outcomes.

    Parameters
    ----------
    tables : list of (rows, shown, totals, corrected)
        Of each table: names of rows; counts by column and row, None where hidden; totals by column; for each column the
        names of the rows that a correction was named for.
    nested : bool
        Whether the total of the second table is never above that of the first.
    """

    def __init__(self, tables, *, nested=True):
        self.at = {}
        for number, (rows, shown, _, _) in enumerate(tables):
            for t in range(len(shown)):
                for row in (*rows, None):
                    self.at[number, row, t] = len(self.at)
        equal, less = [], []
        for number, (rows, shown, totals, corrected) in enumerate(tables):
            for t in range(len(shown)):
                equal.append(({self.at[number, r, t]: 1 for r in rows} | {self.at[number, None, t]: -1}, 0))
                if totals[t] is not None:
                    equal.append(({self.at[number, None, t]: 1}, totals[t]))
                for place, row in enumerate(rows):
                    if shown[t][place] is not None:
                        equal.append(({self.at[number, row, t]: 1}, shown[t][place]))
                    if t and row not in corrected[t]:
                        less.append(({self.at[number, row, t - 1]: 1, self.at[number, row, t]: -1}, 0))
                if number == 1 and nested:
                    less.append(({self.at[1, None, t]: 1, self.at[0, None, t]: -1}, 0))
        self.equal, self.less = self._matrix(equal), self._matrix(less)

    def _matrix(self, lines):
        if not lines:
            return None, None
        entries = [(v, i, j) for i, (line, _) in enumerate(lines) for j, v in line.items()]
        values, i, j = (np.array(part) for part in zip(*entries, strict=True))
        return csr_array((values.astype(float), (i, j)), shape=(len(lines), len(self.at))), [b for _, b in lines]

    def range(self, number, row, t, since=None):
        """Least and greatest value of a count at a bulletin, or of what came since another."""
        aim = np.zeros(len(self.at))
        aim[self.at[number, row, t]] = 1
        if since is not None and since >= 0:
            aim[self.at[number, row, since]] = -1
        ends = []
        for sign in (1, -1):
            found = linprog(
                sign * aim, A_ub=self.less[0], b_ub=self.less[1], A_eq=self.equal[0], b_eq=self.equal[1],
                method="highs-ds", options={"presolve": False},
            )  # fmt: skip
            if found.status == 3:
                ends.append(-sign * np.inf)
            else:
                assert found.status == 0, found.message
                ends.append(sign * found.fun)
        return ends


def hidden(tables) -> Iterator[tuple[int, str | None, int]]:
    """Every number that a bulletin has a place for and does not show."""
    for number, (rows, shown, totals, _) in enumerate(tables):
        for t in range(len(shown)):
            for place, row in enumerate(rows):
                if shown[t][place] is None:
                    yield number, row, t
            if totals[t] is None:
                yield number, None, t
