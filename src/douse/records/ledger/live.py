"""`Live`: all tables of a ledger in memory, following it as it grows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from threading import Lock

import polars as pl

from douse.records.growth import Change, Grown, tidied
from douse.records.ledger.bulk import read_bulk
from douse.records.ledger.frames import rows_after
from douse.records.ledger.ledger import Ledger
from douse.records.ledger_tables import LEDGER_TABLES
from douse.records.records import Records, in_force, merged_persons, touched_by, with_merges
from douse.records.tables import TABLES


@dataclass(frozen=True)
class Snapshot:
    """All that a ledger held at one sequence number.

    Attributes
    ----------
    sequence : int
        Of its last entry: a key for whatever is computed from it.
    frames : Mapping[str, pl.DataFrame]
        Table -> every row ever appended, in order; tables that only the ledger has among them.
    """

    sequence: int
    frames: Mapping[str, pl.DataFrame]
    _current: dict[str, "_View"] = field(default_factory=dict, repr=False, compare=False)
    _earlier: Mapping[str, "_View"] = field(default_factory=dict, repr=False, compare=False)
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    @property
    def records(self) -> Records:
        """Everything ever recorded: tables of `records/tables.py`, and merges of persons."""
        known = {name: frame for name, frame in self.frames.items() if name in TABLES or name == "merges"}
        return Records(known, frozenset(known) & frozenset(TABLES))

    def current(self, table: str) -> pl.DataFrame:
        """Rows in force now: without those that another supersedes, persons by the pseudonym that stays.

        Columns of the table and `first_recorded_at`. Unlike in an as-of view, days to come are kept.
        """
        return self.grown(table).frame

    def grown(self, table: str) -> Grown:
        """Rows in force now, as `current`, and what changed in them since earlier snapshots."""
        view = self._current.get(table)
        if view is None:
            merges = {} if table == "merges" else self._merges()
            with self._lock:
                view = self._current.get(table) or self._view(table, merges)
                self._current[table] = view
        return view.grown

    def as_of(self, moment: date | datetime) -> Records:
        """What was known at a moment; a date means the end of that day. See `Records.as_of`."""
        return self.records.as_of(moment if isinstance(moment, datetime) else datetime.combine(moment, time.max))

    def followed(self, head: int, new: Mapping[str, pl.DataFrame]) -> "Snapshot":
        """The snapshot after some rows more, by table."""
        frames = dict(self.frames)
        for name, rows in new.items():
            frames[name] = _added(frames.get(name), rows)
        if "merges" in new:
            return Snapshot(head, frames)
        views = {**self._earlier, **self._current}
        current = {name: view for name, view in self._current.items() if name not in new}
        return Snapshot(head, frames, current, {name: view for name, view in views.items() if name not in current})

    def _view(self, table: str, merges: Mapping[str, str]) -> "_View":
        frame = self.frames.get(table)
        if frame is None:
            frame = LEDGER_TABLES[table].create_empty()
        before, schema = self._earlier.get(table), LEDGER_TABLES[table]
        if before is None or (merges and table == "people"):
            return _View(len(frame), Grown(with_merges(table, in_force(frame, schema), merges)))
        touched = touched_by(frame, frame[before.rows :], schema)
        rows = before.grown.frame
        gone = rows.clear() if len(touched) == len(frame) - before.rows else rows.filter(
            pl.col("record_id").is_in(touched["record_id"].implode())
        )  # fmt: skip
        new = with_merges(table, in_force(touched, schema), merges)
        return _View(len(frame), before.grown.changed(Change(gone, new)))

    def _merges(self) -> dict[str, str]:
        return merged_persons(self.current("merges")) if "merges" in self.frames else {}


@dataclass(frozen=True)
class _View:
    """Rows in force of a table, made from so many rows of the ledger."""

    rows: int
    grown: Grown


class Live:
    """Keeps the tables of a ledger in memory; every `follow` reads only what is new.

    Safe to use from many threads.

    Parameters
    ----------
    ledger : Ledger
        To follow.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._lock = Lock()
        self._snapshot = Snapshot(0, {})

    def follow(self) -> Snapshot:
        """The ledger as it is now."""
        head = self.ledger.head
        if head == self._snapshot.sequence:
            return self._snapshot
        with self._lock:
            before = self._snapshot
            if head <= before.sequence:
                return before
            new = rows_after(self.ledger, before.sequence, head)
            new = with_attached(self.ledger, new)
            if "erasures" in new:  # rows of before have lost fields: read all anew
                before, new = Snapshot(0, {}), with_attached(self.ledger, rows_after(self.ledger, 0, head))
            self._snapshot = before.followed(head, new)
            return self._snapshot


def snapshot_at(ledger: Ledger, sequence: int) -> Snapshot:
    """What a ledger held at an earlier sequence number, but for what was erased since."""
    return Snapshot(0, {}).followed(sequence, with_attached(ledger, rows_after(ledger, 0, sequence)))


def with_attached(ledger: Ledger, new: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Rows by table with those of the files that are attached; of a file that another replaces, none."""
    attached = new.get("attachments")
    if attached is None:
        return new
    together = dict(new)
    in_place = attached.filter(~pl.col("record_id").is_in(attached["supersedes"].drop_nulls().implode()))
    for content, table in in_place.select("content", "of_table").iter_rows():
        rows = read_bulk(ledger.bulk, content, table)
        together[table] = pl.concat([together[table], rows]) if table in together else rows
    return together


def _added(before: pl.DataFrame | None, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows after those of before; of two with one record_id, as two ledgers may write them, the first counts."""
    rows = rows.unique(subset="record_id", keep="first", maintain_order=True)
    if before is None:
        return rows
    # Few rows come at a time to many: the many are looked through once, and no table of them is made.
    there = before["record_id"].filter(before["record_id"].is_in(rows["record_id"].implode()))
    return tidied(pl.concat([before, rows.filter(~rows["record_id"].is_in(there.implode()))]))
