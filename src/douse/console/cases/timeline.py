"""The timeline of a person: everything on record, in the order in which it happened."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from douse.console.cases.dossier import Dossier, Row
from douse.console.cases.history import Change
from douse.console.words import say, words
from douse.outputs.vocabulary import CODES


@dataclass(frozen=True)
class Event:
    """Something that happened.

    Attributes
    ----------
    at : datetime
        For the order.
    when : str
        In words.
    said : str
        What happened.
    tone : str
        "", quiet, bad or good.
    more : tuple of str
        What else there is to say.
    correct : tuple of str
        Table and record_id of the row that tells of it, where it has a form.
    """

    at: datetime
    when: str
    said: str
    tone: str = ""
    more: tuple[str, ...] = ()
    correct: tuple[str, str] | None = None


_OF_CASE: tuple[tuple[str, Callable[[], str], str], ...] = (
    ("exposed_from", lambda: say("Infected not before this day"), "quiet"),
    ("exposed_to", lambda: say("Infected not after this day"), "quiet"),
    ("quarantined_on", lambda: say("In quarantine before the case was found"), ""),
    ("onset", lambda: say("First symptoms"), "bad"),
    ("tested_at", lambda: say("First positive sample taken"), ""),
    ("confirmed_at", lambda: say("Confirmed by the laboratory"), "bad"),
    ("reported_at", lambda: say("Reported to the health authority"), ""),
    ("isolated_at", lambda: say("Isolated"), "good"),
    ("hospitalised_on", lambda: say("Taken to hospital"), "bad"),
)


def events(found: Dossier, changes: tuple[Change, ...], zone_names: dict[str, str]) -> list[Event]:
    """All that is on record of a person, oldest first."""
    all_events = [
        *(event for case in found.cases for event in _case(case)),
        *_exposures(found.exposures),
        *_named(found.contacts),
        *(event for row in found.tables["tests"] for event in _test(row)),
        *(event for row in found.tables["stays"] for event in _stay(row)),
        *(event for row in found.tables["visits"] for event in _visit(row, zone_names)),
        *(event for row in found.tables["arrivals"] for event in _arrival(row)),
        *(event for row in found.tables["follow_ups"] for event in _follow_up(row)),
        *(event for row in found.tables["tasks"] for event in _task(row)),
        *(event for row in found.measures for event in _measure(row, zone_names)),
        *(event for change in changes for event in _correction(change)),
    ]
    return sorted(all_events, key=lambda event: event.at)


def _event(at: date | datetime | None, said: str, tone: str = "", **more: Any) -> Iterator[Event]:
    if at is None:
        return
    if isinstance(at, datetime):
        midnight = at.time() == time.min
        when = words().day(at.date()) + ("" if midnight else f", {at:%H:%M}")
        yield Event(at, when, said, tone, **more)
    else:
        yield Event(datetime.combine(at, time.min), words().day(at), said, tone, **more)


def _case(row: Row) -> Iterator[Event]:
    for column, said, tone in _OF_CASE:
        yield from _event(row[column], said(), tone)
    ends = {
        "recovered": (say("Recovered"), "good"),
        "died": (say("Died"), "bad"),
        "lost": (say("Lost to follow-up"), "quiet"),
    }
    end, tone = ends.get(row["outcome"] or "", (say("The illness ended"), ""))
    yield from _event(row["outcome_on"], end, tone)
    yield from _event(row["first_recorded_at"], say("Entered as case {case}", case=row["case_id"]), "quiet")


def _exposures(rows: list[Row]) -> Iterator[Event]:
    for row in rows:
        more = tuple(words().label(row[name]) for name in ("setting", "contact_class") if row[name])
        said = say("Last contact with case {case}", case=row["case_id"])
        link = ("contacts", row["record_id"])
        yield from _event(row["last_contact"] or row["first_contact"], said, "bad", more=more, correct=link)
        yield from _event(row["reached_at"], say("First spoken to as a contact"), correct=link)
        yield from _event(row["quarantined_on"], say("Quarantine began"), "good", correct=link)
        yield from _event(row["quarantine_ended_on"], say("Quarantine ended"), correct=link)


def _named(rows: list[Row]) -> Iterator[Event]:
    told = sorted((row["found_at"] or row["first_recorded_at"] for row in rows), key=lambda moment: moment)
    for day, some in groupby(moment.date() for moment in told):
        yield from _event(day, say("{n} {n:contact|contacts} named", n=len(list(some))))


def _test(row: Row) -> Iterator[Event]:
    link = ("tests", row["record_id"])
    more = tuple(words().label(row[name]) for name in ("kind", "purpose") if row[name])
    yield from _event(row["sampled_at"], say("Sample taken"), more=more, correct=link)
    tones = {"positive": "bad", "negative": "good"}
    result = words().code(row["result"]) if row["result"] else say("not for you to see")
    yield from _event(
        row["result_at"], say("Result: {result}", result=result), tones.get(row["result"] or "", ""), correct=link
    )


def _stay(row: Row) -> Iterator[Event]:
    link = ("stays", row["record_id"])
    more = tuple(str(row[name]) for name in ("facility_id", "ward") if row[name])
    place = words().code(row["place"])
    yield from _event(row["entered_on"], say("Stay began: {place}", place=place), more=more, correct=link)
    yield from _event(row["left_on"], say("Stay ended: {place}", place=place), correct=link)


def _visit(row: Row, zone_names: dict[str, str]) -> Iterator[Event]:
    place = row["place_id"] or (words().code(row["kind"]) if row["kind"] else None)
    zone = zone_names.get(row["zone"], row["zone"]) if row["zone"] else ""
    said = say("Was at {place}", place=place or zone or say("a point on the map"))
    more = tuple(part for part in (zone if place else "", _until(row["left_at"])) if part)
    yield from _event(row["entered_at"], said, more=more, correct=("visits", row["record_id"]))


def _until(moment: datetime | None) -> str:
    return say("until {moment}", moment=moment) if moment else ""


def _arrival(row: Row) -> Iterator[Event]:
    said = say("Arrived from {origin}", origin=row["origin"]) if row["origin"] else say("Arrived")
    more = tuple(str(part) for part in (row["carrier"], row["seat"]) if part)
    yield from _event(row["arrived_at"], said, more=more, correct=("arrivals", row["record_id"]))


def _follow_up(row: Row) -> Iterator[Event]:
    told = []
    if row["symptoms"]:
        told.append(say("symptoms") if row["symptoms"] == "yes" else say("no symptoms"))
    if row["temperature"] is not None:
        told.append(f"{words().number(row['temperature'], 1)} °C")
    if row["note"]:
        told.append(row["note"])
    said = say("Follow-up: {found}", found=words().code(row["found"] or "seen"))
    tone = "bad" if row["symptoms"] == "yes" else "quiet"
    yield from _event(row["at"], said, tone, more=tuple(told), correct=("follow_ups", row["record_id"]))


def _task(row: Row) -> Iterator[Event]:
    if row["done_at"]:
        said = say(
            "Task {kind}: {outcome}", kind=words().code(row["kind"]), outcome=words().code(row["outcome"] or "done")
        )
        yield from _event(row["done_at"], said, "quiet")


def _measure(row: Row, zone_names: dict[str, str]) -> Iterator[Event]:
    what = words().level(row["level"]) if row["level"] else words().code(row["kind"])
    where = zone_names.get(row["zone"], row["zone"] or "")
    yield from _event(row["start"], say("In {zone}: {measure} began", zone=where, measure=what), "quiet")
    yield from _event(row["ended_on"], say("In {zone}: {measure} ended", zone=where, measure=what), "quiet")


def _correction(change: Change) -> Iterator[Event]:
    told = tuple(
        f"{name}: {shown(before)} → {shown(after)}" if may_see else name
        for name, before, after, may_see in change.changed
    )
    said = say("Corrected by {author}", author=change.author or say("somebody"))
    yield from _event(change.at, said, "quiet", more=told)


def shown(value: Any) -> str:
    """A value of a record in the reader's words."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return words().day(value.date()) + ("" if value.time() == time.min else f", {value:%H:%M}")
    if isinstance(value, date):
        return words().day(value)
    if isinstance(value, float):
        return f"{value:.10g}"
    return words().code(str(value)) if str(value) in CODES else str(value)
