"""Pages of signing in: name and password, second factor, a first password by a one-time link."""

from datetime import timedelta
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from douse.console import instance
from douse.console.actors import actor_of
from douse.console.limits import count_address
from douse.console.models import User
from douse.console.pages import page
from douse.console.policy import ROLES, _
from douse.console.settings import LOCKED_FOR
from douse.console.signin import elsewhere, factor
from douse.console.signin.links import find_link, use_link
from douse.console.words import say
from douse.console.writing import note

BACKEND = "douse.console.signin.backend.Passwords"
_TRIES, _WITHIN = 30, timedelta(minutes=5)  # of one address, on any form that is open to anybody
_NOBODY = "somebody"


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password."""
    if request.method == "GET":
        return _sign_in_page(request)
    count_address(request, "sign_in", _TRIES, _WITHIN)
    name = request.POST.get("name", "").strip()
    user = authenticate(request, name=name, password=request.POST.get("password", ""))
    if not isinstance(user, User):
        if getattr(request, "axes_locked_out", False):
            return locked_out(request)
        known = User.objects.filter(name=name).exists()  # what is no name may be a password: it is not written down
        note(_NOBODY, "sign_in_failed", object_table="users", object_id=name if known else None)
        return _sign_in_page(request, say("Name or password is not right."), HTTPStatus.UNAUTHORIZED)
    return welcome(request, user)


def welcome(request: HttpRequest, user: User, backend: str = BACKEND) -> HttpResponse:
    """Begin the session of a user; who has a second factor is asked for it next."""
    after = next_page(request)
    login(request, user, backend=backend)
    request.session["after"] = after
    request.session["has_second_factor"] = factor.confirmed(user) is not None
    note(f"user:{user.name}", "signed_in", object_table="users", object_id=user.name)
    return redirect(after or "today")


def locked_out(request: HttpRequest, *_: object) -> HttpResponse:
    """Too many wrong passwords: wait."""
    minutes = int(LOCKED_FOR.total_seconds() // 60)
    problem = say("Too many wrong passwords. Wait {minutes} minutes, or ask an administrator.", minutes=minutes)
    return _sign_in_page(request, problem, HTTPStatus.TOO_MANY_REQUESTS)


def _sign_in_page(request: HttpRequest, problem: str = "", status: int = HTTPStatus.OK) -> HttpResponse:
    demo = instance.current().demo
    return page(
        request,
        "sign_in.html",
        status,
        after=next_page(request),
        problem=problem,
        roles=list(ROLES.values()) if demo else [],
        elsewhere=elsewhere.offered(),
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    note(request, "signed_out", object_table="users", object_id=str(request.user))
    logout(request)
    return redirect("sign_in")


@require_POST
def as_role(request: HttpRequest) -> HttpResponse:
    """In a demo: sign in as the user of a role, by one click."""
    if not instance.current().demo:
        raise Http404
    return welcome(request, get_object_or_404(User, name=request.POST.get("role", "")))


@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the code; who has no second factor yet sets one up, and who has one may take another phone."""
    actor = actor_of(request)
    user = User.objects.get(name=actor.name)
    device = factor.confirmed(user)
    anew = device is None or (actor.verified and bool(request.GET.get("anew") or request.POST.get("anew")))
    if device is None or anew:
        device = factor.begun(user)
    problem = ""
    if request.method == "POST":
        code = request.POST.get("code", "").replace(" ", "")
        if device.verify_token(code):
            factor.settle(request, device)
            if anew:
                note(request, "set_second_factor", object_table="users", object_id=user.name)
                messages.success(request, say("The second factor is set up."))
            return redirect(request.session.pop("after", "") or "today")
        problem = say("The code is not right, or was used before. Wait for the next one.")
        note(request, "second_factor_failed", object_table="users", object_id=user.name)
    return page(
        request,
        "second_factor.html",
        HTTPStatus.UNAUTHORIZED if problem else HTTPStatus.OK,
        anew=anew,
        problem=problem,
        picture_of_key=factor.picture_of(device) if anew else "",
        key=factor.key_of(device) if anew else "",
    )


@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def first_password(request: HttpRequest, token: str) -> HttpResponse:
    """Set a password by a one-time link."""
    count_address(request, "first_password", _TRIES, _WITHIN)
    link = find_link(token)
    problems: list[str] = []
    if request.method == "POST":
        problems = password_problems(request, link.user)
        if not problems:
            return welcome(request, use_link(link, request.POST["password"]))
    return page(request, "first_password.html", name=link.user.name, problems=problems)


def password_problems(request: HttpRequest, user: User) -> list[str]:
    """What is wrong with a new password that was typed twice."""
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        return [say("The two are not the same.")]
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [say(_PASSWORD_PROBLEMS[problem.code or ""]) for problem in error.error_list]
    return []


_PASSWORD_PROBLEMS = {
    "password_too_short": _("It needs at least 12 characters."),
    "password_too_similar": _("It is too much like the name."),
    "password_too_common": _("It is one of those that everybody uses."),
    "password_entirely_numeric": _("It is nothing but digits."),
}


def next_page(request: HttpRequest) -> str:
    """Where to go after signing in: only within the console."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return asked if safe else ""
