"""Signals, with their reason and how often such a signal is false."""

from douse.outputs.blocks import Cell, Chip, Section, Text
from douse.outputs.briefing import Briefing
from douse.outputs.sections.common import columns, long_grid, named, number, prose, short
from douse.outputs.vocabulary import SEVERITIES_OF_SIGNALS
from douse.outputs.words import UNKNOWN, Words
from douse.signals.signal import Signal

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
            named(words.zone(s.zone) if s.zone else words.say("All zones"), _days(s, words)),
            Chip(words.label(s.severity), _TONES[s.severity]),
            named(words.say(s.reason, **s.facts), f"{words.label(s.detector)} · {words.code(s.state)}"),
            named(
                words.brief(s.observed),
                words.say("expected {n}", n=words.brief(s.expected)) if s.expected is not None else None,
            ),
            false_alarms(s.false_alarm_rate, words),
        ]
        for s in in_order(briefing.signals)
    ]
    blocks = long_grid(words.say("Signals, gravest first"), heads, rows, words, file="signals")
    if any(s.false_alarm_rate is not None for s in briefing.signals):
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


def in_order(found: tuple[Signal, ...]) -> list[Signal]:
    """Gravest first, then latest."""
    return sorted(
        found, key=lambda s: (SEVERITIES_OF_SIGNALS.index(s.severity), -s.last_day.toordinal(), -s.observed, s.id)
    )


def false_alarms(rate: float | None, words: Words) -> str:
    """A rate a zone-day as "1 in n zone-days"."""
    if rate is None:
        return UNKNOWN
    if rate <= 0:
        return words.say("practically never")
    return words.say("1 in {n} zone-days", n=max(1, round(1 / rate)))


def _days(signal: Signal, words: Words) -> str:
    if signal.first_day == signal.last_day:
        return words.short_day(signal.last_day)
    return f"{words.short_day(signal.first_day)} – {words.short_day(signal.last_day)}"
