"""Checked records into the ledger: what is new, and what corrects a row of it. The same file twice adds nothing."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from douse.errors import UsageError
from douse.records.ledger.bulk import attach, goes_in_bulk
from douse.records.ledger.checking import name_of
from douse.records.ledger.entry import NewEntry
from douse.records.ledger.ledger import Ledger, Prepared, Receipt, prepared
from douse.records.ledger.live import Live
from douse.records.ledger_tables import LEDGER_TABLES
from douse.records.records import Records

_HEAD = ("record_id", "recorded_at", "supersedes")
_AT = "row_at"


@dataclass(frozen=True)
class Taken:
    """What came of rows.

    Attributes
    ----------
    receipt : Receipt
        What was appended.
    new, corrected, known : dict[str, int]
        Table -> rows that are new, that correct a row of the ledger, and that it knew.
    """

    receipt: Receipt
    new: dict[str, int]
    corrected: dict[str, int]
    known: dict[str, int]


def take_in(live: Live, records: Records, *, author: str, at: datetime, more: tuple[NewEntry, ...] = ()) -> Taken:
    """Append records that came through the door.

    A row is known where a version of it on the ledger says all that its filled cells say: a line list that is sent
    each day adds what is new in it, and takes back nothing that was corrected since. An empty cell says nothing.

    Parameters
    ----------
    live : Live
        Of the ledger.
    records : Records
        Rows that keep to every rule.
    author : str
        Who sends them.
    at : datetime
        Now; when a correction was told.
    more : tuple of NewEntry
        To be appended in the same transaction, such as the note that a file was sent.
    """
    snapshot = live.follow()
    rows, new, corrected, known = list[Prepared](), dict[str, int](), dict[str, int](), dict[str, int]()
    attached = list[NewEntry]()
    for name, frame in records.frames.items():
        versions = snapshot.frames.get(name, LEDGER_TABLES[name].create_empty())
        fresh, corrections = told_apart(name, frame, versions, snapshot.current(name), at)
        new[name], corrected[name] = fresh.height, corrections.height
        known[name] = frame.height - fresh.height - corrections.height
        changed = pl.concat([fresh, corrections])
        apart = goes_in_bulk(name, changed)
        if apart.any():
            attached.append(attach(_bulk_folder(live.ledger), name, changed.filter(apart)))
        rows += [prepared(name, row) for row in changed.filter(~apart).iter_rows(named=True)]
    ledger = live.ledger
    extra = ledger.checked([*attached, *more], at)
    receipt = ledger.append_prepared([*rows, *extra], author=author, at=at)
    return Taken(receipt, new, corrected, known)


def told_apart(
    name: str, frame: pl.DataFrame, versions: pl.DataFrame, current: pl.DataFrame, at: datetime
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that are new to a ledger, and those that correct a row of it.

    Parameters
    ----------
    name : str
        Of the table.
    frame : pl.DataFrame
        Rows that were sent.
    versions, current : pl.DataFrame
        Rows of the ledger: all that it ever held, and those in force.
    at : datetime
        When corrections are told.
    """
    table = LEDGER_TABLES[name]
    key, facts = list(table.key), [column for column in table.column_names() if column not in {*_HEAD, *table.key}]
    if not versions.height:
        return frame, frame.clear()
    sent = frame.with_row_index(_AT)
    pairs = sent.join(versions.select(*key, *facts), on=key, how="inner", nulls_equal=True, suffix="_then")
    agrees = [
        pl.col(column).is_null() | (pl.col(column) == pl.col(f"{column}_then")).fill_null(value=False)
        for column in facts
    ]
    says_no_more = pl.all_horizontal(agrees) if agrees else pl.lit(value=True)
    known = pairs.filter(says_no_more)[_AT].unique()
    there = sent["record_id"].is_in(versions["record_id"].implode())
    own = sent.filter(~pl.col(_AT).is_in(known.implode()))
    matched = own.join(current.select(key).unique(), on=key, how="semi", nulls_equal=True)[_AT]
    # A correction that a file brings itself stays as it is.
    brought = own["supersedes"].is_not_null() & ~own[_AT].is_in(sent.filter(there)[_AT].implode())
    changes = own.filter(own[_AT].is_in(matched.implode()) & ~brought)
    fresh = own.filter(~own[_AT].is_in(changes[_AT].implode()))
    now = current.select(*key, *facts, pl.col("record_id").alias("record_then"))
    merged = changes.join(now, on=key, how="left", nulls_equal=True, suffix="_then", maintain_order="left")
    corrections = merged.with_columns(
        *(pl.coalesce(column, f"{column}_then").alias(column) for column in facts),
        supersedes=pl.col("record_then"),
        recorded_at=pl.lit(at, pl.Datetime("us")),
    ).unique(subset=key, keep="last", maintain_order=True)
    named = [name_of(name, row, at) for row in corrections.iter_rows(named=True)]
    corrections = corrections.with_columns(pl.Series("record_id", named, dtype=pl.String))
    names = table.column_names()
    return fresh.select(names), corrections.select(names)


def _bulk_folder(ledger: Ledger) -> Path:
    if ledger.bulk is None:
        raise UsageError(
            "There is no folder for bulk tables.", next_step="Name the folder of the instance with --folder."
        )
    return ledger.bulk
