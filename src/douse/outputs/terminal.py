"""What the terminal shows: the summary of a plan, the table of key figures."""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from douse.library import Protocol
from douse.outputs.briefing import Briefing, level_names
from douse.outputs.sections.figures import cards
from douse.outputs.sections.headline import points
from douse.outputs.sections.signals import in_order
from douse.outputs.words import Words
from douse.signals.signal import Signal
from douse.situation.situation import Situation

_SIGNALS_SHOWN = 5
_STYLES = {"good": "green", "bad": "red", "warn": "yellow", "": "default"}


def summary(briefing: Briefing, language: str) -> RenderableType:
    """The report in one minute, and the gravest signals; for ``douse plan``."""
    words = briefing.words(language)
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for label, said in points(briefing, words):
        table.add_row(label, said)
    parts: list[RenderableType] = [
        Text(f"{words.say('Outbreak report and plan')}, {words.day(briefing.as_of)}", style="bold"),
        Padding(table, (0, 0, 0, 1)),
    ]

    def where(signal: Signal) -> str:
        return words.zone(signal.zone) if signal.zone else words.say("All zones")

    parts += [
        Text(f" {words.label(signal.severity)}, {where(signal)}: {words.say(signal.reason, **signal.facts)}")
        for signal in in_order(briefing.signals)[:_SIGNALS_SHOWN]
    ]
    parts.append(
        Text(words.say("Draft for approval: nothing here is in force until a person approves it."), style="italic")
    )
    return Group(*parts)


def situation_table(situation: Situation, protocol: Protocol, language: str) -> RenderableType:
    """The key figures; for ``douse situation``."""
    words = Words(language, levels=level_names(protocol, language))
    title = f"{words.day(situation.as_of)}, {situation.pathogen}, {protocol.name.say(language)}"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, show_header=False)
    table.add_column(overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for card in cards(situation, words):
        table.add_row(card.label, Text(card.value, style=_STYLES[card.tone]), Text("; ".join(card.small), style="dim"))
    return table
