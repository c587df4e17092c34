"""Offers in a bundle: cases who travelled, the end of one, and answers to ours."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from douse.errors import DataError
from douse.outputs.partners.policy import HEAD, OFFERABLE, Partner
from douse.records.ledger import NewEntry, Snapshot
from douse.records.ledger.shared import SharedRow
from douse.records.ledger_tables import LEDGER_TABLES

_LONGEST = 500
_MOST_PAYLOAD = 20_000
_ANSWERS = {"accepted", "declined"}


def abroad(partner: str, value: str) -> str:
    """An identifier of a partner as it is named here."""
    return f"{partner}:{value}"


def offer_of(row: SharedRow, partner: Partner, snapshot: Snapshot, at: datetime) -> tuple[list[NewEntry], list[str]]:
    """An offer of theirs, the end of one, or their answer to ours; and whose personal fields go."""
    state, name = text_of(row, "state"), text_of(row, "offer_id")
    offers = snapshot.current("offers").filter(pl.col("partner") == partner.name)
    if state in _ANSWERS:
        return [_answered(row, offers, name, state, partner)], []
    if partner.travellers is None or not partner.travellers.take:
        raise DataError(
            "The bundle of {partner} offers cases who travelled, which the policy does not take from there. "
            "Nothing was taken.",
            facts={"partner": partner.name},
            next_step="Ask the sender to leave them out; or whoever answers for the policy may take them.",
        )
    there = offers.filter((pl.col("offer_id") == abroad(partner.name, name)) & (pl.col("way") == "received"))
    if state == "offered":
        return ([] if there.height else [_new_offer(row, partner, name, at)]), []
    if state not in {"withdrawn", "expired"}:
        raise DataError(
            "An offer of {partner} is in a state that offers are not in. Nothing was taken.",
            facts={"partner": partner.name},
        )
    if there.is_empty():
        return [], []
    kept = there.row(0, named=True)
    return [moved(kept, state, at, reason="")], [kept["case_id"]]


def _new_offer(row: SharedRow, partner: Partner, name: str, at: datetime) -> NewEntry:
    case = row.row.get("case")
    payload = json.dumps(case, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    plain = isinstance(case, dict) and all(
        name in OFFERABLE and isinstance(value, (str, int, float)) for name, value in case.items()
    )
    if not plain or len(payload) > _MOST_PAYLOAD or not isinstance(case, dict) or not case.get("case_id"):
        raise DataError(
            "What {partner} offers of a case is not understood. Nothing was taken.", facts={"partner": partner.name}
        )
    limit = at.date() + timedelta(days=partner.travellers.most_days if partner.travellers else 0)
    try:
        expires_on = min(date.fromisoformat(text_of(row, "expires_on")), limit)
        offered_at = min(datetime.fromisoformat(text_of(row, "offered_at")), at)
    except (TypeError, ValueError) as error:
        raise DataError(
            "An offer of {partner} says no day until which it holds. Nothing was taken.",
            facts={"partner": partner.name},
        ) from error
    over = expires_on < at.date()
    return NewEntry(
        "offers",
        {
            "offer_id": abroad(partner.name, name), "partner": partner.name, "way": "received",
            "case_id": abroad(partner.name, str(case["case_id"])), "purpose": text_of(row, "purpose"),
            "destination": None if over else row.row.get("destination"), "expires_on": expires_on,
            "offered_at": offered_at, "state": "expired" if over else "offered",
            "payload": None if over else payload,
        },
    )  # fmt: skip


def _answered(row: SharedRow, offers: pl.DataFrame, name: str, state: str, partner: Partner) -> NewEntry:
    ours = offers.filter((pl.col("offer_id") == name) & (pl.col("way") == "sent"))
    if ours.is_empty() or ours["state"][0] not in {"offered", state}:
        raise DataError(
            "{partner} answers an offer that was not made to them, or is not open any more. Nothing was taken.",
            facts={"partner": partner.name},
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


def text_of(row: SharedRow, name: str) -> str:
    """A text of a row that has to be there."""
    value = row.row.get(name)
    if not isinstance(value, str) or not value or len(value) > _LONGEST:
        raise DataError(
            "A row of the table {table} in the bundle is not understood. Nothing was taken.",
            facts={"table": table_named(row.table)},
        )
    return value


def table_named(table: str) -> str:
    """The name of a table, where there is one of that name: never what a stranger wrote."""
    return table if table in LEDGER_TABLES else "not_known"
