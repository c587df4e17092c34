"""One-time codes for residents: made by a click, shown once."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from douse.console.actors import actor_of
from douse.console.limits import count
from douse.console.pages import page
from douse.console.public import codes
from douse.console.public.floods import WINDOW

MOST = 100  # codes of one user in the window: a desk with a queue


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Give a code."""
    code = ""
    if request.method == "POST":
        count("give_code", actor_of(request).name, MOST, WINDOW)
        code = codes.give(request)
    return page(request, "residents/codes.html", code=code, hours=round(codes.LASTS.total_seconds() / 3600))
