"""The first page: what is known today, and what changed."""

from django.http import HttpRequest, HttpResponse

from douse.console.pages import page


def show(request: HttpRequest) -> HttpResponse:
    """Today's page."""
    return page(request, "today.html")


def healthy(request: HttpRequest) -> HttpResponse:
    """For whoever watches the server: it answers."""
    del request
    return HttpResponse("ok", content_type="text/plain")
