"""Rows of the ledger that keep returns: a draft, and what becomes of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from douse.errors import UsageError
from douse.outputs.returns.values import Filled
from douse.records.ledger import NewEntry
from douse.records.ledger_tables import LEDGER_TABLES

MOVES: Mapping[str, tuple[str, ...]] = {"draft": ("signed",), "signed": ("sent",), "sent": ()}
_MADE_BY_LEDGER = {"record_id", "recorded_at", "supersedes", "first_recorded_at"}


def kept_row(filled: Filled, *, return_id: str, ledger: int, at: datetime) -> NewEntry:
    """A return that was filled in, as a draft."""
    return NewEntry(
        "returns",
        {
            "return_id": return_id, "definition": filled.definition.label, "zone": filled.zone,
            "period_start": filled.period.start, "period_end": filled.period.end, "due_at": filled.due_at,
            "made_at": at, "state": "draft", "values": filled.as_text(), "cells": filled.cells,
            "typed": filled.typed, "ledger": ledger,
        },
    )  # fmt: skip


def next_row(row: Mapping[str, Any], to: str, *, at: datetime, signed_by: str = "") -> NewEntry:
    """The correction that signs or sends a return.

    Raises
    ------
    UsageError
        When it is not in a state in which this can be done, or nobody answers for it.
    """
    state = str(row["state"])
    if to not in MOVES[state]:
        raise UsageError(
            "This return is {state}: it cannot become {to}.", facts={"state": state, "to": to},
            allowed=", ".join(MOVES[state]) or "nothing more",
            next_step="A draft is signed, then sent. What was sent is corrected by filling it in anew.",
        )  # fmt: skip
    if to == "signed" and not signed_by.strip():
        raise UsageError("Nobody answers for the return.", next_step="Say the role and zone of who signs.")
    changes: dict[str, Any] = {"state": to}
    changes |= {"signed_by": signed_by.strip(), "signed_at": at} if to == "signed" else {"sent_at": at}
    names = [name for name in LEDGER_TABLES["returns"].column_names() if name not in _MADE_BY_LEDGER]
    whole = {name: row[name] for name in names if row.get(name) is not None}
    name = f"{row['return_id']}|{to}"  # of its own: both moves may come within one moment
    return NewEntry("returns", whole | changes, record_id=name, supersedes=str(row["record_id"]))
