"""Pages of a language. Addresses are relative and nothing is inline, so any file server may carry them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from douse.library.advice import GENERIC, Advice, Card, cards_for
from douse.library.number import Source
from douse.outputs.bulletin.values import Bulletin
from douse.outputs.bulletin.view import View, view, words_of
from douse.outputs.words import Words
from douse.records.codes import LEVELS

LANGUAGES = ("en", "zh")
CLAIMS = "claims.html"  # made by `outputs/claims/site.py`


@dataclass(frozen=True)
class CardShown:
    """A card with the number of the source of each line."""

    title: str
    lines: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class SourceShown:
    """A source, and how far it was traced."""

    citation: str
    edition: str
    grade: str


@dataclass(frozen=True)
class Item:
    """A bulletin on the list of all."""

    id: str
    day: str
    lead: str
    corrects: bool


def bulletin_page(history: Sequence[Bulletin], language: str, root: str, *, past: bool = False) -> str:
    """The page of the last bulletin of a history; `root` leads to the folder of the site."""
    shown = view(history, language)
    used = {row.level for row in shown.levels} or {"open"}
    return _render("bulletin.html", "index.html", shown, history[-1], language, root, past=past, used=used)


def lookup_page(history: Sequence[Bulletin], language: str, root: str) -> str:
    """The page of the look-up."""
    told = history[-1]
    shown, words = view(history, language), words_of(told, language)
    texts = {name: words.say(text, call=shown.call) for name, text in _LOOKUP.items()}
    labels = {level: words.level(level) for level in LEVELS}
    return _render(
        "lookup.html",
        "lookup.html",
        shown,
        told,
        language,
        root,
        texts=tuple(texts.items()),
        labels=tuple(labels.items()),
    )


def advice_page(history: Sequence[Bulletin], advice: Sequence[Advice], language: str, root: str) -> str:
    """Cards for each level, with their sources."""
    told = history[-1]
    words, shown = words_of(told, language), view(history, language)
    numbered: dict[tuple[str, str], int] = {}
    sources: list[SourceShown] = []

    def number(cited: Source, grade: str) -> int:
        place = (cited.citation, grade)
        if place not in numbered:
            numbered[place] = len(numbered) + 1
            sources.append(SourceShown(cited.citation, cited.edition, _grade(grade, words)))
        return numbered[place]

    def shown_cards(pairs: Sequence[tuple[Advice, Card]]) -> tuple[CardShown, ...]:
        return tuple(
            CardShown(
                card.title.say(language),
                tuple((line.say(language), number(one.sources[line.source], line.grade)) for line in card.line),
            )
            for one, card in pairs
        )

    always = [pair for pair in cards_for(advice, LEVELS[0]) if set(pair[1].levels) == set(LEVELS)]
    sections = [("always", words.say("At every level"), shown_cards(always))]
    for level in LEVELS:
        own = [pair for pair in cards_for(advice, level) if set(pair[1].levels) != set(LEVELS)]
        title = words.say("At the level {level}", level=level)
        sections.append((level, title, shown_cards(own)))
    return _render(
        "advice.html", "advice.html", shown, told, language, root, sections=sections, sources=sources,
        labels=[(level, words.level(level)) for level in LEVELS],
        pathogen=told.called.say(language), specific=any(one.id != GENERIC for one in advice),
        edition=", ".join(sorted({one.edition for one in advice})),
    )  # fmt: skip


def archive_page(history: Sequence[Bulletin], language: str, root: str) -> str:
    """All bulletins, the newest first."""
    told = history[-1]
    items = [
        Item(b.id, words_of(b, language).day(b.as_of), lead, bool(b.corrects)) for b, lead in leads(history, language)
    ]
    return _render("archive.html", "archive.html", view(history, language), told, language, root, items=items)


def leads(history: Sequence[Bulletin], language: str, most: int | None = None) -> list[tuple[Bulletin, str]]:
    """Bulletins with their first sentences, the newest first."""
    places = range(len(history) - 1, -1 if most is None else max(len(history) - 1 - most, -1), -1)
    return [(history[at], view(history[: at + 1], language).lead) for at in places]


def page_names(words: Words) -> dict[str, str]:
    """Pages of a language and what they are called, as they are linked at the top of each."""
    return {
        "index.html": words.say("Bulletin"),
        "lookup.html": words.say("Look-up"),
        "advice.html": words.say("What you can do"),
        CLAIMS: words.say("True or not?"),
        "archive.html": words.say("All bulletins"),
    }


def _render(  # noqa: PLR0913, PLR0917  what every page has
    template: str, here: str, shown: View, told: Bulletin, language: str, root: str, **values: object
) -> str:
    words = words_of(told, language)
    names = page_names(words)
    return _environment().get_template(template).render(
        v=shown, say=words.say, language=language, other="en" if language == "zh" else "zh", root=root, here=here,
        pages=tuple(names.items()), heading=shown.title if here == "index.html" else names[here], day=shown.day,
        notice=shown.notice, **values,
    )  # fmt: skip


def _grade(grade: str, words: Words) -> str:
    if grade in {"A", "B"}:
        return words.say("official")
    return words.say("copy") if grade == "C" else words.say("not traced")


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("douse.outputs.bulletin"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


_ = str  # marks what is said, for translation

# What the script of the look-up says; {n}, {day}, {zone} and {level} are filled in there.
_LOOKUP = {
    "why": _(
        "Why: the level {level} was put on {zone} because of spread there. It is in force for all who live within it."
    ),
    "since": _("Since {day}."),
    "until": _("Until {day}, unless a person renews it."),
    "review": _("Looked at again by {day}."),
    "lift": _("May be lifted from {day} if no further case is found."),
    "open": _("No level is in force here: daily life goes on."),
    "ask": _(
        "Within this zone a single building has a stricter level. If it is yours, a notice is at your door. Ask: {call}"
    ),
    "means": _("What this means"),
    "searching": _("Looking …"),
    "none": _("Nothing begins like that. Try the name of the estate or community, with its first letters."),
    "count": _("Found: {n}. As known on {day}."),
    "more": _("The first {n} are shown: type more letters. As known on {day}."),
    "failed": _("The names could not be loaded. Try again when there is a network."),
    "kept": _("Kept on this phone: the look-up now works without a network."),
}
