"""Answers that the records give: yes where they show it, never no; what they do not tell stays not known.

Each says what it rests on, so that a person can agree or change it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from douse.library import Pathogen
from douse.library.ihr import Instrument, lists
from douse.outputs.ihr.values import NOT_KNOWN, Answer
from douse.outputs.words import Words
from douse.records import Records
from douse.signals import Signal
from douse.situation.situation import Situation

_ODD = "black_swan"
_LOUD = ("alarm", "warning")


@dataclass(frozen=True)
class Event:
    """What an assessment looks at: records and situation of a zone as of a day, and what is unusual there."""

    known: Records
    situation: Situation
    pathogen: Pathogen
    signals: tuple[Signal, ...]
    instrument: Instrument
    words: Words


def prefilled(event: Event) -> dict[str, Answer]:
    """An answer to each question of the instrument."""
    found = {one.id: _ANSWERS.get(one.id, _nothing)(event) for one in event.instrument.question}
    return {name: Answer(answer, because) for name, (answer, because) in found.items()}


Said = tuple[str, str]


def _many(event: Event) -> Said:
    situation, say = event.situation, event.words.say
    counts = say(
        "{total} cases, {deaths} deaths, {new} new cases in 7 days.",
        total=situation.total, deaths=situation.deaths, new=situation.new_week,
    )  # fmt: skip
    loud = [one for one in event.signals if one.severity in _LOUD and one.detector != _ODD and one.expected is not None]
    if not loud:
        return NOT_KNOWN, counts
    return "yes", counts + " " + say("{n} {n:signal says|signals say} that cases are more than expected.", n=len(loud))


def _impact(event: Event) -> Said:
    situation, say = event.situation, event.words.say
    staff = situation.cases.filter(pl.col("occupation") == "health_worker").height
    if situation.total and staff / situation.total >= event.instrument.health_workers.value:
        return "yes", say("{n} of {total} cases are health workers.", n=staff, total=situation.total)
    if lists(event.instrument.always_notified, event.pathogen.id) or event.pathogen.always_notifiable:
        return "yes", say("The Regulations name this disease as one of which a single case is notified.")
    severe = situation.cases.filter(pl.col("severity").is_in(["severe", "critical"])).height
    return NOT_KNOWN, say(
        "{severe} of {total} cases are severe or critical; {staff} are health workers; R is {r}.",
        severe=severe, total=situation.total, staff=staff, r=situation.r_now.estimate,
    )  # fmt: skip


def _strange(event: Event) -> Said:
    odd = [one for one in event.signals if one.detector == _ODD and one.severity in _LOUD]
    if odd:
        return "yes", " ".join(event.words.say(one.reason, **one.facts) for one in odd)
    unlinked = event.situation.cases.filter(pl.col("link") == "unlinked").height
    return NOT_KNOWN, event.words.say(
        "{n} of {total} cases have no known source.",
        n=unlinked, total=event.situation.total,
    )  # fmt: skip


def _unexpected(event: Event) -> Said:
    if event.pathogen.one_case_alerts:
        return "yes", event.words.say("The library holds one case of {name} to be an alarm where there was none.",
                                      name=event.pathogen.name.say(event.words.language))  # fmt: skip
    first = event.known.cases["first_recorded_at"].min()
    return NOT_KNOWN, event.words.say(
        "The first case on record here was told on {day}; the records do not tell of years before.",
        day=first.date() if isinstance(first, datetime) else None,
    )  # fmt: skip


def _linked(event: Event) -> Said:
    places = _places(event.situation.cases)
    imported = event.situation.cases.filter(pl.col("link") == "imported").height
    if places:
        return "yes", event.words.say(
            "{n} {n:case was|cases were} infected elsewhere: {places}. Check that these are other States.",
            n=imported, places=", ".join(places),
        )  # fmt: skip
    return NOT_KNOWN, event.words.say("{n} {n:case|cases} came from outside; no place is on record.", n=imported)


def _movement(event: Event) -> Said:
    cases = event.situation.cases
    ids = pl.concat([cases["person"], cases["case_id"]]).unique()
    journeys = event.known.table("arrivals").filter(
        pl.col("person_id").is_in(ids.implode()) & pl.col("from_zone").is_null()
    )
    if journeys.height:
        return "yes", event.words.say(
            "{n} {n:journey|journeys} of cases across the border of this area on record.", n=journeys.height
        )
    return NOT_KNOWN, event.words.say("No journey of a case from elsewhere is on record.")


def _before(event: Event) -> Said:
    listed = event.instrument.restricted_before
    if lists(listed, event.pathogen.id):
        return "yes", event.words.say(
            "Outbreaks of this disease led to restrictions before (library, grade {grade}).", grade=listed.grade
        )
    return NOT_KNOWN, event.words.say("The library names no restriction for this disease.")


def _goods(event: Event) -> Said:
    share = event.pathogen.environment.share.value if event.pathogen.environment else 0.0
    if share:
        return NOT_KNOWN, event.words.say("{share} of transmission is by a shared source such as water.", share=share)
    return NOT_KNOWN, ""


def _gathering(event: Event) -> Said:
    found = event.situation.cases.filter(pl.col("setting").is_in(["travel", "lodging", "leisure"])).height
    if not found:
        return NOT_KNOWN, ""
    return NOT_KNOWN, event.words.say(
        "{n} {n:case was|cases were} infected while travelling, at a lodging or at leisure.", n=found
    )


def _nothing(event: Event) -> Said:
    del event
    return NOT_KNOWN, ""


def _places(cases: pl.DataFrame) -> Iterable[str]:
    return cases["origin_place"].drop_nulls().unique().sort().head(5).to_list()


_ANSWERS: Mapping[str, Callable[[Event], Said]] = {
    "many": _many,
    "impact": _impact,
    "strange": _strange,
    "unexpected": _unexpected,
    "linked": _linked,
    "movement": _movement,
    "before": _before,
    "goods": _goods,
    "gathering": _gathering,
}
