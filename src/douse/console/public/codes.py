"""One-time codes: staff give one by phone or at the door to who cannot solve a puzzle, for one form."""

import hashlib
import hmac
import secrets
from datetime import timedelta

from django.http import HttpRequest

from douse.console import clock, instance
from douse.console.actors import actor_of
from douse.console.models import OneTimeCode
from douse.console.writing import note

LASTS = timedelta(hours=24)
_DIGITS = 8
_LONGEST = 30


def give(request: HttpRequest) -> str:
    """A new code, in two groups of four digits; only its hash is kept."""
    plain = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
    at = clock.now()
    OneTimeCode.objects.filter(expires_at__lt=at).delete()
    OneTimeCode.objects.create(
        code_hash=_hash(plain), given_by=actor_of(request).name, given_at=at, expires_at=at + LASTS
    )
    note(request, "gave_code")
    return f"{plain[: _DIGITS // 2]} {plain[_DIGITS // 2 :]}"


def use(given: str) -> bool:
    """Use a code up; False where there is none like it, it has run out, or was used."""
    waiting = OneTimeCode.objects.filter(code_hash=_hash(_plain(given)), used_at=None, expires_at__gt=clock.now())
    return waiting.update(used_at=clock.now()) == 1


def give_back(given: str) -> None:
    """Let a code that was used work once more: what it came with was not kept."""
    OneTimeCode.objects.filter(code_hash=_hash(_plain(given))).update(used_at=None)


def _plain(given: str) -> str:
    return "".join(letter for letter in given[:_LONGEST] if letter.isdigit())


def _hash(plain: str) -> str:
    """With the instance's own key: codes are short, and whoever had the hashes could try them all."""
    return hmac.new(instance.current().secret_key.encode(), f"code {plain}".encode(), hashlib.sha256).hexdigest()
