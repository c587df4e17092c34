"""`Briefing`: all that one day's report is made from."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

import polars as pl

from douse.library import Costs, Pathogen, Protocol
from douse.outputs.manifest import Manifest
from douse.outputs.words import Words
from douse.planning.plan import Plan
from douse.records.records import Records
from douse.records.zone_tree import ZoneTree
from douse.signals import Event, Signal
from douse.situation.estimates import Estimates
from douse.situation.situation import Situation
from douse.tracing.trace import Trace


@dataclass(frozen=True)
class Briefing:
    """Everything known and proposed as of a day.

    Attributes
    ----------
    known : Records
        The as-of view that all else was made from.
    zones : ZoneTree
        Zones of that view.
    situation, yesterday : Situation
        Of the as-of day, and of the day before (None: not made).
    estimates : Estimates
        How big and how fast, of the as-of day.
    signals : tuple[Signal, ...]
        Signals of the as-of day.
    events : tuple[Event, ...]
        Signals that agree in place and time.
    trace : Trace
        Chains, contacts, worklist.
    plan : Plan
        What is proposed.
    yesterday_levels : dict[str, str] or None
        Zone -> level proposed or in force the day before; None where not known.
    pathogen, protocol, costs
        Library values used.
    findings : polars.DataFrame
        What the door found, in rows recorded by the as-of day: file, row, table, column, rule, action, message,
        next_step, recorded_at.
    manifest : Manifest
        How to reproduce it.
    """

    known: Records
    zones: ZoneTree
    situation: Situation
    yesterday: Situation | None
    estimates: Estimates
    signals: tuple[Signal, ...]
    events: tuple[Event, ...]
    trace: Trace
    plan: Plan
    yesterday_levels: dict[str, str] | None
    pathogen: Pathogen
    protocol: Protocol
    costs: Costs
    findings: pl.DataFrame
    manifest: Manifest

    @property
    def as_of(self) -> date:
        """The as-of day."""
        return self.situation.as_of

    def words(self, language: str) -> Words:
        """Words in a language, with the protocol's names of levels and the names of zones."""
        levels = level_names(self.protocol, language)
        return Words(language, levels=levels, zones=zone_names(self.zones))


def level_names(protocol: Protocol, language: str) -> dict[str, str]:
    """Level -> the protocol's name for it."""
    return {str(rule.level): rule.name.say(language) for rule in protocol.level}


def zone_names(zones: ZoneTree) -> dict[str, str]:
    """Zone -> its name; of zones that share a name, with the name of the zone that contains it."""
    shared = {name for name, count in Counter(zones.names).items() if count > 1}
    return {
        zone: f"{name} ({zones.names[parent]})" if name in shared and parent >= 0 else name
        for zone, name, parent in zip(zones.ids, zones.names, zones.parent.tolist(), strict=True)
    }
