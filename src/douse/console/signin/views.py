"""Sign in and out."""

from http import HTTPStatus

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from douse.console.pages import page
from douse.console.words import say


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password."""
    after = next_page(request)
    if request.method == "POST":
        user = authenticate(request, name=request.POST.get("name", ""), password=request.POST.get("password", ""))
        if user is not None:
            login(request, user)
            return redirect(after or "today")
        problem = say("Name or password is not right.")
        return page(request, "sign_in.html", HTTPStatus.UNAUTHORIZED, after=after, problem=problem)
    return page(request, "sign_in.html", after=after, problem="")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign_in")


def next_page(request: HttpRequest) -> str:
    """Where to go after signing in: only within the console."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return asked if safe else ""
