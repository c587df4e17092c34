"""Moments of servers that keep UTC, as the clock of the place showed them."""

import re
from datetime import datetime, tzinfo
from typing import Any

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")
_WORDS = frozenset({"text", "display", "valueString"})  # elements of words, whatever they look like


def local(value: Any, zone: tzinfo) -> Any:
    """A value of JSON whose moments with an offset show the local time of a zone, and its offset."""
    if isinstance(value, dict):
        return {name: part if name in _WORDS else local(part, zone) for name, part in value.items()}
    if isinstance(value, list):
        return [local(part, zone) for part in value]
    if not (isinstance(value, str) and _MOMENT.fullmatch(value)):
        return value
    try:
        return datetime.fromisoformat(value).astimezone(zone).isoformat()
    except (ValueError, OverflowError):
        return value  # no moment: whoever validates it says so
