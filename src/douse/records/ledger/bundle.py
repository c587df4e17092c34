"""Bundles: entries that travel between ledgers, signed by the one that they come from.

A bundle is a ZIP of `entries.ndjson`, `bulk/`, and `manifest.json` (whose hash of the rest is signed with Ed25519).
Importing one twice, or two in any order, gives the same records.
"""

import base64
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from douse.errors import DataError
from douse.records.ledger.bulk import path_of
from douse.records.ledger.entry import Entry, payload_digest, salted
from douse.records.ledger.ledger import Ledger, Receipt
from douse.records.ledger.storage import entries as table
from douse.records.ledger.storage import writing

FORMAT = 1
_BYTES = ("salt", "personal_hash", "payload_hash")
_OWN = ("sequence", "previous_hash", "hash")  # of the ledger that holds it: they do not travel
_MOST_BYTES = 4 << 30  # of a bundle's entries, and of one attached file, unpacked
_MOST_MANIFEST = 16 << 20
# What reading a ZIP of a stranger may raise: it is none, is encrypted, is packed in a way that nobody knows, or nests.
BROKEN = (
    OSError, KeyError, TypeError, ValueError, RecursionError, NotImplementedError, RuntimeError, EOFError,
    zipfile.BadZipFile, zipfile.LargeZipFile,
)  # fmt: skip


@dataclass(frozen=True)
class Conflict:
    """Two entries that cannot both count.

    Attributes
    ----------
    table, record_id : str
        The record.
    why : str
        same_record: two rows of other content by one record_id; both_correct: two rows correct the same one.
    """

    table: str
    record_id: str
    why: str


@dataclass(frozen=True)
class Imported:
    """What came of a bundle.

    Attributes
    ----------
    receipt : Receipt
        Entries that were new here.
    known : int
        Entries that this ledger had.
    redacted : int
        Entries of it whose personal fields were redacted, as persons were erased elsewhere.
    signed_by : str or None
        Public key, base64, that the signature is good for; None: the bundle is not signed.
    conflicts : tuple of Conflict
        For a person to settle by a correction.
    """

    receipt: Receipt
    known: int
    redacted: int
    signed_by: str | None
    conflicts: tuple[Conflict, ...]


def export_bundle(ledger: Ledger, path: Path, *, since: int = 0, key: Ed25519PrivateKey | None = None) -> int:
    """Write the entries after a sequence number; how many they are."""
    lines, contents, last = list[str](), list[str](), since
    for entry in ledger.walk(since=since):
        lines.append(_line(entry))
        last = entry.sequence
        if entry.table == "attachments":
            contents.append(entry.row["content"])
    text = ("\n".join(lines) + "\n").encode() if lines else b""
    files = {content: path_of(ledger.bulk, content) for content in contents if ledger.bulk is not None}
    manifest: dict[str, Any] = {
        "format": FORMAT, "origin": ledger.origin, "since": since, "upto": last, "entries": len(lines),
        "sha256": sha256(text).hexdigest(), "bulk": sorted(name for name, file in files.items() if file.is_file()),
    }  # fmt: skip
    if key is not None:
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        manifest["public_key"] = base64.b64encode(public).decode()
        manifest["signature"] = base64.b64encode(key.sign(signed_part(manifest))).decode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("manifest.json", json.dumps(manifest, indent=1))
        bundle.writestr("entries.ndjson", text)
        for name in manifest["bulk"]:
            bundle.write(files[name], f"bulk/{name}.parquet")
    return len(lines)


def import_bundle(ledger: Ledger, path: Path, *, trusted: Iterable[str] = (), unsigned: bool = False) -> Imported:
    """Append what a bundle brings; all or none.

    Parameters
    ----------
    ledger : Ledger
        Into which.
    path : Path
        The bundle.
    trusted : iterable of str
        Public keys, base64, whose signature is enough.
    unsigned : bool
        Take a bundle that nobody signed, or somebody who is not trusted.

    Raises
    ------
    DataError
        When it is no bundle, was changed on its way, or is signed by nobody who is trusted.
    """
    with _opened(path) as bundle:
        manifest, text = _checked(bundle, set(trusted), unsigned=unsigned)
        rows = [_row(line, number) for number, line in enumerate(text.decode().splitlines(), 1)]
        for name in manifest["bulk"]:
            _unpack(ledger, bundle, str(name))
    with writing(ledger.engine) as connection:
        here = _known(connection, [row["id"] for row in rows])
        fresh = [row for row in rows if row["id"] not in here]
        conflicts = tuple(_conflicts(connection, fresh))
        receipt = ledger.append_foreign(connection, fresh)
        redacted = _redact(connection, rows, here)
    return Imported(receipt, len(rows) - len(fresh), redacted, manifest.get("public_key"), conflicts)


def _line(entry: Entry) -> str:
    fields = {name: value for name, value in asdict(entry).items() if name not in _OWN and value is not None}
    for name in _BYTES:
        if name in fields:
            fields[name] = base64.b64encode(fields[name]).decode()
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _row(line: str, number: int) -> dict[str, Any]:
    """Columns of the storage out of a line, its hashes checked."""
    wrong = DataError(
        f"Entry {number} of the bundle is not what it was when it was written.",
        next_step="Ask the sender for the bundle again; nothing was taken.",
    )
    try:
        fields = json.loads(line)
        row: dict[str, Any] = {column.name: None for column in table.columns if column.name not in _OWN}
        row |= {("table_name" if name == "table" else name): value for name, value in fields.items()}
        for name in _BYTES:
            row[name] = base64.b64decode(row[name]) if row[name] is not None else None
        whole = payload_digest(row["payload"], row["personal_hash"]) == row["payload_hash"]
        if row["personal"] is not None:
            whole = whole and salted(row["salt"], row["personal"]) == row["personal_hash"]
        known = {column.name for column in table.columns}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise wrong from error
    if not whole or set(row) - known or set(row) & set(_OWN):
        raise wrong
    return row


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{path.name} is not a bundle.", allowed="a file that `douse export --since` wrote",
            next_step="Name the file, or import a folder of tables with `douse import FOLDER`.",
        ) from error  # fmt: skip


