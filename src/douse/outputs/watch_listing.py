"""What ``douse watch`` says and writes: events, the signals that agree on them, and their reasons."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from douse.library import Protocol
from douse.outputs.briefing import level_names, zone_names
from douse.outputs.exports import events_frame, signals_frame
from douse.outputs.sections.signals import days_of, how_rare, in_order
from douse.outputs.words import Words
from douse.records import ZoneTree
from douse.records.finding import write_csv
from douse.signals import Event, Signal
from douse.situation.situation import Situation

SHOWN = 20  # events shown in the terminal; all are written with --out
SIGNALS_SHOWN = 5  # of each event
_STYLES = {"alarm": "bold red", "warning": "yellow", "notice": "default"}


def words_of(zones: ZoneTree, protocol: Protocol, language: str) -> Words:
    """Words with the names of zones and levels."""
    return Words(language, levels=level_names(protocol, language), zones=zone_names(zones))


def table(situation: Situation, signals: Sequence[Signal], events: Sequence[Event], words: Words) -> RenderableType:
    """Events, the strongest first, each with its gravest signals under it."""
    title = Text(f"{words.say('Signals')}, {words.day(situation.as_of)}, {situation.pathogen}", style="bold")
    if not events:
        return Group(title, Text(words.say("No signal: nothing unusual was found by the detectors.")))
    by_id = {signal.id: signal for signal in signals}
    lines: list[RenderableType] = [title]
    for event in events[:SHOWN]:
        lines += _event(event, in_order(by_id[name] for name in event.signals), words)
    if len(events) > SHOWN:
        n = len(events) - SHOWN
        lines.append(Text(words.say("{n} more {n:event is|events are} not shown; --out FOLDER writes all.", n=n)))
    return Group(*lines)


def _event(event: Event, signals: Sequence[Signal], words: Words) -> list[RenderableType]:
    head = Text.assemble(
        (words.label(event.severity), _STYLES[event.severity]), f"  {where(event, words)}, {days_of(event, words)}"
    )
    grid = Table.grid(padding=(0, 2))
    grid.add_column(overflow="fold", max_width=24)
    grid.add_column(overflow="fold")
    grid.add_column(justify="right", no_wrap=True, style="dim")
    for signal in signals[:SIGNALS_SHOWN]:
        reason = f"{words.label(signal.detector)}: {words.say(signal.reason, **signal.facts)}"
        grid.add_row(where(signal, words), reason, how_rare(signal, words))
    more = len(signals) - SIGNALS_SHOWN
    if more > 0:
        grid.add_row("", words.say("and {n} more {n:signal|signals}", n=more))
    return [head, Padding(grid, (0, 0, 0, 2))]


def where(told: Signal | Event, words: Words) -> str:
    """Name of the zone."""
    return words.zone(told.zone) if told.zone else words.say("All zones")


def write(out: Path, signals: Sequence[Signal], events: Sequence[Event], words: Words) -> None:
    """Write signals.csv and events.csv."""
    out.mkdir(parents=True, exist_ok=True)
    write_csv(signals_frame(signals, words), out / "signals.csv")
    write_csv(events_frame(events, words), out / "events.csv")
