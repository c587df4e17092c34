"""Shared bundles: rows that one instance cut for one partner, numbered, chained and signed.

A bundle of `bundle.py` carries whole entries between ledgers of one department. This one carries rows that a policy
allows, without what it does not: a ZIP of `rows.ndjson` and `manifest.json`. The manifest names the partner's key that
it was cut for, its number, the hash of the manifest before, and the hash of the rows; Ed25519 signs it.
"""

import base64
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from douse.errors import DataError
from douse.records.ledger.bundle import BROKEN, is_signed, part, signed_part
from douse.records.ledger.keys import public_text

FORM = "douse-share/1"
_MANIFEST, _ROWS = "manifest.json", "rows.ndjson"
_MOST_MANIFEST, _MOST_ROWS_BYTES, _MOST_ROWS = 1 << 20, 256 << 20, 500_000
_MOST_LINE = 2 << 20


@dataclass(frozen=True)
class SharedRow:
    """One row on its way.

    Attributes
    ----------
    table : str
        Of the row.
    zone : str or None
        Zone that it was cut by.
    record_id, supersedes : str or None
        As the sender names them.
    row : dict
        Plain JSON values, without what the policy keeps back.
    """

    table: str
    zone: str | None
    record_id: str | None
    supersedes: str | None
    row: dict[str, Any]


@dataclass(frozen=True)
class Head:
    """What the manifest says, but hashes of the content.

    Attributes
    ----------
    origin : str
        Ledger that it comes from.
    to : str
        Public key, base64, of the instance that it was cut for.
    number : int
        1, 2, 3 … for that partner.
    previous : str or None
        Hash of the manifest before.
    made_at : datetime
        When it was made.
    upto : int
        Sequence number of the last entry that the sender looked through.
    policy : str
        Hash of the policy that it was cut by.
    expires_on : date or None
        Last day on which what is personal in the rows may be kept; None: nothing is.
    """

    origin: str
    to: str
    number: int
    previous: str | None
    made_at: datetime
    upto: int
    policy: str
    expires_on: date | None = None


@dataclass(frozen=True)
class Shared:
    """A bundle that was read: whole, and signed by the key that it names."""

    bundle_id: str
    head: Head
    signed_by: str
    rows: tuple[SharedRow, ...]


def write_shared(path: Path, head: Head, rows: Sequence[SharedRow], key: Ed25519PrivateKey) -> str:
    """Write a bundle; the hash of its manifest."""
    text = "".join(f"{_dumped(vars(row))}\n" for row in rows).encode()
    manifest: dict[str, Any] = {
        "form": FORM, **vars(head), "made_at": head.made_at.isoformat(),
        "expires_on": head.expires_on.isoformat() if head.expires_on else None, "rows": len(rows),
        "sha256": sha256(text).hexdigest(), "public_key": public_text(key),
    }  # fmt: skip
    manifest["signature"] = base64.b64encode(key.sign(signed_part(manifest))).decode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr(_MANIFEST, json.dumps(manifest, indent=1))
        bundle.writestr(_ROWS, text)
    return _hash(manifest)


def read_shared(path: Path) -> Shared:
    """Read a bundle, and make sure that it is whole and signed by the key that it names.

    Whether that key is a partner's, and the bundle is for us and in its turn, is judged by whoever takes it.

    Raises
    ------
    DataError
        When it is no such bundle, too large, was changed on its way, or is not signed.
    """
    try:
        with zipfile.ZipFile(path) as bundle:
            if sorted(bundle.namelist()) != [_MANIFEST, _ROWS]:
                raise _no_bundle()
            manifest = json.loads(part(bundle, _MANIFEST, _MOST_MANIFEST))
            text = part(bundle, _ROWS, _MOST_ROWS_BYTES)
    except BROKEN as error:
        raise _no_bundle() from error
    if not isinstance(manifest, dict) or manifest.get("form") != FORM:
        raise DataError(
            "The file is not a bundle of this edition.",
            allowed=FORM,
            next_step="Ask the sender for it again; nothing was taken.",
        )
    if "signature" not in manifest:
        raise DataError("The bundle is signed by nobody.", next_step="Take none that its sender did not sign.")
    if not is_signed(manifest):
        raise DataError(
            "The signature of the bundle does not hold: it was forged, or changed on its way.",
            next_step="Ask the sender for it again; nothing was taken.",
        )
    if sha256(text).hexdigest() != manifest.get("sha256"):
        raise DataError(
            "The rows of the bundle are not those that were signed.",
            next_step="Ask the sender for it again; nothing was taken.",
        )
    return Shared(_hash(manifest), _head(manifest), manifest["public_key"], _rows(text))


def _no_bundle() -> DataError:
    return DataError(
        "The file is not a bundle for a partner.", allowed="a file that `douse partners send` wrote",
        next_step="Ask the sender for it again; nothing was taken.",
    )  # fmt: skip


def _head(manifest: dict[str, Any]) -> Head:
    try:
        previous = manifest["previous"]
        head = Head(
            str(manifest["origin"]), str(manifest["to"]), int(manifest["number"]),
            None if previous is None else str(previous), datetime.fromisoformat(manifest["made_at"]),
            int(manifest["upto"]), str(manifest["policy"]),
            None if manifest["expires_on"] is None else date.fromisoformat(manifest["expires_on"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            "The manifest of the bundle is not whole.", next_step="Ask the sender for it again; nothing was taken."
        ) from error
    if head.number < 1 or head.upto < 0 or head.made_at.tzinfo is not None:
        raise DataError(
            "The manifest of the bundle is not whole.", next_step="Ask the sender for it again; nothing was taken."
        )
    return head


def _rows(text: bytes) -> tuple[SharedRow, ...]:
    lines = text.split(b"\n")[:-1]
    if len(lines) > _MOST_ROWS:
        raise DataError("The bundle has more than 500,000 rows.", next_step="Ask the sender for smaller ones.")
    found = []
    for number, line in enumerate(lines, 1):
        row = _row(line)
        if row is None:
            raise DataError(
                "Row {number} of the bundle is not understood.",
                next_step="Ask the sender for it again; nothing was taken.",
                facts={"number": number},
            )
        found.append(row)
    return tuple(found)


def _row(line: bytes) -> SharedRow | None:
    """A row out of its line; None where it is none."""
    try:
        row = SharedRow(**json.loads(line)) if len(line) <= _MOST_LINE else None
    except (TypeError, ValueError, RecursionError):
        return None
    if row is None or not isinstance(row.table, str) or not isinstance(row.row, dict):
        return None
    return row if all(v is None or isinstance(v, str) for v in (row.zone, row.record_id, row.supersedes)) else None


def _dumped(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _hash(manifest: dict[str, Any]) -> str:
    return sha256(_dumped(manifest).encode()).hexdigest()
