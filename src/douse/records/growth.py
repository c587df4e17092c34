"""Tables that grow: how a table came from the one before it, so that what was made from that one can follow.

Records are only ever added. Of a large table nearly every row stays as it was when some are told, and so does nearly
everything that is made from it: who keeps what was made drops what came from rows that left, and adds what comes from
rows that are new.
"""

from dataclasses import dataclass, field
from io import BytesIO

import polars as pl

_STEPS = 32  # kept; who has not looked for longer makes all anew
_CHUNKS = 64  # pieces of a table in memory, above which it is put together


@dataclass(frozen=True, eq=False)
class Change:
    """What differs between two states of a table.

    Attributes
    ----------
    gone : pl.DataFrame
        Rows of the earlier state that are not in the later one as they were.
    new : pl.DataFrame
        Rows of the later state that were not in the earlier one as they are.
    """

    gone: pl.DataFrame
    new: pl.DataFrame

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return self.gone.is_empty() and self.new.is_empty()


class State:
    """Names one state of a table; holds nothing of it, so that to remember a state costs no memory."""


@dataclass(frozen=True)
class _Step:
    before: State
    change: Change


@dataclass(frozen=True, eq=False)
class Grown:
    """A table, and how it came to be what it is.

    Attributes
    ----------
    frame : pl.DataFrame
        The table.
    by : str
        Column that names a row; no two rows have the same.
    state : State
        To ask later what has changed since.
    """

    frame: pl.DataFrame
    by: str = "record_id"
    state: State = field(default_factory=State)
    _steps: tuple[_Step, ...] = ()

    def since(self, state: State) -> Change | None:
        """What differs from an earlier state; None where that is not known."""
        if state is self.state:
            return Change(self.frame.clear(), self.frame.clear())
        at = next((at for at, step in enumerate(self._steps) if step.before is state), None)
        if at is None:
            return None
        changes = [step.change for step in self._steps[at:]]
        new = changes[0].new
        for change in changes[1:]:
            new = pl.concat([without(new, change.gone, self.by), change.new])
        return Change(pl.concat([change.gone for change in changes]), new)

    def changed(self, change: Change) -> "Grown":
        """The state after a change; of an empty one this state itself."""
        if change.is_empty:
            return self
        own = Change(of_its_own(change.gone), of_its_own(change.new))
        after = pl.concat([without(self.frame, own.gone, self.by), own.new])
        return Grown(tidied(after), self.by, _steps=(*self._steps, _Step(self.state, own))[-_STEPS:])


def without(rows: pl.DataFrame, gone: pl.DataFrame, by: str) -> pl.DataFrame:
    """Rows but for those that others name; the same frame where none is named."""
    return rows if gone.is_empty() else rows.filter(~pl.col(by).is_in(gone[by].implode()))


def of_its_own(rows: pl.DataFrame) -> pl.DataFrame:
    """The same rows in memory of their own: rows that were picked hold on to all text of the table they come from."""
    return pl.DataFrame.deserialize(BytesIO(rows.serialize()))


def tidied(rows: pl.DataFrame) -> pl.DataFrame:
    """The same rows in few pieces. The largest piece stays where it is: tables made from each other share it."""
    if rows.n_chunks() <= _CHUNKS:
        return rows
    lengths = rows.to_series(0).chunk_lengths()
    largest = lengths.index(max(lengths))
    upto = sum(lengths[: largest + 1])
    return pl.concat([rows[:upto] if largest < _CHUNKS else of_its_own(rows[:upto]), of_its_own(rows[upto:])])
