"""Answers to the instrument, what follows from them, and the clocks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from douse.errors import UsageError
from douse.library import Pathogen
from douse.library.ihr import CRITERIA, Instrument, lists
from douse.records.codes import ANNEX_2

NOT_KNOWN = "not_known"
Verdict = Literal["notify", "undecided", "not_now"]
_LONGEST = 500  # of a text of the ledger


@dataclass(frozen=True)
class Answer:
    """An answer to one question.

    Attributes
    ----------
    answer : str
        yes, no or not_known.
    because : str
        Why, in a sentence that names nobody.
    typed : bool
        Whether somebody gave it, or changed what the records say.
    """

    answer: str
    because: str = ""
    typed: bool = False


Answers = Mapping[str, Answer]


@dataclass(frozen=True)
class Outcome:
    """What follows.

    Attributes
    ----------
    criteria : Mapping[str, str]
        Criterion -> yes (one of its questions is), no (all are), else not_known.
    always : bool
        Whether the disease is one that is always notified.
    always_assessed : bool
        Whether the instrument is always used for the disease.
    verdict : str
        notify; undecided (what is not known may yet make it notifiable); not_now.
    """

    criteria: Mapping[str, str]
    always: bool
    always_assessed: bool
    verdict: Verdict

    @property
    def yes(self) -> int:
        """Criteria that are answered with yes."""
        return sum(answer == "yes" for answer in self.criteria.values())


@dataclass(frozen=True)
class Deadline:
    """One clock: assess or notify."""

    name: Literal["assess", "notify"]
    due_at: datetime
    done_at: datetime | None
    late_hours: float  # of what is done: after its time; of what is not: how long it is due; 0 in time


def decided(instrument: Instrument, answers: Answers, pathogen: Pathogen | None) -> Outcome:
    """What follows from the answers."""
    criteria: dict[str, str] = {
        name: _criterion([answers.get(one.id, Answer(NOT_KNOWN)).answer for one in instrument.questions_of(name)])
        for name in CRITERIA
    }
    name = pathogen.id if pathogen else None
    always = lists(instrument.always_notified, name) or bool(pathogen and pathogen.always_notifiable)
    yes = sum(answer == "yes" for answer in criteria.values())
    open_ = sum(answer == NOT_KNOWN for answer in criteria.values())
    verdict: Verdict = "not_now"
    if always or yes >= instrument.at_least.value:
        verdict = "notify"
    elif yes + open_ >= instrument.at_least.value:
        verdict = "undecided"
    return Outcome(criteria, always, lists(instrument.always_assessed, name), verdict)


def _criterion(answers: list[str]) -> str:
    if "yes" in answers:
        return "yes"
    return "no" if all(answer == "no" for answer in answers) else NOT_KNOWN


def deadlines(
    instrument: Instrument, detected_at: datetime, assessed_at: datetime | None, notified_at: datetime | None,
    now: datetime,
) -> tuple[Deadline, ...]:  # fmt: skip
    """The clocks of an event: 48 hours to assess it, then 24 to notify it."""
    found = [_deadline("assess", detected_at + timedelta(hours=instrument.assess.value), assessed_at, now)]
    if assessed_at is not None:
        due = assessed_at + timedelta(hours=instrument.notify.value)
        found.append(_deadline("notify", due, notified_at, now))
    return tuple(found)


def _deadline(name: Literal["assess", "notify"], due: datetime, done: datetime | None, now: datetime) -> Deadline:
    return Deadline(name, due, done, max(0.0, ((done or now) - due).total_seconds() / 3600))


def changed(before: Answers, given: Mapping[str, tuple[str, str]], instrument: Instrument) -> dict[str, Answer]:
    """Answers after somebody gave some: question -> answer and reason.

    What is as it was filled in stays so. Raises UsageError where a question or an answer is not one.
    """
    after, known = dict(before), {one.id for one in instrument.question}
    for question, (answer, because) in given.items():
        if question not in known:
            raise UsageError("The instrument has no such question.", allowed=", ".join(sorted(known)))
        if answer not in ANNEX_2:
            raise UsageError("This is no answer of the instrument.", allowed=", ".join(ANNEX_2))
        reason = " ".join(because.split())[:_LONGEST]
        old = before.get(question, Answer(NOT_KNOWN))
        if (answer, reason) != (old.answer, old.because):
            after[question] = Answer(answer, reason, typed=True)
    return after


def columns_of(instrument: Instrument, answers: Answers, outcome: Outcome) -> dict[str, Any]:
    """Columns of the table of assessments that tell the answers."""
    columns: dict[str, Any] = {}
    for name in CRITERIA:
        reasons = [answers[one.id].because for one in instrument.questions_of(name) if one.id in answers]
        columns[name] = outcome.criteria[name]
        columns[f"{name}_because"] = " ".join(filter(None, reasons))[:_LONGEST] or None
    text = {name: vars(answer) for name, answer in answers.items()}
    return columns | {
        "answers": json.dumps(text, ensure_ascii=False, separators=(",", ":")),
        "instrument": f"{instrument.id} {instrument.edition}",
        "cells": len(instrument.question),
        "typed": sum(answer.typed for answer in answers.values()),
    }


def answers_of(row: Mapping[str, Any]) -> dict[str, Answer]:
    """Answers out of a row of the table."""
    kept: dict[str, dict[str, Any]] = json.loads(row["answers"] or "{}")
    return {name: Answer(**fields) for name, fields in kept.items()}
