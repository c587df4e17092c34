"""Speak with the names of zones and the protocol's words for levels."""

from functools import cache

from douse.console.plan.made import Made, files_in_force
from douse.console.reach import ground_of
from douse.console.words import speak, words
from douse.library import Protocol, load
from douse.outputs.briefing import level_names
from douse.outputs.words import Words
from douse.records.ledger import Snapshot


def named(snapshot: Snapshot, made: Made | None = None) -> Words:
    """Words of the present request that know the zones of the ledger and the levels of the protocol in force."""
    language = words().language
    if made is not None:
        return speak(
            language, zones=ground_of(snapshot).names, levels=level_names(made.opened.knowledge.protocol, language)
        )
    return speak(language, zones=ground_of(snapshot).names, levels=_levels(files_in_force().protocol, language))


@cache
def _levels(protocol: str, language: str) -> dict[str, str]:
    return level_names(load(Protocol, protocol), language)
