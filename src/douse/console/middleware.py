"""What happens to every request: headers, language, limits of a session, and the policy."""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from douse.console import clock
from douse.console.actors import actor_of
from douse.console.headers import HEADERS
from douse.console.pages import error_page
from douse.console.permissions import NOBODY, Actor, Refused, check_open, right_of
from douse.console.settings import SESSION_IDLE, SESSION_LASTS
from douse.console.states import NotNow, TooOften
from douse.console.words import LANGUAGES, speak
from douse.errors import DouseError

Answer = Callable[[HttpRequest], HttpResponseBase]
LANGUAGE_COOKIE = "douse_language"
STATUS = {
    Refused: HTTPStatus.FORBIDDEN,
    NotNow: HTTPStatus.CONFLICT,
    TooOften: HTTPStatus.TOO_MANY_REQUESTS,
}
_SEEN_EVERY = 60  # seconds: a session is written no more often than that
# Open to whoever has signed in but still owes the second factor.
_BEFORE_SECOND_FACTOR = frozenset({"sign_in", "sign_out", "second_factor", "language", "healthy", "first_password"})


def headers(get_response: Answer) -> Answer:
    """Say to the browser what a page may load (only what is ours), and that pages with records are not to be kept."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def language(get_response: Answer) -> Answer:
    """Speak the language of the cookie, else the first of the browser's that there is."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        speak(chosen_language(request))
        return get_response(request)

    return middleware


def chosen_language(request: HttpRequest) -> str:
    """The cookie's language, else the first that the browser asks for and we have, else English."""
    chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    weighed = []
    for part in request.headers.get("Accept-Language", "").split(","):
        name, _, weight = part.partition(";q=")
        try:
            weighed.append((-float(weight or 1), name.strip().lower().split("-")[0]))
        except ValueError:
            continue
    return next((name for _, name in sorted(weighed, key=lambda w: w[0]) if name in LANGUAGES), "en")


def session_limits(get_response: Answer) -> Answer:
    """End a session that is too old, or that nobody used for too long."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            at = clock.now().timestamp()
            began, seen = request.session.get("began", at), request.session.get("seen", at)
            if at - began > SESSION_LASTS.total_seconds() or at - seen > SESSION_IDLE.total_seconds():
                logout(request)
            elif "began" not in request.session or at - seen > _SEEN_EVERY:
                request.session["began"], request.session["seen"] = began, at
        return get_response(request)

    return middleware


def owes_second_factor(request: HttpRequest, actor: Actor) -> bool:
    """Whether somebody has to give a second factor first: who has one, and who needs one for a role."""
    return actor.needs_second_factor or bool(request.session.get("has_second_factor"))


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; the server has already looked behind a trusted proxy."""
    return str(request.META.get("REMOTE_ADDR", ""))


class Policy:
    """Find out who asks, and refuse what the policy does not allow. Errors for people become pages."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponseBase | None:
        """Check the right that the policy names for this address and method."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        right, actor = right_of(name, request.method or "GET"), actor_of(request)
        if actor.name == NOBODY and right not in {"anyone", None}:
            return redirect_to_login(request.get_full_path())
        owing = actor.scopes is None and not actor.verified  # a token was made with or without a second factor
        if owing and name not in _BEFORE_SECOND_FACTOR and owes_second_factor(request, actor):
            return redirect("second_factor")
        try:
            check_open(actor, name, request.method or "GET")
        except Refused as refused:
            return self.process_exception(request, refused)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Show an error that a person can mend; others are bugs and stay exceptions."""
        if isinstance(error, DouseError):
            status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), HTTPStatus.BAD_REQUEST)
            return error_page(request, error, status)
        return None
