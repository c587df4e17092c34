"""What cannot be planned on the evidence, and why."""

from collections.abc import Iterator, Sequence

import numpy as np

from douse.planning.basis import Basis
from douse.planning.evidence import Evidence
from douse.planning.levels import LevelMap
from douse.planning.plan import Note
from douse.records.measure import Because
from douse.signals.signal import Signal

_OPEN_STATES = ("new", "verifying")


def evidence_notes(basis: Basis, evidence: Evidence, levels: LevelMap) -> Iterator[Note]:
    """Addresses that are too coarse, cases without a zone, and rates without a population."""
    for coarse in sorted(levels.coarse, key=lambda c: (-c.cases, basis.zones.ids[c.zone])):
        zone = basis.zones.ids[coarse.zone]
        facts: dict[str, str | int | float] = {"kind": coarse.kind, "n": coarse.cases, "zone": zone}
        if coarse.instead:
            asks = Because(
                "An address at {kind} level for {n} {n:case|cases} in {zone} would allow a smaller area.", facts
            )
        else:
            asks = Because(
                "{n} recent {n:case is|cases are} known only to {zone}, which is too large for any level: an address "
                "at {kind} level would allow a measure.",
                facts,
            )
        yield Note(asks, zone)
    rules = [enter for rule in basis.protocol.level for enter in rule.enter]
    recent = np.zeros(len(evidence.age), dtype=np.bool_)
    for rule in rules:
        recent |= evidence.holds_for(rule)
    nowhere = int((recent & (evidence.zone < 0)).sum())
    if nowhere:
        yield Note(
            Because(
                "{n} recent {n:case has|cases have} no zone on record and {n:is|are} evidence for none.", {"n": nowhere}
            )
        )
    rates = any(rule.evidence == "weekly_incidence" for rule in rules)
    if rates and recent.any() and np.isnan(basis.zones.population).all():
        yield Note(
            Because("No zone has a population on record: rules on cases per 100,000 residents were not applied.")
        )


def validity_notes(basis: Basis) -> Iterator[Note]:
    """A protocol that was not in force on the day of the plan."""
    first, last = basis.protocol.valid_from, basis.protocol.valid_to
    if basis.as_of < first:
        yield Note(
            Because("The protocol is valid from {first}; the day of this plan lies before it.", {"first": str(first)})
        )
    if last is not None and basis.as_of > last:
        yield Note(
            Because("The protocol was valid until {last}; the day of this plan lies after it.", {"last": str(last)})
        )


def signal_notes(signals: Sequence[Signal]) -> Iterator[Note]:
    """Alarms that nobody has verified yet: the plan does not rest on them."""
    waiting = sum(signal.severity == "alarm" and signal.state in _OPEN_STATES for signal in signals)
    if waiting:
        yield Note(
            Because(
                "{n} {n:alarm waits|alarms wait} for verification; levels rest on cases and places, not on signals.",
                {"n": waiting},
            )
        )
