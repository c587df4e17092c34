"""Users, their roles in zones, one-time links, broken glass, and the library files in force.

What people report and decide is never here: it is in the ledger.
"""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models

from douse.console import clock
from douse.console.policy import EVERYWHERE, ROLES

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

NAME_LENGTH, ZONE_LENGTH, REASON_LENGTH = 60, 200, 500
name_rule = RegexValidator(r"\A[\w.@-]+\Z", "Letters, digits and . _ - @ only.")


class Users(BaseUserManager["User"]):
    """Find and make users."""

    def add(self, name: str, password: str | None = None) -> "User":
        """Make a user; without a password one that can sign in only by a one-time link or by OpenID Connect."""
        user = self.model(name=name)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody who signs in; known by a name."""

    name: "models.CharField[str, str]" = models.CharField(max_length=NAME_LENGTH, unique=True, validators=[name_rule])
    is_active: "models.BooleanField[bool, bool]" = models.BooleanField(default=True)
    language: "models.CharField[str, str]" = models.CharField(max_length=5, blank=True, default="")
    added_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(default=clock.now)

    assignments: "RelatedManager[Assignment]"
    links: "RelatedManager[OneTimeLink]"
    broken_glass: "RelatedManager[BrokenGlass]"
    tokens: "RelatedManager[ApiToken]"

    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[Users] = Users()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Assignment(models.Model):
    """A role of a user in a zone and all that lies within it; `*` is the whole area."""

    user: "models.ForeignKey[User, User]" = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="assignments"
    )
    role: "models.CharField[str, str]" = models.CharField(max_length=30, choices=[(name, name) for name in ROLES])
    zone: "models.CharField[str, str]" = models.CharField(max_length=ZONE_LENGTH)
    given_by: "models.CharField[str, str]" = models.CharField(max_length=NAME_LENGTH)
    given_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["user__name", "role", "zone"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "role", "zone"], name="one_role_in_a_zone"),
            models.CheckConstraint(condition=~models.Q(zone=""), name="a_zone_is_named"),
        ]

    def __str__(self) -> str:
        return f"{self.role} in {'the whole area' if self.zone == EVERYWHERE else self.zone}"


class OneTimeLink(models.Model):
    """A link by which a user sets a password, once; only its hash is kept."""

    user: "models.ForeignKey[User, User]" = models.ForeignKey(User, on_delete=models.CASCADE, related_name="links")
    token_hash: "models.CharField[str, str]" = models.CharField(max_length=64, unique=True)
    made_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(default=clock.now)
    expires_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()
    used_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"link of {self.user}"


class BrokenGlass(models.Model):
    """A user sees a zone beyond those of their roles, for some hours, for a reason."""

    user: "models.ForeignKey[User, User]" = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="broken_glass"
    )
    zone: "models.CharField[str, str]" = models.CharField(max_length=ZONE_LENGTH)
    reason: "models.CharField[str, str]" = models.CharField(max_length=REASON_LENGTH)
    began_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(default=clock.now)
    ends_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()
    ended_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True)
    told_by: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+"
    )  # the steward who saw it
    told_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-began_at"]

    def __str__(self) -> str:
        return f"{self.zone} until {self.ends_at}"

    def in_force(self, at: datetime) -> bool:
        """Whether it still counts."""
        return self.ended_at is None and self.began_at <= at < self.ends_at


class OneTimeCode(models.Model):
    """A code by which a resident sends one form without script; only its hash is kept."""

    code_hash: "models.CharField[str, str]" = models.CharField(max_length=64, unique=True)
    given_by: "models.CharField[str, str]" = models.CharField(max_length=NAME_LENGTH)
    given_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(default=clock.now)
    expires_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()
    used_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-given_at", "-id"]

    def __str__(self) -> str:
        return f"code of {self.given_at}"


class SpentWork(models.Model):
    """A puzzle that was handed in with a form, so that it is not taken twice; forgotten once it has run out."""

    puzzle: "models.CharField[str, str]" = models.CharField(max_length=64, primary_key=True)
    expires_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.puzzle


class InForce(models.Model):
    """Library files in force from a moment on; the latest row counts."""

    pathogen: "models.CharField[str, str]" = models.CharField(max_length=100)
    protocol: "models.CharField[str, str]" = models.CharField(max_length=100)
    costs: "models.CharField[str, str]" = models.CharField(max_length=100)
    chosen_by: "models.CharField[str, str]" = models.CharField(max_length=NAME_LENGTH)
    chosen_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(default=clock.now)
    reason: "models.CharField[str, str]" = models.CharField(max_length=REASON_LENGTH)

    class Meta:
        ordering: ClassVar = ["-chosen_at", "-id"]

    def __str__(self) -> str:
        return f"{self.pathogen}, {self.protocol}, {self.costs}"


class ApiToken(models.Model):
    """Lets a program do some of what its user may, until a moment; only its hash is kept."""

    user: "models.ForeignKey[User, User]" = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name: "models.CharField[str, str]" = models.CharField(max_length=NAME_LENGTH)
    token_hash: "models.CharField[str, str]" = models.CharField(max_length=64, unique=True)
    scope: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)  # rights, as in the policy
    # Whether a second factor was given when it was made.
    verified: "models.BooleanField[bool, bool]" = models.BooleanField(default=False)
    made_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(default=clock.now)
    expires_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()
    used_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True)
    revoked_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.name

    def ended(self, at: datetime) -> bool:
        """Whether it does not work any more."""
        return self.revoked_at is not None or self.expires_at <= at
