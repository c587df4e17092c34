"""How a record came to be what it is: its versions with who and when, and what the audit log says of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from douse.console import instance
from douse.console.cases.labels import label
from douse.console.cases.layout import HEADER
from douse.console.masks import personal
from douse.console.permissions import Actor, may
from douse.console.reading import visible
from douse.records.ledger import Snapshot
from douse.records.ledger_tables import LEDGER_TABLES

_MOST_AUDIT = 100


@dataclass(frozen=True)
class Change:
    """One correction: who, when, and column by column what was there and what is there now (None: not to be seen)."""

    at: datetime
    author: str
    changed: tuple[tuple[str, Any, Any, bool], ...]  # label, before, after, whether it may be seen


def corrections(snapshot: Snapshot, table: str, key: str, *, shown: bool) -> tuple[Change, ...]:
    """Corrections of a row, oldest first.

    Parameters
    ----------
    key : str
        Value of the table's first key column.
    shown : bool
        Whether personal columns may be seen.
    """
    column = LEDGER_TABLES[table].key[0]
    rows = snapshot.frames[table].filter(pl.col(column) == key).rows(named=True)
    if len(rows) < 2:
        return ()
    by_id = {row["record_id"]: row for row in rows}
    authors = _authors(table, list(by_id))
    hidden = frozenset() if shown else frozenset(personal(table))
    return tuple(
        Change(row["recorded_at"], authors.get(row["record_id"], ""), _differences(table, before, row, hidden))
        for row in sorted(rows, key=lambda row: row["recorded_at"])
        if (before := by_id.get(row["supersedes"])) is not None
    )


def first_author(table: str, record_id: str) -> str:
    """Who wrote a record."""
    return _authors(table, [record_id]).get(record_id, "")


def _differences(
    table: str, before: dict[str, Any], after: dict[str, Any], hidden: frozenset[str]
) -> tuple[tuple[str, Any, Any, bool], ...]:
    return tuple(
        (label(table, name), before[name], after[name], name not in hidden)
        for name in LEDGER_TABLES[table].column_names()
        if name not in HEADER and before[name] != after[name]
    )


def _authors(table: str, record_ids: Sequence[str]) -> dict[str, str]:
    entries = instance.current().stores.ledger.entries(tables=[table], record_ids=record_ids)
    return {entry.record_id: entry.author.removeprefix("user:") for entry in entries}


def audit(actor: Actor, snapshot: Snapshot, ids: Sequence[str]) -> list[dict[str, Any]]:
    """What the audit log says of some records or persons, newest first; nothing for those who may not read it."""
    if not may(actor, "read audit"):
        return []
    rows = visible(actor, snapshot, "audit")
    named = pl.col("object_id").is_in(list(ids))  # of looks at many rows: identifiers with blanks between
    named |= pl.col("object_id").str.split(" ").list.set_intersection(list(ids)).list.len() > 0
    found = rows.filter(named.fill_null(value=False)).sort("recorded_at", descending=True)
    return found.head(_MOST_AUDIT).rows(named=True)
