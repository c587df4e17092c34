"""The first page for residents: what they can do here; and a new puzzle for a form that was open for long."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from douse.console.public import steps
from douse.console.public.door import open_to_all, public_page
from douse.console.reading import follow
from douse.console.templating import url
from douse.records.codes import REPORT_KINDS


@open_to_all
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """What residents can do here."""
    reports = [(kind, url("public:report", query={"kind": kind})) for kind in REPORT_KINDS]
    return public_page(request, "public/home.html", reports=reports)


@open_to_all
@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """A new puzzle, for the script of a form."""
    zone, _ = steps.place_asked(request, follow())
    puzzle, bits = steps.new_puzzle(request, zone)
    return JsonResponse({"puzzle": puzzle, "bits": bits})
