"""The exchange door: what was recorded without a network comes in here, in any order, as often as it is sent."""

import json
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_POST, require_safe
from pydantic import ValidationError

from douse.console import clock
from douse.console.actors import actor_of
from douse.console.permissions import Actor
from douse.console.reading import follow
from douse.console.tasks.recording import AHEAD, Result, find, settle
from douse.console.tasks.sent import Sent, local
from douse.console.words import say

MOST = 200  # answers at once


@require_safe
def door(request: HttpRequest) -> HttpResponse:
    """Who is signed in, and the token with which to send: asked before every exchange."""
    day = clock.now().date().isoformat()
    return JsonResponse({"user": actor_of(request).name, "token": get_token(request), "day": day})


@require_POST
def exchange(request: HttpRequest) -> HttpResponse:
    """Take answers; say of each what came of it."""
    try:
        body = json.loads(request.body)
        given, ahead = list(body["answers"]), skew(body.get("clock"))
    except (ValueError, KeyError, TypeError, RecursionError):
        return JsonResponse({"what": say("This is not a list of answers.")}, status=HTTPStatus.BAD_REQUEST)
    if len(given) > MOST:
        what = say("More than {n} answers at once.", n=MOST)
        return JsonResponse({"what": what, "next": say("Send them in parts.")}, status=HTTPStatus.BAD_REQUEST)
    return JsonResponse({"results": [vars(result) for result in take_all(actor_of(request), given, ahead)]})


def skew(device: object) -> timedelta:
    """How far the clock of a device is ahead of ours, by what it says now; little, or no word of it, counts as none."""
    if not isinstance(device, str):
        return timedelta(0)
    ahead = local(datetime.fromisoformat(device)) - clock.now()
    return ahead if abs(ahead) > AHEAD else timedelta(0)


def take_all(actor: Actor, given: list[Any], ahead: timedelta = timedelta(0)) -> list[Result]:
    """Record answers as they were sent; a bad one does not keep the others out.

    Parameters
    ----------
    ahead : timedelta
        As of `skew`: moments are told by our clock.
    """
    read, wrong = list[Sent](), list[Result]()
    for one in given:
        try:
            read.append(Sent.model_validate(one))
        except ValidationError as error:
            named = str(one.get("id", "")) if isinstance(one, dict) else ""
            fields = ", ".join(dict.fromkeys(str(found["loc"][0]) for found in error.errors() if found["loc"]))
            wrong.append(Result(named[:40], "wrong", say("Not saved: {columns}.", columns=fields or "id")))
    return [*wrong, *(settle_sent(actor, sent, ahead) for sent in sorted(read, key=lambda sent: sent.at))]


def settle_sent(actor: Actor, sent: Sent, ahead: timedelta = timedelta(0)) -> Result:
    """Record one answer, read by the kind of its task."""
    task = find(actor, follow(), sent.task_id)
    try:
        sent = sent.model_copy(update={"at": sent.at - ahead})
    except OverflowError:
        return Result(str(sent.id), "wrong", say("Not saved: {columns}.", columns="at"))
    return settle(actor, sent.answer(None if task is None else str(task["kind"])))
