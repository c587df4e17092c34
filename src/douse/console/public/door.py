"""How a page for residents answers: language by a link, small bodies only, no session that counts."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, cast

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from douse.console import pages
from douse.console.middleware import LANGUAGE_COOKIE, STATUS
from douse.console.public.turns import turn
from douse.console.words import LANGUAGES, say, speak, words
from douse.errors import DouseError, UsageError

LARGEST_BODY = 16 * 1024  # bytes: a form of residents is a few hundred
PREFIX = "/public/"
_STATUS: dict[type[DouseError], HTTPStatus] = {**STATUS, UsageError: HTTPStatus.BAD_REQUEST}
_log = logging.getLogger(__name__)


P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def open_to_all(view: View[P]) -> View[P]:
    """Make a view one for residents.

    Speaks the language of ``?lang=`` and remembers it; refuses a body that is too large before it is read. There is no
    check of where a form comes from: nobody's sign-in counts on these pages, so there is none that could be abused.
    """

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        chosen = request.GET.get("lang", "")
        if chosen in LANGUAGES:
            speak(chosen)
        if request.method == "POST" and _is_too_large(request):
            return too_large(request)
        with turn():
            response = _told(request, lambda: view(request, *args, **kwargs))
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        if chosen in LANGUAGES:
            response.set_cookie(
                LANGUAGE_COOKIE, chosen, max_age=timedelta(days=365), secure=request.is_secure(), httponly=True,
                samesite="Lax",
            )  # fmt: skip
        return response

    return cast("View[P]", answer)


def _told(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer; an error that a person can mend as a page for residents."""
    try:
        return answer()
    except tuple(_STATUS) as error:
        status = next(code for kind, code in _STATUS.items() if isinstance(error, kind))
        said = words()
        return sorry(request, said.translated(error.what), said.translated(error.next_step), status)
    except DouseError:
        _log.exception("a page for residents")
        return sorry(
            request, say("Something here is broken."), say("Try again later, or call the people of your area."),
            HTTPStatus.INTERNAL_SERVER_ERROR,
        )  # fmt: skip
    except Http404:
        return sorry(request, say("There is no such page."), say("Go back to the first page."), HTTPStatus.NOT_FOUND)
    except (SuspiciousOperation, BadRequest, MultiPartParserError):
        return sorry(
            request, say("What was sent is not a form of this page."), say("Open the page again."),
            HTTPStatus.BAD_REQUEST,
        )  # fmt: skip


def _is_too_large(request: HttpRequest) -> bool:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY
    except ValueError:
        return True


def sorry(request: HttpRequest, what: str, next_step: str, status: int) -> HttpResponse:
    """An error on a page for residents: what is wrong, and what to do next."""
    return public_page(request, "public/sorry.html", status, switch=False, what=what, next_step=next_step)


def too_large(request: HttpRequest) -> HttpResponse:
    """What was sent is larger than any form of residents can be."""
    what, then = say("What was sent is too large for this form."), say("Write less, and send it again.")
    return sorry(request, what, then, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def public_page(
    request: HttpRequest, template: str, status: int = HTTPStatus.OK, *, switch: bool = True, **values: Any
) -> HttpResponse:
    """A page for residents.

    Parameters
    ----------
    switch : bool
        Whether the page offers itself in the other languages: not where it is shown only once.
    """
    return pages.page(request, template, status, in_language=_addresses(request) if switch else {}, **values)


def _addresses(request: HttpRequest) -> dict[str, str]:
    """The page in the languages that it is not in: language -> address."""
    asked = request.GET.copy()
    found = {}
    for language in LANGUAGES:
        if language != words().language:
            asked["lang"] = language
            found[language] = f"{request.path}?{asked.urlencode()}"
    return found
