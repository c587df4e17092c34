"""What works without a network: the service worker, the files that it keeps, and the page for when it has nothing."""

import hashlib
import json
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from douse.console.middleware import chosen_language
from douse.console.pages import page
from douse.console.templating import static
from douse.console.words import LANGUAGES, speak

USER, LEFT = "X-Douse-User", "X-Douse-Seconds-Left"  # on the list: whose it is, how long it may be kept
_PARTS = ("console/tasks/queue.js", "console/tasks/worker.js")
_SHELL = (
    "console/console.css", "console/icon.svg", "console/leave.js", "console/tasks/queue.js", "console/tasks/tasks.js",
    "django_htmx/htmx-2.min.js",
)  # fmt: skip


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: our static files in one, with the list of what it keeps. It rules over the tasks alone."""
    asked = request.GET.get("language", "")
    language = asked if asked in LANGUAGES else chosen_language(request)
    offline = f"{reverse('tasks:offline')}?language={language}"
    files = [static(path) for path in _SHELL]
    parts = [_text(path) for path in _PARTS]
    version = hashlib.sha256("\n".join([*files, *parts, offline]).encode()).hexdigest()[:12]
    facts = {"version": version, "files": files, "offline": offline, "list": reverse("tasks:mine"),
             "door": reverse("tasks:door"), "exchange": reverse("tasks:exchange")}  # fmt: skip
    script = "\n".join([f"const SHELL = {json.dumps(facts)};", *parts])
    return HttpResponse(script, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@require_safe
def page_without_network(request: HttpRequest) -> HttpResponse:
    """Shown where nothing was kept of the page that is asked for. Says nothing of anybody."""
    if request.GET.get("language") in LANGUAGES:
        speak(request.GET["language"])
    return page(request, "tasks/offline.html")


def _text(path: str) -> str:
    found = finders.find(path)
    if not isinstance(found, str):
        raise FileNotFoundError(path)
    return Path(found).read_text("utf-8")
