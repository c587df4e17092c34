"""Take what a partner sent, or refuse it: who signed it, for whom, in its turn, of which tables and zones.

What is taken bears the partner's name before every identifier, so that nothing of theirs can pass for ours, or
correct it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import dataframely as dy
import polars as pl

from douse.errors import DataError
from douse.outputs.partners.cut import inside_of
from douse.outputs.partners.policy import FILE, HEAD, InForce, Partner
from douse.records import ZoneTree
from douse.records.ledger import NewEntry, Snapshot
from douse.records.ledger.shared import Shared, SharedRow
from douse.records.ledger_tables import LEDGER_TABLES, personal_columns
from douse.records.tables import Table

_NOTHING = "Nothing was taken."
_LONGEST = 500
_MOST_PAYLOAD = 20_000
_ANSWERS = {"accepted", "declined"}


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


def abroad(partner: str, value: str) -> str:
    """An identifier of a partner as it is named here."""
    return f"{partner}:{value}"


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
            "The bundle is signed by nobody whom the policy of sharing names. " + _NOTHING,
            allowed=", ".join(one.name for one in policy.policy.partner) or "nobody: the policy names no partner",
            next_step=f"If it is a partner's, compare the key by telephone, then write it into {FILE}.",
        )
    if shared.head.to != own_key:
        raise DataError(
            f"The bundle of {sender.name} was cut for another instance. " + _NOTHING,
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
    if shared.bundle_id in set(bundles["bundle_id"]):
        raise DataError(
            f"Bundle {number} of {partner.name} was taken before. " + _NOTHING,
            next_step="There is nothing to do. If you did not expect it, ask who sent it again.",
        )
    expected = 1 if last is None else last["number"] + 1
    if number < expected:
        raise DataError(
            f"Another bundle {number} of {partner.name} was taken before: this one is not the same. " + _NOTHING,
            allowed=f"number {expected}",
            next_step="Ask the sender which is right; do not take this one.",
        )
    if number > expected:
        raise DataError(
            f"This is bundle {number} of {partner.name}, and {expected} was not taken yet. " + _NOTHING,
            allowed=f"number {expected}",
            next_step="Take those that come before it first, in their order; ask the sender for any that is missing.",
        )
    if shared.head.previous != (None if last is None else last["bundle_id"]):
        raise DataError(
            f"Bundle {number} of {partner.name} does not follow from the one that was taken before it. " + _NOTHING,
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
            erase.append(abroad(partner.name, _text(row, "subject")))
        elif row.table == "offers":
            taken, gone = _offer(row, partner, snapshot, at)
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

    def of(self, table: str) -> set[str]:
        """Those of a table."""
        if table not in self._names:
            rows = self._snapshot.frames.get(table)
            self._names[table] = set() if rows is None else set(rows["record_id"])
        return self._names[table]


def _check_personal(row: SharedRow, shared: Shared, partner: Partner) -> None:
    private = set(personal_columns(row.table)) if row.table in LEDGER_TABLES else set()
    if shared.head.expires_on is None and private & {name for name, value in row.row.items() if value is not None}:
        raise DataError(
            f"The bundle of {partner.name} holds personal columns of {row.table}, and no last day for them. {_NOTHING}",
            next_step="Ask the sender for keep_days in their policy.",
        )


def _record(row: SharedRow, partner: Partner, zones: ZoneTree, there: _There) -> NewEntry:
    """A row of a table that this partner may send, under the partner's name."""
    share = partner.takes(row.table)
    if share is None:
        raise DataError(
            f"The bundle of {partner.name} holds rows of {_named(row.table)}, which the policy does not take from "
            f"there. {_NOTHING}",
            allowed=", ".join(one.table for one in partner.take) or "no table",
            next_step="Ask the sender to leave them out; or whoever answers for the policy may take them.",
        )
    inside = inside_of(zones, share.zones)
    zone = row.row.get("zone", row.zone)
    if inside is not None and (zone not in inside or (row.zone is not None and row.zone not in inside)):
        raise DataError(
            f"The bundle of {partner.name} holds rows of {row.table} of zones that the policy does not take from "
            f"there. {_NOTHING}",
            allowed=", ".join(share.zones),
            next_step="Ask the sender to leave them out.",
        )
    if row.record_id is None:
        raise DataError(f"A row of {row.table} in the bundle has no name. {_NOTHING}")
    schema = LEDGER_TABLES[row.table]
    named = {name: _ours(schema, name, value, partner.name) for name, value in row.row.items() if name not in HEAD}
    supersedes = abroad(partner.name, row.supersedes) if row.supersedes else None
    names = there.of(row.table)
    if supersedes not in names:
        supersedes = None  # what it corrects never came here: then it is the first that is told of it
    name = abroad(partner.name, row.record_id)
    names.add(name)
    return NewEntry(row.table, named, record_id=name, supersedes=supersedes)


