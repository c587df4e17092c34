"""Persons on record who may be the one that is about to be entered: by name, else by what was said of them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from douse.console import instance
from douse.console.permissions import Actor, may
from douse.console.reading import visible
from douse.records.ledger import Snapshot
from douse.records.ledger.duplicates import CLOSE_YEARS, persons
from douse.records.records import case_person

MOST = 8  # that are shown
_CLOSE_ONSETS = 2  # days


@dataclass(frozen=True)
class Known:
    """Somebody on record who may be the same person.

    Attributes
    ----------
    person : str
        Pseudonym.
    zone, age, sex
        As far as the reader may know.
    cases, exposures : tuple of str
        Cases that they are, and cases that they were a contact of.
    likeness : float or None
        Of the names; None where the facts alone agree.
    """

    person: str
    zone: str | None
    age: int | None
    sex: str | None
    cases: tuple[str, ...]
    exposures: tuple[str, ...]
    likeness: float | None


@dataclass(frozen=True)
class Found:
    """Those within reach, and how many there are elsewhere."""

    within: tuple[Known, ...]
    elsewhere: int

    def __bool__(self) -> bool:
        """Whether there is anybody to look at."""
        return bool(self.within) or self.elsewhere > 0


def alike(actor: Actor, snapshot: Snapshot, typed: dict[str, Any], name: str, table: str) -> Found:
    """Persons on record who may be the one that a form describes.

    Names are compared within the vault; sex and age that are known on both sides have to agree. Without a name a case
    of the same zone, age, sex and time of onset is found.
    """
    if not name.strip():
        return Found(tuple(_same_facts(actor, snapshot, typed)) if table == "cases" else (), 0)
    likeness = instance.current().stores.vault.alike_to(name)
    if likeness.is_empty():
        return Found((), 0)
    everybody = persons(snapshot).join(likeness, on="person_id", how="inner")
    age, sex = _number(typed.get("age")), typed.get("sex")
    agree = pl.lit(value=True)
    if age is not None:
        agree &= ((pl.col("age") - age).abs() <= CLOSE_YEARS).fill_null(value=True)
    if sex not in {None, "", "unknown"}:
        agree &= (pl.col("sex") == sex).fill_null(value=True)
    fits = everybody.filter(agree).sort("likeness", "person_id", descending=[True, False])
    likely = dict(fits.select("person_id", "likeness").iter_rows())
    within = _described(actor, snapshot, likely)
    return Found(tuple(within[:MOST]), len(likely) - len(within))


def _same_facts(actor: Actor, snapshot: Snapshot, typed: dict[str, Any]) -> list[Known]:
    age, sex, zone, onset = (typed.get(name) for name in ("age", "sex", "zone", "onset"))
    years = _number(age)
    if years is None or not sex or not zone or not onset:
        return []
    try:
        day = date.fromisoformat(str(onset))
    except ValueError:
        return []
    rows = visible(actor, snapshot, "cases").filter(
        (pl.col("zone") == zone)
        & (pl.col("age") == years)
        & (pl.col("sex") == sex)
        & ((pl.col("onset") - day).dt.total_days().abs() <= _CLOSE_ONSETS)
    )
    return _described(actor, snapshot, dict.fromkeys(rows.select(case_person()).to_series().to_list()))[:MOST]


def _described(actor: Actor, snapshot: Snapshot, likely: dict[str, float | None]) -> list[Known]:
    """Those of some persons who are on record within reach, in their order."""
    wanted = list(likely)
    cases = _rows(actor, snapshot, "cases", case_person(), wanted)
    contacts = _rows(actor, snapshot, "contacts", pl.col("person_id"), wanted)
    people = _rows(actor, snapshot, "people", pl.col("person_id"), wanted)
    found = []
    for person in wanted:
        of_cases = [row for row in cases if (row["person_id"] or row["case_id"]) == person]
        of_contacts = [row for row in contacts if row["person_id"] == person]
        rows = [*of_cases, *(row for row in people if row["person_id"] == person), *of_contacts]
        if rows:
            found.append(
                Known(
                    person, _first(rows, "zone"), _first(rows, "age"), _first(rows, "sex"),
                    tuple(row["case_id"] for row in of_cases), tuple(row["case_id"] for row in of_contacts),
                    likely[person],
                )
            )  # fmt: skip
    return found


def _rows(actor: Actor, snapshot: Snapshot, table: str, person: pl.Expr, wanted: list[str]) -> list[dict[str, Any]]:
    if not may(actor, f"read {table}"):
        return []
    return visible(actor, snapshot, table).filter(person.is_in(wanted)).rows(named=True)


def _first(rows: list[dict[str, Any]], name: str) -> Any:
    return next((row[name] for row in rows if row.get(name) is not None), None)


def _number(text: object) -> int | None:
    return int(str(text)) if text is not None and str(text).isdigit() else None
