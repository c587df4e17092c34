"""Erasure: personal fields are redacted, hashes stay, and the chain still verifies. Holds stand above it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
import sqlalchemy as sa

from douse.errors import DouseError
from douse.records.ledger.bulk import attach, path_of, read_bulk
from douse.records.ledger.entry import NewEntry
from douse.records.ledger.ledger import Ledger, Receipt
from douse.records.ledger.live import Live, Snapshot
from douse.records.ledger.storage import entries as table
from douse.records.ledger.storage import writing
from douse.records.ledger_tables import LEDGER_TABLES, personal_columns, subject_column

_AT_ONCE = 500  # pseudonyms a statement


class HeldError(DouseError):
    """Records that a legal hold keeps; nothing was erased."""


@dataclass(frozen=True)
class Erased:
    """What was redacted.

    Attributes
    ----------
    receipt : Receipt
        The entries that tell of it.
    subjects, entries, attached : int
        Persons, entries that lost their personal fields, rows of attached files that did.
    """

    receipt: Receipt
    subjects: int
    entries: int
    attached: int


def erase(  # noqa: PLR0913  whose, by whom, when and why
    live: Live,
    subjects: Collection[str],
    *,
    author: str,
    at: datetime,
    why: str = "asked_for",
    reason: str = "",
    more: Sequence[NewEntry] = (),
) -> Erased:
    """Redact the personal fields of all entries of persons, and of attached files; one transaction.

    What is told of them stays countable: pseudonym, zone, days. Whoever calls this forgets the row of the vault too.

    Parameters
    ----------
    live : Live
        Of the ledger.
    subjects : collection of str
        Pseudonyms.
    author, at
        Who, and when.
    why : str
        asked_for or retention.
    reason : str
        In a sentence.
    more : sequence of NewEntry
        To be appended in the same transaction.

    Raises
    ------
    HeldError
        When a hold in force keeps records of one of them; nothing is erased.
    """
    snapshot, wanted = live.follow(), sorted(set(subjects))
    kept = held(snapshot, wanted, at.date())
    if kept:
        raise HeldError(
            f"A legal hold keeps records of {len(kept)} of {len(wanted)} persons. Nothing was erased.",
            next_step="Release the hold first, with its reason, or leave these persons out.",
        )
    ledger = live.ledger
    told = [
        NewEntry(
            "erasures", {"erasure_id": f"{who}|{at.isoformat()}", "subject": who, "why": why, "reason": reason or None}
        )
        for who in wanted
    ]
    files, attached, gone = _without(ledger, snapshot, set(wanted))
    rows = ledger.checked([*told, *files, *more], at)
    count = 0
    with writing(ledger.engine) as connection:
        receipt = ledger.append_within(connection, rows, author=author, at=at)
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            done = connection.execute(
                table.update()
                .where(table.c.subject.in_(some), table.c.personal.is_not(None))
                .values(personal=sa.null(), salt=sa.null())
            )
            count += done.rowcount
    for content in gone:  # the new file is tied to the ledger: the old one may go
        path_of(ledger.bulk, content).unlink(missing_ok=True) if ledger.bulk else None
    return Erased(receipt, len(wanted), count, attached)


def held(snapshot: Snapshot, subjects: Collection[str], today: date) -> set[str]:
    """Those of persons whose records a hold in force keeps, by name, table or zone."""
    holds = snapshot.current("holds").filter(
        (pl.col("state") == "in_force") & (pl.col("until").is_null() | (pl.col("until") >= today))
    )
    wanted, kept = set(subjects), set[str]()
    for hold in holds.iter_rows(named=True):
        if hold["subject"] is not None:
            kept |= wanted & {hold["subject"]}
            continue
        for name in [hold["held_table"]] if hold["held_table"] else list(snapshot.frames):
            kept |= wanted & _persons_of(snapshot, name, hold["zone"])
    return kept


def due(snapshot: Snapshot, keep_days: int, today: date, tables: Sequence[str] = ("contacts", "visits")) -> set[str]:
    """Persons whose records of contact are past their time, who are no case, and whom no hold keeps.

    Parameters
    ----------
    snapshot : Snapshot
        Of the ledger.
    keep_days : int
        Days after the last that is on record of a person: maximum incubation and what the protocol adds.
    today : date
        As of.
    tables : sequence of str
        Records of contact.
    """
    last: dict[str, date] = {}
    for name in tables:
        rows, when = snapshot.current(name), LEDGER_TABLES[name].occurred
        told = pl.coalesce(pl.col(when or "recorded_at").cast(pl.Date), pl.col("recorded_at").cast(pl.Date))
        for person, day in rows.group_by("person_id").agg(told.max().alias("last")).iter_rows():
            if person is not None and day is not None:
                last[person] = max(last.get(person, day), day)
    cases = snapshot.current("cases")
    sick = set(cases["person_id"].drop_nulls()) | set(cases["case_id"])
    erased = set(snapshot.current("erasures")["subject"])
    old = {person for person, day in last.items() if (today - day).days > keep_days} - sick - erased
    return old - held(snapshot, old, today)


def _persons_of(snapshot: Snapshot, name: str, zone: str | None) -> set[str]:
    column = subject_column(name)
    if column is None or name not in snapshot.frames:
        return set()
    rows = snapshot.frames[name]
    if zone is not None:
        if "zone" not in rows.columns:
            return set()
        rows = rows.filter(pl.col("zone") == zone)
    persons = set(rows[column].drop_nulls())
    return persons | set(rows["case_id"].drop_nulls()) if name == "cases" else persons


def _without(ledger: Ledger, snapshot: Snapshot, subjects: set[str]) -> tuple[list[NewEntry], int, list[str]]:
    """Attached files written anew without personal fields of persons: entries, rows changed, files replaced."""
    made, count, gone = list[NewEntry](), 0, list[str]()
    for row in snapshot.current("attachments").iter_rows(named=True):
        name = row["of_table"]
        column, private = subject_column(name), personal_columns(name)
        rows = read_bulk(ledger.bulk, row["content"], name)
        theirs = pl.col(column).is_in(list(subjects)) if column else pl.lit(value=False)
        many = rows.filter(theirs).height
        if not many or ledger.bulk is None:
            continue
        emptied = rows.with_columns(pl.when(~theirs).then(pl.col(c)).alias(c) for c in private)
        again = attach(ledger.bulk, name, emptied, row["name"] or "")
        made.append(NewEntry(again.table, again.row, supersedes=row["record_id"]))
        count, gone = count + many, [*gone, row["content"]]
    return made, count, gone
