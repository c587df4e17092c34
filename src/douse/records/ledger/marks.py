"""Which entry of a ledger a bulletin was made from: named by its hash.

A sequence number would tell how many entries were made since the bulletin before, and so that no more cases can have
come than that; bulletins of format 2 named one.
"""

import sqlalchemy as sa

from douse.errors import DataError
from douse.records.ledger import Ledger
from douse.records.ledger.storage import entries


def mark_of(ledger: Ledger, sequence: int) -> str | None:
    """The name of an entry in a bulletin; None before the first."""
    found = ledger.entries(since=sequence - 1, limit=1) if sequence else []
    return found[0].hash.hex() if found else None


def sequence_of(ledger: Ledger, mark: int | str) -> int:
    """The sequence number of the entry that a bulletin names.

    Raises
    ------
    DataError
        When the ledger holds no such entry.
    """
    if isinstance(mark, int):
        return mark
    with ledger.engine.connect() as connection:
        found = connection.scalar(sa.select(entries.c.sequence).where(entries.c.hash == _bytes(mark)))
    if found is None:
        raise DataError(
            "The bulletin was made from an entry that this ledger does not hold.",
            next_step="Name the ledger that it was made from.",
        )
    return int(found)


def _bytes(mark: str) -> bytes:
    try:
        return bytes.fromhex(mark)
    except ValueError:
        return b""
