"""The pages of bulletins for staff: what was published, a new one, the draft as it will be, and the files of it."""

from datetime import date, timedelta
from pathlib import Path

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST
from django.views.static import serve

from douse.console import clock, scene
from douse.console.actors import actor_of
from douse.console.bulletins import acts, made, place
from douse.console.claims import static_site
from douse.console.forms_read import day_of, text_of
from douse.console.pages import page
from douse.console.reading import follow, visible
from douse.console.states import NotNow
from douse.console.words import LANGUAGES, say, words
from douse.errors import DataError, UsageError
from douse.outputs.bulletin.values import Bulletin
from douse.outputs.bulletin.view import view
from douse.records.codes import AUDIENCES
from douse.records.ledger import Snapshot

LONGEST_CALL = 200
_DAYS_BACK = 7


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Published bulletins, and the form of a new one."""
    actor, snapshot = actor_of(request), follow()
    may_publish = acts.may_publish(actor, snapshot)
    found, wrong = _published(snapshot)
    draft = made.latest() if may_publish else None
    rows = {row["bulletin_id"]: row for row in visible(actor, snapshot, "bulletins").iter_rows(named=True)}
    return page(
        request, "bulletins/list.html", found=found, wrong=wrong, rows=rows, may_publish=may_publish,
        work=made.going_on() if may_publish else None, draft=draft, today=clock.now().date(),
        first=clock.now().date() - timedelta(days=_DAYS_BACK), call=_last_call(found), audiences=AUDIENCES,
    )  # fmt: skip


def _published(snapshot: Snapshot) -> tuple[dict[str, tuple[Bulletin, ...]], str]:
    """Published bulletins by audience, the latest first; and what is wrong with their files."""
    found: dict[str, tuple[Bulletin, ...]] = dict.fromkeys(AUDIENCES, ())
    for audience in AUDIENCES:
        try:
            found[audience] = tuple(reversed(made.published(snapshot, audience)))
        except DataError as error:
            return found, " ".join(say(part) for part in (error.what, error.next_step) if part)
    return found, ""


def _last_call(found: dict[str, tuple[Bulletin, ...]]) -> str:
    return next((told.call for audience in found.values() for told in audience[:1]), "")


@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Begin to make a bulletin."""
    actor, snapshot = actor_of(request), follow()
    acts.check_publish(actor, snapshot)
    asked = made.Asked(
        day=_day(request), audience=_audience(request), call=_call(request), language=words().language,
        address=request.build_absolute_uri("/public"),
    )  # fmt: skip
    made.start(snapshot, asked, scene.knowledge_on(snapshot, asked.day))
    return redirect("bulletins:list")


def _day(request: HttpRequest) -> date:
    today = clock.now().date()
    asked = day_of(request.POST, "day") or today
    if not today - timedelta(days=_DAYS_BACK) <= asked <= today:
        raise UsageError(
            "A bulletin tells of today, or of one of the last days.",
            allowed=f"{today - timedelta(days=_DAYS_BACK)} to {today}",
            next_step="Choose another day.",
        )
    return asked


def _audience(request: HttpRequest) -> str:
    asked = text_of(request.POST, "audience") or place.PUBLIC
    if asked not in AUDIENCES:
        raise UsageError("There is no such audience.", allowed=", ".join(AUDIENCES))
    return asked


def _call(request: HttpRequest) -> str:
    asked = " ".join(text_of(request.POST, "whom").split())
    if len(asked) > LONGEST_CALL or not asked.isprintable():
        raise UsageError("Say in a line whom to call.", allowed=f"up to {LONGEST_CALL} characters")
    return asked


@require_GET
def look(request: HttpRequest, name: str) -> HttpResponse:
    """A draft: what it says, and the button that publishes it."""
    draft = _draft(request, name)
    told = (*draft.before, draft.bulletin)
    return page(
        request, "bulletins/look.html", draft=draft, told=draft.bulletin, shown=view(told, words().language),
        language_names=LANGUAGES, is_stale=_is_stale(draft),
    )  # fmt: skip


def _is_stale(draft: made.Draft) -> bool:
    """Whether the ledger got records after the draft was made: it may be published all the same."""
    return follow().sequence > draft.sequence


@require_POST
def publish(request: HttpRequest, name: str) -> HttpResponse:
    """Publish a draft that was looked at."""
    acts.publish(request, _draft(request, name))
    static_site.write(request)
    messages.success(request, say("The bulletin is published."))
    return redirect("bulletins:list")


@require_GET
def preview(request: HttpRequest, name: str, path: str) -> HttpResponseBase:
    """A file of a draft, as it will be published."""
    return _file(request, place.draft(_draft(request, name).name), path)


@require_GET
def partners(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file of the bulletins for partners: they hold small counts, so nobody gets them without a right."""
    acts.check_publish(actor_of(request), follow())
    return _file(request, place.folder(place.PARTNERS), path)


def _draft(request: HttpRequest, name: str) -> made.Draft:
    acts.check_publish(actor_of(request), follow())
    draft = made.find(name)
    if draft is None:
        raise NotNow("There is no such draft any more.", next_step="Make it anew.")
    return draft


def _file(request: HttpRequest, folder: Path, path: str) -> HttpResponseBase:
    """A file below a folder. Its service worker stays away: it would keep a draft on the phone."""
    if path.rsplit("/", maxsplit=1)[-1] == "sw.js" or not folder.is_dir():
        raise Http404
    return serve(request, path, document_root=str(folder))
