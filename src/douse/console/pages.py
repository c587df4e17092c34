"""How a view answers: a page, a fragment of a page, an error."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from douse.console.problems import is_for_programs, of_error
from douse.console.words import words, wrong
from douse.errors import DouseError


def page(request: HttpRequest, template: str, status: int = HTTPStatus.OK, **values: Any) -> HttpResponse:
    """A template with its values, as an answer."""
    return render(request, template, values, status=status)


def error_page(request: HttpRequest, error: DouseError, status: int) -> HttpResponse:
    """An error that a person can mend: what is wrong, what was allowed, what to do next."""
    if is_for_programs(request):
        return of_error(error, status)
    allowed = ", ".join(words().code(part) for part in error.allowed.split(", ")) if error.allowed else ""
    return page(
        request,
        "error.html",
        status,
        what=wrong(error),
        allowed=words().translated(error.allowed) if " " in error.allowed.replace(", ", "") else allowed,
        next_step=words().translated(error.next_step),
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was not sent from its page, or too late."""
    del reason
    error = DouseError("The form was not sent from its own page, or too late.", next_step="Open the page again.")
    return error_page(request, error, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such page."""
    del exception
    error = DouseError("There is no such page.", next_step="Go back to the first page.")
    return error_page(request, error, HTTPStatus.NOT_FOUND)


def broken(request: HttpRequest) -> HttpResponse:
    """A bug: it is in the server's log; nothing of it is shown."""
    error = DouseError("Something in the console is broken.", next_step="Try again, and tell your administrator when.")
    return error_page(request, error, HTTPStatus.INTERNAL_SERVER_ERROR)
