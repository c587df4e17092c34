"""Read what a form or a query says: text without blanks, days, moments, numbers; errors say what was allowed."""

from collections.abc import Mapping
from datetime import date, datetime

from douse.errors import UsageError

Sent = Mapping[str, object]


def text_of(sent: Sent, name: str) -> str:
    """A text, empty where it was not sent."""
    return str(sent.get(name) or "").strip()


def day_of(sent: Sent, name: str) -> date | None:
    """A day as YYYY-MM-DD; None where it was not sent."""
    said = text_of(sent, name)
    if not said:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise UsageError(
            "A day in the form is not understood.", allowed="YYYY-MM-DD", next_step="Go back and correct it."
        ) from None


def moment_of(sent: Sent, name: str) -> datetime | None:
    """A moment as YYYY-MM-DDThh:mm, local time; None where it was not sent."""
    said = text_of(sent, name)
    if not said:
        return None
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise UsageError(
            "A moment in the form is not understood.", allowed="YYYY-MM-DDThh:mm", next_step="Go back and correct it."
        )
    return found


def number_of(sent: Sent, name: str) -> float | None:
    """A number of zero or more; None where it was not sent."""
    said = text_of(sent, name)
    if not said:
        return None
    try:
        found = float(said)
    except ValueError:
        found = -1.0
    if not 0 <= found < float("inf"):
        raise UsageError(
            "A number in the form is not understood.", allowed="0 or more", next_step="Go back and correct it."
        )
    return found
