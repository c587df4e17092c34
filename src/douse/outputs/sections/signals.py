"""Signals, with their reason and how often such a signal is false."""

from collections.abc import Iterable

from douse.outputs.blocks import Block, Cell, Chip, Section, Text
from douse.outputs.briefing import Briefing
from douse.outputs.sections.common import columns, long_grid, named, number, prose, short
from douse.outputs.vocabulary import SEVERITIES_OF_SIGNALS
from douse.outputs.words import UNKNOWN, Words
from douse.signals import Event, Signal

_TONES = {"alarm": "bad", "warning": "warn", "notice": "plain"}


def signals(briefing: Briefing, words: Words) -> Section:
    """Section: one row a signal, the gravest and latest first."""
    title = words.say("Signals")
    if not briefing.signals:
        return Section("signals", title, (Text(words.say("No signal: nothing unusual was found by the detectors.")),))
    heads = columns(
        words.say("Zone"),
        short(words.say("Gravity")),
        prose(words.say("Reason")),
        number(words.say("Observed")),
        short(words.say("False alarms")),
    )
    rows: list[list[Cell]] = [
        [
            named(words.zone(s.zone) if s.zone else words.say("All zones"), days_of(s, words)),
            Chip(words.label(s.severity), _TONES[s.severity]),
            named(words.say(s.reason, **s.facts), f"{words.label(s.detector)} · {words.code(s.state)}"),
            named(
                words.brief(s.observed),
                words.say("expected {n}", n=words.brief(s.expected)) if s.expected is not None else None,
            ),
            how_rare(s, words),
        ]
        for s in in_order(briefing.signals)
    ]
    blocks = _events(briefing, words)
    blocks += long_grid(words.say("Signals, gravest first"), heads, rows, words, file="signals")
    if any(how_rare(s, words) != UNKNOWN for s in briefing.signals):
        blocks.append(
            Text(
                words.say(
                    "False alarms: how often a day in a zone without an outbreak gives such a signal; a dash where the "
                    "detector has no such rate."
                ),
                "note",
            )
        )
    blocks.append(Text(words.say("A person verifies or dismisses each signal."), "note"))
    return Section("signals", title, tuple(blocks))


def _events(briefing: Briefing, words: Words) -> list[Block]:
    """Events of more than one signal; one signal alone is in the list of signals anyway."""
    heads = columns(
        words.say("Zone"), short(words.say("Gravity")), number(words.say("Cases")), prose(words.say("Detectors"))
    )
    rows: list[list[Cell]] = [
        [
            named(words.zone(event.zone) if event.zone else words.say("All zones"), days_of(event, words)),
            Chip(words.label(event.severity), _TONES[event.severity]),
            words.number(event.cases),
            words.say(
                "{n} signals by {detectors}",
                n=len(event.signals),
                detectors=", ".join(map(words.code, event.detectors)),
            ),
        ]
        for event in briefing.events
        if len(event.signals) > 1
    ]
    return (
        long_grid(words.say("Events: signals that agree in place and time"), heads, rows, words, file="events")
        if rows
        else []
    )


def in_order(found: Iterable[Signal]) -> list[Signal]:
    """Gravest first, then latest."""
    return sorted(
        found, key=lambda s: (SEVERITIES_OF_SIGNALS.index(s.severity), -s.last_day.toordinal(), -s.observed, s.id)
    )


def how_rare(signal: Signal, words: Words) -> str:
    """How rarely chance alone gives such a signal: how often one recurs, else the false-alarm rate."""
    if signal.recurrence_days is not None:
        return words.say("once in {n} days", n=max(1, round(signal.recurrence_days)))
    return false_alarms(signal.false_alarm_rate, words)


def false_alarms(rate: float | None, words: Words) -> str:
    """A rate a zone-day as "1 in n zone-days"."""
    if rate is None:
        return UNKNOWN
    if rate <= 0:
        return words.say("practically never")
    return words.say("1 in {n} zone-days", n=max(1, round(1 / rate)))


def days_of(told: Signal | Event, words: Words) -> str:
    """The days of a signal or an event, as one day or a span."""
    if told.first_day == told.last_day:
        return words.short_day(told.last_day)
    return f"{words.short_day(told.first_day)} – {words.short_day(told.last_day)}"
