"""The clock of the console: the one place that asks what time it is."""

from datetime import datetime, timedelta

_shift = [timedelta(0)]


def now() -> datetime:
    """Local time without a zone, to the microsecond."""
    return datetime.now() + _shift[0]  # local time is meant: decision 7


def set_to(moment: datetime) -> None:
    """Let the clock go on from a moment, as a demonstration needs whose outbreak was on other days."""
    _shift[0] = moment - datetime.now()
