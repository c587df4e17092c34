"""Signing in elsewhere: OpenID Connect, where the extra `oidc` is installed and the instance says with whom.

The instance says so in ``oidc.toml`` of its folder, or in the environment (``DOUSE_OIDC_CLIENT_ID`` and so on, which
come first):

    client_id = "douse"
    client_secret = "…"
    authorization_endpoint = "https://id.example.org/authorize"
    token_endpoint = "https://id.example.org/token"
    user_endpoint = "https://id.example.org/userinfo"
    jwks_endpoint = "https://id.example.org/keys"
    name_claim = "preferred_username"   # claim that holds the name of the user
    second_factor = false               # true: whoever signs in there has given a second factor there

Users are still added, and given roles, here: whoever signs in elsewhere and is not a user here is refused.
"""

import os
import tomllib
from importlib.util import find_spec
from typing import Any

from django.conf import settings

from douse.console.instance import Instance
from douse.errors import UsageError

FILE = "oidc.toml"
_PREFIX = "DOUSE_OIDC_"
_NEEDED = (
    "client_id", "client_secret", "authorization_endpoint", "token_endpoint", "user_endpoint", "jwks_endpoint",
)  # fmt: skip
_OPTIONAL = {"name_claim": "preferred_username", "second_factor": False, "sign_algorithm": "RS256"}


def read(instance: Instance) -> dict[str, Any] | None:
    """What the instance says of signing in elsewhere; None where it says nothing.

    Raises
    ------
    UsageError
        When something is missing, or the extra is not installed.
    """
    path = instance.folder / FILE
    said: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    for name in (*_NEEDED, *_OPTIONAL):
        value = os.environ.get(_PREFIX + name.upper())
        if value is not None:
            said[name] = value
    if not said:
        return None
    unknown, missing = sorted(set(said) - {*_NEEDED, *_OPTIONAL}), [name for name in _NEEDED if not said.get(name)]
    if unknown or missing:
        what = f"lacks {', '.join(missing)}" if missing else f"has a key that means nothing: {', '.join(unknown)}"
        raise UsageError(
            f"What is said of OpenID Connect ({FILE} or {_PREFIX}…) {what}.",
            allowed=", ".join((*_NEEDED, *_OPTIONAL)),
            next_step=f"Complete {FILE} in the folder of the instance, or take it away.",
        )
    if find_spec("mozilla_django_oidc") is None:
        raise UsageError(
            "Signing in by OpenID Connect needs a library that is not installed.",
            next_step='Install it: pip install "douse[oidc]".',
        )
    return {**_OPTIONAL, **said, "second_factor": str(said.get("second_factor", "")).lower() in {"1", "true", "yes"}}


def settings_of(said: dict[str, Any] | None) -> dict[str, Any]:
    """Django's settings for it; none where nothing is said."""
    if said is None:
        return {}
    return {
        "OIDC_RP_CLIENT_ID": said["client_id"],
        "OIDC_RP_CLIENT_SECRET": said["client_secret"],
        "OIDC_RP_SIGN_ALGO": said["sign_algorithm"],
        "OIDC_RP_SCOPES": "openid profile",
        "OIDC_OP_AUTHORIZATION_ENDPOINT": said["authorization_endpoint"],
        "OIDC_OP_TOKEN_ENDPOINT": said["token_endpoint"],
        "OIDC_OP_USER_ENDPOINT": said["user_endpoint"],
        "OIDC_OP_JWKS_ENDPOINT": said["jwks_endpoint"],
        "OIDC_CREATE_USER": False,
        "OIDC_USE_PKCE": True,
        "OIDC_CALLBACK_CLASS": "douse.console.signin.openid.Callback",
        "DOUSE_OIDC_NAME_CLAIM": said["name_claim"],
        "DOUSE_OIDC_SECOND_FACTOR": said["second_factor"],
        "LOGIN_REDIRECT_URL": "/",
        "LOGIN_REDIRECT_URL_FAILURE": "/sign-in",
    }


def offered() -> bool:
    """Whether this instance offers it."""
    return hasattr(settings, "OIDC_RP_CLIENT_ID")
