"""Take what a partner sent, or refuse it: who signed it, for whom, in its turn, of which tables and zones.

What is taken bears the partner's name before every identifier, so that nothing of theirs can pass for ours, or
correct it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import dataframely as dy
import polars as pl

from douse.errors import DataError
from douse.outputs.partners.cut import inside_of
from douse.outputs.partners.incoming import abroad, offer_of, table_named, text_of
from douse.outputs.partners.policy import HEAD, InForce, Partner, Share
from douse.records import ZoneTree
from douse.records.ledger import NewEntry, Snapshot
from douse.records.ledger.shared import Shared, SharedRow
from douse.records.ledger_tables import LEDGER_TABLES, personal_columns

_LONGEST = 500


@dataclass(frozen=True)
class Brought:
    """What a bundle brings, ready to be appended.

    Attributes
    ----------
    partner : Partner
        Who sent it.
    entries : tuple of NewEntry
        Rows, and the row that tells of the bundle.
    erase : tuple of str
        Pseudonyms, as they are named here, whose personal fields are to go.
    tables : dict
        Table -> rows.
    """

    partner: Partner
    entries: tuple[NewEntry, ...]
    erase: tuple[str, ...]
    tables: dict[str, int]


def sender_of(shared: Shared, policy: InForce, own_key: str, today: date) -> Partner:
    """The partner who signed a bundle.

    Raises
    ------
    DataError
        When nobody of the policy signed it, or it was cut for somebody else.
    UsageError
        When sharing with that partner has ended.
    """
    sender = next((one for one in policy.policy.partner if one.key == shared.signed_by), None)
    if sender is None:
        raise DataError(
            "The bundle is signed by nobody whom the policy of sharing names. Nothing was taken.",
            allowed=", ".join(one.name for one in policy.policy.partner) or "nobody: the policy names no partner",
            next_step="If it is a partner's, compare the key by telephone, then write it into partners.toml.",
        )
    if shared.head.to != own_key:
        raise DataError(
            "The bundle of {partner} was cut for another instance. Nothing was taken.",
            facts={"partner": sender.name},
            next_step="Pass it on to them, or ask the sender for the one that is ours.",
        )
    return policy.partner(sender.name, today)


def last_of(snapshot: Snapshot, partner: str, way: str) -> dict[str, Any] | None:
    """The last bundle of a partner and way, as the ledger tells of it."""
    rows = snapshot.current("bundles").filter((pl.col("partner") == partner) & (pl.col("way") == way))
    return None if rows.is_empty() else rows.sort("number").row(-1, named=True)


def check_turn(shared: Shared, snapshot: Snapshot, partner: Partner) -> None:
    """Raise DataError unless a bundle is the next of its partner."""
    bundles = snapshot.current("bundles").filter((pl.col("partner") == partner.name) & (pl.col("way") == "received"))
    last = last_of(snapshot, partner.name, "received")
    number = shared.head.number
    facts: dict[str, str | int] = {"number": number, "partner": partner.name}
    if shared.bundle_id in set(bundles["bundle_id"]):
        raise DataError(
            "Bundle {number} of {partner} was taken before. Nothing was taken.",
            facts=facts,
            next_step="There is nothing to do. If you did not expect it, ask who sent it again.",
        )
    expected = 1 if last is None else last["number"] + 1
    if number < expected:
        raise DataError(
            "Another bundle {number} of {partner} was taken before: this one is not the same. Nothing was taken.",
            facts=facts,
            allowed=str(expected),
            next_step="Ask the sender which is right; do not take this one.",
        )
    if number > expected:
        raise DataError(
            "This is bundle {number} of {partner}, and {expected} was not taken yet. Nothing was taken.",
            facts=facts | {"expected": expected},
            allowed=str(expected),
            next_step="Take those that come before it first, in their order; ask the sender for any that is missing.",
        )
    if shared.head.previous != (None if last is None else last["bundle_id"]):
        raise DataError(
            "Bundle {number} of {partner} does not follow from the one that was taken before it. Nothing was taken.",
            facts=facts,
            next_step="Ask the sender whether their ledger was restored from a copy.",
        )


def brought(shared: Shared, policy: InForce, own_key: str, snapshot: Snapshot, at: datetime) -> Brought:
    """What a bundle brings, when everything about it is as it should be; else nothing.

    Raises
    ------
    DataError
        When it is forged, replayed, out of its turn, for somebody else, or holds what this partner may not send.
    """
    partner = sender_of(shared, policy, own_key, at.date())
    check_turn(shared, snapshot, partner)
    zones = ZoneTree(snapshot.records.as_of(at))
    entries, erase, tables = list[NewEntry](), list[str](), dict[str, int]()
    there = _There(snapshot)
    for row in shared.rows:
        tables[row.table] = tables.get(row.table, 0) + 1
        if row.table == "erasures":
            erase.append(abroad(partner.name, text_of(row, "subject")))
        elif row.table == "offers":
            taken, gone = offer_of(row, partner, snapshot, at)
            entries += taken
            erase += gone
        else:
            _check_personal(row, shared, partner)
            entries.append(_record(row, partner, zones, there))
    told = {
        "bundle_id": shared.bundle_id, "partner": partner.name, "way": "received", "number": shared.head.number,
        "previous": shared.head.previous, "made_at": shared.head.made_at, "upto": shared.head.upto,
        "tables": ", ".join(f"{name} {many}" for name, many in sorted(tables.items()))[:_LONGEST] or None,
        "policy": policy.hash or None, "expires_on": shared.head.expires_on,
    }  # fmt: skip
    return Brought(partner, (*entries, NewEntry("bundles", told)), tuple(sorted(set(erase))), tables)


class _There:
    """Names of the records that are on the ledger, and of those that the bundle brought so far."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot, self._names = snapshot, dict[str, set[str]]()
        self._inside: dict[str, frozenset[str] | None] = {}

    def inside(self, share: Share, zones: ZoneTree) -> frozenset[str] | None:
        """Zones that the policy takes of a table; None: all."""
        if share.table not in self._inside:
            self._inside[share.table] = inside_of(zones, share.zones)
        return self._inside[share.table]

    def of(self, table: str) -> set[str]:
        """Those of a table."""
        if table not in self._names:
            rows = self._snapshot.frames.get(table)
            self._names[table] = set() if rows is None else set(rows["record_id"])
        return self._names[table]


