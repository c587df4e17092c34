"""The first page for residents: what they can do here."""

from django.http import HttpRequest, HttpResponse

from douse.console.public.door import open_to_all, public_page


@open_to_all
def show(request: HttpRequest) -> HttpResponse:
    """What residents can do here."""
    return public_page(request, "public/home.html")
