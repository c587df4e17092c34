"""The text of a notification, filled in from the records. Article 6.2 of the Regulations says what it tells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from douse.library import Protocol
from douse.library.ihr import CRITERIA, Instrument
from douse.outputs.ihr.prefill import Event
from douse.outputs.ihr.values import NOT_KNOWN, Answer, Answers, Outcome
from douse.outputs.words import Words
from douse.records.codes import LEVELS, SEVERITIES
from douse.records.records import Records
from douse.records.zone_tree import ZoneTree
from douse.situation.lifting import in_force
from douse.situation.situation import Situation

_AGES = "age_group"
_COLON, _STOP = {"en": ": ", "zh": "："}, {"en": ". ", "zh": "。"}
MOST_PLACES = 10  # where cases were infected that are named


@dataclass(frozen=True)
class Told:
    """What the head of the text says of the event itself.

    Attributes
    ----------
    event : str
        In a sentence that names nobody.
    place : str
        Name of the zone.
    detected_at, assessed_at, notified_at : datetime
        Local time; not assessed, not notified: None.
    ledger : int or None
        Sequence number of the last entry that the text rests on; None: it is from a folder of files, or of a past day.
    """

    event: str
    place: str
    detected_at: datetime
    assessed_at: datetime | None
    ledger: int | None = None
    notified_at: datetime | None = None


@dataclass(frozen=True)
class Section:
    """A part of the text: what it is called whatever the language, its heading, its lines."""

    name: str
    head: str
    lines: tuple[str, ...]


def notification(
    told: Told, event: Event, answers: Answers, outcome: Outcome, protocol: Protocol
) -> tuple[Section, ...]:
    """The parts of the text, in its order; counts only."""
    words = event.words
    parts = {
        "event": (words.say("Event"), _event(told, event)),
        "case_definition": (words.say("Case definition"), _definition(protocol, words)),
        "laboratory": (words.say("Laboratory results"), _laboratory(event.known, words)),
        "source": (words.say("Source and type of the risk"), _source(event)),
        "cases": (words.say("Cases and deaths"), _cases(event.situation, words)),
        "spread": (words.say("What affects the spread"), _spread(event.situation, words)),
        "measures": (words.say("Health measures taken"), _measures(event.known, words)),
        "support": (words.say("Difficulties, and support that is needed"), _support(answers, words)),
        "assessment": (words.say("Assessment by Annex 2"), _assessment(event.instrument, answers, outcome, words)),
        "again": (words.say("How these figures are made again"), _again(told, event, protocol)),
    }
    return tuple(Section(name, head, tuple(lines)) for name, (head, lines) in parts.items())


def as_text(sections: Sequence[Section], words: Words) -> str:
    """The text, a heading and its lines a section."""
    head = words.say("Notification under Article 6 of the International Health Regulations (2005)")
    parts = [line for one in sections for line in ("", one.head, *(f"- {line}" for line in one.lines))]
    return "\n".join([head, *parts]) + "\n"


def _event(told: Told, event: Event) -> Iterator[str]:
    words = event.words
    if told.event:
        yield told.event
    yield words.say("Place: {place}", place=told.place)
    yield words.say("Disease: {name}", name=event.pathogen.name.say(words.language))
    yield words.say("Detected: {moment}", moment=told.detected_at.strftime("%Y-%m-%d %H:%M"))
    if told.assessed_at:
        yield words.say("Assessed: {moment}", moment=told.assessed_at.strftime("%Y-%m-%d %H:%M"))
    if told.notified_at:
        yield words.say("Notified: {moment}", moment=told.notified_at.strftime("%Y-%m-%d %H:%M"))


def _definition(protocol: Protocol, words: Words) -> Iterator[str]:
    for name in ("suspected", "probable", "confirmed"):
        yield f"{words.label(name)}{_COLON[words.language]}{getattr(protocol.case, name).say(words.language)}"


def _laboratory(known: Records, words: Words) -> Iterator[str]:
    tests = known.table("tests")
    if tests.is_empty():
        yield words.say("No test is on record.")
        return
    counts = tests.group_by("kind", "result").len().sort("kind", "result", nulls_last=True)
    for kind, result, n in counts.iter_rows():
        yield words.say("{kind}, {result}: {n}", kind=kind, result=result or "pending", n=n)


def _source(event: Event) -> Iterator[str]:
    words, cases = event.words, event.situation.cases
    for link, n in event.situation.by_origin.select("origin", "cases").iter_rows():
        yield words.say("{origin}: {n} cases", origin=link, n=n)
    places = cases["origin_place"].drop_nulls().unique().sort().head(MOST_PLACES).to_list()
    if places:
        yield words.say("Infected elsewhere: {places}", places=", ".join(places))


def _cases(situation: Situation, words: Words) -> Iterator[str]:
    yield words.say(
        "{total} cases in all; {new} in the last 7 days; {active} active; {suspected} suspected.",
        total=situation.total, new=situation.new_week, active=situation.active, suspected=situation.suspected,
    )  # fmt: skip
    yield words.say("{n} {n:death|deaths}", n=situation.deaths)
    ever = dict(situation.severity.select("severity", "ever").iter_rows())
    for severity in SEVERITIES:
        if ever.get(severity):
            yield words.say("{severity}: {n}", severity=severity, n=ever[severity])
    groups = dict(situation.by_age.select(_AGES, "cases").iter_rows())
    ages = ", ".join(
        f"{words.code(group)}{_COLON[words.language]}{n}"
        for group, n in groups.items()
        if group and (n or group != "unknown")
    )
    if ages:
        yield words.say("By age: {ages}", ages=ages)
    staff = situation.cases.filter(pl.col("occupation") == "health_worker").height
    yield words.say("{n} {n:health worker|health workers} among the cases", n=staff)


def _spread(situation: Situation, words: Words) -> Iterator[str]:
    r = situation.r_now
    if r.estimate is not None:
        yield words.say("Reproduction number {r} ({lower} to {upper})", r=r.estimate, lower=r.lower, upper=r.upper)
    share = situation.community_zero.share
    if share is not None:
        yield words.say("{share} of the cases of the last 7 days were in quarantine when found", share=share)
    reached = situation.contacts.reached_48h_share
    if reached is not None:
        yield words.say("{share} of contacts were reached within 48 hours", share=reached)
    affected = situation.by_zone.filter(pl.col("new_cases") > 0).height
    yield words.say("{n} {n:zone has|zones have} new cases in the last 7 days", n=affected)


def _measures(known: Records, words: Words) -> Iterator[str]:
    ended = pl.col("ended_on").is_not_null() | (pl.col("expires_on") < known.day).fill_null(value=False)
    others = known.table("measures").filter(~ended & (pl.col("kind") != "level"))
    levels = in_force(known, ZoneTree(known))["level"]
    if others.is_empty() and levels.is_empty():
        yield words.say("No measure is on record as in force.")
    for kind, n in others.group_by("kind").len().sort("kind").iter_rows():
        yield words.say("{kind}: {n} in force", kind=kind, n=n)
    for level in LEVELS[1:]:
        if n := int((levels == level).sum()):
            yield words.say("{level}: {n} {n:zone|zones}", level=level, n=n)


def _support(answers: Answers, words: Words) -> Iterator[str]:
    given = answers.get("assistance", Answer(NOT_KNOWN))
    yield f"{words.label(given.answer)}{_STOP[words.language]}{given.because}".strip()


def _assessment(instrument: Instrument, answers: Answers, outcome: Outcome, words: Words) -> Iterator[str]:
    for name in CRITERIA:
        reasons = [answers[one.id].because for one in instrument.questions_of(name) if one.id in answers]
        reason = " ".join(filter(None, reasons))
        question, answer = instrument.criteria[name].say(words.language), words.label(outcome.criteria[name])
        yield f"{question} {answer}{_STOP[words.language]}{reason}".strip()
    if outcome.always:
        yield words.say("The disease is one that is always notified.")


def _again(told: Told, event: Event, protocol: Protocol) -> Iterator[str]:
    words = event.words
    yield words.say("As known at {moment}", moment=str(event.known.known_at)[:16])
    yield words.say("Times are local times of the place.")
    if told.ledger is not None:
        yield words.say("Ledger up to entry {n}", n=told.ledger)
    yield words.say(
        "Library: {pathogen}, {protocol}, {instrument}",
        pathogen=f"{event.pathogen.id} {event.pathogen.edition}", protocol=f"{protocol.id} {protocol.edition}",
        instrument=f"{event.instrument.id} {event.instrument.edition}",
    )  # fmt: skip
