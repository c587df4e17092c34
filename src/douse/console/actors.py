"""From a request, or a user, to the actor: who asks, with the roles that count right now."""

from django.http import HttpRequest

from douse.console import clock, instance
from douse.console.models import User
from douse.console.permissions import Actor, Grant

VERIFIED_ELSEWHERE = "verified_elsewhere"  # in the session: the second factor was given where the user signed in


def actor_of(request: HttpRequest) -> Actor:
    """Who asks. Kept on the request: a request has one actor; a token's actor may have been set before."""
    known: Actor | None = getattr(request, "actor", None)
    if known is None:
        user = request.user
        known = of_user(user, verified=_is_verified(request)) if isinstance(user, User) else Actor()
        request.actor = known  # type: ignore[attr-defined]
    return known


def of_user(user: User, *, verified: bool, scopes: frozenset[str] | None = None) -> Actor:
    """The actor of a user. A locked user has no roles."""
    if not user.is_active:
        return Actor(user.name)
    given = tuple(Grant(role, zone) for role, zone in user.assignments.values_list("role", "zone"))
    at = clock.now()
    broken = user.broken_glass.filter(ended_at=None, began_at__lte=at, ends_at__gt=at)
    return Actor(user.name, given, verified, tuple(sorted(set(broken.values_list("zone", flat=True)))), scopes)


def _is_verified(request: HttpRequest) -> bool:
    """Whether a second factor was given; the invented people of a demo need none."""
    if instance.current().demo or request.session.get(VERIFIED_ELSEWHERE):
        return True
    return bool(request.user.is_verified())  # type: ignore[union-attr]  # set by django-otp
