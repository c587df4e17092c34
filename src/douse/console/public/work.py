"""Proof of work: a puzzle that a browser solves in a moment, and that costs whoever sends thousands of forms.

The server signs a puzzle and keeps nothing of it. The browser looks for a number after which the hash of both begins
with so many zero bits. A puzzle runs out, and is taken once.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction

from douse.console import clock
from douse.console.models import SpentWork

LASTS = timedelta(minutes=30)
_SIGNER_SALT = "douse.public.work"
_NONCE_BYTES = 12
_LONGEST_PUZZLE, _LONGEST_ANSWER = 200, 20
_PURGE_ONE_IN = 500  # hand-ins, after which what has run out is forgotten


def puzzle(bits: int) -> str:
    """A new puzzle: when it was made, its bits, something random, and our signature."""
    made = int(clock.now().timestamp())
    return Signer(salt=_SIGNER_SALT).sign(f"{made}.{bits}.{secrets.token_urlsafe(_NONCE_BYTES)}")


def is_solved(given: str, answer: str, least_bits: int) -> bool:
    """Whether a puzzle is ours, has not run out, is hard enough, and is solved. Says nothing of whether it was used."""
    if len(given) > _LONGEST_PUZZLE or not (answer.isascii() and answer.isdigit() and len(answer) <= _LONGEST_ANSWER):
        return False
    try:
        made, bits, _ = Signer(salt=_SIGNER_SALT).unsign(given).split(".")
    except (BadSignature, ValueError):
        return False
    age = clock.now().timestamp() - int(made)
    found = int.from_bytes(hashlib.sha256(f"{given}:{answer}".encode()).digest()[:8], "big")
    return age + 1 >= 0 and age <= LASTS.total_seconds() and int(bits) >= least_bits and found >> (64 - int(bits)) == 0


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
