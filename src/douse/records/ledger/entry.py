"""`Entry`: one line of the ledger, and the hashes that tie it to all lines before."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from douse.records.ledger_tables import LEDGER_TABLES, personal_columns, subject_column, zone_column

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
GENESIS = bytes(32)  # hash before the first entry
_HEADER = ("record_id", "recorded_at", "supersedes")  # of every table; columns of the entry itself


@dataclass(frozen=True)
class NewEntry:
    """A row to append.

    Attributes
    ----------
    table : str
        Of `LEDGER_TABLES`.
    row : Mapping[str, Any]
        Columns of the table; what is missing is empty. `record_id`, `recorded_at` and `supersedes` come from below.
    record_id : str, optional
        Made from the key of the table where it is not given; a correction's from the key and the moment.
    supersedes : str, optional
        record_id of the row that this one corrects.
    recorded_at : datetime, optional
        When the department was told; the moment of appending where it is not given.
    """

    table: str
    row: Mapping[str, Any]
    record_id: str | None = None
    supersedes: str | None = None
    recorded_at: datetime | None = None


@dataclass(frozen=True)
class Entry:
    """One line of the ledger.

    Attributes
    ----------
    sequence : int
        1, 2, 3 …: its place in this ledger.
    id : str
        UUIDv7; the same in every ledger that the entry comes to.
    table, record_id, supersedes : str
        What the row is, and the row that it corrects.
    subject, zone, occurred : str or None
        Whom it is about (a pseudonym), where, and when it happened (ISO), taken from the row.
    recorded_at : str or None
        When the department was told (ISO, local).
    appended_at : str
        When it came into the ledger that it was first written in.
    author, origin : str
        Who wrote it; identifier of that ledger.
    payload : str
        JSON of the row without personal fields.
    personal : str or None
        JSON of the personal fields; None where there are none, or they were redacted.
    salt, personal_hash : bytes or None
        The hash of the personal fields, salted so that a short list of values does not give them away.
    payload_hash, previous_hash, hash : bytes
        SHA-256; see `payload_digest` and `chained`.
    """

    sequence: int
    id: str
    table: str
    record_id: str
    supersedes: str | None
    subject: str | None
    zone: str | None
    occurred: str | None
    recorded_at: str | None
    appended_at: str
    author: str
    origin: str
    payload: str
    personal: str | None
    salt: bytes | None = field(repr=False)
    personal_hash: bytes | None = field(repr=False)
    payload_hash: bytes = field(repr=False)
    previous_hash: bytes = field(repr=False)
    hash: bytes = field(repr=False)

    @property
    def redacted(self) -> bool:
        """Whether it had personal fields that were redacted."""
        return self.personal is None and self.personal_hash is not None

    @property
    def row(self) -> dict[str, Any]:
        """The row as it was sent, of plain JSON values; without fields that are empty or were redacted."""
        fields: dict[str, Any] = json.loads(self.payload)
        if self.personal is not None:
            fields |= json.loads(self.personal)
        head = {"record_id": self.record_id, "recorded_at": self.recorded_at, "supersedes": self.supersedes}
        return {name: value for name, value in head.items() if value is not None} | fields


def plain(value: Any) -> Any:
    """A value of a row as JSON has it: days and moments as ISO text."""
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def as_json(fields: Mapping[str, Any]) -> str:
    """JSON of fields by name, without those that are empty: the same text for the same fields."""
    filled = {name: plain(value) for name, value in sorted(fields.items()) if value is not None}
    return _ENCODER.encode(filled)


def payloads(table: str, row: Mapping[str, Any]) -> tuple[str, str | None]:
    """JSON of the fields of a row that are not personal, and of those that are (None: there are none)."""
    private = personal_columns(table)
    apart = {name: row[name] for name in private if row.get(name) is not None}
    rest = {
        name: value for name, value in row.items() if name not in apart and name not in private and name not in _HEADER
    }
    return as_json(rest), as_json(apart) if apart else None


def salted(salt: bytes, personal: str) -> bytes:
    """Hash of personal fields."""
    return sha256(salt + personal.encode()).digest()


def payload_digest(payload: str, personal_hash: bytes | None) -> bytes:
    """Hash of a row: of its JSON and, where it has personal fields, of their salted hash."""
    return sha256(payload.encode() + b"\n" + (personal_hash or b"")).digest()


def chained(previous: bytes, head: tuple[Any, ...], payload_hash: bytes) -> bytes:
    """Hash of an entry: of the hash before it, its head (see `head_of`) and its payload's hash."""
    text = _ENCODER.encode(head)
    return sha256(previous + text.encode() + payload_hash).digest()


def head_of(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    """What is hashed beside the payload: columns of the storage, in order."""
    return tuple(entry[name] for name in HEAD)


HEAD = (
    "sequence", "id", "table_name", "record_id", "supersedes", "subject", "zone", "occurred", "recorded_at",
    "appended_at", "author", "origin",
)  # fmt: skip


def about(table: str, row: Mapping[str, Any]) -> tuple[str | None, str | None, str | None]:
    """Whom a row is about, where, and when it happened (ISO)."""
    subject, zone, occurred = subject_column(table), zone_column(table), LEDGER_TABLES[table].occurred
    who = row.get(subject) if subject else None
    if who is None and table == "cases":
        who = row.get("case_id")
    when = plain(row.get(occurred)) if occurred else None
    return who, row.get(zone) if zone else None, when
