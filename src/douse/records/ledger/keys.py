"""Keys of an instance, in a folder that only its owner may read."""

import base64
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from douse.errors import DataError

FOLDER = "keys"
_SIGNING, _TRUSTED = "signing.pem", "trusted.txt"


def secret(folder: Path, name: str, make: bytes) -> bytes:
    """The content of a secret file; `make` is written where it is not there.

    Parameters
    ----------
    folder : Path
        Of keys.
    name : str
        Of the file.
    make : bytes
        New content.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        file.write(make)
    return make


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """The key that this instance signs with; made where there is none.

    Raises
    ------
    DataError
        When the file holds no such key.
    """
    fresh = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        key = load_pem_private_key(secret(folder, _SIGNING, fresh), password=None)
    except ValueError as error:
        raise DataError("keys/signing.pem holds no key.", next_step="Restore it from a copy.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise DataError("keys/signing.pem holds another kind of key.", allowed="Ed25519")
    return key


def public_text(key: Ed25519PrivateKey) -> str:
    """The public part, base64: what another instance puts into its keys/trusted.txt."""
    return base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def trusted(folder: Path) -> tuple[str, ...]:
    """Public keys of others, a line each in keys/trusted.txt; text after the key is a note."""
    path = folder / _TRUSTED
    if not path.is_file():
        return ()
    return tuple(line.split()[0] for line in path.read_text("utf-8").splitlines() if line.strip() and line[0] != "#")
