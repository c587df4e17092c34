"""Small constructors for the columns of `tables.py`, so that each column is one readable line.

Column metadata that the door (`check.py`) and the as-of view (`records.py`) read:

``references``  ``"table.column"`` that a value names
``unit``        unit of a number
``personal``    the value describes one person; redacted on erasure, never in logs, findings or public output
``plan``        a date that may lie in the future of the record (an expiry, a review), so never masked by as-of
``known_by``    the date column that says when this fact came to be known; as-of masks the fact with it
"""

from collections.abc import Iterable
from typing import Any

import dataframely as dy


def ident(description: str, *, references: str = "", required: bool = False, personal: bool = False) -> dy.String:
    """Identifier: text without surrounding blanks."""
    meta: dict[str, Any] = {"references": references} if references else {}
    if personal:
        meta["personal"] = True
    return dy.String(nullable=not required, min_length=1, max_length=200, description=description, metadata=meta)


def text(description: str, *, personal: bool = False, long: bool = False) -> dy.String:
    """Free text of at most 500 characters (of a boundary or of JSON: 1,000,000)."""
    meta = {"personal": True} if personal else {}
    return dy.String(nullable=True, max_length=1_000_000 if long else 500, description=description, metadata=meta)


def code(
    allowed: Iterable[str], description: str, *, required: bool = False, known_by: str = "", personal: bool = False
) -> dy.Enum:
    """One of a fixed list of codes."""
    meta: dict[str, Any] = {"known_by": known_by} if known_by else {}
    if personal:
        meta["personal"] = True
    return dy.Enum(list(allowed), nullable=not required, description=description, metadata=meta)


def day(description: str, *, required: bool = False, plan: bool = False, known_by: str = "") -> dy.Date:
    """Calendar day."""
    meta: dict[str, Any] = {"plan": True} if plan else {}
    if known_by:
        meta["known_by"] = known_by
    return dy.Date(nullable=not required, description=description, metadata=meta)


def moment(description: str, *, required: bool = False, plan: bool = False) -> dy.Datetime:
    """Local date and time; a date alone means its midnight."""
    meta = {"plan": True} if plan else {}
    return dy.Datetime(nullable=not required, time_unit="us", description=description, metadata=meta)


def count(
    description: str, unit: str, *, required: bool = False, maximum: int | None = None, minimum: int = 0
) -> dy.Int64:
    """Whole number that is not negative."""
    return dy.Int64(nullable=not required, min=minimum, max=maximum, description=description, metadata={"unit": unit})


def number(  # noqa: PLR0913  a column in one line
    description: str, unit: str, *, low: float | None = None, high: float | None = None, required: bool = False,
    personal: bool = False,
) -> dy.Float64:  # fmt: skip
    """Real number within a closed range."""
    meta: dict[str, Any] = {"unit": unit} | ({"personal": True} if personal else {})
    return dy.Float64(nullable=not required, min=low, max=high, description=description, metadata=meta)
