"""The one way to write: rights and reach are checked, and the rows go in together with their audit entry."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import polars as pl
from django.http import HttpRequest
from uuid_utils import uuid7

from douse.console import clock, instance
from douse.console.actors import actor_of
from douse.console.masks import personal
from douse.console.permissions import Actor, Refused, check
from douse.console.policy import ACTIONS
from douse.console.reach import NOWHERE, Reach, ground_of, personal_reach, reach, zones_of_rows
from douse.console.states import NotNow
from douse.records.ledger import NewEntry, Receipt, Snapshot
from douse.records.ledger_tables import LEDGER_TABLES

_HEADER = ("record_id", "recorded_at", "supersedes", "first_recorded_at")


def record(who: HttpRequest | Actor, entries: Sequence[NewEntry], *, action: str, reason: str = "") -> Receipt:
    """Append rows and the audit entry that tells of them, in one batch: all or none.

    Parameters
    ----------
    who : HttpRequest or Actor
        Who writes.
    entries : sequence of NewEntry
        Whole rows; a correction names the row in force that it corrects. Personal columns that the actor may not see
        are taken over from that row.
    action : str
        What the audit log says; where it is one of the policy's actions the actor must have it.
    reason : str
        Where the action asks for one.

    Raises
    ------
    Refused
        When a right is missing, or a row lies out of reach.
    NotNow
        When a row to be corrected was corrected meanwhile, or is not there.
    EntryError
        When a row is not what its table asks for.
    """
    actor = who if isinstance(who, Actor) else actor_of(who)
    if action in ACTIONS:
        check(actor, action)
    snapshot = instance.current().stores.live.follow()
    by_table: dict[str, list[int]] = {}
    for at, entry in enumerate(entries):
        by_table.setdefault(entry.table, []).append(at)
    ready = list(entries)
    told: list[NewEntry] = []
    for table, places in by_table.items():
        rows = [entries[at] for at in places]
        checked, zones = _checked(actor, snapshot, table, rows, action)
        for at, entry in zip(places, checked, strict=True):
            ready[at] = entry
        only = checked[0].record_id or checked[0].row.get(LEDGER_TABLES[table].key[0]) if len(rows) == 1 else None
        told.append(
            audit_entry(
                action, object_table=table, object_id=str(only) if only else None, reason=reason, rows=len(rows),
                zone=zones.pop() if len(zones) == 1 else None, role=_role(actor, f"write {table}"),
            )
        )  # fmt: skip
    return _append([*ready, *told], actor.author)


def note(who: HttpRequest | Actor | str, action: str, **facts: Any) -> Receipt:
    """Append an audit entry by itself: for what writes no rows (a sign-in, a look, an export, a change of users).

    Parameters
    ----------
    who : HttpRequest, Actor or str
        Who did it; text where it is nobody who has signed in (``somebody``, ``console``).
    facts : Any
        object_table, object_id, zone, rows, reason, role.
    """
    author = who if isinstance(who, str) else (who if isinstance(who, Actor) else actor_of(who)).author
    return _append([audit_entry(action, **facts)], author)


def audit_entry(action: str, **facts: Any) -> NewEntry:
    """A row of the audit log."""
    filled = {name: value for name, value in facts.items() if value not in {None, ""}}
    return NewEntry("audit", {"audit_id": str(uuid7()), "action": action, **filled})


def _append(entries: Sequence[NewEntry], author: str) -> Receipt:
    return instance.current().stores.ledger.append(entries, author=author, at=clock.now())


def _checked(
    actor: Actor, snapshot: Snapshot, table: str, entries: Sequence[NewEntry], action: str
) -> tuple[list[NewEntry], set[str | None]]:
    """Entries as they may be written, and their zones."""
    del action
    right = f"write {table}"
    check(actor, right)
    ground = ground_of(snapshot)
    allowed = reach(actor, right, ground)
    before = _corrected(snapshot, table, entries)
    _check_reach(allowed, _zones(snapshot, table, before.values()), table)
    shown = personal_reach(actor, table, ground)
    whole = [_with_hidden(table, entry, before.get(entry.supersedes or ""), shown) for entry in entries]
    zones = _zones(snapshot, table, [entry.row for entry in whole])
    if table == "zones":  # a new zone lies where its parent lies
        zones = [entry.row.get("parent_zone") or entry.row.get("zone_id") for entry in whole]
    _check_reach(allowed, zones, table)
    return whole, set(zones)


def _check_reach(allowed: Reach, zones: Iterable[str | None], table: str) -> None:
    if allowed == NOWHERE or not all(allowed.holds(zone) for zone in zones):
        raise Refused(
            f"A row of {table} lies outside your zones, or says nothing of where it belongs.",
            allowed="rows within the zones of your roles",
            next_step="Name the zone, or ask somebody who works there.",
        )


def _corrected(snapshot: Snapshot, table: str, entries: Sequence[NewEntry]) -> dict[str, dict[str, Any]]:
    """The rows in force that are to be corrected, by record_id."""
    named = {entry.supersedes for entry in entries if entry.supersedes}
    if not named:
        return {}
    rows = snapshot.current(table).filter(pl.col("record_id").is_in(sorted(named)))
    found = {row["record_id"]: row for row in rows.iter_rows(named=True)}
    if len(found) < len(named):
        raise NotNow(
            f"A row of {table} that is to be corrected is not in force any more, or was never there.",
            next_step="Open it again: somebody may have corrected it meanwhile.",
        )
    return found


def _with_hidden(table: str, entry: NewEntry, before: dict[str, Any] | None, shown: Reach) -> NewEntry:
    """A correction with the personal columns that its author was not shown."""
    if before is None or shown.holds(before.get("zone")):
        return entry
    hidden = {name: before[name] for name in personal(table) if before.get(name) is not None}
    given = {name: value for name, value in entry.row.items() if value is not None}
    return replace(entry, row={**hidden, **given})


def _zones(snapshot: Snapshot, table: str, rows: Iterable[Any]) -> list[str | None]:
    """Zones of rows that are not in the ledger."""
    listed = list(rows)
    if not listed:
        return []
    names = [name for name in LEDGER_TABLES[table].column_names() if name not in _HEADER]
    text = pl.DataFrame(
        {name: [None if (value := row.get(name)) is None else str(value) for row in listed] for name in names},
        schema=dict.fromkeys(names, pl.String),
    )
    return zones_of_rows(snapshot, table, text).to_list()


def _role(actor: Actor, right: str) -> str | None:
    granted = actor.grants_with(right)
    return granted[0].role if granted else None