def _check_personal(row: SharedRow, shared: Shared, partner: Partner) -> None:
    private = personal_columns(row.table) if row.table in LEDGER_TABLES else ()
    if shared.head.expires_on is None and any(row.row.get(name) is not None for name in private):
        raise DataError(
            "The bundle of {partner} holds personal columns of the table {table}, and no last day for them. "
            "Nothing was taken.",
            facts={"partner": partner.name, "table": row.table},
            next_step="Ask the sender for keep_days in their policy.",
        )


def _record(row: SharedRow, partner: Partner, zones: ZoneTree, there: _There) -> NewEntry:
    """A row of a table that this partner may send, under the partner's name."""
    share = partner.takes(row.table)
    if share is None:
        raise DataError(
            "The bundle of {partner} holds rows of the table {table}, which the policy does not take from there. "
            "Nothing was taken.",
            facts={"partner": partner.name, "table": table_named(row.table)},
            allowed=", ".join(one.table for one in partner.take) or "no table",
            next_step="Ask the sender to leave them out; or whoever answers for the policy may take them.",
        )
    inside = there.inside(share, zones)
    zone = row.row.get("zone", row.zone)
    told = [one for one in (zone, row.zone) if one is not None]
    if inside is not None and not (told and all(isinstance(one, str) and one in inside for one in told)):
        raise DataError(
            "The bundle of {partner} holds rows of the table {table} of zones that the policy does not take from "
            "there. Nothing was taken.",
            facts={"partner": partner.name, "table": row.table},
            allowed=", ".join(share.zones),
            next_step="Ask the sender to leave them out.",
        )
    if row.record_id is None:
        raise DataError(
            "A row of the table {table} in the bundle has no name. Nothing was taken.", facts={"table": row.table}
        )
    ids = identifiers(row.table)
    named = {
        name: abroad(partner.name, value) if name in ids and isinstance(value, str) else value
        for name, value in row.row.items()
        if name not in HEAD
    }
    supersedes = abroad(partner.name, row.supersedes) if row.supersedes else None
    names = there.of(row.table)
    if supersedes not in names:
        supersedes = None  # what it corrects never came here: then it is the first that is told of it
    name = abroad(partner.name, row.record_id)
    names.add(name)
    return NewEntry(row.table, named, record_id=name, supersedes=supersedes)


@cache
def identifiers(table: str) -> frozenset[str]:
    """Columns of a table that name something: they bear the partner's name here. Zones are common to all."""
    schema, found = LEDGER_TABLES[table], set[str]()
    for name, column in schema.columns().items():
        references = str((column.metadata or {}).get("references", ""))
        if not isinstance(column, dy.String) or name in {"zone", "zone_id"} or references.startswith("zones."):
            continue
        if name in schema.key or references or name in {"person_id", "household", "ward", "subject"}:
            found.add(name)
    return frozenset(found)
