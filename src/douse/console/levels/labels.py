"""What columns, conditions and values are called on the pages of returns and partners."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import dataframely as dy

from douse.console.cases import labels
from douse.console.words import say, words
from douse.library.returns import Condition, ReturnColumn
from douse.outputs.returns.definition import COUNTED_CASES
from douse.records.ledger_tables import LEDGER_TABLES

_COLUMNS: dict[str, Callable[[], str]] = {
    "active": lambda: say("Active"),
    "answers": lambda: say("Answers"),
    "approved_by": lambda: say("Approved by"),
    "as_of": lambda: say("As of"),
    "assessed_at": lambda: say("Assessed"),
    "assessment_id": lambda: say("Identifier"),
    "audience": lambda: say("For whom"),
    "bulletin_id": lambda: say("Identifier"),
    "cells": lambda: say("Number of values"),
    "corrects": lambda: say("Corrects"),
    "count": lambda: say("Number"),
    "date": lambda: say("Day"),
    "definition": lambda: say("Return"),
    "denominator": lambda: say("Out of how many"),
    "detected_at": lambda: say("Detected"),
    "due_at": lambda: say("Due"),
    "ended_on": lambda: say("Ended"),
    "expires_on": lambda: say("Ends by itself"),
    "first_recorded_at": lambda: say("First told"),
    "folder": lambda: say("Folder"),
    "found_away": lambda: say("Found in another zone"),
    "in_quarantine": lambda: say("In quarantine when found"),
    "indicator": lambda: say("What is counted"),
    "instrument": lambda: say("Decision instrument"),
    "lead_time_days": lambda: say("Days of delivery"),
    "link": lambda: say("Source of infection"),
    "made_at": lambda: say("Filled in"),
    "measure_id": lambda: say("Identifier"),
    "met_at": lambda: say("Met"),
    "name": lambda: say("Name"),
    "notification": lambda: say("Text of the notification"),
    "notified_at": lambda: say("Notified"),
    "period_end": lambda: say("End of the period"),
    "period_start": lambda: say("Begin of the period"),
    "person": lambda: say("Person (pseudonym)"),
    "previous": lambda: say("The one before"),
    "protocol": lambda: say("Protocol"),
    "published_at": lambda: say("Published"),
    "reason": lambda: say("Reason"),
    "requested_at": lambda: say("Asked for"),
    "restrictions_because": lambda: say("Why: restrictions"),
    "return_id": lambda: say("Identifier"),
    "review_on": lambda: say("Review"),
    "sent_at": lambda: say("Sent"),
    "serious_because": lambda: say("Why: serious"),
    "signed_at": lambda: say("Signed"),
    "signed_by": lambda: say("Signed by"),
    "source": lambda: say("Source"),
    "spread_because": lambda: say("Why: spread"),
    "state": lambda: say("State"),
    "told_on": lambda: say("First told"),
    "unusual_because": lambda: say("Why: unusual"),
    "values": lambda: say("Values"),
    "withdrawn_at": lambda: say("Taken back"),
}
_FIGURES: dict[str, Callable[[], str]] = {
    "community_zero_share": lambda: say("found in quarantine, of new cases"),
    "detect_days": lambda: say("days to detect (7-1-7)"),
    "notify_days": lambda: say("days to notify (7-1-7)"),
    "r": lambda: say("Reproduction number R"),
    "reached_48h_share": lambda: say("contacts reached within 48 hours"),
    "respond_days": lambda: say("days to respond (7-1-7)"),
    "total": lambda: say("Cases in all"),
}


def column(table: str, name: str) -> str:
    """What a column of a table is called."""
    said = _COLUMNS.get(name)
    return said() if said else labels.label("cases" if table == COUNTED_CASES else table, name)


def figure(name: str) -> str:
    """What a figure of the situation is called."""
    said = _FIGURES.get(name)
    return said() if said else words().code(name)


def records_of(counted: ReturnColumn) -> Iterator[str]:
    """Which records a column of a return counts, a part each: conditions, then days."""
    for condition in counted.where:
        yield from _condition(condition, column(counted.table, condition.column))
    if counted.when:
        yield say("{column} in the period", column=column(counted.table, counted.when))
    elif counted.begins:
        yield say("at the end of the period: after “{begins}”", begins=column(counted.table, counted.begins))
        if counted.ends:
            ends = ", ".join(column(counted.table, end) for end in counted.ends)
            yield say("before “{ends}”", ends=ends)


def _condition(condition: Condition, name: str) -> Iterator[str]:
    if condition.one_of:
        codes = ({"true": "yes", "false": "no"}.get(code, code) for code in condition.one_of)
        yield f"{name}: {', '.join(words().code(code) for code in codes)}"
    if condition.filled is not None:
        yield say("{column}: on record", column=name) if condition.filled else say("{column}: none", column=name)
    if condition.at_least is not None:
        yield say("{column}: at least {number}", column=name, number=condition.at_least)
    if condition.below is not None:
        yield say("{column}: below {number}", column=name, number=condition.below)


def value(table: str, name: str, given: Any) -> str:
    """A value of a column as plain JSON holds it: codes in words, days as days, all else as it is."""
    kind = LEDGER_TABLES[table].columns().get(name)
    if isinstance(kind, dy.Enum):
        return words().code(str(given))
    try:
        if isinstance(kind, dy.Date):
            return words().day(date.fromisoformat(str(given)))
        if isinstance(kind, dy.Datetime):
            return words().moment(datetime.fromisoformat(str(given)))
    except ValueError:  # a partner sent it
        return str(given)
    return str(given)


def counted_tables(text: str | None) -> str:
    """Tables of a bundle with their rows, as the ledger keeps them: ``cases 2, contacts 3``."""
    parts = (part.rpartition(" ") for part in (text or "").split(", ") if part)
    return ", ".join(f"{words().label(name)} {many}" if name else many for name, _, many in parts)
