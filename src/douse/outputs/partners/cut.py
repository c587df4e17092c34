"""Cut what a partner gets: rows of the tables and zones that the policy names, without what it keeps back."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from douse.outputs.partners.policy import EVERYWHERE, InForce, Partner
from douse.outputs.returns.within import subtree, zone_of_rows
from douse.records import ZoneTree
from douse.records.ledger import Entry, Ledger, Snapshot
from douse.records.ledger.shared import SharedRow
from douse.records.ledger_tables import personal_columns
from douse.records.measure import Because
from douse.records.records import Records

_SENT, _RECEIVED = "sent", "received"
_PASSED_ON = Because("came from a partner: it is not passed on")
_ELSEWHERE = Because("of another zone, or of none that is known")


@dataclass(frozen=True)
class Cut:
    """What goes to a partner.

    Attributes
    ----------
    rows : tuple of SharedRow
        In the order of the ledger.
    tables : dict
        Table -> rows.
    upto : int
        Last entry that was looked through.
    expires_on : date or None
        Last day on which the partner may keep what is personal, the first of those that the policy names for what is
        in it; None: nothing is.
    left_out : dict
        Why -> rows of the tables that the policy names which do not go.
    """

    rows: tuple[SharedRow, ...]
    tables: dict[str, int]
    upto: int
    expires_on: date | None
    left_out: dict[str, int]


def cut(  # noqa: PLR0913  (from what, by which policy, for whom, since when)
    ledger: Ledger, snapshot: Snapshot, policy: InForce, partner: Partner, *, since: int, today: date
) -> Cut:
    """Rows for a partner, of the entries after a sequence number."""
    known = snapshot.records.as_of(today)
    zones = ZoneTree(known)
    foreign = tuple(f"{one.name}:" for one in policy.policy.partner)
    rows, left_out, ends = list[SharedRow](), dict[str, int](), list[date]()
    for give in partner.give:
        inside, names = _inside(zones, give.zones), frozenset(give.names)
        home = _homes(known, give.table)
        for entry in ledger.entries(since=since, upto=snapshot.sequence, tables=[give.table]):
            zone = entry.zone or home.get(entry.record_id)
            why = _kept_back(entry.record_id, zone, inside, foreign)
            if why:
                left_out[why] = left_out.get(why, 0) + 1
            else:
                rows.append(_row(entry, zone, names))
                ends += [today + timedelta(days=give.keep_days)] if give.keep_days else []
    offers = list(_offers(ledger, snapshot, partner, since))
    gone = list(_erased(ledger, snapshot, partner, since, zones))
    every = (*rows, *offers, *gone)
    tables: dict[str, int] = {}
    for row in every:
        tables[row.table] = tables.get(row.table, 0) + 1
    return Cut(every, tables, snapshot.sequence, min(ends, default=None), left_out)


def inside_of(zones: ZoneTree, named: Iterable[str]) -> frozenset[str] | None:
    """Zones with all that lies within them; None: the whole area."""
    return _inside(zones, tuple(named))


def _inside(zones: ZoneTree, named: Sequence[str]) -> frozenset[str] | None:
    if EVERYWHERE in named:
        return None
    return frozenset[str]().union(*(subtree(zones, zone) for zone in named))


def _homes(known: Records, table: str) -> dict[str, str]:
    """record_id -> zone, of rows that have none of their own."""
    if table not in known.frames:
        return {}
    zones = zone_of_rows(known, table)
    pairs = pl.DataFrame({"record_id": known.table(table)["record_id"], "zone": zones}).drop_nulls()
    return dict(pairs.iter_rows())


def _kept_back(record_id: str, zone: str | None, inside: frozenset[str] | None, foreign: tuple[str, ...]) -> str:
    if record_id.startswith(foreign):
        return _PASSED_ON.key
    if inside is not None and (zone is None or zone not in inside):
        return _ELSEWHERE.key
    return ""


def _row(entry: Entry, zone: str | None, names: frozenset[str]) -> SharedRow:
    row = {name: value for name, value in entry.row.items() if name in names}
    return SharedRow(entry.table, zone, entry.record_id, entry.supersedes, row)


def _offers(ledger: Ledger, snapshot: Snapshot, partner: Partner, since: int) -> Iterator[SharedRow]:
    """Offers that are new or withdrawn, and answers to theirs: each as it stands now."""
    changed = {entry.row["offer_id"] for entry in ledger.entries(since=since, tables=["offers"])}
    now = snapshot.current("offers").filter(
        (pl.col("partner") == partner.name) & pl.col("offer_id").is_in(sorted(changed))
    )
    for offer in now.sort("offered_at", "offer_id").iter_rows(named=True):
        row: dict[str, Any] = {"offer_id": offer["offer_id"].removeprefix(f"{partner.name}:"), "state": offer["state"]}
        if offer["way"] == _SENT and offer["state"] == "offered":
            row |= {
                "purpose": offer["purpose"], "destination": offer["destination"],
                "offered_at": offer["offered_at"].isoformat(), "expires_on": offer["expires_on"].isoformat(),
                "case": json.loads(offer["payload"] or "{}"),
            }  # fmt: skip
        elif offer["way"] == _RECEIVED and offer["state"] not in {"accepted", "declined"}:
            continue
        elif offer["way"] == _RECEIVED:
            row |= {"reason": offer["reason"], "answered_at": offer["answered_at"].isoformat()}
        yield SharedRow("offers", None, None, None, row)


def _erased(ledger: Ledger, snapshot: Snapshot, partner: Partner, since: int, zones: ZoneTree) -> Iterator[SharedRow]:
    """Persons who were erased here, and of whom the partner may have something personal."""
    subjects = sorted({str(entry.subject) for entry in ledger.entries(since=since, tables=["erasures"])})
    if not subjects:
        return
    offered = set(snapshot.current("offers").filter(pl.col("partner") == partner.name)["case_id"].drop_nulls())
    given = set[str]()
    for give in partner.give:
        inside = _inside(zones, give.zones)
        if give.personal and personal_columns(give.table):
            given |= {
                str(entry.subject)
                for entry in ledger.entries(tables=[give.table], subjects=subjects)
                if inside is None or entry.zone in inside or entry.zone is None
            }
    for subject in subjects:
        if subject in offered | given:
            yield SharedRow("erasures", None, None, None, {"subject": subject})
