"""Tokens: made on the account page, shown once, kept as a hash; each has a scope and an end."""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from datetime import timedelta
from http import HTTPStatus

from django.http import HttpRequest, HttpResponseBase

from douse.console import clock
from douse.console.actors import of_user
from douse.console.limits import count, count_address
from douse.console.models import ApiToken, User
from douse.console.permissions import NOBODY, Actor, Refused, check
from douse.console.problems import of_error, problem
from douse.console.states import NotNow, TooOften
from douse.console.words import say
from douse.console.writing import note
from douse.errors import UsageError

DAYS = (1, 7, 30, 90)  # that a token may last
PREFIX = "douse_"
_BYTES = 32
_MOST, _WITHIN = 600, timedelta(minutes=1)  # requests of one token
_WRONG, _WRONG_WITHIN = 30, timedelta(minutes=5)  # wrong tokens from one address
_USED_EVERY = timedelta(minutes=5)  # the last use is written no more often than that
_ROOT, _OPEN = "/api/", ("/api/docs", "/api/openapi.json")

Answer = Callable[[HttpRequest], HttpResponseBase]


def make_token(actor: Actor, user: User, name: str, scope: Iterable[str], days: int) -> str:
    """A new token of a user; the text is shown once.

    Raises
    ------
    Refused
        When the scope goes beyond the rights of the user.
    UsageError
        When it has no name, no right, or would last too long.
    """
    check(actor, "make_token")
    asked = sorted(set(scope))
    if not name.strip() or not asked or days not in DAYS:
        raise UsageError(
            "A token needs a name, at least one right, and an end.", allowed=f"{', '.join(map(str, DAYS))} days",
            next_step="Say what it is for, and choose what it may do.",
        )  # fmt: skip
    beyond = [right for right in asked if right not in actor.rights]
    if beyond:
        raise Refused("A token may do no more than its user.", allowed=", ".join(sorted(actor.rights)))
    text, at = PREFIX + secrets.token_urlsafe(_BYTES), clock.now()
    note(actor, "make_token", object_table="tokens", object_id=name.strip()[:60], rows=len(asked))
    user.tokens.create(
        name=name.strip()[:60], token_hash=_hash(text), scope=asked, verified=actor.verified, made_at=at,
        expires_at=at + timedelta(days=days),
    )  # fmt: skip
    return text


def revoke_token(actor: Actor, user: User, number: int) -> None:
    """End a token now. Raises NotNow where there is none."""
    token = user.tokens.filter(pk=number, revoked_at=None).first()
    if token is None:
        raise NotNow("This token has ended already.", next_step="Open the page again.")
    note(actor, "revoked_token", object_table="tokens", object_id=token.name)
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])


def middleware(get_response: Answer) -> Answer:
    """Requests to the API come by tokens, and by nothing else: a session does not count there."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(_ROOT) or request.path.startswith(_OPEN[0]):
            return get_response(request)
        try:
            request.actor = _actor(request)  # type: ignore[attr-defined]
        except TooOften as error:
            return of_error(error, HTTPStatus.TOO_MANY_REQUESTS)
        if request.actor.name == NOBODY and request.path not in _OPEN:  # type: ignore[attr-defined]
            refused = problem(
                HTTPStatus.UNAUTHORIZED, say("A token is needed, or this one has ended."),
                "Authorization: Bearer douse_…", say("Make one on your account page."),
            )  # fmt: skip
            refused.headers["WWW-Authenticate"] = 'Bearer realm="Douse"'
            return refused
        return get_response(request)

    return answer


def _actor(request: HttpRequest) -> Actor:
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not text.strip():
        return Actor()
    at = clock.now()
    token = ApiToken.objects.select_related("user").filter(token_hash=_hash(text.strip()), revoked_at=None).first()
    if token is None or token.expires_at <= at or not token.user.is_active:
        count_address(request, "token", _WRONG, _WRONG_WITHIN)
        return Actor()
    count("api", str(token.pk), _MOST, _WITHIN)
    if token.used_at is None or at - token.used_at > _USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(used_at=at)
    return of_user(token.user, verified=token.verified, scopes=frozenset(token.scope))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
