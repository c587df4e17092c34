"""Signing in by OpenID Connect. Read only where the instance offers it (see `elsewhere.py`)."""

from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db.models import QuerySet
from django.http import HttpResponseBase
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView

from douse.console.actors import VERIFIED_ELSEWHERE
from douse.console.models import User
from douse.console.signin import factor
from douse.console.writing import note


class Elsewhere(OIDCAuthenticationBackend):  # type: ignore[misc]  # the library has no types
    """Find the user whose name is in the claims. Nobody is added."""

    def verify_claims(self, claims: dict[str, Any]) -> bool:
        """Whether the claims name somebody."""
        return bool(claims.get(settings.DOUSE_OIDC_NAME_CLAIM))

    def verify_token(self, token: str, **kwargs: Any) -> dict[str, Any]:
        """The claims of a token that was made for this console (the library leaves the audience unchecked)."""
        payload: dict[str, Any] = super().verify_token(token, **kwargs)
        audience = payload.get("aud", [])
        if settings.OIDC_RP_CLIENT_ID not in ([audience] if isinstance(audience, str) else audience):
            raise SuspiciousOperation("the token was made for somebody else")
        return payload

    def filter_users_by_claims(self, claims: dict[str, Any]) -> QuerySet[User]:
        """The user of that name, where there is one who is not locked."""
        return User.objects.filter(name=claims.get(settings.DOUSE_OIDC_NAME_CLAIM, ""), is_active=True)

    def get_user(self, user_id: int) -> User | None:
        """The user of a session; none when they were locked meanwhile."""
        return User.objects.filter(pk=user_id, is_active=True).first()


class Callback(OIDCAuthenticationCallbackView):  # type: ignore[misc]  # the library has no types
    """Where the other side sends people back to."""

    def login_success(self) -> HttpResponseBase:
        """Begin the session."""
        answer: HttpResponseBase = super().login_success()
        self.request.session["has_second_factor"] = factor.confirmed(self.user) is not None
        if settings.DOUSE_OIDC_SECOND_FACTOR:
            self.request.session[VERIFIED_ELSEWHERE] = True
        note(
            f"user:{self.user.name}",
            "signed_in",
            object_table="users",
            object_id=self.user.name,
            reason="OpenID Connect",
        )
        return answer

    def login_failure(self) -> HttpResponseBase:
        """Nobody here has that name, or the other side said no."""
        note("somebody", "sign_in_failed", object_table="users", reason="OpenID Connect")
        answer: HttpResponseBase = super().login_failure()
        return answer
