"""What has no place in a claim: what points at a person or an account. The register judges claims, never persons."""

import re

# What is found, in words; what has no word of its own is not looked for: a name cannot be told from other words.
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("an e-mail address", re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")),
    (
        "an address of a page",
        re.compile(r"(?:https?://|www\.)\S|\b[\w-]+\.(?:com|net|org|cn|me|ly|tv)/\S", re.IGNORECASE),
    ),
    ("the name of an account", re.compile(r"(?<![\w.])[@＠][\w.-]{2,}")),
    ("a telephone or identity number", re.compile(r"(?<![\d.,])\+?\d(?:[\s().-]{0,2}\d){6,}[\dxX]?(?![\d%])")),
)
# Amounts and days, which are no telephone numbers: 1,000,000; 1 500 000; 20000000; 2026-03-01 12:30; 1.3.2026.
_AMOUNTS = re.compile(
    r"(?<!\d)(?:\d{1,3}(?:[,.'’]\d{3})+|\d{1,3}(?: \d{3})* 000|[1-9]\d?0{5,}"
    r"|\d{4}-\d{1,2}-\d{1,2}(?: \d{1,2}:\d{2})?|\d{1,2}[./-]\d{1,2}[./-]\d{4})(?!\d)"
)


def points_at_somebody(text: str) -> str | None:
    """What of a text points at a person or an account, in words; None where nothing was found."""
    without = _AMOUNTS.sub(" … ", text)
    return next((what for what, pattern in _PATTERNS if pattern.search(without)), None)
