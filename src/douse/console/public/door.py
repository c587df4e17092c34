"""How a page for residents answers: language by a link, small bodies only, no session that counts."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from douse.console import pages
from douse.console.middleware import LANGUAGE_COOKIE
from douse.console.words import LANGUAGES, say, speak, words

LARGEST_BODY = 16 * 1024  # bytes: a form of residents is a few hundred
PREFIX = "/public/"


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
        response = view(request, *args, **kwargs)
        if chosen in LANGUAGES:
            response.set_cookie(
                LANGUAGE_COOKIE, chosen, max_age=timedelta(days=365), secure=request.is_secure(), httponly=True,
                samesite="Lax",
            )  # fmt: skip
        return response

    return answer


def _is_too_large(request: HttpRequest) -> bool:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY
    except ValueError:
        return True


def too_large(request: HttpRequest) -> HttpResponse:
    """What was sent is larger than any form of residents can be."""
    return public_page(
        request, "public/sorry.html", HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        what=say("What was sent is too large for this form."), next_step=say("Write less, and send it again."),
    )  # fmt: skip


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
