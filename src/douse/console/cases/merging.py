"""One pseudonym made of two, and that taken back: for pages and the API alike."""

from typing import Any

import polars as pl
from django.http import Http404
from uuid_utils import uuid7

from douse.console import instance
from douse.console.cases import dossier
from douse.console.cases.dossier import Dossier
from douse.console.permissions import Actor
from douse.console.reading import visible
from douse.console.states import MERGE, NotNow, check_move
from douse.console.writing import record
from douse.records.ledger import NewEntry, Receipt, Snapshot
from douse.records.records import case_person


def two_of(actor: Actor, snapshot: Snapshot, first: str, second: str) -> tuple[Dossier, Dossier]:
    """Two persons on record within reach. Raises Http404 where one is not, or they are one."""
    one, other = (dossier.of_person(actor, snapshot, person) for person in (first, second))
    if first == second or one is None or other is None:
        raise Http404
    return one, other


def decide(  # noqa: PLR0913  (who of whom, why)
    actor: Actor, snapshot: Snapshot, gone: Dossier, stays: Dossier, reason: str, *, one: bool
) -> Receipt:
    """Put on record that two are one person, or that they are two.

    Parameters
    ----------
    gone, stays : Dossier
        Whose pseudonym is given up, and whose stays.
    """
    merge = {
        "merge_id": str(uuid7()), "person_id": gone.person, "into": stays.person, "zone": stays.zone or gone.zone,
        "state": "merged" if one else "undone", "reason": reason,
    }  # fmt: skip
    entries = [NewEntry("merges", merge)]
    if one and stays.case:
        entries += [_same_as(snapshot, case["record_id"], stays.case["case_id"]) for case in gone.cases]
    receipt = record(actor, entries, action="merge_persons", reason=reason)
    if one:
        instance.current().stores.vault.merge(gone.person, stays.person)
    return receipt


def take_back(actor: Actor, snapshot: Snapshot, merge_id: str, reason: str) -> Receipt:
    """Make two of one again; cases count by themselves again.

    Raises
    ------
    Http404
        When there is no such merge within reach.
    NotNow
        When it is undone already, or no reason is given.
    """
    rows = visible(actor, snapshot, "merges").filter(pl.col("merge_id") == merge_id)
    if rows.is_empty():
        raise Http404
    merge = rows.row(0, named=True)
    check_move(MERGE, merge["state"], "undone")
    if not reason:
        raise NotNow("Undoing a merge asks for a reason.", next_step="Go back and say why, in a sentence.")
    row = {name: merge[name] for name in ("merge_id", "person_id", "into", "zone")}
    entries = [NewEntry("merges", {**row, "state": "undone", "reason": reason}, supersedes=merge["record_id"])]
    written = snapshot.frames.get("cases")
    if written is not None:
        entries += [_same_as(snapshot, case["record_id"], None) for case in _made_same(snapshot, written, merge)]
    return record(actor, entries, action="merge_persons", reason=reason)


def _made_same(snapshot: Snapshot, written: pl.DataFrame, merge: dict[str, Any]) -> list[dict[str, Any]]:
    """Cases in force of the person that was given up, that the merge made the same as a case of the one who stays."""
    in_force = snapshot.current("cases")
    theirs = written.filter(
        pl.col("record_id").is_in(in_force["record_id"].implode())
        & (case_person() == merge["person_id"])
        & pl.col("same_as").is_not_null()
    )
    kept = set(written.filter(case_person() == merge["into"])["case_id"])
    return [row for row in theirs.rows(named=True) if row["same_as"] in kept]


def _same_as(snapshot: Snapshot, record_id: str, same_as: str | None) -> NewEntry:
    """A correction that says which case a case turned out to be; the rest stays as it was written."""
    row = snapshot.frames["cases"].filter(pl.col("record_id") == record_id).row(0, named=True)
    kept = {name: value for name, value in row.items() if name not in {"record_id", "recorded_at", "supersedes"}}
    return NewEntry("cases", {**kept, "same_as": same_as}, supersedes=record_id)
