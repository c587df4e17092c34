"""What an answer rests on: figures of the ledger as of a moment, and sources that anybody can look up."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from douse.errors import UsageError

LONGEST_TITLE, LONGEST_ADDRESS = 200, 500  # characters
MOST = 20  # pieces of evidence of one answer
_SCHEMES = ("https", "http")
Value = float | str | None


@dataclass(frozen=True)
class Fact:
    """A figure as the ledger gave it at a moment.

    Attributes
    ----------
    figure : str
        One of `figures.FIGURES`.
    zone : str or None
        Where; None: the whole area.
    as_of : datetime
        Moment whose knowledge it tells.
    sequence : int
        Number of the last entry of the ledger then.
    value : float, str or None
        A number, or a level; None where there was none to tell.
    bulletin : str or None
        The published bulletin that says it; without one it is for those who work here, and its number is not published.
    """

    figure: str
    zone: str | None
    as_of: datetime
    sequence: int
    value: Value
    bulletin: str | None = None


@dataclass(frozen=True)
class Source:
    """Something that others wrote, and where it is."""

    title: str
    publisher: str
    url: str
    day: date | None = None


Evidence = Fact | Source


def source(title: str, publisher: str, url: str, day: date | None = None) -> Source:
    """A source, when it can be looked up.

    Raises
    ------
    UsageError
        When the title is missing, or the address is none of a page.
    """
    if not title or len(title) > LONGEST_TITLE or len(publisher) > LONGEST_TITLE:
        raise UsageError(
            "A source needs a title.", allowed=f"1 to {LONGEST_TITLE} characters", next_step="Say what it is called."
        )
    if not is_address(url):
        raise UsageError(
            "The address of a source is not understood.",
            allowed=f"an address of a page that begins with https://, at most {LONGEST_ADDRESS} characters",
            next_step="Copy it from where the page is open.",
        )
    return Source(title, publisher, url, day)


def is_address(url: str) -> bool:
    """Whether a text is an address of a page: nothing that a browser would run, no password in it."""
    if len(url) > LONGEST_ADDRESS or any(sign.isspace() or not sign.isprintable() for sign in url):
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in _SCHEMES
        and "." in host.strip(".")
        and "@" not in parts.netloc
        and not set(url) & set("<>\"'`\\")
    )


def to_json(evidence: Sequence[Evidence]) -> str | None:
    """Evidence as the ledger keeps it; None where there is none."""
    rows = [{"kind": "fact" if isinstance(one, Fact) else "source", **asdict(one)} for one in evidence]
    filled = [{name: value for name, value in row.items() if value not in {None, ""}} for row in rows]
    return json.dumps(filled, ensure_ascii=False, default=_iso) if filled else None


def from_json(text: str | None) -> tuple[Evidence, ...]:
    """Evidence out of the ledger. A piece that another edition wrote, and that is not understood here, is left out."""
    try:
        rows = json.loads(text) if text else []
    except ValueError:
        return ()
    return tuple(found for row in rows if (found := _read(row)) is not None) if isinstance(rows, list) else ()


def facts_of(evidence: Iterable[Evidence]) -> tuple[Fact, ...]:
    """Figures among the evidence."""
    return tuple(one for one in evidence if isinstance(one, Fact))


def sources_of(evidence: Iterable[Evidence]) -> tuple[Source, ...]:
    """Sources among the evidence."""
    return tuple(one for one in evidence if isinstance(one, Source))


def _read(row: Any) -> Evidence | None:
    if not isinstance(row, Mapping):
        return None
    try:
        if row["kind"] == "fact":
            as_of = datetime.fromisoformat(row["as_of"])
            return Fact(
                row["figure"], row.get("zone"), as_of, int(row["sequence"]), row.get("value"), row.get("bulletin")
            )
        day = date.fromisoformat(row["day"]) if row.get("day") else None
        return source(row["title"], row.get("publisher", ""), row["url"], day)
    except (KeyError, TypeError, ValueError, UsageError):
        return None


def _iso(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(type(value).__name__)
