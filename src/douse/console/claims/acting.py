"""What is sent from the pages of a claim: the answer, and what a person decides on it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from douse.console import clock
from douse.console.actors import actor_of
from douse.console.claims import acts, facts
from douse.console.claims.acts import Answer
from douse.console.claims.register import find
from douse.console.claims.rules import check_state, check_zone
from douse.console.forms_read import day_of, text_of
from douse.console.pages import page
from douse.console.reach import ground_of
from douse.console.reading import follow
from douse.console.words import LANGUAGES, say, with_names
from douse.errors import UsageError
from douse.outputs.claims.answered import Said, of_row, versions_of
from douse.outputs.claims.evidence import MOST, Evidence, Source, facts_of, source, sources_of
from douse.outputs.claims.review import ANSWERS

SOURCES = 3  # that a form has room for at first; then for one more than there are
_WAIT, _WAIT_LATER = 1.0, 5.0  # seconds for the figures


def answer(request: HttpRequest, claim_id: str) -> HttpResponse:
    """The form of an answer: figures and sources, the words, the same in other languages."""
    actor, snapshot = actor_of(request), follow()
    with_names(ground_of(snapshot))
    row = find(actor, snapshot, claim_id)
    check_zone(actor, snapshot, "answer_claim", row["zone"])
    check_state(row, "answered")
    problem = ""
    if request.method == "POST":
        try:
            acts.answer(request, claim_id, _given(request.POST, row))
        except UsageError as error:
            problem = " ".join(say(part) for part in (error.what, error.next_step) if part)
        else:
            said = say("The answer is on record. It is published when a second person agrees.")
            return _done(request, claim_id, said)
    before = of_row(row) if row["answer"] else None
    cited = () if before is None else before.evidence
    return page(
        request, "claims/answer.html", status=400 if problem else 200, row=row, problem=problem,
        filled=_filled(request.POST, row) if problem else _from_row(row), answers=list(ANSWERS.items()),
        offered=facts.offered(actor, snapshot, row["zone"], _WAIT), chosen=set(request.POST.getlist("fact")),
        kept=facts.sign(facts_of(cited)),
        others=[(code, name) for code, name in LANGUAGES.items() if code != row["language"]],
        places=range(max(SOURCES, 1 + len(sources_of(cited)))),
    )  # fmt: skip


@require_GET
def offered(request: HttpRequest, claim_id: str) -> HttpResponse:
    """Figures to cite: a part of the form, asked for again until they are there."""
    actor, snapshot = actor_of(request), follow()
    with_names(ground_of(snapshot))
    row = find(actor, snapshot, claim_id)
    check_zone(actor, snapshot, "answer_claim", row["zone"])
    found = facts.offered(actor, snapshot, row["zone"], _WAIT_LATER)
    return page(request, "claims/facts.html", row=row, offered=found, chosen=set())


@require_POST
def review(request: HttpRequest, claim_id: str) -> HttpResponse:
    """Agree to an answer as the second person: it is published."""
    acts.agree(request, claim_id, text_of(request.POST, "record"))
    return _done(request, claim_id, say("The answer is published."))


@require_POST
def send_back(request: HttpRequest, claim_id: str) -> HttpResponse:
    """Send an answer back, with a reason."""
    acts.send_back(request, claim_id, text_of(request.POST, "reason"))
    return _done(request, claim_id, say("The answer is sent back; the claim is open again."))


@require_POST
def withdraw(request: HttpRequest, claim_id: str) -> HttpResponse:
    """Take a claim off, with a reason."""
    acts.withdraw(request, claim_id, text_of(request.POST, "reason"))
    return _done(request, claim_id, say("The claim is withdrawn."))


@require_POST
def reopen(request: HttpRequest, claim_id: str) -> HttpResponse:
    """Open a claim again."""
    acts.reopen(request, claim_id, text_of(request.POST, "reason"))
    return _done(request, claim_id, say("The claim is open again."))


@require_POST
def join(request: HttpRequest, claim_id: str) -> HttpResponse:
    """Say that a claim repeats another one, or that it does not."""
    other = text_of(request.POST, "same_as") or None
    acts.join(request, claim_id, other)
    said = say("The two are joined.") if other else say("The claim stands by itself again.")
    return _done(request, other or claim_id, said)


def _done(request: HttpRequest, claim_id: str, said: str) -> HttpResponse:
    """To the page of a claim, which says what was done."""
    messages.success(request, said)
    return redirect("claims:claim", claim_id)


def _given(sent: QueryDict, row: dict[str, Any]) -> Answer:
    evidence: list[Evidence] = [*facts.read(sent.getlist("fact")), *_sources(sent)]
    versions = {}
    for language in LANGUAGES:
        said = Said(text_of(sent, f"claim-{language}"), text_of(sent, f"because-{language}"))
        if language != row["language"] and (said.claim or said.because):
            versions[language] = said
    return Answer(text_of(sent, "claim"), text_of(sent, "answer"), text_of(sent, "because"), evidence, versions)


def _sources(sent: QueryDict) -> list[Source]:
    found = []
    for at in range(MOST):
        title, publisher, url = (text_of(sent, f"{name}-{at}") for name in ("title", "publisher", "url"))
        if title or url or publisher:
            day = day_of(sent, f"day-{at}")
            if day is not None and day > clock.now().date():
                raise UsageError("A source cannot be of a day to come.", next_step="Correct the day of the source.")
            found.append(source(title, publisher, url, day))
    return found


def _filled(sent: QueryDict, row: dict[str, Any]) -> dict[str, str]:
    """What was sent, for the form to show again."""
    return _from_row(row) | {name: str(value) for name, value in sent.items()}


def _from_row(row: dict[str, Any]) -> dict[str, str]:
    """What the form shows first: the answer that stands."""
    filled = {"claim": row["claim"] or "", "answer": row["answer"] or "", "because": row["because"] or ""}
    for language, said in versions_of(row["versions"]).items():
        filled |= {f"claim-{language}": said.claim, f"because-{language}": said.because}
    evidence = of_row(row).evidence if row["answer"] else ()
    for at, one in enumerate(sources_of(evidence)):
        day = "" if one.day is None else one.day.isoformat()
        filled |= {f"title-{at}": one.title, f"publisher-{at}": one.publisher, f"url-{at}": one.url, f"day-{at}": day}
    return filled
