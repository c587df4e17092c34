"""Users and their roles: every change with its audit entry, by pages and by the command line."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from douse.console import instance
from douse.console.actors import actor_of
from douse.console.models import Assignment, User
from douse.console.permissions import Actor
from douse.console.policy import EVERYWHERE, ROLES
from douse.console.reach import ground_of
from douse.console.states import USER, NotNow, check_move
from douse.console.writing import Who, note
from douse.errors import UsageError

ADMINISTRATOR = "administrator"
By = Who | str


def find(name: str) -> User:
    """The user of a name.

    Raises
    ------
    UsageError
        When there is none.
    """
    user = User.objects.filter(name=name).first()
    if user is None:
        raise UsageError("There is no user of that name.", next_step="`douse users list` names them.")
    return user


def add(by: By, name: str) -> User:
    """Add a user, who can sign in once a password was set by a one-time link.

    Raises
    ------
    UsageError
        When the name is taken or is no name.
    """
    with transaction.atomic():
        try:
            user = User.objects.add(name)
        except ValidationError as error:
            raise UsageError(
                "A user of that name cannot be added.",
                allowed="a name that is not taken, of letters, digits and . _ - @",
                next_step="Choose another name: a role or office rather than a person's whole name.",
            ) from error
        note(by, "added_user", object_table="users", object_id=user.name)
    return user


def give(by: By, user: User, role: str, zone: str) -> Assignment:
    """Give a user a role in a zone and all that lies within it.

    Raises
    ------
    UsageError
        When there is no such role or zone.
    """
    if role not in ROLES:
        raise UsageError("There is no such role.", allowed=", ".join(ROLES))
    _check_zone(zone)
    with transaction.atomic():
        given, is_new = Assignment.objects.get_or_create(
            user=user, role=role, zone=zone, defaults={"given_by": by if isinstance(by, str) else _name(by)}
        )
        if is_new:
            note(by, "gave_role", object_table="users", object_id=user.name, zone=_audited(zone), role=role)
    return given


def take(by: By, assignment: Assignment) -> None:
    """Take a role from a user.

    Raises
    ------
    NotNow
        When nobody could manage users any more.
    """
    if assignment.role == ADMINISTRATOR and assignment.zone == EVERYWHERE:
        _keep_an_administrator(assignment.user)
    with transaction.atomic():
        assignment.delete()
        note(
            by, "took_role", object_table="users", object_id=assignment.user.name, zone=_audited(assignment.zone),
            role=assignment.role,
        )  # fmt: skip


def lock(by: By, user: User) -> None:
    """Lock a user: sessions, tokens and links end at once."""
    check_move(USER, "active" if user.is_active else "locked", "locked")
    _keep_an_administrator(user)
    with transaction.atomic():
        user.is_active = False
        user.save(update_fields=["is_active"])
        user.links.filter(used_at=None).delete()
        note(by, "locked_user", object_table="users", object_id=user.name)


def unlock(by: By, user: User) -> None:
    """Let a user sign in again."""
    check_move(USER, "active" if user.is_active else "locked", "active")
    with transaction.atomic():
        user.is_active = True
        user.save(update_fields=["is_active"])
        note(by, "unlocked_user", object_table="users", object_id=user.name)


def forget_factor(by: By, user: User) -> None:
    """Take away the second factor of somebody who lost the phone; the next sign-in sets one up."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        note(by, "took_second_factor", object_table="users", object_id=user.name)


def _name(by: Who) -> str:
    return (by if isinstance(by, Actor) else actor_of(by)).name


def _check_zone(zone: str) -> None:
    known = ground_of(instance.current().stores.live.follow()).parent
    if zone != EVERYWHERE and zone not in known:
        raise UsageError(
            "There is no such zone on record.",
            allowed=f"zone_id of the table of zones, or {EVERYWHERE} for the whole area",
            next_step="Bring in the table of zones first, or correct the name.",
        )


def _audited(zone: str) -> str | None:
    return None if zone == EVERYWHERE else zone


def _keep_an_administrator(leaving: User) -> None:
    others = Assignment.objects.filter(role=ADMINISTRATOR, zone=EVERYWHERE, user__is_active=True).exclude(user=leaving)
    theirs = Assignment.objects.filter(role=ADMINISTRATOR, zone=EVERYWHERE, user=leaving)
    if theirs.exists() and not others.exists():
        raise NotNow(
            "This is the last administrator of the whole area.",
            next_step="Give somebody else that role first.",
        )
