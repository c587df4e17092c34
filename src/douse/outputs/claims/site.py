"""Answers as pages of the site of bulletins: any file server can carry them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from douse.outputs.bulletin.pages import LANGUAGES
from douse.outputs.claims.answered import Answered
from douse.outputs.claims.evidence import Source
from douse.outputs.claims.figures import named, said
from douse.outputs.claims.review import ANSWERS, all_reviews, as_json, claim_review, is_public
from douse.outputs.words import Words

PAGE, REVIEWS = "claims.html", "claims.jsonld"


@dataclass(frozen=True)
class Shown:
    """One answer in the words of a page."""

    id: str
    language: str
    claim: str
    answer: str
    because: str
    facts: tuple[str, ...]
    sources: tuple[Source, ...]
    day: str
    corrected: bool


@dataclass(frozen=True)
class Listed:
    """An answer for the site: whether it corrects an earlier one; withdrawn ones are named without their answer."""

    answered: Answered
    corrected: bool = False
    withdrawn: bool = False


def write_claims(out: Path, listed: Sequence[Listed], words: Sequence[Words], *, address: str = "") -> list[Path]:
    """Write the page of each language and all answers as ClaimReview.

    Parameters
    ----------
    out : Path
        Folder of a site of bulletins, whose style they take.
    listed : Sequence[Listed]
        Published answers, the latest first.
    words : Sequence[Words]
        Of each language, with names of zones.
    address : str
        Where the site will be found, for programs; empty: relative.
    """
    written = []
    for one in words:
        path = out / one.language / PAGE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_page(listed, one).encode())
        written.append(path)
    reviews = [
        claim_review(
            one.answered, words[0], url=f"{address or '.'}/{words[0].language}/{PAGE}#claim-{one.answered.id}",
            author=words[0].say("Health department"),
        )
        for one in listed
        if not one.withdrawn
    ]  # fmt: skip
    path = out / REVIEWS
    path.write_bytes(as_json(all_reviews(reviews)).encode())
    return [*written, path]


def _page(listed: Sequence[Listed], words: Words) -> str:
    pages = {
        "index.html": words.say("Bulletin"),
        "lookup.html": words.say("Look-up"),
        "advice.html": words.say("What to do"),
        PAGE: words.say("What goes around"),
        "archive.html": words.say("All bulletins"),
    }
    other = next(language for language in LANGUAGES if language != words.language)
    return (
        _environment()
        .get_template("claims.html")
        .render(
            say=words.say, language=words.language, other=other, root="../", here=PAGE, pages=tuple(pages.items()),
            heading=words.say("True or not? What goes around"), day="", notice="",
            shown=tuple(_shown(one, words) for one in listed),
        )
    )  # fmt: skip


def _shown(one: Listed, words: Words) -> Shown:
    answered = one.answered
    text, language = answered.in_language(words.language)
    return Shown(
        id=answered.id,
        language=language or "",
        claim=text.claim,
        answer=words.say("Withdrawn") if one.withdrawn else words.say(ANSWERS[answered.answer]),
        because="" if one.withdrawn else text.because,
        facts=() if one.withdrawn else tuple(_facts(answered, words)),
        sources=() if one.withdrawn else answered.sources(),
        day="" if answered.published_at is None else words.day(answered.published_at.date()),
        corrected=one.corrected and not one.withdrawn,
    )


def _facts(answered: Answered, words: Words) -> Iterator[str]:
    """Figures that may be published; of the others only that records were looked at."""
    hidden = None
    for fact in answered.facts():
        if is_public(fact):
            where = words.zone(fact.zone) if fact.zone else words.say("the whole area")
            when = words.say("as of {moment}", moment=fact.as_of)
            yield f"{named(fact.figure, words)}: {said(fact.figure, fact.value, words)} ({where}, {when})"
        else:
            hidden = fact.as_of.date()
    if hidden is not None:
        yield words.say("Records of the health department, as of {day}", day=hidden)


@cache
def _environment() -> Environment:
    return Environment(
        loader=ChoiceLoader([PackageLoader("douse.outputs.claims"), PackageLoader("douse.outputs.bulletin")]),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
