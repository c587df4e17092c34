"""Figures that a published bulletin says: their numbers may be published again."""

from douse.outputs.claims.evidence import Fact, Value
from douse.records.ledger import Snapshot


def of(snapshot: Snapshot, zone: str | None) -> list[Fact]:
    return []


def value_of(snapshot: Snapshot, fact: Fact) -> Value:
    return None
