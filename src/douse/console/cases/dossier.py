"""All that is on record of one person, as far as somebody may see it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

from douse.console.permissions import Actor, may
from douse.console.reach import ground_of
from douse.console.reading import visible
from douse.records.ledger import Snapshot
from douse.records.records import case_person

Row = dict[str, Any]
OF_PERSON = ("people", "tests", "stays", "visits", "arrivals", "follow_ups", "tasks")
_BEFORE_ONSET = timedelta(days=14)  # measures of the zone are told from here on
_MOST = 500  # rows of one table


@dataclass(frozen=True)
class Dossier:
    """What is on record of a person.

    Attributes
    ----------
    person : str
        Pseudonym.
    known_as : frozenset of str
        Pseudonym and case numbers: records of a person may name either.
    cases : list of Row
        Cases that the person is; the first is the one that is asked for.
    exposures : list of Row
        Contacts in which the person was exposed to a case.
    contacts : list of Row
        Contacts of the person's cases.
    infected : list of Row
        Cases that name one of the person's cases as their infector.
    tables : dict
        Table -> rows about the person, of those that the reader may read.
    measures : list of Row
        Measures of the person's zone and the zones around it.
    """

    person: str
    known_as: frozenset[str]
    cases: list[Row]
    exposures: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    infected: list[Row] = field(default_factory=list)
    infector: Row | None = None
    tables: dict[str, list[Row]] = field(default_factory=dict)
    measures: list[Row] = field(default_factory=list)

    @property
    def case(self) -> Row | None:
        """The case that is asked for."""
        return self.cases[0] if self.cases else None

    @property
    def zone(self) -> str | None:
        """Where the person lives."""
        rows = [*self.cases, *self.tables.get("people", []), *self.exposures]
        return next((row["zone"] for row in rows if row.get("zone")), None)

    @property
    def is_known(self) -> bool:
        """Whether anything is on record within reach."""
        return bool(self.cases or self.exposures or any(self.tables.values()))


def of_case(actor: Actor, snapshot: Snapshot, case_id: str) -> Dossier | None:
    """What is on record of the person of a case; None where it is not on record within reach."""
    rows = visible(actor, snapshot, "cases").filter(pl.col("case_id") == case_id)
    if rows.is_empty():
        return None
    asked = rows.row(0, named=True)
    return _gathered(actor, snapshot, asked["person_id"] or case_id, asked)


def of_person(actor: Actor, snapshot: Snapshot, person: str) -> Dossier | None:
    """What is on record of a person; None where nothing is within reach."""
    found = _gathered(actor, snapshot, person, None)
    return found if found.is_known else None


def _gathered(actor: Actor, snapshot: Snapshot, person: str, asked: Row | None) -> Dossier:
    cases: list[Row] = []
    if may(actor, "read cases"):
        all_cases = visible(actor, snapshot, "cases")
        theirs = all_cases.filter(case_person() == person).rows(named=True)
        cases = sorted(theirs, key=lambda row: asked is not None and row["case_id"] != asked["case_id"])
    numbers = [row["case_id"] for row in cases]
    known_as = frozenset({person, *numbers})
    contacts = _rows(actor, snapshot, "contacts", pl.col("case_id").is_in(numbers)) if numbers else []
    infected = _rows(actor, snapshot, "cases", pl.col("infector").is_in(numbers)) if numbers else []
    infectors = [row["infector"] for row in cases[:1] if row["infector"]]
    infector = _rows(actor, snapshot, "cases", pl.col("case_id").is_in(infectors)) if infectors else []
    about = pl.col("person_id").is_in(sorted(known_as))
    found = Dossier(
        person, known_as, cases, _rows(actor, snapshot, "contacts", about), contacts, infected,
        infector[0] if infector else None, {name: _rows(actor, snapshot, name, about) for name in OF_PERSON},
    )  # fmt: skip
    return Dossier(**{**vars(found), "measures": _measures(actor, snapshot, found)})


def _rows(actor: Actor, snapshot: Snapshot, table: str, wanted: pl.Expr) -> list[Row]:
    if not may(actor, f"read {table}"):
        return []
    return visible(actor, snapshot, table).filter(wanted).head(_MOST).rows(named=True)


def _measures(actor: Actor, snapshot: Snapshot, found: Dossier) -> list[Row]:
    if found.zone is None or not may(actor, "read measures"):
        return []
    around = [*ground_of(snapshot).line(found.zone)]
    first = min(_days(found.cases), default=None)
    wanted = pl.col("zone").is_in(around)
    if first is not None:
        wanted &= pl.col("ended_on").is_null() | (pl.col("ended_on") >= first - _BEFORE_ONSET)
    return _rows(actor, snapshot, "measures", wanted)


def _days(cases: Iterable[Row]) -> list[date]:
    moments = (row[name] for row in cases for name in ("onset", "reported_at", "first_recorded_at") if row[name])
    return [getattr(moment, "date", lambda m=moment: m)() for moment in moments]
