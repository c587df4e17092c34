"""The ledger: records that are only added to, each entry tied to all before it by hashes."""

from douse.records.ledger.checking import EntryError
from douse.records.ledger.entry import Entry, NewEntry
from douse.records.ledger.ledger import CorrectedError, Ledger, Receipt, open_ledger
from douse.records.ledger.live import Live, Snapshot, snapshot_at
from douse.records.ledger.storage import is_ledger
from douse.records.ledger.verify import Verified, verify

__all__ = [
    "CorrectedError",
    "Entry",
    "EntryError",
    "Ledger",
    "Live",
    "NewEntry",
    "Receipt",
    "Snapshot",
    "Verified",
    "is_ledger",
    "open_ledger",
    "snapshot_at",
    "verify",
]
