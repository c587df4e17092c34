"""What things are called in one DHIS2: our codes, and the identifiers that its administrators gave them."""

import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from douse.errors import MappingError

KINDS = ("org_units", "data_elements", "attributes", "programs", "stages", "types", "sources")
PREFIX = "DOUSE_"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SIGNS = _LETTERS + "0123456789"


@dataclass(frozen=True)
class Ids:
    """Our code -> theirs, by kind; a code that is not named stays as it is.

    Parameters
    ----------
    named : dict[str, dict[str, str]]
        Kind (one of `KINDS`) -> our code -> theirs.
    """

    named: dict[str, dict[str, str]] = field(default_factory=dict)

    def theirs(self, kind: str, code: str) -> str:
        """What our code is called there."""
        return self.named.get(kind, {}).get(code, code)

    def ours(self, kind: str, uid: str) -> str:
        """Our code for what is called so there."""
        return self._back.get(kind, {}).get(uid, uid)

    @cached_property
    def _back(self) -> dict[str, dict[str, str]]:
        return {kind: {theirs: ours for ours, theirs in codes.items()} for kind, codes in self.named.items()}


def load_ids(path: Path) -> Ids:
    """Read a file of identifiers: one TOML table a kind, our code = theirs.

    Raises
    ------
    MappingError
        When it is not such a file.
    """
    try:
        given: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise MappingError(f"{path.name} cannot be read as TOML.", next_step="Mend it.") from None
    for kind, codes in given.items():
        good = isinstance(codes, dict) and all(isinstance(uid, str) for uid in codes.values())
        if kind not in KINDS or not good:
            raise MappingError(
                f"{path.name}, table {kind}: it is not a list of our codes and theirs.",
                allowed=", ".join(f"[{name}]" for name in KINDS),
                next_step='Write one line a code: our_code = "theirs".',
            )
        if len(set(codes.values())) < len(codes):
            raise MappingError(
                f"{path.name}, table {kind}: two of our codes have one of theirs.", next_step="Part them."
            )
    return Ids(given)


def uid_of(*parts: str) -> str:
    """An identifier in the form of DHIS2 (11 letters and digits): the same for the same thing, every time."""
    number = int.from_bytes(sha256("|".join(parts).encode()).digest())
    number, first = divmod(number, len(_LETTERS))
    made = _LETTERS[first]
    for _ in range(10):
        number, at = divmod(number, len(_SIGNS))
        made += _SIGNS[at]
    return made
