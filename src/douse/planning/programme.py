"""`Programme`: a linear or integer programme, built block by block and solved by HiGHS.

Planners write every limit that can be missed with a variable for what is missing, so that a programme always has an
answer: the shortage has a name and a size. See `docs/decisions/0015-programmes.md`.
"""

from contextlib import nullcontext
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

from douse.planning.silence import without_lines

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SECONDS = 10.0
GAP = 1e-4
# HiGHS 1.12 prints such a line, whatever its options say, when it solves once more for an integer answer that is a
# little off (HiGHS.jl issue 312): so its standard output is looked through, of programmes in whole numbers only.
_STRAY = b"HighsMipSolverData::"


@dataclass(frozen=True)
class Solution:
    """Values of all variables, and how good they are.

    Attributes
    ----------
    values : numpy.ndarray[float64], shape (N,)
        By variable; whole where asked for.
    cost : float
        Sum of costs x values.
    bound : float
        No values could cost less.
    """

    values: Floats
    cost: float
    bound: float

    @property
    def gap(self) -> float:
        """Share of the cost that a better answer could save at most; 0: none is better."""
        return max(0.0, self.cost - self.bound) / max(abs(self.cost), 1e-12)


@dataclass
class Programme:
    """Variables with costs, and limits on sums of them; the sum of costs is made as small as possible."""

    _costs: list[Floats] = field(default_factory=list)
    _bounds: list[tuple[Floats, Floats]] = field(default_factory=list)
    _whole: list[NDArray[np.uint8]] = field(default_factory=list)
    _rows: list[Ints] = field(default_factory=list)
    _columns: list[Ints] = field(default_factory=list)
    _weights: list[Floats] = field(default_factory=list)
    _least: list[Floats] = field(default_factory=list)
    _most: list[Floats] = field(default_factory=list)
    variables: int = 0
    limits: int = 0

    def add(
        self, count: int, cost: ArrayLike = 0.0, *, low: ArrayLike = 0.0, high: ArrayLike = np.inf, whole: bool = False
    ) -> Ints:
        """Add variables; give their numbers. `cost`, `low`, `high`: one for all, or one each."""
        numbers = np.arange(self.variables, self.variables + count)
        self._costs.append(_each(cost, count))
        self._bounds.append((_each(low, count), _each(high, count)))
        self._whole.append(np.full(count, whole, np.uint8))
        self.variables += count
        return numbers

    def limit(  # noqa: PLR0913  one entry of the matrix has three parts, one limit two ends
        self,
        count: int,
        rows: ArrayLike,
        variables: ArrayLike,
        weights: ArrayLike = 1.0,
        *,
        least: ArrayLike = -np.inf,
        most: ArrayLike = np.inf,
    ) -> None:
        """Add limits: for each row of 0 .. count - 1, `least` <= sum of weights x variables <= `most`.

        `rows`, `variables`, `weights` name the entries; entries of one row and variable are added up.
        """
        entries = np.asarray(variables, dtype=np.int64).ravel()
        self._rows.append(np.broadcast_to(np.asarray(rows, dtype=np.int64).ravel(), entries.shape) + self.limits)
        self._columns.append(entries)
        self._weights.append(_each(weights, len(entries)))
        self._least.append(_each(least, count))
        self._most.append(_each(most, count))
        self.limits += count

    def solve(self, *, seconds: float = SECONDS, gap: float = GAP) -> Solution:
        """The cheapest values, or the best found in the time given.

        Parameters
        ----------
        seconds : float
            Time after which the best values so far are taken.
        gap : float
            Share of the cost below which no better answer is looked for.

        Raises
        ------
        RuntimeError
            When no values fulfil all limits, or none were found in time: a planner that left a limit without a
            variable for what is missing, which is a mistake of ours.
        """
        if not self.variables:
            return Solution(np.zeros(0), 0.0, 0.0)
        costs = np.concatenate(self._costs)
        low, high = (np.concatenate(ends) for ends in zip(*self._bounds, strict=True))
        whole = np.concatenate(self._whole)
        with without_lines(_STRAY) if whole.any() else nullcontext():
            answer = milp(
                costs,
                integrality=whole,
                bounds=Bounds(low, high),
                constraints=[LinearConstraint(self._matrix(), *map(np.concatenate, (self._least, self._most)))]
                if self.limits
                else [],
                options={"time_limit": seconds, "mip_rel_gap": gap},
            )
        if answer.x is None:
            raise RuntimeError(f"a programme without an answer: {answer.message}")
        values = np.where(whole > 0, np.round(answer.x), answer.x)
        bound = answer.mip_dual_bound if answer.mip_dual_bound is not None else answer.fun
        return Solution(values, float(answer.fun), float(bound))

    def _matrix(self) -> csr_array:
        rows, columns, weights = (np.concatenate(parts) for parts in (self._rows, self._columns, self._weights))
        return csr_array(coo_array((weights, (rows, columns)), shape=(self.limits, self.variables)))


def _each(value: ArrayLike, count: int) -> Floats:
    return np.broadcast_to(np.asarray(value, dtype=np.float64).ravel(), (count,)).copy()
