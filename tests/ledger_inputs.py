"""Rows for tests of the ledger."""

from datetime import datetime

from douse.records.ledger import NewEntry

NOON = datetime(2026, 3, 1, 12)


def case(name: str, **more: object) -> NewEntry:
    """A case, as somebody enters it."""
    return NewEntry("cases", {"case_id": name, "zone": "z", "onset": "2026-02-27", **more})


def contact(of: str, person: str, **more: object) -> NewEntry:
    """A contact of a case."""
    return NewEntry("contacts", {"case_id": of, "person_id": person, "zone": "z", "last_contact": "2026-02-26", **more})
