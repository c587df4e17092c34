"""Who may: pairs of a function that raises `Refused` with the reason, and one that returns a bool.

In which state something may be done is another matter: see `states.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from douse.console.policy import EVERYWHERE, PAGES, RESIDENT, ROLES, Role
from douse.errors import DouseError

NOBODY = ""


class Refused(DouseError):  # noqa: N818  (reads as what it says)
    """The person may not do this. Says which right is missing, never what would have been seen."""

    exit_code = 7


@dataclass(frozen=True, order=True)
class Grant:
    """A role in a zone and all that lies within it."""

    role: str
    zone: str


@dataclass(frozen=True)
class Actor:
    """Who asks: a user with the roles that count right now.

    Parameters
    ----------
    name : str
        Name of the user; empty for nobody.
    given : tuple of Grant
        All roles that the user has.
    verified : bool
        Whether a second factor was given. Roles that see personal columns do not count without one.
    glass : tuple of str
        Zones that the user sees for some hours by having broken the glass.
    scopes : frozenset of str, optional
        Of a token: the only rights that count.
    """

    name: str = NOBODY
    given: tuple[Grant, ...] = ()
    verified: bool = False
    glass: tuple[str, ...] = ()
    scopes: frozenset[str] | None = None

    @property
    def author(self) -> str:
        """How the ledger names who wrote."""
        return f"user:{self.name}"

    @cached_property
    def grants(self) -> tuple[Grant, ...]:
        """Roles that count: known ones, and those that see personal columns only with a second factor."""
        known = (grant for grant in self.given if grant.role in ROLES)
        return tuple(sorted(grant for grant in known if self.verified or not ROLES[grant.role].personal))

    @property
    def needs_second_factor(self) -> bool:
        """Whether some role of the user counts only with a second factor."""
        return any(ROLES[grant.role].personal for grant in self.given if grant.role in ROLES)

    @property
    def roles(self) -> tuple[Role, ...]:
        """Roles that count, each once."""
        return tuple(ROLES[name] for name in dict.fromkeys(grant.role for grant in self.grants))

    @cached_property
    def rights(self) -> frozenset[str]:
        """Rights in any zone."""
        rights = frozenset[str]().union(*(role.rights for role in self.roles))
        return rights if self.scopes is None else rights & self.scopes

    @property
    def key(self) -> tuple[object, ...]:
        """What the reach depends on: part of the key of every cache of what is shown."""
        return (self.grants, self.glass, self.scopes)

    def grants_with(self, right: str) -> tuple[Grant, ...]:
        """Grants whose role has a right."""
        if self.scopes is not None and right not in self.scopes:
            return ()
        return tuple(grant for grant in self.grants if right in ROLES[grant.role].rights)


@dataclass(frozen=True)
class Resident(Actor):
    """Somebody without an account: adds what residents send, reads nothing, corrects only what a receipt opens.

    Parameters
    ----------
    opened : frozenset of (str, str)
        Table and record_id of the rows in force that a receipt in their hands stands for.
    """

    opened: frozenset[tuple[str, str]] = frozenset()

    @property
    def author(self) -> str:
        """How the ledger names who wrote: nobody of them is told apart."""
        return "public"

    @cached_property
    def grants(self) -> tuple[Grant, ...]:
        """One role, anywhere: a form names its zone itself."""
        return (Grant(RESIDENT.name, EVERYWHERE),)

    @property
    def roles(self) -> tuple[Role, ...]:
        """The one role."""
        return (RESIDENT,)

    def grants_with(self, right: str) -> tuple[Grant, ...]:
        """The one grant, where its role has a right."""
        return self.grants if right in RESIDENT.rights else ()


def may_correct(actor: Actor, table: str, record_id: str) -> bool:
    """Whether a row within reach may be corrected: by a resident only what a receipt opens."""
    return not isinstance(actor, Resident) or (table, record_id) in actor.opened


def check_correct(actor: Actor, table: str, record_ids: Iterable[str]) -> None:
    """Raise `Refused` unless rows within reach may be corrected."""
    if not all(may_correct(actor, table, record_id) for record_id in record_ids):
        raise Refused(
            "Only what a receipt stands for can be changed with it.",
            allowed="what was sent when the receipt was given",
            next_step="Give the number of its own receipt.",
        )


def may(actor: Actor, right: str) -> bool:
    """Whether somebody has a right in any zone."""
    if right == "anyone":
        return True
    if right == "signed_in":
        return actor.name != NOBODY
    if right == "assigned":
        return bool(actor.grants)
    return right in actor.rights


def check(actor: Actor, right: str) -> None:
    """Raise `Refused` unless somebody has a right in any zone."""
    if not may(actor, right):
        raise Refused(
            "This needs a right that you do not have.",
            allowed=", ".join(who_may(right)),
            next_step="Ask an administrator for a role that has it.",
        )


def may_second(actor: Actor, first: str) -> bool:
    """Whether somebody is another person than the author of a first decision, which they are to agree to."""
    return bool(first) and actor.author != first


def check_second(actor: Actor, first: str) -> None:
    """Raise `Refused` unless somebody is another person than the author of the first decision."""
    if not may_second(actor, first):
        raise Refused(
            "A lockdown needs two persons: who approved it cannot also be the second.",
            allowed="another person with the right to second a measure",
            next_step="Ask a second decision maker to look at it.",
        )


def may_any(actor: Actor, rights: Iterable[str]) -> bool:
    """Whether somebody has one of some rights."""
    return any(may(actor, right) for right in rights)


def who_may(right: str) -> tuple[str, ...]:
    """Roles that have a right, in the order of the policy."""
    if right in {"anyone", "signed_in", "assigned"}:
        return tuple(ROLES)
    return tuple(role.name for role in ROLES.values() if right in role.rights)


def right_of(url: str, method: str) -> str | None:
    """The right that an address needs for a method; None where the policy has no row: nobody may."""
    row = PAGES.get(url)
    if row is None:
        return None
    return row.rights.get("GET" if method == "HEAD" else method)


def may_open(actor: Actor, url: str, method: str = "GET") -> bool:
    """Whether somebody may open an address."""
    right = right_of(url, method)
    return right is not None and may(actor, right)


def check_open(actor: Actor, url: str, method: str = "GET") -> None:
    """Raise `Refused` unless somebody may open an address."""
    right = right_of(url, method)
    if right is None:
        raise Refused("This address is not in the policy.", next_step="Go back to the first page.")
    check(actor, right)
