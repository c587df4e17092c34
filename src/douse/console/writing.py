"""The one way to write: rights and reach are checked, and the rows go in together with their audit entry."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl
from django.http import HttpRequest
from uuid_utils import uuid7

from douse.console import clock, instance
from douse.console.actors import actor_of
from douse.console.masks import personal
from douse.console.permissions import Actor, Refused, Resident, check, check_correct
from douse.console.policy import ACTIONS
from douse.console.reach import Reach, ground_of, personal_reach, reach, zones_of_rows
from douse.console.states import NotNow
from douse.records import Records
from douse.records.ledger import CorrectedError, NewEntry, Receipt, Snapshot
from douse.records.ledger.erasure import Erased, erase
from douse.records.ledger.intake import Taken, take_in
from douse.records.ledger_tables import LEDGER_TABLES

Who = HttpRequest | Actor
_HEADER = ("record_id", "recorded_at", "supersedes", "first_recorded_at")


def record(who: Who, entries: Sequence[NewEntry], *, action: str, reason: str = "") -> Receipt:
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
    actor = _allowed(who, action)
    snapshot = instance.current().stores.live.follow()
    by_table: dict[str, list[int]] = {}
    for at, entry in enumerate(entries):
        by_table.setdefault(entry.table, []).append(at)
    beside = {table: _text_frame(table, (entries[at].row for at in places)) for table, places in by_table.items()}
    ready, told = list(entries), list[NewEntry]()
    for table, places in by_table.items():
        rows = [entries[at] for at in places]
        checked, zones = _checked(actor, snapshot, table, rows, beside)
        for at, entry in zip(places, checked, strict=True):
            ready[at] = entry
        only = str(checked[0].row.get(LEDGER_TABLES[table].key[0]) or "") if len(rows) == 1 else ""
        told.append(_told(actor, action, table, len(rows), zones, reason, only))
    rung = [entry for bell in _bells for entry in bell(snapshot, ready)]
    return _append([*ready, *rung, *told], actor.author)


Bell = Callable[[Snapshot, Sequence[NewEntry]], Iterable[NewEntry]]
_bells: list[Bell] = []


def ring_with(bell: Bell) -> Bell:
    """Let the console itself add rows to what is written, in the same batch: tasks that must not wait for anybody.

    A bell is told the rows that are about to be written through `record`.
    """
    _bells.append(bell)
    return bell


def bring_in(who: Who, records: Records, *, action: str = "import", reason: str = "") -> Taken:
    """Append records that came through the door, such as an upload that was looked at; what is known adds nothing.

    Rights and reach are checked as by `record`; the audit entries go in with the rows.
    """
    actor = _allowed(who, action)
    live = instance.current().stores.live
    snapshot = live.follow()
    ground, told = ground_of(snapshot), list[NewEntry]()
    for table, rows in records.frames.items():
        if rows.is_empty():
            continue
        check(actor, f"write {table}")
        allowed = reach(actor, f"write {table}", ground)
        zones = _zones_of_new(snapshot, table, rows, records.frames)
        _check_reach(allowed, zones)
        key = list(LEDGER_TABLES[table].key)
        before = snapshot.current(table).join(rows.select(key), on=key, how="semi", nulls_equal=True)
        _check_reach(allowed, zones_of_rows(snapshot, table, before).to_list())
        told.append(_told(actor, action, table, len(rows), set(zones), reason))
    return take_in(live, records, author=actor.author, at=clock.now(), more=tuple(told))


def erase_persons(who: Who, subjects: Collection[str], *, why: str, reason: str) -> Erased:
    """Empty the personal fields of persons for good, and forget who they are.

    Raises
    ------
    Refused
        When the right is missing, or not everything that is known of them may lie within reach.
    HeldError
        When a legal hold keeps records of one of them.
    """
    actor = _allowed(who, "erase")
    stores = instance.current().stores
    if not reach(actor, "erase", ground_of(stores.live.follow())).everywhere:
        raise Refused(
            "Records of a person may lie in any zone: erasing them needs the whole area.",
            next_step="Ask a data steward of the whole area.",
        )
    told = [
        audit_entry("erase", author=actor.author, object_table="persons", object_id=subject, reason=reason)
        for subject in sorted(set(subjects))
    ]
    done = erase(stores.live, subjects, author=actor.author, at=clock.now(), why=why, reason=reason, more=told)
    stores.vault.forget(subjects)
    for listener in _on_erasure:
        listener()
    return done


_on_erasure: list[Callable[[], None]] = []


def on_erasure(listener: Callable[[], None]) -> None:
    """Call something after every erasure, such as what forgets what it kept of the rows."""
    _on_erasure.append(listener)


def note(who: Who | str, action: str, **facts: Any) -> Receipt:
    """Append an audit entry by itself: for what writes no rows (a sign-in, a look, an export, a change of users).

    Parameters
    ----------
    who : HttpRequest, Actor or str
        Who did it; text where nobody has signed in (``somebody``, ``console``).
    facts : Any
        object_table, object_id, zone, rows, reason, role.
    """
    author = who if isinstance(who, str) else (who if isinstance(who, Actor) else actor_of(who)).author
    return _append([audit_entry(action, author=author, **facts)], author)


def audit_entry(action: str, **facts: Any) -> NewEntry:
    """A row of the audit log."""
    filled = {name: value for name, value in facts.items() if value is not None and value != ""}
    return NewEntry("audit", {"audit_id": str(uuid7()), "action": action, **filled})


def _append(entries: Sequence[NewEntry], author: str) -> Receipt:
    ledger = instance.current().stores.ledger
    try:
        return ledger.append(entries, author=author, at=clock.now(), in_force_only=True)
    except CorrectedError as error:
        raise NotNow(error.what, next_step=error.next_step) from error


def _allowed(who: Who, action: str) -> Actor:
    actor = who if isinstance(who, Actor) else actor_of(who)
    if action in ACTIONS:
        check(actor, action)
    return actor


def _told(  # noqa: PLR0913, PLR0917  (what an audit entry says)
    actor: Actor, action: str, table: str, rows: int, zones: set[str | None], reason: str, only: str = ""
) -> NewEntry:
    granted = actor.grants_with(f"write {table}")
    return audit_entry(
        action,
        author=actor.author,
        object_table=table,
        object_id=only,
        rows=rows,
        zone=next(iter(zones)) if len(zones) == 1 else None,
        role=granted[0].role if granted else None,
        reason=reason,
    )


def _checked(
    actor: Actor, snapshot: Snapshot, table: str, entries: Sequence[NewEntry], beside: Mapping[str, pl.DataFrame]
) -> tuple[list[NewEntry], set[str | None]]:
    """Entries as they may be written, and their zones."""
    check(actor, f"write {table}")
    ground = ground_of(snapshot)
    allowed = reach(actor, f"write {table}", ground)
    corrected = _corrected(snapshot, table, entries)
    before = dict(zip(corrected, _zones(snapshot, table, corrected.values(), {}), strict=True))
    errands = _errands(actor, snapshot, table)
    _check_reach(allowed, (zone for record_id, zone in before.items() if record_id not in errands))
    check_correct(actor, table, corrected)
    # Who holds a receipt has said it all themselves, and may take any of it back.
    shown = allowed if isinstance(actor, Resident) else personal_reach(actor, table, ground)
    whole = [
        entry
        if entry.supersedes is None or shown.holds(before[entry.supersedes])
        else _with_hidden(table, entry, corrected[entry.supersedes])
        for entry in entries
    ]
    zones = _zones(snapshot, table, (entry.row for entry in whole), beside)
    _check_reach(
        allowed,
        (
            zone
            for entry, zone in zip(whole, zones, strict=True)
            if not (entry.supersedes in errands and zone == before[entry.supersedes])
            and not (table == "follow_ups" and entry.row.get("person_id") in errands)
        ),
    )
    return whole, set(zones)


def _errands(actor: Actor, snapshot: Snapshot, table: str) -> frozenset[str]:
    """What one's own open tasks lead to, in whatever zone: the tasks themselves, and follow-ups of their persons."""
    if table not in {"tasks", "follow_ups"}:
        return frozenset()
    own = snapshot.current("tasks").filter((pl.col("assigned_to") == actor.name) & pl.col("done_at").is_null())
    return frozenset(own["record_id" if table == "tasks" else "person_id"].drop_nulls())


