"""Passwords: Argon2, and the same time for a name that is not there."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from douse.console.models import User


class Passwords(BaseBackend):
    """Find the user of a name and a password."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """The user, where the password is theirs and they are not locked."""
        del request
        name, password = credentials.get("name"), credentials.get("password")
        if name is None or password is None:
            return None
        user = User.objects.filter(name=name).first()
        if user is None:
            User().set_password(password)  # takes as long as checking one
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """The user of a session; none when they were locked meanwhile."""
        return User.objects.filter(pk=user_id, is_active=True).first()
