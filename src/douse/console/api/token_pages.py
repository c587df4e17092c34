"""Tokens of one's account: made, shown once, revoked."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from douse.console import clock
from douse.console.actors import actor_of
from douse.console.api.tokens import DAYS, make_token, revoke_token
from douse.console.models import User
from douse.console.pages import page
from douse.console.permissions import Actor
from douse.console.policy import ACTIONS
from douse.console.words import say, words
from douse.errors import UsageError


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """One's tokens; a form for a new one."""
    actor = actor_of(request)
    user, made, problem = User.objects.get(name=actor.name), "", ""
    if request.method == "POST" and request.POST.get("revoke"):
        number = request.POST["revoke"]
        revoke_token(actor, user, int(number) if number.isascii() and number.isdigit() else 0)
        messages.success(request, say("The token does not work any more."))
        return redirect("tokens")
    if request.method == "POST":
        try:
            days = request.POST.get("days", "")
            made = make_token(
                actor, user, request.POST.get("name", ""), request.POST.getlist("scope"),
                int(days) if days.isascii() and days.isdigit() else 0,
            )  # fmt: skip
        except UsageError as error:
            problem = " ".join((words().translated(error.what), words().translated(error.next_step)))
    at = clock.now()
    return page(
        request, "tokens.html", HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK, made=made,
        problem=problem, days=[(str(n), say("{n} {n:day|days}", n=n)) for n in DAYS], rights=grouped(actor),
        tokens=[(token, token.ended(at)) for token in user.tokens.all()],
    )  # fmt: skip


def grouped(actor: Actor) -> list[tuple[str, list[tuple[str, str]]]]:
    """Rights of somebody, in three groups: pairs of the right and its words."""
    reads = sorted(right for right in actor.rights if right.startswith("read "))
    writes = sorted(right for right in actor.rights if right.startswith("write "))
    actions = [right for right in ACTIONS if right in actor.rights]
    return [
        (say("May read"), [(right, words().code(right.removeprefix("read "))) for right in reads]),
        (say("May write"), [(right, words().code(right.removeprefix("write "))) for right in writes]),
        (say("May do"), [(right, say(ACTIONS[right])) for right in actions]),
    ]
