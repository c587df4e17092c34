"""What may be said on the command line: texts to values, refused with what would have been right."""

import argparse
import math
from datetime import date
from pathlib import Path


def gibibytes(text: str) -> int:
    """Bytes, of a number of GiB."""
    return round(_number(text, "a number of GiB, for example 4 or 0.5", above=0) * 2**30)


def minutes(text: str) -> float:
    """Minutes, 0 or more."""
    return _number(text, "a number of minutes, 0 or more", above=-1e-9)


def count(text: str) -> int:
    """A whole number, 0 or more."""
    what = "a whole number, 0 or more"
    value = _number(text, what, above=-1)
    if value != round(value):
        raise argparse.ArgumentTypeError(f"this takes {what}")
    return round(value)


def _number(text: str, what: str, *, above: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not above < value < math.inf:
        raise argparse.ArgumentTypeError(f"this takes {what}")
    return value


def day(text: str) -> date:
    """A day as year-month-day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day is written as year-month-day, for example 2026-03-05") from None


def names(text: str) -> tuple[str, ...]:
    """Names with commas between."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def folder(text: str) -> Path:
    """A folder to write into, refused before anything is read if a file is in its way."""
    path = Path(text)
    if any(place.exists() and not place.is_dir() for place in (path, *path.parents)):
        raise argparse.ArgumentTypeError("a file is in the way; name a folder, which may be new")
    return path
