"""Proof of work: a puzzle that a browser solves in a moment, and that costs whoever sends thousands of forms.

The server signs a puzzle and keeps nothing of it. The browser looks for a number after which the hash of both begins
with so many zero bits. A puzzle runs out, and is taken once. What is asked is what is asked when the form comes in:
puzzles that were gathered in a quiet hour are worth little in a flood.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from douse.console import clock
from douse.console.models import SpentWork

LASTS = timedelta(minutes=30)
GRACE = timedelta(minutes=3)  # that a puzzle counts which became too easy after it was given: a form takes about one
_SIGNER_SALT = "douse.public.work"
_NONCE_BYTES, _PLACE_LETTERS = 12, 8
_LONGEST_PUZZLE, _LONGEST_ANSWER = 200, 20
_PURGE_ONE_IN = 500  # hand-ins, after which what has run out is forgotten


def puzzle(bits: int, place: str) -> str:
    """A new puzzle: when it was made, its bits, for where (as letters that tell nothing), something random, signed."""
    made, nonce = int(clock.now().timestamp()), secrets.token_urlsafe(_NONCE_BYTES)
    return Signer(salt=_SIGNER_SALT).sign(f"{made}.{bits}.{_letters_of(place)}{nonce}")


def is_solved(given: str, answer: str, least_bits: int) -> bool:
    """Whether a puzzle is ours, has not run out, is hard enough, and is solved. Says nothing of whether it was used."""
    if not (answer.isascii() and answer.isdigit() and len(answer) <= _LONGEST_ANSWER):
        return False
    read = _read(given)
    if read is None:
        return False
    found = int.from_bytes(hashlib.sha256(f"{given}:{answer}".encode()).digest()[:8], "big")
    return -1 <= read.age <= LASTS.total_seconds() and read.bits >= least_bits and found >> (64 - read.bits) == 0


def is_enough(given: str, asked_bits: int, place: str) -> bool:
    """Whether a puzzle of ours is as hard as is asked now, or was a moment ago, when it was given for this place."""
    read = _read(given)
    if read is None:
        return False
    is_young = read.age <= GRACE.total_seconds() and read.place == _letters_of(place)
    return read.bits >= asked_bits or is_young


@dataclass(frozen=True)
class _Puzzle:
    age: float  # seconds
    bits: int
    place: str


def _read(given: str) -> _Puzzle | None:
    """What a puzzle says of itself; None where it is not ours."""
    if len(given) > _LONGEST_PUZZLE:
        return None
    try:
        made, bits, rest = Signer(salt=_SIGNER_SALT).unsign(given).split(".")
    except (BadSignature, ValueError):
        return None
    return _Puzzle(clock.now().timestamp() - int(made), int(bits), rest[:_PLACE_LETTERS])


def _letters_of(place: str) -> str:
    return salted_hmac(_SIGNER_SALT, place).hexdigest()[:_PLACE_LETTERS]


def spend(given: str) -> bool:
    """Use a solved puzzle up; False where it was used before, by whichever process."""
    name, at = hashlib.sha256(given.encode()).hexdigest(), clock.now()
    try:
        with transaction.atomic():
            SpentWork.objects.create(puzzle=name, expires_at=at + 2 * LASTS)
    except IntegrityError:
        return False
    if secrets.randbelow(_PURGE_ONE_IN) == 0:
        forget(at)
    return True


def forget(at: datetime) -> int:
    """Forget the puzzles that could not be handed in any more; how many."""
    return SpentWork.objects.filter(expires_at__lt=at).delete()[0]
