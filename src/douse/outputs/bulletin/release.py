"""Which counts of today may be shown, with every earlier bulletin in mind.

A count is shown when it is not small (1 to below the minimum) and differs from the count shown before by nothing or by
at least the minimum: so no difference of two shown counts is small. Of those, as many are kept back as it takes that
every number that any bulletin left out, today's and all earlier ones, keeps a range of at least `minimum` values for
whoever has all bulletins. Showing nothing new adds no knowledge, so there is always an answer.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from douse.outputs.bulletin.book import Book, Column
from douse.outputs.bulletin.ranges import InconsistentError, Network, Target

TOTAL = None  # the name of the total among rows
Row = str | None


@dataclass(frozen=True)
class Release:
    """What is shown today.

    Attributes
    ----------
    column : Column
        To be added to the book.
    kept_back : tuple[str or None, ...]
        Rows (None: the total) whose own count might be shown, and is not, to protect others.
    lost : int
        Numbers of earlier bulletins whose range was too narrow before today: nothing can be done about them.
    """

    column: Column
    kept_back: tuple[Row, ...]
    lost: int


def release(
    book: Book,
    counts: Mapping[str, int],
    minimum: int,
    corrected: Iterable[str] = (),
    *,
    withheld: Collection[Row] = (),
) -> Release:
    """Choose what to show.

    Parameters
    ----------
    book : Book
        What was shown before.
    counts : Mapping[str, int]
        Cumulative count of each row today; rows of the book that are not there are gone.
    minimum : int
        Counts from 1 to `minimum` - 1 are small. 1: everything is shown.
    corrected : Iterable[str]
        Rows that something has left since the bulletin before.
    withheld : Collection[str or None]
        Rows (None: the total) that are not shown for a reason outside this book.
    """
    rows = (*(row for row in book.rows if row in counts), *(row for row in counts if row not in book.rows))
    flagged = frozenset(corrected) & frozenset(rows)
    now: dict[Row, int] = {row: counts[row] for row in rows} | {TOTAL: sum(counts.values())}
    changes = {row: count - book.last(row) for row, count in now.items()}
    fit = {row for row, count in now.items() if _is_fit(count, minimum) and _is_fit(abs(changes[row]), minimum)}
    may = fit - set(withheld)
    chooser = _Chooser(book, rows, now, changes, flagged, minimum)
    shown = chooser.choose(may) if minimum > 1 else may
    return Release(chooser.column(shown), tuple(row for row in now if row in may - shown), len(chooser.lost))


def _is_fit(count: int, minimum: int) -> bool:
    return count == 0 or count >= minimum


@dataclass
class _Chooser:
    book: Book
    rows: tuple[str, ...]
    now: Mapping[Row, int]
    changes: Mapping[Row, int]
    corrected: frozenset[str]
    minimum: int

    def __post_init__(self) -> None:
        # What was lost before today is not today's doing; it is told, and no reason to show nothing for ever.
        self.lost: set[tuple[Row, int, bool]] = set()
        self._before = self._network(set())
        if self._before is None and self.minimum > 1:
            raise InconsistentError("the earlier bulletins contradict one another")

    def column(self, shown: set[Row]) -> Column:
        counts = tuple(self.now[row] if row in shown else None for row in self.rows)
        return Column(self.rows, counts, self.now[TOTAL] if TOTAL in shown else None, self.corrected)

    def choose(self, may: set[Row]) -> set[Row]:
        shown = set(may)
        while (unsafe := self._first_unsafe(shown)) is not None and shown:
            shown.discard(self._to_keep_back(shown, unsafe))
        for row in sorted(may - shown, key=self._cost, reverse=True):
            if self._first_unsafe(shown | {row}) is None:
                shown.add(row)
        return shown

    def _to_keep_back(self, shown: set[Row], unsafe: Target) -> Row:
        """What is kept back with the least loss among what helps the unsafe number; else the least loss of all."""
        order = sorted(shown, key=self._cost)
        changed = [row for row in order if self.changes[row] != 0] or order
        for row in changed:
            network = self._network(shown - {row})
            if network is not None and network.is_safe(unsafe):
                return row
        return changed[0]

    def _cost(self, row: Row) -> tuple[bool, int, int, str]:
        """The total is worth most, then areas by what came to them."""
        return row is TOTAL, abs(self.changes[row]), self.now[row], row or ""

    def _first_unsafe(self, shown: set[Row]) -> Target | None:
        network = self._network(shown)
        if network is None:
            return Target(TOTAL, len(self.book.columns), 0, ())
        for target in network.touched():
            if _name(target) not in self.lost and not network.is_safe(target) and not self._was_lost(target):
                return target
        return None

    def _was_lost(self, target: Target) -> bool:
        """Whether the number was too well known before anything of today is shown."""
        before = self._before
        same = [old for old in before.targets() if _name(old) == _name(target)] if before is not None else []
        if before is None or all(before.is_safe(old) for old in same):
            return False
        self.lost.add(_name(target))
        return True

    def _network(self, shown: set[Row]) -> Network | None:
        try:
            return Network(self.book.with_column(self.column(shown)), self.minimum)
        except InconsistentError:
            return None


def _name(target: Target) -> tuple[Row, int, bool]:
    return target.row, target.column, target.single
