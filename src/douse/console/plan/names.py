"""Speak with the names of zones and the protocol's words for levels."""

from douse.console import clock
from douse.console.plan.made import Made
from douse.console.reach import ground_of
from douse.console.scene import knowledge_on
from douse.console.words import speak, with_names, words
from douse.errors import UsageError
from douse.outputs.words import Words
from douse.records.ledger import Snapshot


def named(snapshot: Snapshot, made: Made | None = None) -> Words:
    """Words of the present request that know the zones of the ledger and the levels of the protocol in force."""
    ground = ground_of(snapshot)
    if made is not None:
        with_names(ground, made.opened.knowledge)
        return words()
    try:
        with_names(ground, knowledge_on(snapshot, clock.now().date()))
    except UsageError:  # nobody chose the pathogen yet: levels by their code
        speak(words().language, zones=ground.names)
    return words()
