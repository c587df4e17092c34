"""One-time links: a user sets a password with one, once, before it runs out. Only a hash of it is kept."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from douse.console import clock
from douse.console.models import OneTimeLink, User
from douse.console.states import NotNow
from douse.console.writing import Who, note

LASTS = timedelta(hours=48)
_TOKEN_BYTES = 32


def make_link(user: User, by: Who | str) -> str:
    """A new link of a user, as a path of the console; earlier ones that were not used do not work any more.

    Parameters
    ----------
    by : Actor, HttpRequest or str
        Who makes it, for the audit log.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    at = clock.now()
    with transaction.atomic():
        user.links.filter(used_at=None).delete()
        user.links.create(token_hash=_hash(token), made_at=at, expires_at=at + LASTS)
        note(by, "made_link", object_table="users", object_id=user.name)
    return reverse("first_password", args=[token])


def find_link(token: str) -> OneTimeLink:
    """The link of a token.

    Raises
    ------
    NotNow
        When it was used, has run out, or never was.
    """
    link = OneTimeLink.objects.select_related("user").filter(token_hash=_hash(token)).first()
    if link is None or link.used_at is not None or link.expires_at <= clock.now() or not link.user.is_active:
        raise NotNow(
            "This link does not work any more.",
            allowed="each link once, within two days",
            next_step="Ask an administrator for a new one.",
        )
    return link


def use_link(link: OneTimeLink, password: str) -> User:
    """Set the password of the link's user; the link is used up, and a second factor has to be set up anew."""
    with transaction.atomic():
        fresh = OneTimeLink.objects.select_for_update().filter(pk=link.pk, used_at=None)
        if not fresh.update(used_at=clock.now()):
            raise NotNow("This link was used a moment ago.", next_step="Sign in, or ask for a new link.")
        user = link.user
        user.set_password(password)
        user.save(update_fields=["password"])
        TOTPDevice.objects.filter(user=user).delete()
        note(f"user:{user.name}", "set_password", object_table="users", object_id=user.name, reason="one-time link")
    return user


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
