"""The policy of sharing: `partners.toml` in the folder of an instance. Who gets what from us, what we take, and why."""

import base64
import tomllib
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationError, model_validator

from douse.errors import LibraryError, UsageError
from douse.library.complaint import complaint
from douse.library.load import read_text
from douse.library.number import Strict, rule_broken
from douse.records.ledger_tables import LEDGER_TABLES, personal_columns

FILE = "partners.toml"
EVERYWHERE = "*"
SHAREABLE = (
    "facilities", "indicators", "cases", "contacts", "tests", "stays", "measures", "returns", "bulletins",
    "assessments",
)  # fmt: skip
# What of a case who travelled is offered where the policy does not say it otherwise.
OF_TRAVELLERS = (
    "case_id", "pathogen", "classification", "age", "sex", "occupation", "onset", "tested_at", "confirmed_at",
    "reported_at", "isolated_at", "severity",
)  # fmt: skip
_NEVER_OF_TRAVELLERS = ("person_id", "same_as", "infector", "zone", "latitude", "longitude", "cluster")
_KEY_BYTES = 32
HEAD = ("record_id", "recorded_at", "supersedes")  # of every row: they travel apart
# What may be offered of a case: nothing that names another record, or tells where somebody lives.
OFFERABLE = tuple(name for name in LEDGER_TABLES["cases"].column_names() if name not in {*_NEVER_OF_TRAVELLERS, *HEAD})

Why = Annotated[str, Field(min_length=10, max_length=500)]
KeepDays = Annotated[int, Field(ge=1, le=3650)]


class Share(Strict):
    """A table, and the zones whose rows are given or taken, with all that lies within them; `*`: the whole area."""

    table: str
    zones: Annotated[tuple[str, ...], Field(min_length=1)]
    why: Why

    @model_validator(mode="after")
    def _is_shareable(self) -> Self:
        if self.table not in SHAREABLE:
            raise rule_broken("this table is not shared", ", ".join(SHAREABLE))
        return self


class Give(Share):
    """What the partner gets. Without `columns` all that are not personal; with `personal` those too, for so long."""

    columns: tuple[str, ...] = ()
    personal: bool = False
    keep_days: KeepDays | None = None  # that the partner may keep what is personal

    @model_validator(mode="after")
    def _columns_are_there(self) -> Self:
        known = LEDGER_TABLES[self.table].column_names()
        if unknown := [name for name in self.columns if name not in known]:
            raise rule_broken(f"the table has no column {unknown[0]}", ", ".join(known))
        if self.personal != (self.keep_days is not None):
            raise rule_broken("what is personal has an end, and only that", "keep_days beside personal = true")
        private = set(personal_columns(self.table))
        if not self.personal and (named := [name for name in self.columns if name in private]):
            raise rule_broken(f"{named[0]} is personal", "columns that are not, or personal = true with keep_days")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Columns that go: those that the table cannot do without are always among them."""
        private = set(personal_columns(self.table))
        found = []
        for name, column in LEDGER_TABLES[self.table].columns().items():
            personal = name in private or bool((column.metadata or {}).get("personal"))
            wanted = (not self.columns or name in self.columns) and (self.personal or not personal)
            if name not in HEAD and (wanted or not column.nullable):
                found.append(name)
        return tuple(found)


class Travellers(Strict):
    """Cases who travelled: whether we offer ours, whether we take theirs, and what of them."""

    why: Why
    give: bool = False
    take: bool = False
    most_days: KeepDays = 30  # that either side keeps one
    columns: tuple[str, ...] = OF_TRAVELLERS

    @model_validator(mode="after")
    def _columns_are_there(self) -> Self:
        if unknown := [name for name in self.columns if name not in OFFERABLE]:
            raise rule_broken(f"{unknown[0]} is not offered of a case", ", ".join(OFFERABLE))
        if "case_id" not in self.columns:
            raise rule_broken("case_id is not there", "case_id among the columns")
        return self


class Partner(Strict):
    """One instance that we share with."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
    title: Annotated[str, Field(min_length=2, max_length=200)]
    key: str  # its public key, base64: `douse partners key` prints it there
    why: Why
    until: date  # last day of sharing
    give: tuple[Give, ...] = ()
    take: tuple[Share, ...] = ()
    travellers: Travellers | None = None

    @model_validator(mode="after")
    def _is_a_key(self) -> Self:
        try:
            whole = len(base64.b64decode(self.key, validate=True)) == _KEY_BYTES
        except ValueError:
            whole = False
        if not whole:
            raise rule_broken("key is not a public key", "the text that `douse partners key` prints on their side")
        tables = [share.table for share in self.take]
        if len(set(tables)) < len(tables):
            raise rule_broken("a table is taken twice", "each once, with all its zones")
        return self

    def takes(self, table: str) -> Share | None:
        """What we take of a table from there."""
        return next((share for share in self.take if share.table == table), None)


class Policy(Strict):
    """Everybody whom we share with."""

    edition: Annotated[str, Field(min_length=1)]
    answers: Annotated[str, Field(min_length=2, max_length=200)]  # office or role that answers for it
    partner: tuple[Partner, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for what in ("name", "key"):
            values = [getattr(one, what) for one in self.partner]
            if len(set(values)) < len(values):
                raise rule_broken(f"two partners have one {what}", f"each {what} once")
        return self


@dataclass(frozen=True)
class InForce:
    """The policy of an instance, and its hash; without a file nobody gets anything."""

    policy: Policy
    hash: str
    is_there: bool

    def partner(self, name: str, today: date) -> Partner:
        """A partner by name.

        Raises
        ------
        UsageError
            When there is none, or sharing with it has ended.
        """
        found = next((one for one in self.policy.partner if one.name == name), None)
        if found is None:
            raise UsageError(
                "The policy of sharing names no partner of that name.",
                allowed=", ".join(one.name for one in self.policy.partner) or "nobody: the policy names no partner",
                next_step="Write it into partners.toml of the folder: docs/partners.md shows how.",
            )
        if today > found.until:
            raise UsageError(
                "Sharing with {partner} ended on {day}.",
                facts={"partner": found.name, "day": found.until.isoformat()},
                next_step="Whoever answers for the policy can set a new day in partners.toml.",
            )
        return found


def policy_of(folder: Path) -> InForce:
    """The policy in the folder of an instance. Raises LibraryError where the file is not what it should be."""
    path = folder / FILE
    if not path.is_file():
        return InForce(Policy(edition="none", answers="nobody"), "", is_there=False)
    text = read_text(path)
    return InForce(read_policy(text), sha256(text.encode()).hexdigest(), is_there=True)


def read_policy(text: str) -> Policy:
    """A policy out of its text. Raises LibraryError: file, key, what was allowed."""
    try:
        return Policy.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as bad:
        raise LibraryError(f"{FILE} is not TOML: {bad}.", next_step="Mend that line.") from None
    except ValidationError as bad:
        told = complaint(Policy, FILE, bad)
        raise LibraryError(told.what, allowed=told.allowed, next_step="Mend it; docs/partners.md shows one.") from None