def _checked(bundle: zipfile.ZipFile, trusted: set[str], *, unsigned: bool) -> tuple[dict[str, Any], bytes]:
    try:
        manifest = json.loads(part(bundle, "manifest.json", _MOST_MANIFEST))
        text = part(bundle, "entries.ndjson", _MOST_BYTES)
        whole = manifest["format"] == FORMAT and sha256(text).hexdigest() == manifest["sha256"]
        manifest["bulk"] = list(manifest["bulk"])
    except BROKEN as error:
        raise DataError(
            "The file is not a bundle of this edition.", next_step="Ask the sender for it again."
        ) from error
    if not whole:
        raise DataError("The bundle was changed after it was written.", next_step="Ask the sender for it again.")
    if not is_signed(manifest) or manifest["public_key"] not in trusted:
        signer = manifest.get("public_key") if is_signed(manifest) else None
        if not unsigned:
            raise DataError(
                "The bundle is signed by nobody who is trusted here." if signer else "The bundle is not signed.",
                allowed="a signature by a key of keys/trusted.txt in the folder of this ledger",
                next_step="Check by another way that the key is the sender's, and add it; or take it with --unsigned.",
            )
        manifest["public_key"] = signer
    return manifest, text


def part(bundle: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A part of a ZIP, at most so many bytes whatever its head says.

    Raises
    ------
    DataError
        When it is larger.
    """
    with bundle.open(name) as opened:
        content = opened.read(most + 1)
    if len(content) > most:
        raise DataError(
            "The bundle is larger than any should be.", allowed=f"{most >> 20} MiB",
            next_step="Ask the sender for smaller ones.",
        )  # fmt: skip
    return content


def is_signed(manifest: dict[str, Any]) -> bool:
    """Whether the signature of a manifest is good for the public key in it."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(manifest["public_key"], validate=True))
        key.verify(base64.b64decode(manifest["signature"], validate=True), signed_part(manifest))
    except (KeyError, TypeError, ValueError, InvalidSignature):
        return False
    return True


def signed_part(manifest: dict[str, Any]) -> bytes:
    """What of a manifest is signed: all but the signature."""
    rest = {name: value for name, value in manifest.items() if name != "signature"}
    return json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()


def _unpack(ledger: Ledger, bundle: zipfile.ZipFile, name: str) -> None:
    try:
        content = part(bundle, f"bulk/{name}.parquet", _MOST_BYTES)
    except BROKEN as error:
        raise DataError(
            "An attached file of the bundle is not there.", next_step="Ask the sender for it again."
        ) from error
    if sha256(content).hexdigest() != name or ledger.bulk is None:
        raise DataError("An attached file of the bundle was changed, or there is no folder for it here.")
    ledger.bulk.mkdir(parents=True, exist_ok=True)
    path = path_of(ledger.bulk, name)
    if not path.exists():
        path.write_bytes(content)


def _known(connection: sa.Connection, ids: list[str]) -> set[str]:
    found = set[str]()
    for some in _some(ids):
        found |= set(connection.execute(sa.select(table.c.id).where(table.c.id.in_(some))).scalars())
    return found


def _conflicts(connection: sa.Connection, fresh: list[dict[str, Any]]) -> Iterator[Conflict]:
    for column, why in ((table.c.record_id, "same_record"), (table.c.supersedes, "both_correct")):
        mine: dict[tuple[str, str], set[tuple[str, str | None]]] = {}
        for some in _some([row[column.name] for row in fresh if row[column.name] is not None]):
            there = sa.select(table.c.table_name, column, table.c.payload, table.c.personal).where(column.in_(some))
            for name, value, payload, personal in connection.execute(there):
                mine.setdefault((name, value), set()).add((payload, personal))
        for row in fresh:
            others = mine.get((row["table_name"], row[column.name]))
            if others and (row["payload"], row["personal"]) not in others:
                yield Conflict(row["table_name"], row[column.name], why)


def _redact(connection: sa.Connection, rows: list[dict[str, Any]], here: set[str]) -> int:
    """Redact what the bundle tells was erased: entries of this ledger, and those that came before in full."""
    erased = sorted({row["subject"] for row in rows if row["table_name"] == "erasures" and row["id"] not in here})
    erased += sorted(
        set(connection.execute(sa.select(table.c.subject).where(table.c.table_name == "erasures")).scalars())
        - set(erased)
    )
    count = 0
    for some in _some(erased):
        count += connection.execute(
            table.update()
            .where(table.c.subject.in_(some), table.c.personal.is_not(None), table.c.table_name != "erasures")
            .values(personal=sa.null(), salt=sa.null())
        ).rowcount
    return count


def _some(values: list[Any], many: int = 500) -> Iterator[list[Any]]:
    for start in range(0, len(values), many):
        yield values[start : start + many]
