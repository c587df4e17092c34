"""Daily counts a zone that the detectors share, with the whole area as the zone of zones."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.records import ZoneTree

MAX_EVIDENCE = 50


@dataclass(frozen=True)
class DailyCounts:
    """Counted cases a zone, with all zones within it, by the day they were first told.

    Rows of the arrays are the zones of the tree in its order, then the whole area (`area`), which holds also the
    cases without a zone; columns are days, the last the as-of day.
    """

    zones: ZoneTree
    cases: pl.DataFrame  # case_id, told_on, row (of the smallest zone), column
    counts: NDArray[np.int64]  # shape (Z + 1, days)
    as_of: date
    started: date | None  # first day that any case was told; None without cases

    @property
    def area(self) -> int:
        """Row of the whole area."""
        return len(self.zones)

    @cached_property
    def parent(self) -> NDArray[np.int64]:
        """Row of each row's parent, the whole area being the parent of the roots; -1 for the area itself."""
        parent = np.append(self.zones.parent, -1)
        parent[:-1][parent[:-1] < 0] = self.area
        return parent

    def zone(self, row: int) -> str | None:
        """Identifier of a row's zone; None for the whole area."""
        return None if row == self.area else self.zones.ids[row]

    def day(self, column: int) -> date:
        """Day of a column."""
        return self.as_of - timedelta(days=self.counts.shape[1] - 1 - column)

    @cached_property
    def _latest_first(self) -> tuple[list[str], NDArray[np.int64], NDArray[np.int64]]:
        ordered = _latest_first(self.cases)
        return ordered["case_id"].to_list(), ordered["column"].to_numpy(), ordered["row"].to_numpy()

    def column(self, day: date) -> int:
        """Column of a day; negative before the first."""
        return int(self.counts.shape[1]) - 1 - (self.as_of - day).days

    def evidence(self, row: int, first: date, last: date) -> tuple[str, ...]:
        """case_ids of a row told from `first` to `last`, the latest first, at most `MAX_EVIDENCE`."""
        ids, column, zone_row = self._latest_first
        among = (column >= self.column(first)) & (column <= self.column(last))
        if row != self.area:
            inside = np.zeros(self.area + 1, dtype=bool)
            inside[self.zones.subtree(row)] = True
            among &= inside[zone_row]
        return tuple(ids[at] for at in np.flatnonzero(among)[:MAX_EVIDENCE])

    def unexplained(self, figures: NDArray[np.float64], holds: Callable[[NDArray[np.float64]], bool]) -> list[int]:
        """Smallest rows whose figures hold; a larger one only if they hold without the cases of those within it.

        Parameters
        ----------
        figures : numpy.ndarray, shape (Z + 1, K)
            Counts that add up from zones to the zones that contain them.
        holds : callable
            Says whether the figures of one row, shape (K,), are a signal.

        Returns
        -------
        list of int
            Rows, smaller zones first.
        """
        found = []
        explained = np.zeros_like(figures)
        for row in [*range(self.area - 1, -1, -1), self.area]:
            if holds(figures[row] - explained[row]):
                found.append(row)
                explained[row] = figures[row]
            if self.parent[row] >= 0:
                explained[self.parent[row]] += explained[row]
        return found

    def smallest_only(self, rows: Iterable[int], first: date, last: date) -> list[int]:
        """Rows without those that, from `first` to `last`, hold just the cases of one of `rows` within them."""
        kept = set(rows)
        cases = self.counts[:, self.column(first) : self.column(last) + 1].sum(axis=1)
        for row in sorted(kept, reverse=True):
            above = int(self.parent[row])
            while above >= 0 and cases[above] == cases[row]:
                kept.discard(above)
                above = int(self.parent[above])
        return sorted(kept)


def latest(cases: pl.DataFrame) -> tuple[str, ...]:
    """case_ids, the latest told first, at most `MAX_EVIDENCE`."""
    return tuple(_latest_first(cases)["case_id"].head(MAX_EVIDENCE))


def _latest_first(cases: pl.DataFrame) -> pl.DataFrame:
    return cases.sort("told_on", "case_id", descending=[True, False], nulls_last=True)


def run_start(flags: np.ndarray, last: int) -> int:
    """First column of the true values in a row that end at column `last`; `last` where it is not true itself."""
    start = last
    while start > 0 and flags[start] and flags[start - 1]:
        start -= 1
    return start


def daily_counts(cases: pl.DataFrame, zones: ZoneTree, as_of: date, *, days: int) -> DailyCounts:
    """Count cases a zone and day told, over the `days` days up to the as-of day.

    Parameters
    ----------
    cases : polars.DataFrame
        Counted cases with case_id, zone and told_on (date); those without told_on are left out.
    zones : ZoneTree
        The tree.
    as_of : date
        Last day.
    days : int
        Number of days.
    """
    told = cases.select("case_id", "told_on", "zone").filter(pl.col("told_on") <= as_of)
    started = told["told_on"].min()
    rows = zones.index(told["zone"])
    ages = (pl.lit(as_of) - pl.col("told_on")).dt.total_days()
    placed = told.select("case_id", "told_on", column=days - 1 - ages).with_columns(
        row=pl.Series(np.where(rows < 0, len(zones), rows))
    )
    recent = placed.filter(pl.col("column") >= 0)
    counts = np.zeros((len(zones) + 1, days), dtype=np.int64)
    np.add.at(counts, (recent["row"].to_numpy(), recent["column"].to_numpy()), 1)
    inside = zones.roll_up(counts[:-1])
    counts[-1] += counts[:-1].sum(axis=0)
    counts[:-1] = inside
    return DailyCounts(zones, recent, counts, as_of, started if isinstance(started, date) else None)
