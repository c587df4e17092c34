"""Claims for residents: what was answered, and a form to say what goes around. No account, and nothing kept of whom."""

from http import HTTPStatus
from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from douse.console import clock
from douse.console.claims.acts import Brought, entry_of
from douse.console.claims.places import zones_for
from douse.console.claims.published import alike, published
from douse.console.claims.publisher import publisher
from douse.console.claims.register import joined
from douse.console.claims.rules import LONGEST, check_claim
from douse.console.listing import sliced_list
from douse.console.public import intake, steps
from douse.console.public.door import open_to_all, public_page
from douse.console.public.text import plain
from douse.console.reach import Reach, ground_of
from douse.console.reading import follow
from douse.console.remembered import Remembered
from douse.console.words import say, with_names, words
from douse.errors import UsageError
from douse.outputs.claims.languages import likely
from douse.outputs.claims.published import Published
from douse.outputs.claims.review import ANSWERS, MEDIA_TYPE, all_reviews, as_json, claim_review
from douse.outputs.claims.similar import folded
from douse.records.ledger import Snapshot

PER_PAGE = 20
_MOST_FOUND, _SHOWN_ALIKE, _MOST_ZONES = 50, 3, 60
_KEPT_FOR = 60  # seconds for which a browser or a network in between may keep a page
_WHOLE = Reach(everywhere=True, zones=frozenset())
_by_words: Remembered[dict[str, str]] = Remembered(2)


@open_to_all
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The public list."""
    snapshot = follow()
    with_names(ground_of(snapshot))
    asked, answer = plain(request.GET.get("q"), LONGEST), request.GET.get("answer", "")
    every = list(published(snapshot).values())
    rows = _found(snapshot, every, asked) if asked else every
    rows = [one for one in rows if answer not in ANSWERS or (one.answered.answer == answer and not one.withdrawn_at)]
    return _kept(
        public_page(
            request, "public/claims.html", slice=sliced_list(rows, request.GET.get("page"), PER_PAGE), asked=asked,
            answer=answer if answer in ANSWERS else "", answers=ANSWERS, any=bool(every),
        )
    )  # fmt: skip


def _found(snapshot: Snapshot, every: list[Published], asked: str) -> list[Published]:
    near = [one for one, _ in alike(snapshot, asked, most=_MOST_FOUND)]
    wanted = folded(asked)
    held = [one for one in every if wanted in folded(one.answered.in_language(words().language)[0].claim)]
    return list({one.answered.id: one for one in [*near, *held]}.values())


@open_to_all
@require_safe
def claim(request: HttpRequest, claim_id: str) -> HttpResponse:
    """One claim with its answer, and the same as ClaimReview for programs."""
    snapshot = follow()
    with_names(ground_of(snapshot))
    one = published(snapshot).get(claim_id)
    if one is None:
        raise Http404
    return _kept(
        public_page(
            request, "public/claim.html", one=one, answers=ANSWERS,
            review="" if one.withdrawn_at else as_json(_review(request, one)),
        )
    )  # fmt: skip


@open_to_all
@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """All answers as ClaimReview, for programs."""
    snapshot = follow()
    with_names(ground_of(snapshot))
    every = [_review(request, one) for one in published(snapshot).values() if not one.withdrawn_at]
    return _kept(HttpResponse(as_json(all_reviews(every)), content_type=MEDIA_TYPE))


def _review(request: HttpRequest, one: Published) -> dict[str, Any]:
    address = request.build_absolute_uri(reverse("public:claim", args=[one.answered.id]))
    home = request.build_absolute_uri(reverse("public:claims"))
    author = publisher() or say("Health department")
    return claim_review(one.answered, words(), url=address, author=author, home=home)


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Say what goes around; where it was answered, the answers come first."""
    snapshot = follow()
    with_names(ground_of(snapshot))
    zones = zones_for(snapshot, _WHOLE, most=_MOST_ZONES)
    problems: dict[str, str] = {}
    found: list[Published] = []
    text = zone = ""
    status: int | None = None
    if request.method == "POST":
        text = plain(request.POST.get("claim"), LONGEST)
        zone = request.POST.get("zone", "")
        zone = zone if zone in {known for known, _ in zones} else ""
        try:
            text = check_claim(text)
        except UsageError as error:
            problems["claim"] = " ".join(say(part) for part in (error.what, error.next_step) if part)
        if not problems and not request.POST.get("sure"):
            found = [one for one, _ in alike(snapshot, text, most=_SHOWN_ALIKE)]
        if not problems and not found:
            try:
                steps.sent(request, zone or None, lambda: _take(snapshot, text, zone or None))
            except steps.NotSent as error:
                problems["form"], status = error.said, error.status
            else:
                return public_page(request, "public/claim_sent.html", HTTPStatus.CREATED, switch=False)
    puzzle, bits = steps.new_puzzle(request, zone or None)
    return public_page(
        request, "public/claim_new.html", status or steps.status_of(problems), text=text, zone=zone, zones=zones,
        problems=problems, found=found, puzzle=puzzle, bits=bits, longest=LONGEST, answers=ANSWERS,
    )  # fmt: skip


def _take(snapshot: Snapshot, claim: str, zone: str | None) -> None:
    """Append what was sent. The same words as a claim that is there count as one more time that it was brought."""
    language = likely(claim, words().language)
    brought = Brought(claim, language, zone, "public_form", clock.now(), same_as=_same(snapshot, claim))
    intake.take([entry_of(brought, claim)])


def _same(snapshot: Snapshot, claim: str) -> str | None:
    rows, roots = snapshot.current("claims"), joined(snapshot)
    found = _by_words.get("words", (rows,), lambda: _first_by_words(rows)).get(folded(claim))
    return roots.get(found, found) if found else None


def _first_by_words(rows: pl.DataFrame) -> dict[str, str]:
    """Words of a claim -> the first that says them, of those that were not withdrawn."""
    known = rows.filter(pl.col("state") != "withdrawn", pl.col("claim").is_not_null()).select("claim", "claim_id")
    return {folded(claim): name for claim, name in reversed(known.rows())}


def _kept(response: HttpResponse) -> HttpResponse:
    """An answer that networks may carry to many for a moment."""
    response.headers["Cache-Control"] = f"public, max-age={_KEPT_FOR}"
    return response
