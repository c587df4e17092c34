"""Walk the chain: whether every entry is what it was when it was written, and in its place."""

from dataclasses import dataclass

from douse.records.ledger.entry import GENESIS, Entry, chained, payload_digest, salted
from douse.records.ledger.ledger import Ledger


@dataclass(frozen=True)
class Verified:
    """What the walk found.

    Attributes
    ----------
    entries : int
        Walked over.
    redacted : int
        Entries whose personal fields were redacted.
    first_broken : int or None
        Sequence number of the first entry that does not hold.
    why : str
        What is wrong with it.
    head : bytes
        Hash of the last entry that holds: kept elsewhere, it tells later whether the end was cut off.
    """

    entries: int
    redacted: int
    first_broken: int | None
    why: str
    head: bytes

    @property
    def good(self) -> bool:
        """Whether every entry holds."""
        return self.first_broken is None


def verify(ledger: Ledger) -> Verified:
    """Walk the whole chain, and stop at the first entry that does not hold."""
    previous, count, redacted, erased = GENESIS, 0, list[Entry](), set[str]()
    for entry in ledger.walk():
        why = _wrong(entry, count + 1, previous)
        if why:
            return Verified(count, len(redacted), entry.sequence, why, previous)
        previous, count = entry.hash, count + 1
        if entry.redacted:
            redacted.append(entry)
        if entry.table == "erasures" and entry.subject is not None:
            erased.add(entry.subject)
    for entry in redacted:
        if entry.subject not in erased:
            why = "its personal fields are gone, and no entry tells of an erasure"
            return Verified(count, len(redacted), entry.sequence, why, previous)
    return Verified(count, len(redacted), None, "", previous)


def _wrong(entry: Entry, expected: int, previous: bytes) -> str:
    if entry.sequence != expected:
        return f"entry {expected} is missing"
    if entry.previous_hash != previous:
        return "it does not follow from the entry before it"
    if entry.personal is not None and (entry.salt is None or salted(entry.salt, entry.personal) != entry.personal_hash):
        return "its personal fields were changed"
    if payload_digest(entry.payload, entry.personal_hash) != entry.payload_hash:
        return "its fields were changed"
    head = (
        entry.sequence, entry.id, entry.table, entry.record_id, entry.supersedes, entry.subject, entry.zone,
        entry.occurred, entry.recorded_at, entry.appended_at, entry.author, entry.origin,
    )  # fmt: skip
    if chained(previous, head, entry.payload_hash) != entry.hash:
        return "its head was changed"
    return ""
