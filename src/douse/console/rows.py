"""Whole rows for corrections: a correction is a new row that says everything again."""

from collections.abc import Mapping
from typing import Any

from douse.records.ledger import NewEntry
from douse.records.ledger_tables import LEDGER_TABLES

_MADE_BY_LEDGER = ("record_id", "recorded_at", "supersedes", "first_recorded_at")


def corrected(table: str, row: Mapping[str, Any], **changes: object) -> NewEntry:
    """A correction of a row in force: the whole row, with some columns changed."""
    names = [name for name in LEDGER_TABLES[table].column_names() if name not in _MADE_BY_LEDGER]
    whole = {name: row[name] for name in names if row.get(name) is not None}
    return NewEntry(table, whole | changes, supersedes=row["record_id"])
