"""Answers as pages of the site of bulletins: any file server can carry them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from douse.outputs.bulletin.pages import CLAIMS, LANGUAGES, page_names
from douse.outputs.claims.answered import Answered
from douse.outputs.claims.evidence import Source
from douse.outputs.claims.figures import named, said
from douse.outputs.claims.review import ANSWERS, all_reviews, as_json, claim_review, is_public
from douse.outputs.words import Words

REVIEWS = "claims.jsonld"


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


def write_claims(
    out: Path, listed: Sequence[Listed], words: Sequence[Words], *, address: str = "", publisher: str = ""
) -> list[Path]:
    """Write the page of each language, and all answers as ClaimReview.

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
    publisher : str
        Name of the department that answers; empty: the health department.
    """
    written = []
    for one in words:
        path = out / one.language / CLAIMS
        path.parent.mkdir(parents=True, exist_ok=True)
        page = f"{address.rstrip('/')}/{one.language}/{CLAIMS}" if address else CLAIMS
        path.write_bytes(_page(listed, one, _reviews(listed, one, page, publisher), publisher).encode())
        written.append(path)
    path = out / REVIEWS
    page = f"{address.rstrip('/') or '.'}/{words[0].language}/{CLAIMS}"
    path.write_bytes(_reviews(listed, words[0], page, publisher).encode())
    return [*written, path]


def _reviews(listed: Sequence[Listed], words: Words, page: str, publisher: str) -> str:
    """All answers that stand as ClaimReview; `page` is the address of the page that shows them."""
    author = publisher or words.say("Health department")
    return as_json(
        all_reviews(
            claim_review(one.answered, words, url=f"{page}#claim-{one.answered.id}", author=author)
            for one in listed
            if not one.withdrawn
        )
    )


def _page(listed: Sequence[Listed], words: Words, reviews: str, publisher: str) -> str:
    other = next(language for language in LANGUAGES if language != words.language)
    return (
        _environment()
        .get_template("claims.html")
        .render(
            say=words.say, language=words.language, other=other, root="../", here=CLAIMS,
            pages=tuple(page_names(words).items()), heading=words.say("True or not? What goes around"), day="",
            notice="", shown=tuple(_shown(one, words) for one in listed), reviews=reviews, publisher=publisher,
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
