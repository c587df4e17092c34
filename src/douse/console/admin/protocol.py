"""The protocol in force: pathogen, protocol and costs of the library."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from douse.console import clock, knowledge, scene
from douse.console.actors import actor_of
from douse.console.models import InForce
from douse.console.pages import page
from douse.console.reading import follow
from douse.console.words import say, words
from douse.errors import UsageError
from douse.library import Costs, Pathogen, Protocol, load, names
from douse.question import DEFAULT_COSTS, DEFAULT_PROTOCOL, Knowledge


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """What is in force, since when and why; a form to choose anew."""
    problem = ""
    if request.method == "POST":
        try:
            knowledge.choose(
                actor_of(request), pathogen=request.POST.get("pathogen", ""),
                protocol=request.POST.get("protocol", ""), costs=request.POST.get("costs", ""),
                reason=request.POST.get("reason", ""),
            )  # fmt: skip
        except UsageError as error:
            problem = " ".join((say(error.what), say(error.next_step) if error.next_step else ""))
        else:
            messages.success(request, say("In force from now on."))
            return redirect("admin:protocol")
    now = _now()
    return page(
        request,
        "admin/protocol.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        problem=problem,
        now=now,
        language_of=words().language,
        chosen=list(InForce.objects.all()[:20]),
        pathogens=[(name, load(Pathogen, name).name.say(words().language)) for name in names(Pathogen)],
        protocols=[(name, load(Protocol, name).name.say(words().language)) for name in names(Protocol)],
        costs=[(name, load(Costs, name).name.say(words().language)) for name in names(Costs)],
        at={
            "pathogen": request.POST.get("pathogen", now.pathogen.id if now else ""),
            "protocol": request.POST.get("protocol", now.protocol.id if now else DEFAULT_PROTOCOL),
            "costs": request.POST.get("costs", now.costs.id if now else DEFAULT_COSTS),
        },
        reason=request.POST.get("reason", ""),
    )


def _now() -> Knowledge | None:
    try:
        return scene.knowledge_on(follow(), clock.now().date())
    except UsageError:
        return None
