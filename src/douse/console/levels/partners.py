"""Pages of partners: the policy in words, bundles that go and come."""

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from douse.console import clock, instance
from douse.console.actors import actor_of
from douse.console.levels import labels
from douse.console.pages import page
from douse.console.permissions import Actor, Grant, Refused, may
from douse.console.plan.names import named
from douse.console.policy import EVERYWHERE
from douse.console.reach import ground_of, personal_reach
from douse.console.reading import follow, visible
from douse.console.words import say
from douse.console.writing import erase_persons, record
from douse.errors import LibraryError, UsageError
from douse.outputs.partners.offers import expired
from douse.outputs.partners.policy import FILE, Give, InForce, policy_of
from douse.outputs.partners.take import brought
from douse.partnering import WHY_ERASED, prepare
from douse.records.ledger import Snapshot
from douse.records.ledger.erasure import held
from douse.records.ledger.keys import public_text, signing_key
from douse.records.ledger.shared import read_shared

_MOST_BYTES = 64 << 20
# What is past its day is let go by the console itself, whoever comes by first.
KEEPER = Actor("console", (Grant("data_steward", EVERYWHERE),), verified=True)


def policy() -> InForce:
    """The policy of sharing of this instance."""
    return policy_of(instance.current().folder)


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Who gets what from us and why; bundles and offers for those who see them."""
    actor, snapshot = actor_of(request), let_go(follow())
    named(snapshot)
    problem, rules = "", None
    try:
        rules = policy()
    except LibraryError as error:
        problem = str(error)
    keys = instance.current().keys
    values: dict[str, Any] = {"bundles": [], "offers": []}
    if may(actor, "read offers"):
        offers = visible(actor, snapshot, "offers").sort("offered_at", descending=True)
        bundles = visible(actor, snapshot, "bundles").sort("made_at", "number", descending=True)
        values = {"bundles": bundles.head(40).to_dicts(), "offers": offers.head(80).to_dicts()}
    return page(
        request, "levels/partners.html", rules=rules, problem=problem, file=FILE, today=clock.now().date(),
        key=public_text(signing_key(keys)), names_of=_names_of, counted_tables=labels.counted_tables, **values,
    )  # fmt: skip


def _names_of(give: Give) -> str:
    return ", ".join(labels.column(give.table, name) for name in give.columns)


def let_go(snapshot: Snapshot) -> Snapshot:
    """Erase what partners gave until a day that is over; the ledger as it is after that."""
    found = expired(snapshot, clock.now())
    if found.entries:
        record(KEEPER, found.entries, action="expired_offers")
    if found.erase:
        erase_persons(KEEPER, found.erase, why="retention", reason=WHY_ERASED)
    return follow() if found.entries or found.erase else snapshot


@require_POST
def bundle(request: HttpRequest, name: str) -> HttpResponse:
    """The next bundle for a partner, as a file."""
    actor, snapshot = actor_of(request), let_go(follow())
    stores = instance.current().stores
    with tempfile.TemporaryDirectory(prefix="douse-bundle-") as folder:
        out = Path(folder) / "bundle.zip"
        made = prepare(
            stores.ledger, snapshot, policy(), keys=instance.current().keys, name=name, out=out, at=clock.now(),
            again="again" in request.POST,
        )  # fmt: skip
        persons = made.cut.expires_on is not None or "offers" in made.cut.tables
        if persons and not personal_reach(actor, "cases", ground_of(snapshot)).everywhere:
            raise Refused(
                "This bundle holds personal columns: making it needs a role that sees them in the whole area.",
                allowed="data_steward of the whole area", next_step="Ask the data steward to make it.",
            )  # fmt: skip
        record(request, [made.entry], action="made_bundle")
        content = out.read_bytes()
    file = f'attachment; filename="{name}-{made.number}.zip"'
    return HttpResponse(content, content_type="application/zip", headers={"Content-Disposition": file})


@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take in the bundle of a partner, or refuse it."""
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile):
        raise UsageError("No file was sent.", next_step="Choose the bundle that the partner gave you.")
    if (sent.size or 0) > _MOST_BYTES:
        raise UsageError("The bundle is larger than any should be.", allowed="64 MiB")
    snapshot = let_go(follow())
    with tempfile.TemporaryDirectory(prefix="douse-bundle-") as folder:
        path = Path(folder) / "bundle.zip"
        with path.open("wb") as out:
            for chunk in sent.chunks():
                out.write(chunk)
        found = brought(
            read_shared(path), policy(), public_text(signing_key(instance.current().keys)), snapshot, clock.now()
        )
    record(request, found.entries, action="took_bundle")
    erase_free(found.erase)
    messages.success(
        request,
        say("{n} {n:row|rows} of {partner} were taken in.", n=len(found.entries) - 1, partner=found.partner.title),
    )
    return redirect("partners:list")


def erase_free(subjects: tuple[str, ...]) -> None:
    """Erase persons whom no legal hold keeps."""
    free = sorted(set(subjects) - held(follow(), subjects, clock.now().date())) if subjects else []
    if free:
        erase_persons(KEEPER, free, why="retention", reason=WHY_ERASED)
