"""What `douse ihr` says in the terminal."""

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from douse.library.ihr import CRITERIA, Instrument
from douse.outputs.ihr.values import NOT_KNOWN, Answer, Answers, Deadline, Outcome
from douse.outputs.words import Words


def verdict_words(outcome: Outcome, words: Words) -> str:
    """What is to be done, in a sentence."""
    if outcome.verdict == "notify":
        if outcome.always:
            return words.say("To be notified: the disease is one that is always notified.")
        return words.say("To be notified: {n} of 4 questions are answered with yes.", n=outcome.yes)
    if outcome.verdict == "undecided":
        return words.say("Not decided: what is not known yet may make it notifiable. Answer the open questions.")
    return words.say("Not notified at this stage. Assess again when more is known.")


def guided(
    instrument: Instrument, answers: Answers, outcome: Outcome, clocks: Sequence[Deadline], words: Words
) -> RenderableType:
    """The four questions with their sub-questions, what follows, and the clocks."""
    parts: list[RenderableType] = []
    for name in CRITERIA:
        parts.append(
            Text(f"\n{instrument.criteria[name].say(words.language)}  [{words.code(outcome.criteria[name])}]", "bold")
        )
        table = Table(box=None, show_header=False)
        for one in instrument.questions_of(name):
            answer = answers.get(one.id, Answer(NOT_KNOWN))
            whence = words.say("given") if answer.typed else words.say("from the records")
            table.add_row(one.id, one.text.say(words.language), words.code(answer.answer), answer.because, whence)
        parts.append(table)
    parts.append(Text(f"\n{verdict_words(outcome, words)}", "bold"))
    parts += [Text(clock_words(clock, words)) for clock in clocks]
    return Group(*parts)


def clock_words(clock: Deadline, words: Words) -> str:
    """A clock in a sentence."""
    said = {
        "assess": words.say("Assess by {moment}.", moment=clock.due_at),
        "notify": words.say("Notify by {moment}.", moment=clock.due_at),
    }[clock.name]
    if clock.done_at is not None:
        done = words.say("Done {moment}.", moment=clock.done_at)
        return f"{said} {done}" + (f" {_late(clock, words)}" if clock.late_hours else "")
    return f"{said} {_late(clock, words)}" if clock.late_hours else said


def _late(clock: Deadline, words: Words) -> str:
    return words.say("{hours} hours late.", hours=round(clock.late_hours, 1))


def listed(rows: Sequence[dict[str, Any]], words: Words) -> RenderableType:
    """Assessments on the ledger."""
    if not rows:
        return Text(words.say("No event was assessed yet."))
    table = Table(box=None)
    for head in ("Event", "Zone", "Detected", "State", *CRITERIA):
        table.add_column(words.say(head) if head[0].isupper() else words.label(head), overflow="fold")
    for row in rows:
        table.add_row(
            row["event"] or row["assessment_id"], words.zone(row["zone"]), words.moment(row["detected_at"]),
            words.code(row["state"]), *(words.code(row[name] or NOT_KNOWN) for name in CRITERIA),
        )  # fmt: skip
    named = (f"{row['assessment_id']}  {row['event'] or ''}".rstrip() for row in rows)
    return Group(table, Text(), *(Text(line, no_wrap=True, overflow="ignore") for line in named))