def _ours(schema: type[Table], name: str, value: Any, partner: str) -> Any:
    """A value as it is named here: identifiers bear the partner's name, zones are common to all."""
    column = schema.columns().get(name)
    if not isinstance(value, str) or not isinstance(column, dy.String):
        return value
    references = str((column.metadata or {}).get("references", ""))
    if name in {"zone", "zone_id"} or references.startswith("zones."):
        return value
    is_name = name in schema.key or references or name in {"person_id", "household", "ward", "subject"}
    return abroad(partner, value) if is_name else value


def _offer(row: SharedRow, partner: Partner, snapshot: Snapshot, at: datetime) -> tuple[list[NewEntry], list[str]]:
    """An offer of theirs, the end of one, or their answer to ours; and whose personal fields go."""
    state, name = _text(row, "state"), _text(row, "offer_id")
    offers = snapshot.current("offers").filter(pl.col("partner") == partner.name)
    if state in _ANSWERS:
        return [_answered(row, offers, name, state, partner)], []
    if partner.travellers is None or not partner.travellers.take:
        raise DataError(
            f"The bundle of {partner.name} offers cases who travelled, which the policy does not take from there. "
            f"{_NOTHING}",
            next_step="Ask the sender to leave them out; or whoever answers for the policy may take them.",
        )
    there = offers.filter((pl.col("offer_id") == abroad(partner.name, name)) & (pl.col("way") == "received"))
    if state == "offered":
        return ([] if there.height else [_new_offer(row, partner, name, at)]), []
    if state not in {"withdrawn", "expired"}:
        raise DataError(f"An offer of {partner.name} is in a state that offers are not in. {_NOTHING}")
    if there.is_empty():
        return [], []
    kept = there.row(0, named=True)
    return [moved(kept, state, at, reason="")], [kept["case_id"]]


def _new_offer(row: SharedRow, partner: Partner, name: str, at: datetime) -> NewEntry:
    case = row.row.get("case")
    known = set(LEDGER_TABLES["cases"].column_names())
    payload = json.dumps(case, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    plain = isinstance(case, dict) and all(
        name in known and isinstance(value, (str, int, float)) for name, value in case.items()
    )
    if not plain or len(payload) > _MOST_PAYLOAD or not isinstance(case, dict) or not case.get("case_id"):
        raise DataError(f"What {partner.name} offers of a case is not understood. {_NOTHING}")
    limit = at.date() + timedelta(days=partner.travellers.most_days if partner.travellers else 0)
    try:
        expires_on = min(date.fromisoformat(_text(row, "expires_on")), limit)
        offered_at = min(datetime.fromisoformat(_text(row, "offered_at")), at)
    except (TypeError, ValueError) as error:
        raise DataError(f"An offer of {partner.name} says no day until which it holds. {_NOTHING}") from error
    over = expires_on < at.date()
    return NewEntry(
        "offers",
        {
            "offer_id": abroad(partner.name, name), "partner": partner.name, "way": "received",
            "case_id": abroad(partner.name, str(case["case_id"])), "purpose": _text(row, "purpose"),
            "destination": None if over else row.row.get("destination"), "expires_on": expires_on,
            "offered_at": offered_at, "state": "expired" if over else "offered",
            "payload": None if over else payload,
        },
    )  # fmt: skip


def _answered(row: SharedRow, offers: pl.DataFrame, name: str, state: str, partner: Partner) -> NewEntry:
    ours = offers.filter((pl.col("offer_id") == name) & (pl.col("way") == "sent"))
    if ours.is_empty() or ours["state"][0] not in {"offered", state}:
        raise DataError(
            f"{partner.name} answers an offer that was not made to them, or is not open any more. {_NOTHING}",
            next_step="Ask the sender what they answered.",
        )
    at = row.row.get("answered_at")
    try:
        when = datetime.fromisoformat(at) if isinstance(at, str) else None
    except ValueError:
        when = None
    reason = row.row.get("reason")
    return moved(ours.row(0, named=True), state, when, reason=reason if isinstance(reason, str) else "")


def moved(offer: Mapping[str, Any], state: str, at: datetime | None, *, reason: str) -> NewEntry:
    """The correction that says what became of an offer."""
    names = [name for name in LEDGER_TABLES["offers"].column_names() if name not in HEAD]
    whole = {name: offer[name] for name in names if offer.get(name) is not None}
    whole |= {"state": state, "answered_at": at, "reason": reason[:_LONGEST] or offer.get("reason")}
    name = f"{offer['offer_id']}|{state}"  # of its own: two moves may come within one moment
    return NewEntry("offers", whole, record_id=name, supersedes=str(offer["record_id"]))


def _text(row: SharedRow, name: str) -> str:
    value = row.row.get(name)
    if not isinstance(value, str) or not value or len(value) > _LONGEST:
        raise DataError(f"A row of {_named(row.table)} in the bundle is not understood. {_NOTHING}")
    return value


def _named(table: str) -> str:
    return table if table in LEDGER_TABLES else "a table that is not known"
