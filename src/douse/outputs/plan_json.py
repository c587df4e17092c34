"""`plan.json`: plan, key figures, signals, events and manifest as JSON.

Field names are those of `planning/plan.py`, `situation/situation.py`, `signals/signal.py` and `signals/events.py`.
Whatever is not known is null. A sentence is an object ``{key, facts, text}``: the message key, its facts, and the
sentence in the language of the report. Keys always stand in the same order. See `docs/outputs.md`.
"""

from dataclasses import fields, replace
from typing import Any

import polars as pl

from douse.outputs.briefing import Briefing
from douse.outputs.json_text import dumped, plain
from douse.outputs.words import Words
from douse.planning.plan import Plan
from douse.situation.situation import Situation

FORMAT = "douse-plan-1"


def plan_json(briefing: Briefing, words: Words) -> str:
    """The text of the file."""
    signals = [{**plain(signal), "text": words.say(signal.reason, **signal.facts)} for signal in briefing.signals]
    events = [{**plain(event), "text": words.say(event.reason, **event.facts)} for event in briefing.events]
    return dumped(
        {
            "format": FORMAT,
            "language": words.language,
            "approved": False,
            "situation": key_figures(briefing.situation),
            "plan": with_text(plain(_without_persons(briefing.plan)), words),
            "signals": signals,
            "events": events,
            "manifest": plain(briefing.manifest),
        }
    )


def key_figures(situation: Situation) -> dict[str, Any]:
    """Everything of a situation that is not a table (the tables are CSV files)."""
    values = {f.name: getattr(situation, f.name) for f in fields(situation)}
    return {name: plain(value) for name, value in values.items() if not isinstance(value, pl.DataFrame)}


def _without_persons(plan: Plan) -> Plan:
    """The plan without who goes to which bed: persons are in the table of placements only."""
    return plan if plan.beds is None else replace(plan, beds=replace(plan.beds, placements=()))


def with_text(value: Any, words: Words) -> Any:
    """Add the text to each sentence."""
    if isinstance(value, dict):
        if value.keys() == {"key", "facts"}:
            return {**value, "text": words.say(value["key"], **value["facts"])}
        return {name: with_text(inner, words) for name, inner in value.items()}
    return [with_text(inner, words) for inner in value] if isinstance(value, list) else value
