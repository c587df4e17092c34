"""Receipt numbers: told to the sender once, kept here only as a hash."""

import hashlib
import secrets

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none that is taken for another
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
_RANDOM = 15  # letters: 75 bits, so that none is found by trying
_GROUP = 4
_CHECK = 29  # a prime: a letter that is mistyped, or two that are swapped, do not go unseen


def new_number() -> str:
    """A number in groups of four, its last letter a check on the others."""
    plain = "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM))
    return grouped(plain + _check_letter(plain))


def read_number(text: str) -> str | None:
    """The number that somebody typed, without blanks and marks; None where it can be none."""
    if len(text) > 4 * (_RANDOM + 1):
        return None
    plain = "".join(letter for letter in text.upper() if letter.isalnum()).translate(_ALIKE)
    good = len(plain) == _RANDOM + 1 and set(plain) <= set(_LETTERS) and plain[-1] == _check_letter(plain[:-1])
    return plain if good else None


def grouped(plain: str) -> str:
    """A number as it is shown."""
    return "-".join(plain[at : at + _GROUP] for at in range(0, len(plain), _GROUP))


def digest(plain: str) -> str:
    """What is kept of a number. It has too many values to be found from its hash."""
    return hashlib.sha256(f"douse receipt {plain.replace('-', '')}".encode()).hexdigest()


def _check_letter(plain: str) -> str:
    rest = 0
    for letter in plain:
        rest = (rest * len(_LETTERS) + _LETTERS.index(letter)) % _CHECK
    return _LETTERS[rest]
