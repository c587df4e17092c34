"""`Live`: all tables of a ledger in memory, following it as it grows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from threading import Lock

import polars as pl

from douse.records.ledger.bulk import read_bulk
from douse.records.ledger.frames import rows_after
from douse.records.ledger.ledger import Ledger
from douse.records.ledger_tables import LEDGER_TABLES
from douse.records.records import Records, in_force, merged_persons, with_merges
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
    _current: dict[str, pl.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    @property
    def records(self) -> Records:
        """Everything ever recorded: tables of `records/tables.py`, and merges of persons."""
        known = {name: frame for name, frame in self.frames.items() if name in TABLES or name == "merges"}
        return Records(known, frozenset(known) & frozenset(TABLES))

    def current(self, table: str) -> pl.DataFrame:
        """Rows in force now: without those that another supersedes, persons by the pseudonym that stays.

        Columns of the table and `first_recorded_at`. Unlike in an as-of view, days to come are kept.
        """
        if table not in self._current:
            frame = self.frames.get(table)
            if frame is None:
                frame = LEDGER_TABLES[table].create_empty()
            rows = in_force(frame, LEDGER_TABLES[table])
            merges = None if table == "merges" else self._merges()
            self._current[table] = rows if merges is None else with_merges(table, rows, merges)
        return self._current[table]

    def as_of(self, moment: date | datetime) -> Records:
        """What was known at a moment; a date means the end of that day. See `Records.as_of`."""
        return self.records.as_of(moment if isinstance(moment, datetime) else datetime.combine(moment, time.max))

    def _merges(self) -> dict[str, str] | None:
        return merged_persons(self.current("merges")) if "merges" in self.frames else None


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
            frames = dict(before.frames)
            for name, rows in new.items():
                frames[name] = _added(frames.get(name), rows)
            kept = {} if "merges" in new else {name: rows for name, rows in before._current.items() if name not in new}
            self._snapshot = Snapshot(head, frames, dict(kept))
            return self._snapshot


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
    return pl.concat([before, rows.filter(~rows["record_id"].is_in(there.implode()))])
