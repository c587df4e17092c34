"""What the tests of residents' pages share: somebody without an account, who solves puzzles."""

import hashlib
import re
from typing import Any

from django.test import Client
from django.urls import reverse

REPORT = {"symptoms": ["fever", "cough"], "onset": "2026-03-30", "age_band": "age_18_59"}
NEED = {"address": "Block 3, floor 2", "phone": "138 0000 0000", "note": "insulin, two days left", "people": "1"}


def resident(**headers: str) -> Client:
    """Somebody without an account; forms are checked as in a real browser."""
    return Client(enforce_csrf_checks=True, headers={"host": "localhost", **headers})


def solved(puzzle: str, bits: int) -> str:
    """The first answer of a puzzle, found by trying."""
    answer = 0
    while int.from_bytes(hashlib.sha256(f"{puzzle}:{answer}".encode()).digest()[:8], "big") >> (64 - bits):
        answer += 1
    return str(answer)


def proof(page: str) -> dict[str, str]:
    """What the script of a page would send with its form."""
    puzzle, bits = re.search(r'data-puzzle="([^"]+)" data-bits="(\d+)"', page).groups()  # type: ignore[union-attr]
    return {"puzzle": puzzle, "answer": solved(puzzle, int(bits))}


def send(client: Client, name: str, kind: str, zone: str, form: dict[str, Any], **more: Any) -> Any:
    """Open a form, fill it in and send it."""
    address = f"{reverse(name)}?kind={kind}&zone={zone}"
    page = client.get(address, **more)
    assert page.status_code == 200, page.status_code
    return client.post(address, {**form, **proof(page.text)}, **more)


def number_of(page: str) -> str:
    """The receipt number that a page shows."""
    return re.search(r'class="receipt-number"[^>]*>([^<]+)<', page)[1]  # type: ignore[index]