def _check_reach(allowed: Reach, zones: Iterable[str | None]) -> None:
    if not all(allowed.holds(zone) for zone in zones):
        raise Refused(
            "A row lies outside your zones, or says nothing of where it belongs.",
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
            "A row that is to be corrected is not in force any more, or was never there.",
            next_step="Open it again: somebody may have corrected it meanwhile.",
        )
    return found


def _with_hidden(table: str, entry: NewEntry, before: Mapping[str, Any]) -> NewEntry:
    """A correction with the personal columns that its author was not shown, where they are left empty."""
    hidden = {name: before[name] for name in personal(table) if before.get(name) is not None}
    given = {name: value for name, value in entry.row.items() if value is not None}
    return replace(entry, row={**hidden, **given})


def _zones(
    snapshot: Snapshot, table: str, rows: Iterable[Mapping[str, Any]], beside: Mapping[str, pl.DataFrame]
) -> list[str | None]:
    return _zones_of_new(snapshot, table, _text_frame(table, rows), beside)


def _zones_of_new(
    snapshot: Snapshot, table: str, rows: pl.DataFrame, beside: Mapping[str, pl.DataFrame]
) -> list[str | None]:
    """Zones of rows that are not in the ledger. A new zone lies where its parent lies."""
    if table == "zones":
        known = ground_of(snapshot).parent
        return [
            zone if zone in known else parent or zone
            for zone, parent in rows.select("zone_id", "parent_zone").iter_rows()
        ]
    return zones_of_rows(snapshot, table, rows, beside).to_list()


def _text_frame(table: str, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows as text, for looking up where they belong."""
    listed = list(rows)
    names = [name for name in LEDGER_TABLES[table].column_names() if name not in _HEADER]
    return pl.DataFrame(
        {name: [None if (value := row.get(name)) is None else str(value) for row in listed] for name in names},
        schema=dict.fromkeys(names, pl.String),
    )
