"""The story of an event weighed by the International Health Regulations: fill in, answer, decide, keep."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from uuid_utils import uuid7

from douse.errors import UsageError
from douse.ledgers import Place
from douse.library import Instrument, Protocol, load
from douse.outputs.ihr.notification import Told, notification
from douse.outputs.ihr.prefill import Event, prefilled
from douse.outputs.ihr.values import Answer, answers_of, changed, columns_of, deadlines, decided
from douse.outputs.ihr.weighed import Weighed
from douse.outputs.returns.within import subtree, within
from douse.outputs.words import Words
from douse.question import Opened, Question, open_data
from douse.records import Records, ZoneTree
from douse.records.ledger import Live, NewEntry, is_ledger, open_ledger
from douse.signals import Scene, Signal, detect
from douse.situation import describe

INSTRUMENT = "annex-2"


def assess(  # noqa: PLR0913  (what the command may say)
    question: Question,
    given: Mapping[str, tuple[str, str]],
    *,
    now: datetime,
    zone: str | None = None,
    about: str = "",
    kept: Mapping[str, Any] | None = None,
    language: str = "en",
) -> Weighed:
    """Weigh what is on record of a zone (None: everything) by the instrument.

    Parameters
    ----------
    question : Question
        The records, and as of when.
    given : Mapping[str, tuple[str, str]]
        Question of the instrument -> answer and reason of a person.
    now : datetime
        Stands in for the moment of detection where no case is on record.
    zone, about : str, optional
        Of the event, and what it is in a sentence.
    kept : Mapping[str, Any], optional
        A row of the table of assessments, in place of `zone` and `about`: what persons answered there stays, what the
        records answer is filled in anew.
    language : str
        Of what is said.

    Raises
    ------
    UsageError
        When the records know no such zone.
    """
    if kept is not None:
        question, zone = replace(question, pathogen=question.pathogen or kept["pathogen"]), kept["zone"]
    ledger = open_ledger(question.data).head if is_ledger(question.data) and question.as_of is None else None
    opened = open_data(question)
    event = _event(opened, zone, language)
    words, before = event.words, prefilled(event)
    told = Told(
        about, words.zone(zone) if zone else words.say("the whole area"), detected(event.known, now), None, ledger
    )
    if kept is not None:
        before |= {name: answer for name, answer in answers_of(kept).items() if answer.typed}
        told = replace(
            told, event=kept["event"] or "", detected_at=kept["detected_at"], assessed_at=kept["assessed_at"],
            notified_at=kept["notified_at"],
        )  # fmt: skip
    return weigh(event, before, given, told, opened.knowledge.protocol, now, zone)


def _event(opened: Opened, zone: str | None, language: str) -> Event:
    """Records and situation of a zone, and what is unusual there."""
    knowledge = opened.knowledge
    known = opened.records.as_of(opened.day)
    zones = ZoneTree(known)
    if zone is not None and zone not in zones.position:
        raise UsageError(
            "The records know no such zone.", allowed="a zone_id of the table of zones", next_step="Name one of these."
        )
    words = Words(language, zones=dict(zip(zones.ids, zones.names, strict=True)))
    cut = known if zone is None else within(known, subtree(zones, zone))
    situation = describe(cut, zones, knowledge.pathogen, knowledge.protocol)
    signals: tuple[Signal, ...] = detect(Scene(cut, situation, zones, knowledge.pathogen, knowledge.protocol))
    return Event(cut, situation, knowledge.pathogen, signals, load(Instrument, INSTRUMENT), words)


def weigh(  # noqa: PLR0913, PLR0917  (what it rests on)
    event: Event,
    before: Mapping[str, Answer],
    given: Mapping[str, tuple[str, str]],
    told: Told,
    protocol: Protocol,
    now: datetime,
    zone: str | None,
) -> Weighed:
    """Answers after somebody gave some, and what follows."""
    answers = changed(before, given, event.instrument)
    outcome = decided(event.instrument, answers, event.pathogen)
    clocks = deadlines(event.instrument, told.detected_at, told.assessed_at, told.notified_at, now)
    return Weighed(event, answers, outcome, clocks, notification(told, event, answers, outcome, protocol), told, zone)


def detected(known: Records, now: datetime) -> datetime:
    """When the event came to be known: the first time that a case was told; now where there is none."""
    first = known.cases["first_recorded_at"].min()
    return first if isinstance(first, datetime) else now


def keep(place: Place, weighed: Weighed, *, author: str, at: datetime) -> str:
    """Put an assessment on the ledger: assessed where nothing is open, else begun; its identifier."""
    assessment = str(uuid7())
    row = row_of(weighed, assessment, at)
    place.open().append([NewEntry("assessments", row)], author=author, at=at)
    return assessment


def row_of(weighed: Weighed, assessment_id: str, at: datetime) -> dict[str, Any]:
    """The row of the table."""
    done = weighed.outcome.verdict != "undecided"
    return {
        "assessment_id": assessment_id,
        "event": weighed.told.event or None,
        "zone": weighed.zone,
        "pathogen": weighed.event.pathogen.id,
        "detected_at": weighed.told.detected_at,
        "assessed_at": at if done else None,
        "notification": weighed.text,
        "state": "assessed" if done else "begun",
        **columns_of(weighed.event.instrument, weighed.answers, weighed.outcome),
    }


def assessments(place: Place) -> Sequence[dict[str, Any]]:
    """Assessments on the ledger, the newest first."""
    rows = Live(place.open()).follow().current("assessments")
    return rows.sort("detected_at", "first_recorded_at", descending=True).to_dicts()
