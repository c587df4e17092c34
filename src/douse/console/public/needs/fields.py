"""What a request asks, and how what was typed is read."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.http import QueryDict

from douse.console.public.self_report.fields import is_phone
from douse.console.public.text import LONGEST_ADDRESS, LONGEST_NOTE, LONGEST_PHONE, plain
from douse.console.words import say
from douse.records.codes import REQUEST_KINDS

LONGEST_NAME = 60
MOST_PEOPLE, LONGEST_PEOPLE = 99, 2
_AHEAD = timedelta(days=60)  # a time beyond it is a slip of the finger
HOLD = ("name", "phone", "address")  # what goes into the vault


@dataclass
class Asked:
    """A form as it was filled in: its row, what goes into the vault, and what is wrong with it by field."""

    row: dict[str, Any] = field(default_factory=dict)
    contact: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def read(kind: str, sent: QueryDict, now: datetime, *, before: datetime | None = None) -> Asked:
    """Read a form of a kind (one of `REQUEST_KINDS`); `before`: the time that a correction may leave as it is."""
    if kind not in REQUEST_KINDS:
        raise ValueError("a kind of request")
    made = Asked(row={"kind": kind})
    longest = {"name": LONGEST_NAME, "phone": LONGEST_PHONE, "address": LONGEST_ADDRESS}
    made.contact = {name: plain(sent.get(name), longest[name]) for name in HOLD}
    made.row["note"] = plain(sent.get("note"), LONGEST_NOTE) or None
    made.row["people"] = _people(sent.get("people") or "", made.problems)
    made.row["wanted_by"] = _wanted(sent.get("wanted_by") or "", now, made.problems, before)
    if not made.contact["address"]:
        made.problems["address"] = say("Please say where to bring it.")
    if not made.contact["phone"]:
        made.problems["phone"] = say("Please give a phone number, so that somebody can ask back.")
    elif not is_phone(made.contact["phone"]):
        made.problems["phone"] = say("A phone number has 5 to 20 digits.")
    if kind in {"medicine", "other"} and made.row["note"] is None:
        made.problems["note"] = say("Please say what exactly.")
    return made


def _people(said: str, problems: dict[str, str]) -> int | None:
    said = said.strip()
    if not said:
        return None
    if said.isascii() and said.isdigit() and len(said) <= LONGEST_PEOPLE and 1 <= int(said) <= MOST_PEOPLE:
        return int(said)
    problems["people"] = say("A number from 1 to {most}.", most=MOST_PEOPLE)
    return None


def _wanted(said: str, now: datetime, problems: dict[str, str], before: datetime | None) -> datetime | None:
    if not said.strip():
        return None
    try:
        found = datetime.fromisoformat(said.strip())
    except ValueError:
        found = None
    if found is not None and before is not None and found == before.replace(second=0, microsecond=0):
        return before
    if found is None or found.tzinfo is not None or not now - timedelta(hours=1) <= found <= now + _AHEAD:
        problems["wanted_by"] = say("This time cannot be: it has passed, or lies far ahead.")
        return None
    return found
