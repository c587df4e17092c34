"""How far a piece of work is: a fragment that asks again by itself, and a link for browsers without script."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from douse.console.pages import page
from douse.console.plan.workshop import Work, workshop

Wanted = Callable[[Work], bool]


def going_on(kind: str) -> Work | None:
    """The work of a kind that is on its way, or that failed last; None where the last of it is done."""
    work = workshop(kind).latest(lambda _: True)
    return work if work is not None and work.state != "done" else None


def progress(request: HttpRequest, kind: str, address: str) -> HttpResponse:
    """The stage of the work of a kind; when it is finished the browser is told to open the page again.

    Parameters
    ----------
    kind : str
        First part of the key of the work.
    address : str
        Name of the URL of this fragment; its page is ``show`` of the same room.
    """
    work = going_on(kind)
    if work is None or work.state == "failed":
        answer = HttpResponse("")
        answer["HX-Refresh"] = "true"
        return answer
    room = address.split(":", maxsplit=1)[0]
    return page(
        request, "plan/progress.html", work=work, progress_url=reverse(address), page_url=reverse(f"{room}:show")
    )
