"""The story of an event weighed by the International Health Regulations: fill in, answer, decide, keep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from uuid_utils import uuid7

from douse.ledgers import Place
from douse.library import Instrument, Protocol, load
from douse.outputs.ihr.notification import Told, notification
from douse.outputs.ihr.prefill import Event, prefilled
from douse.outputs.ihr.values import Answer, Deadline, Outcome, changed, columns_of, deadlines, decided
from douse.outputs.returns.within import subtree, within
from douse.outputs.words import Words
from douse.question import Question, open_data
from douse.records import Records, ZoneTree
from douse.records.ledger import Live, NewEntry
from douse.signals import Scene, Signal, detect
from douse.situation import describe

INSTRUMENT = "annex-2"


@dataclass(frozen=True)
class Weighed:
    """An event, its answers, what follows, and the text."""

    event: Event
    answers: Mapping[str, Answer]
    outcome: Outcome
    clocks: tuple[Deadline, ...]
    text: str
    told: Told
    zone: str | None


def assess(  # noqa: PLR0913  (what the command may say)
    question: Question,
    given: Mapping[str, tuple[str, str]],
    *,
    now: datetime,
    zone: str | None = None,
    about: str = "",
    language: str = "en",
) -> Weighed:
    """Weigh what is on record of a zone (None: everything) by the instrument."""
    opened = open_data(question)
    knowledge = opened.knowledge
    known = opened.records.as_of(opened.day)
    zones = ZoneTree(known)
    words = Words(language, zones=dict(zip(zones.ids, zones.names, strict=True)))
    cut = known if zone is None else within(known, subtree(zones, zone))
    situation = describe(cut, zones, knowledge.pathogen, knowledge.protocol)
    signals: tuple[Signal, ...] = detect(Scene(cut, situation, zones, knowledge.pathogen, knowledge.protocol))
    event = Event(cut, situation, knowledge.pathogen, signals, load(Instrument, INSTRUMENT), words)
    place = words.zone(zone) if zone else words.say("the whole area")
    return weigh(
        event, prefilled(event), given, Told(about, place, detected(cut, now), None), knowledge.protocol, now, zone
    )


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
    clocks = deadlines(event.instrument, told.detected_at, told.assessed_at, None, now)
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
