"""The one way to read: rows in force within reach, with what may not be seen emptied or masked."""

import hashlib
from collections.abc import Iterable, Sequence

import polars as pl

from douse.console import instance
from douse.console.masks import masked, without_personal
from douse.console.permissions import Actor, check
from douse.console.reach import OF_ALL, OPEN, ZONE, ground_of, homes, personal_reach, reach, zoned
from douse.console.remembered import Following
from douse.console.writing import note, on_erasure
from douse.records.growth import Change, Grown
from douse.records.ledger import Snapshot

WITHIN = "within"
_LONGEST = 500  # characters of a text in the audit log

_rows = Following(96)
on_erasure(_rows.forget)


def follow() -> Snapshot:
    """The ledger as it is now."""
    return instance.current().stores.live.follow()


def visible(actor: Actor, snapshot: Snapshot, table: str, *, outside: bool = False) -> pl.DataFrame:
    """Rows in force of a table that somebody may see.

    Parameters
    ----------
    actor : Actor
        Who asks.
    outside : bool
        Also rows of other zones, masked: identifiers, coarse zone, ten years of age, a masked point. Needs the right
        `see_outside`. A column `within` tells the rows apart.

    Raises
    ------
    Refused
        When none of the actor's roles reads the table.
    """
    return visible_grown(actor, snapshot, table, outside=outside).frame.drop(ZONE)


def visible_grown(actor: Actor, snapshot: Snapshot, table: str, *, outside: bool = False) -> Grown:
    """As `visible`, for what follows the rows; with the column `zone_of_row`, empty in masked rows."""
    check(actor, f"read {table}")
    if outside:
        check(actor, "see_outside")
    rows = zoned(snapshot, table)
    others = (snapshot.current("zones"), *((homes(snapshot, "person_id"),) if outside else ()))
    key = (table, actor.key, actor.name if table == "tasks" else "", outside)

    def follow(before: Grown, changes: Sequence[Change]) -> Grown:
        new = _seen_rows(actor, snapshot, table, changes[0].new, outside=outside)
        left = before.frame.filter(pl.col("record_id").is_in(changes[0].gone["record_id"].implode()))
        return before.changed(Change(left, new))

    return _rows.get(
        key, (rows,), others, lambda: Grown(_seen_rows(actor, snapshot, table, rows.frame, outside=outside)), follow
    )


def _seen_rows(actor: Actor, snapshot: Snapshot, table: str, frame: pl.DataFrame, *, outside: bool) -> pl.DataFrame:
    ground, zones = ground_of(snapshot), frame[ZONE]
    within = _within(actor, table, frame, zones, snapshot)
    shown = personal_reach(actor, table, ground).rows(zones)
    if table == "tasks":
        shown |= (frame["assigned_to"] == actor.name).fill_null(value=False) & _any_personal(actor)
    rows = frame if within.all() else frame.filter(within)
    rows = without_personal(table, rows, shown if within.all() else shown.filter(within))
    if not outside:
        return rows
    others = frame.filter(~within)
    hidden = masked(table, others.drop(ZONE), zones.filter(~within), homes(snapshot, "person_id"), ground, mask_key())
    hidden = hidden.with_columns(pl.lit(None, pl.String).alias(ZONE))
    return pl.concat(
        [rows.with_columns(pl.lit(value=True).alias(WITHIN)), hidden.with_columns(pl.lit(value=False).alias(WITHIN))]
    )


def _within(actor: Actor, table: str, frame: pl.DataFrame, zones: pl.Series, snapshot: Snapshot) -> pl.Series:
    if table in OPEN:
        return pl.repeat(value=True, n=len(frame), dtype=pl.Boolean, eager=True)
    within = reach(actor, f"read {table}", ground_of(snapshot)).rows(zones)
    if table in OF_ALL:
        within |= zones.is_null()
    if table == "tasks":  # one's own tasks are seen wherever they lead
        within |= (frame["assigned_to"] == actor.name).fill_null(value=False)
    return within


def _any_personal(actor: Actor) -> bool:
    return any(role.personal for role in actor.roles)


def may_see_row(actor: Actor, snapshot: Snapshot, table: str, record_id: str) -> bool:
    """Whether a row in force is within reach."""
    return not visible(actor, snapshot, table).filter(pl.col("record_id") == record_id).is_empty()


def seen(actor: Actor, table: str, ids: Iterable[str], why: str = "") -> None:
    """Log that somebody was shown personal fields of some rows. Call it where a page shows them.

    Parameters
    ----------
    ids : iterable of str
        record_id of the rows, or pseudonyms of the persons (table ``vault``).
    why : str
        The page, or the reason that the person gave.
    """
    for some in _in_lines(list(ids)):
        note(actor, "saw_personal", object_table=table, object_id=" ".join(some), rows=len(some), reason=why)


def _in_lines(ids: Sequence[str]) -> list[list[str]]:
    lines: list[list[str]] = []
    room = 0
    for one in ids:
        if room < len(one) + 1:
            lines.append([])
            room = _LONGEST
        lines[-1].append(one)
        room -= len(one) + 1
    return lines


def mask_key() -> bytes:
    """Key of masked points: the instance's own, so that nobody else can work them out."""
    return hashlib.blake2b(instance.current().secret_key.encode(), person=b"douse-mask", digest_size=32).digest()
