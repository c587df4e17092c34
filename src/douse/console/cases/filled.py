"""A form on its way: what was typed, what is wrong with it, who may be meant."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from douse.console import clock, instance
from douse.console.cases import names
from douse.console.cases.fields import as_row
from douse.console.cases.known import Found, alike
from douse.console.cases.layout import LAYOUTS, OF_PERSONS, columns_of
from douse.console.cases.problems import Problems, of_days, of_entry, of_needed, of_references
from douse.console.permissions import Actor, may
from douse.console.reach import ground_of, homes
from douse.console.reading import visible
from douse.console.words import say
from douse.records.ledger import EntryError, Ledger, NewEntry, Snapshot
from douse.records.ledger.checking import named
from douse.records.tables import TABLES
from douse.records.vault import FIELDS, Vault

WHO = "who_"  # before the names of fields that go to the vault
NEW = "new"  # what is chosen where nobody on record is meant
_NOT_SENT = frozenset({"record_id", "recorded_at", "supersedes", "first_recorded_at"})
_PSEUDONYM = re.compile(r"p-[0-9a-f]{20}")
_LONGEST_NAME = 500


@dataclass
class Filled:
    """A form on its way.

    Attributes
    ----------
    table : str
        Of `LAYOUTS`.
    typed : Mapping[str, str]
        Values by name of the control.
    before : Mapping[str, Any]
        The row to be corrected, as it was written; empty for a new one.
    hidden : frozenset of str
        Columns that the writer may not see.
    names : bool
        Whether name, phone and address are asked.
    refused : str
        Why the row may not be written here, in words.
    """

    actor: Actor
    snapshot: Snapshot
    table: str
    typed: Mapping[str, str]
    before: Mapping[str, Any] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    names: bool = False
    problems: Problems = field(default_factory=Problems)
    found: Found = field(default_factory=lambda: Found((), 0))
    refused: str = ""

    @property
    def columns(self) -> list[str]:
        """Columns that are asked for."""
        return [name for name in columns_of(self.table) if name not in self.hidden]

    @property
    def row(self) -> dict[str, Any]:
        """The row as it would be written."""
        row = {name: value for name, value in self.before.items() if name not in {*self.columns, *self.hidden}}
        row |= as_row(self.table, self.typed, self.columns)
        row |= {name: self.before[name] for name in LAYOUTS[self.table].identity} if self.before else {}
        return {name: value for name, value in row.items() if name not in _NOT_SENT}

    @property
    def who(self) -> dict[str, str]:
        """What goes to the vault."""
        return {name: self.typed.get(WHO + name, "").strip() for name in FIELDS}


def check_row(form: Filled, row: Mapping[str, Any]) -> None:
    """Say everything that can be said of a row before it is written."""
    now = clock.now()
    checked = dict(row)
    if form.table in OF_PERSONS and not checked.get("person_id"):
        checked["person_id"] = "p"  # is made when all else is right
    of_needed(form.table, checked, form.problems)
    of_days(form.table, row, now.date(), form.problems)
    try:
        Ledger.checked([NewEntry(form.table, checked)], now)
    except EntryError as error:
        of_entry(form.table, error.problems, form.problems)
    cases = visible(form.actor, form.snapshot, "cases")["case_id"] if may(form.actor, "read cases") else None
    of_references(form.table, row, form.before, ground=ground_of(form.snapshot), cases=cases, into=form.problems)
    for name, value in form.who.items():
        if len(value) > _LONGEST_NAME:
            form.problems.add(WHO + name, say("This is too long."))


def check_new(form: Filled, row: Mapping[str, Any]) -> None:
    """Refuse a row that is there already: it is corrected, not added."""
    written = form.snapshot.frames.get(form.table)
    if written is None:
        return
    there = pl.col("record_id") == named(NewEntry(form.table, row), clock.now())
    key = TABLES[form.table].key
    if len(key) == 1:
        there |= pl.col(key[0]) == row[key[0]]
    if written.select(there.any()).item():
        form.problems.add(key[0], say("This is on record already: open it and correct it there."))


def says_the_same(form: Filled, row: Mapping[str, Any]) -> bool:
    """Whether a correction says nothing else than what the row said before."""
    sent, there = (
        Ledger.checked(
            [NewEntry(form.table, {n: v for n, v in some.items() if n not in {*form.hidden, *_NOT_SENT}})], clock.now()
        )[0]
        for some in (row, form.before)
    )
    return (sent.payload, sent.personal) == (there.payload, there.personal)


def person_meant(form: Filled, row: Mapping[str, Any]) -> str | None:
    """Pseudonym of whose row it is; None where somebody on record may be meant, and nobody said who."""
    if row.get("person_id"):
        return str(row["person_id"])
    chosen = form.typed.get("same_person", "")
    if chosen != NEW:
        form.found = alike(form.actor, form.snapshot, dict(row), form.who["name"], form.table)
        if any(known.person == chosen for known in form.found.within):
            return chosen
        if form.found:
            return None
    made_up = form.typed.get("pseudonym", "")  # the same one when a form is sent twice
    return made_up if _PSEUDONYM.fullmatch(made_up) else Vault.new_pseudonym()


def is_new(form: Filled, person: str) -> bool:
    """Whether nothing is on record of a person, nor in the vault."""
    on_record = (homes(form.snapshot, "person_id")["key"] == person).any()
    return not on_record and instance.current().stores.vault.get(person) is None


def may_name(form: Filled, person: str) -> bool:
    """Whether the writer may see, and so change, the name of somebody on record."""
    zone = names.zones_of_persons(form.snapshot, [person])[person]
    return names.may_see(form.actor, form.snapshot, zone)
