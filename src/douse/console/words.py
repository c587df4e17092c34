"""The words of a request: one language at a time in each thread, from the one catalogue."""

from collections.abc import Mapping
from contextvars import ContextVar

from douse.console.ground import Ground
from douse.errors import DouseError
from douse.outputs.briefing import level_names
from douse.outputs.words import Words
from douse.question import Knowledge
from douse.stage import Stage

LANGUAGES = {"en": "English", "zh": "简体中文"}
_plain: dict[str, Words] = {language: Words(language) for language in LANGUAGES}
_words: ContextVar[Words] = ContextVar("words", default=_plain["en"])


def speak(language: str, *, zones: Mapping[str, str] | None = None, levels: Mapping[str, str] | None = None) -> Words:
    """Say everything from here on in a language; with names of zones and of levels where they are known."""
    language = language if language in LANGUAGES else "en"
    words = Words(language, zones=zones, levels=levels) if zones or levels else _plain[language]
    _words.set(words)
    return words


def with_names(ground: Ground, knowledge: Knowledge | None = None) -> Words:
    """Say zones by their names and, where the protocol is known, levels as it calls them, from here on."""
    language = _words.get().language
    levels = level_names(knowledge.protocol, language) if knowledge is not None else None
    return speak(language, zones=ground.names, levels=levels)


def words() -> Words:
    """The words of the present request."""
    return _words.get()


def say(key: str, /, **facts: object) -> str:
    """A sentence of the catalogue in the language of the present request."""
    return _words.get().say(key, **facts)


def wrong(error: DouseError) -> str:
    """What is wrong, in the language of the present request: codes in it are said, not shown as they are kept."""
    return say(error.sentence, **error.facts) if error.facts else words().translated(error.what)


def staged(stage: str) -> str:
    """A stage of work in the language of the present request."""
    return say(stage.sentence, **stage.facts) if isinstance(stage, Stage) else say(stage)
