"""What a receipt number opens: the row in force that was sent when it was given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.http import HttpRequest
from uuid_utils import uuid7

from douse.console.limits import count_address
from douse.console.permissions import Resident
from douse.console.public import floods, numbers
from douse.console.states import NotNow
from douse.console.writing import record
from douse.records.ledger import NewEntry, Snapshot
from douse.records.ledger_tables import LEDGER_TABLES

TABLES = ("self_reports", "requests")
_HEADER = ("record_id", "recorded_at", "supersedes", "first_recorded_at")


@dataclass(frozen=True)
class Opened:
    """A row in force, and the number that opened it."""

    number: str
    table: str
    row: Mapping[str, Any]

    def correct(self, action: str, **changes: object) -> None:
        """Append a correction of the row; nothing else can be changed with the number."""
        names = [name for name in LEDGER_TABLES[self.table].column_names() if name not in _HEADER]
        whole = {name: self.row[name] for name in names if self.row.get(name) is not None} | changes
        entry = NewEntry(self.table, whole, record_id=str(uuid7()), supersedes=self.row["record_id"])
        record(Resident(opened=frozenset({(self.table, self.row["record_id"])})), [entry], action=action)


def open_with(request: HttpRequest, snapshot: Snapshot, text: str) -> Opened:
    """The row of a number that somebody typed.

    Raises
    ------
    NotNow
        When no receipt has this number.
    TooOften
        When too many wrong numbers came from one address.
    """
    plain = numbers.read_number(text)
    if plain is not None:
        kept = snapshot.current("receipts").filter(pl.col("receipt") == numbers.digest(plain))
        for table, of_id in kept.select("of_table", "of_id").iter_rows():
            if table in TABLES:
                key = LEDGER_TABLES[table].key[0]
                rows = snapshot.current(table).filter(pl.col(key) == of_id)
                if len(rows):
                    return Opened(plain, table, rows.row(0, named=True))
    count_address(request, "public_receipt", floods.MOST_GUESSES, floods.WINDOW)
    raise NotNow(
        "No receipt has this number.",
        allowed="16 letters and digits, in groups of four",
        next_step="Look at it again: it was shown once, when you sent the form.",
    )
