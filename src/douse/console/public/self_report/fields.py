"""What a report asks by its kind, and how what was typed is read: codes, days that can be, short plain text."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.http import QueryDict

from douse.console.public.text import LONGEST_NOTE, LONGEST_PHONE, plain
from douse.console.words import say
from douse.records.codes import AGE_BANDS, REPORT_KINDS, SETTINGS, SYMPTOMS

LONGEST_PLACE = 80
AGES = dict(zip(AGE_BANDS, ("0–4", "5–17", "18–59", "60–79", "80+"), strict=True))  # as they are shown
OLDEST = timedelta(days=366)  # a day before that is a slip of the finger

# Kind -> fields that it needs.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "symptoms": ("symptoms",),
    "exposure": ("exposed_to", "exposed_on"),
    "travel": ("came_from", "arrived_on"),
    "arrival": ("came_from", "arrived_on"),
}
_DAYS = ("onset", "exposed_on", "arrived_on")
_CODES: Mapping[str, tuple[str, ...]] = {"age_band": AGE_BANDS, "exposed_to": SETTINGS}
COMPARED = (
    "zone", "kind", "age_band", "symptoms", "onset", "exposed_to", "exposed_on", "came_from", "arrived_on", "note",
)  # fmt: skip


def kind_words() -> dict[str, str]:
    """Kinds of reports in words."""
    return {
        "symptoms": say("Complaints of illness"), "exposure": say("Contact with somebody ill"),
        "travel": say("Back from elsewhere"), "arrival": say("Arrived from elsewhere"),
    }  # fmt: skip


@dataclass
class Filled:
    """A form as it was filled in: its row, the phone to call, and what is wrong with it by field."""

    row: dict[str, Any] = field(default_factory=dict)
    phone: str = ""
    problems: dict[str, str] = field(default_factory=dict)


def read(kind: str, sent: QueryDict, today: date) -> Filled:
    """Read a form of a kind (one of `REPORT_KINDS`)."""
    made = Filled(row={"kind": kind})
    if kind not in REPORT_KINDS:
        raise ValueError("a kind of report")
    symptoms = [one for one in SYMPTOMS if one in set(sent.getlist("symptoms"))]
    made.row["symptoms"] = ";".join(symptoms) or None
    for name, allowed in _CODES.items():
        given = sent.get(name) or ""
        made.row[name] = given if given in allowed else None
    for name in _DAYS:
        made.row[name] = _day(name, sent, today, made.problems)
    made.row["came_from"] = plain(sent.get("came_from"), LONGEST_PLACE) or None
    made.row["note"] = plain(sent.get("note"), LONGEST_NOTE) or None
    made.phone = plain(sent.get("phone"), LONGEST_PHONE)
    if made.phone and not is_phone(made.phone):
        made.problems["phone"] = say("A phone number has 5 to 20 digits.")
    for name in NEEDED[kind]:
        if made.row[name] is None and name not in made.problems:
            made.problems[name] = say("Please fill this in.")
    return made


def is_phone(text: str) -> bool:
    """Whether a text can be a phone number."""
    digits = sum(unicodedata.category(letter) == "Nd" for letter in text)
    return 5 <= digits <= 20 and all(letter in "+-() ./" or letter.isdigit() for letter in text)


def _day(name: str, sent: QueryDict, today: date, problems: dict[str, str]) -> date | None:
    said = (sent.get(name) or "").strip()
    if not said:
        return None
    try:
        found = date.fromisoformat(said)
    except ValueError:
        problems[name] = say("This is not a day. Write it as year-month-day, such as {day}.", day=today.isoformat())
        return None
    if not today - OLDEST <= found <= today:
        problems[name] = say("This day cannot be: it is in the future, or more than a year ago.")
        return None
    return found
