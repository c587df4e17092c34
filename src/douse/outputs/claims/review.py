"""Answers as schema.org ClaimReview (https://schema.org/ClaimReview), which search engines and fact checkers read.

What the vocabulary offers to say of who made a claim (author, appearance) is left out: Douse judges claims, never
persons, and does not know.
"""

import json
from collections.abc import Iterable
from typing import Any

from douse.outputs.claims.answered import Answered
from douse.outputs.claims.evidence import Fact, Source
from douse.outputs.claims.figures import OF_NOBODY, named, said
from douse.outputs.words import Words

_ = str  # marks what is said, for translation
ANSWERS: dict[str, str] = {
    "true": _("True"),
    "false": _("False"),
    "partly": _("Partly true"),
    "not_yet_known": _("Not yet known"),
}
# From 1 (false) to 5 (true), as fact checkers rate; what is not yet known has words only.
_RATINGS = {"true": 5, "partly": 3, "false": 1}
CONTEXT = "https://schema.org"
MEDIA_TYPE = "application/ld+json"


def claim_review(answered: Answered, words: Words, *, url: str, author: str, home: str = "") -> dict[str, Any]:
    """One answer as ClaimReview.

    Parameters
    ----------
    answered : Answered
        As published.
    words : Words
        Language of the reader.
    url : str
        Address of the answer's page.
    author : str
        Who answers: the department's name.
    home : str
        Address of its first page.
    """
    text, language = answered.in_language(words.language)
    published = answered.published_at or answered.answered_at
    department = _filled({"@type": "GovernmentOrganization", "name": author, "url": home})
    made: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "ClaimReview",
        "@id": url,
        "url": url,
        "inLanguage": language,
        "claimReviewed": text.claim,
        "datePublished": None if published is None else published.isoformat(timespec="seconds"),
        "author": department,
        "publisher": department,
        "itemReviewed": {
            "@type": "Claim",
            "text": text.claim,
            "firstAppearance": {"@type": "CreativeWork", "datePublished": answered.first_seen_at.date().isoformat()},
        },
        "reviewRating": _rating(answered.answer, words),
        "reviewBody": text.because,
        "citation": [cited for one in answered.evidence if (cited := _cited(one, words)) is not None],
        "workTranslation": _translations(answered, language),
    }
    return _filled(made)


def as_json(document: object) -> str:
    """JSON that may stand within a page: nothing in it can end the element that holds it."""
    text = json.dumps(document, ensure_ascii=False, indent=1)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def all_reviews(reviews: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Many reviews as one document."""
    return {
        "@context": CONTEXT,
        "@graph": [{name: value for name, value in one.items() if name != "@context"} for one in reviews],
    }


def is_public(fact: Fact) -> bool:
    """Whether the number of a fact may be published: where it counts nobody, or a published bulletin says it."""
    return fact.bulletin is not None or fact.figure in OF_NOBODY


def _rating(answer: str, words: Words) -> dict[str, Any]:
    rating: dict[str, Any] = {"@type": "Rating", "alternateName": words.say(ANSWERS[answer])}
    if answer in _RATINGS:
        rating |= {"ratingValue": _RATINGS[answer], "bestRating": 5, "worstRating": 1}
    return rating


def _cited(one: Fact | Source, words: Words) -> dict[str, Any] | None:
    if isinstance(one, Source):
        day = None if one.day is None else one.day.isoformat()
        publisher = {"@type": "Organization", "name": one.publisher} if one.publisher else None
        return _filled(
            {"@type": "CreativeWork", "name": one.title, "url": one.url, "publisher": publisher, "datePublished": day}
        )
    if not is_public(one):
        return None
    where = words.zone(one.zone) if one.zone else None
    return _filled(
        {
            "@type": "Observation",
            "name": named(one.figure, words),
            "value": said(one.figure, one.value, words),
            "observationDate": one.as_of.isoformat(timespec="seconds"),
            "observationAbout": None if where is None else {"@type": "Place", "name": where},
            "identifier": one.bulletin,
        }
    )


def _translations(answered: Answered, shown: str | None) -> list[dict[str, Any]]:
    versions = [(answered.language, answered.said), *answered.versions.items()]
    return [
        _filled({"@type": "CreativeWork", "inLanguage": language, "name": one.claim, "text": one.because})
        for language, one in versions
        if language != shown
    ]


def _filled(document: dict[str, Any]) -> dict[str, Any]:
    """A document without what is empty."""
    return {name: value for name, value in document.items() if value not in (None, "", [], {})}
