"""`Event`: signals that agree in place and time, told as one thing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from douse.records import ZoneTree
from douse.signals.agreement import Places, days_between
from douse.signals.multiplicity import combined
from douse.signals.signal import Severity, Signal
from douse.units import DAYS_PER_WEEK

# What a signal without a p-value counts for: a rule that was broken is evidence too, but nobody knows how much.
STAND_IN: dict[Severity, float] = {"notice": 0.05, "warning": 0.01, "alarm": 0.001}
# Of no outbreak: each is an event of its own.
STANDING = ("grey_rhino",)
_LOUDEST_FIRST: tuple[Severity, ...] = ("alarm", "warning", "notice")
_TOGETHER = (
    "{signals} signals by {detectors} {detectors:detector|detectors} agree in place and time, from {first} to {last}."
)


@dataclass(frozen=True)
class Event:
    """Signals that agree in place and time.

    `reason` is a message key of the catalogue, `facts` its fields; those of the signal itself where it stands alone.
    """

    id: str  # stable: zone and first day of the first signal, or that of the event it goes on from
    zone: str | None  # smallest that holds all its signals, but those of the whole area
    first_day: date
    last_day: date
    signals: tuple[str, ...]  # ids, the first first
    detectors: tuple[str, ...]  # each once
    severity: Severity  # of its loudest signal
    strength: float  # -log10 of the combined p-values; a signal without one counts by its severity (`STAND_IN`)
    p: float | None  # of the signals that have one, combined
    cases: int  # that the signals tell of, as far as known
    reason: str
    facts: dict[str, str | int | float]


def fuse(
    signals: Iterable[Signal], zones: ZoneTree, *, days: int = DAYS_PER_WEEK, earlier: Sequence[Event] = ()
) -> tuple[Event, ...]:
    """Take signals together that agree in place and time.

    Two signals agree in time when at most `days` lie between their days. They agree in place when their zones are the
    same, when one zone holds the other at most two steps further down the tree, or when the zones are of one kind
    and neighbours (no further apart than 1.5 times the way from each to its nearest). Signals that are tied
    by such pairs are one event, but only as long as the event is one place: one of its zones holds all the others, or
    every two of its zones agree. So nothing chains over the whole map.

    A signal of the whole area (no zone, or a root that holds most zones of the tree) would agree with everything: it
    joins an event of its time if there is just one, else it is an event of its own. A notice on readiness
    (`STANDING`) is never joined to anything. Signals that a person dismissed are left out.

    Parameters
    ----------
    signals : Iterable[Signal]
        Of one day's look, in any order.
    zones : ZoneTree
        The tree.
    days : int, default 7
        Most days between signals that agree; the pathogen's maximum incubation period is a good choice where it
        is longer than a week.
    earlier : Sequence[Event], optional
        Events of the day before: an event that shares a signal with one of them, or has its zone and agrees with it
        in time, goes on from it and keeps its id and first day. Without them the id is still the same from day to day
        as long as the first signal is.

    Returns
    -------
    tuple of Event
        Loudest first, then strongest, latest, by id.
    """
    told = sorted(
        {signal.id: signal for signal in signals if signal.state != "dismissed"}.values(),
        key=lambda signal: (signal.first_day, signal.id),
    )
    places = Places(zones, [signal.zone for signal in told if signal.zone is not None])
    of_zone: dict[str | None, list[Signal]] = defaultdict(list)
    standing = [[signal] for signal in told if signal.detector in STANDING]
    for signal in (signal for signal in told if signal.detector not in STANDING):
        of_zone[None if places.is_whole_area(signal.zone) else signal.zone].append(signal)
    whole = _spells(of_zone.pop(None, []), days)
    groups = _joined([spell for in_zone in of_zone.values() for spell in _spells(in_zone, days)], places, days)
    for spell in whole:
        near = [group for group in groups if days_between(_span(group), _span(spell)) <= days]
        if len(near) == 1:
            near[0].extend(spell)
        else:
            groups.append(spell)
    events = _going_on([_event(group, places) for group in [*groups, *standing]], earlier, days)
    return tuple(
        sorted(events, key=lambda e: (_LOUDEST_FIRST.index(e.severity), -e.strength, -e.last_day.toordinal(), e.id))
    )


def _spells(signals: Sequence[Signal], days: int) -> list[list[Signal]]:
    """Signals of one place without more than `days` between them; `signals` by first day."""
    spells: list[list[Signal]] = []
    for signal in signals:
        if not spells or days_between(_span(spells[-1]), _span([signal])) > days:
            spells.append([])
        spells[-1].append(signal)
    return spells


def _joined(spells: list[list[Signal]], places: Places, days: int) -> list[list[Signal]]:
    """Spells of zones that agree, the nearest joined first, as long as each event stays one place."""
    group_of = list(range(len(spells)))
    members = {number: [number] for number in group_of}
    for _, one, other in _agreeing(spells, places, days):
        a, b = sorted((group_of[one], group_of[other]))
        together = [*members[a], *members[b]]
        if a != b and places.are_one_place({spells[number][0].zone or "" for number in together}):
            members[a] = together
            for number in members.pop(b):
                group_of[number] = a
    return [[signal for number in numbers for signal in spells[number]] for numbers in members.values()]


def _agreeing(spells: list[list[Signal]], places: Places, days: int) -> list[tuple[int, int, int]]:
    """Pairs of spells that agree in place and time: steps apart and their numbers, the nearest pair first."""
    in_zone = defaultdict(list)
    for number, spell in enumerate(spells):
        in_zone[spell[0].zone or ""].append(number)
    pairs = [
        (steps, min(one, other), max(one, other))
        for steps, upper, lower in places.pairs()
        for one in in_zone.get(upper, ())
        for other in in_zone.get(lower, ())
        if days_between(_span(spells[one]), _span(spells[other])) <= days
    ]
    return sorted(pairs)


def _span(signals: Sequence[Signal]) -> tuple[date, date]:
    return min(signal.first_day for signal in signals), max(signal.last_day for signal in signals)


def _event(group: list[Signal], places: Places) -> Event:
    ordered = sorted(group, key=lambda signal: (signal.first_day, signal.id))
    local = {signal.zone for signal in ordered if signal.zone is not None and not places.is_whole_area(signal.zone)}
    zone = places.common(local) if local else next((s.zone for s in ordered if s.zone is not None), None)
    first, last = _span(ordered)
    with_p = [signal.p for signal in ordered if signal.p is not None]
    weights = [STAND_IN[signal.severity] if signal.p is None else signal.p for signal in ordered]
    detectors = tuple(dict.fromkeys(signal.detector for signal in ordered))
    alone = ordered[0] if len(ordered) == 1 else None
    return Event(
        id=_id(ordered[0]),
        zone=zone,
        first_day=first,
        last_day=last,
        signals=tuple(signal.id for signal in ordered),
        detectors=detectors,
        severity=min((signal.severity for signal in ordered), key=_LOUDEST_FIRST.index),
        strength=-float(np.log10(combined(weights))),
        p=combined(with_p) if with_p else None,
        cases=_cases(ordered),
        reason=alone.reason if alone else _TOGETHER,
        facts=dict(alone.facts)
        if alone
        else {"signals": len(ordered), "detectors": len(detectors), "first": str(first), "last": str(last)},
    )


def _id(first: Signal) -> str:
    name = first.id if first.detector in STANDING else f"{first.zone or ''}:{first.first_day}"
    return f"event:{name}"


def _cases(signals: Sequence[Signal]) -> int:
    """Cases named by the signals; where a signal counts more than it names (at most 50), those that it counts."""
    named = {case for signal in signals for case in signal.evidence}
    counted = [round(signal.observed) for signal in signals if signal.evidence]
    return max(len(named), *counted) if counted else 0


def _going_on(events: list[Event], earlier: Sequence[Event], days: int) -> list[Event]:
    """Events with the id and first day of the earlier event that each goes on from, the closest match first."""
    matches = sorted(
        (-_in_common(event, before, days), before.first_day, before.id, number, at)
        for number, event in enumerate(events)
        for at, before in enumerate(earlier)
        if _in_common(event, before, days)
    )
    goes_on: dict[int, int] = {}
    for _, _, _, number, at in matches:
        if number not in goes_on and at not in goes_on.values():
            goes_on[number] = at
    taken = {earlier[at].id for at in goes_on.values()}
    return [
        _renamed(event, earlier[goes_on[number]])
        if number in goes_on
        # Of an event that fell in two, one part keeps the id.
        else replace(event, id=f"{event.id}:{event.last_day}" if event.id in taken else event.id)
        for number, event in enumerate(events)
    ]


def _renamed(event: Event, before: Event) -> Event:
    return replace(event, id=before.id, first_day=min(event.first_day, before.first_day))


def _in_common(event: Event, before: Event, days: int) -> int:
    """How closely an event goes on from an earlier one: one more than the signals in common; 0: not at all."""
    shared = len(set(event.signals) & set(before.signals))
    in_time = days_between((event.first_day, event.last_day), (before.first_day, before.last_day)) <= days
    return shared + 1 if shared or (event.zone == before.zone and in_time) else 0
