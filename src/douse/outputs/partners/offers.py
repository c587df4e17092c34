"""A case who travelled: offered to the destination, answered there, and let go when its time is over."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from uuid_utils import uuid7

from douse.errors import UsageError
from douse.outputs.partners.incoming import moved
from douse.outputs.partners.policy import Partner
from douse.records.ledger import NewEntry, Snapshot
from douse.records.ledger.entry import plain
from douse.records.ledger.erasure import held

OPEN = ("offered", "accepted")  # states in which the partner has something of the case
MOVES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("sent", "offered"): ("withdrawn",),
    ("sent", "accepted"): ("withdrawn",),
    ("received", "offered"): ("accepted", "declined"),
}


@dataclass(frozen=True)
class Expired:
    """What is past its time.

    Attributes
    ----------
    entries : tuple of NewEntry
        Offers whose last day is over.
    erase : tuple of str
        Pseudonyms whose personal fields go: of offers that came, and of rows that came with a last day.
    held : int
        Persons among those whom a legal hold keeps.
    """

    entries: tuple[NewEntry, ...]
    erase: tuple[str, ...]
    held: int


def offered(  # noqa: PLR0913  (what an offer says)
    case: Mapping[str, Any],
    partner: Partner,
    *,
    purpose: str,
    until: date,
    at: datetime,
    destination: str = "",
) -> NewEntry:
    """A case, offered to a partner for a purpose until a day.

    Raises
    ------
    UsageError
        When the policy offers that partner no cases, no purpose is given, or the day lies beyond what it allows.
    """
    rules = partner.travellers
    if rules is None or not rules.give:
        raise UsageError(
            "The policy of sharing offers {partner} no cases who travelled.",
            facts={"partner": partner.name},
            next_step="Whoever answers for the policy can allow it; docs/partners.md shows how.",
        )
    last = at.date() + timedelta(days=rules.most_days)
    if not purpose.strip():
        raise UsageError("An offer names its purpose.", next_step="Say in a sentence what the partner needs it for.")
    if not at.date() <= until <= last:
        raise UsageError(
            "The last day of the offer is not one that the policy allows.",
            allowed=f"{at.date().isoformat()} to {last.isoformat()}", next_step="Choose a day within.",
        )  # fmt: skip
    payload = {name: plain(case[name]) for name in rules.columns if case.get(name) is not None}
    row = {
        "offer_id": str(uuid7()), "partner": partner.name, "way": "sent", "case_id": case["case_id"],
        "zone": case["zone"], "destination": destination.strip() or None, "purpose": purpose.strip(),
        "expires_on": until, "offered_at": at, "state": "offered",
        "payload": json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
    }  # fmt: skip
    return NewEntry("offers", row)


def check_offer_move(offer: Mapping[str, Any], to: str, today: date) -> None:
    """Raise UsageError unless an offer can become that now."""
    allowed = MOVES.get((offer["way"], offer["state"]), ())
    if to not in allowed:
        raise UsageError(
            "This offer is {state}: it cannot become {to}.", facts={"state": offer["state"], "to": to},
            allowed=", ".join(allowed) or "nothing more",
            next_step="Open it again: somebody may have answered it meanwhile.",
        )  # fmt: skip
    if offer["expires_on"] < today:
        raise UsageError("The last day of this offer is over.", next_step="Ask the partner for a new one.")


def accepted(offer: Mapping[str, Any], partner: Partner, zone: str, at: datetime) -> list[NewEntry]:
    """The rows that take an offered case in: it lives in a zone of ours from now on."""
    check_offer_move(offer, "accepted", at.date())
    if not zone:
        raise UsageError("Name the zone where the person is now.", next_step="Choose the smallest that is known.")
    case = {name: value for name, value in json.loads(offer["payload"]).items() if name != "case_id"}
    row = case | {
        "case_id": offer["case_id"], "person_id": offer["case_id"], "zone": zone, "origin": "imported",
        "origin_place": partner.title,
    }  # fmt: skip
    return [moved({**offer, "zone": zone}, "accepted", at, reason=""), NewEntry("cases", row)]


def answered(offer: Mapping[str, Any], state: str, at: datetime, reason: str) -> NewEntry:
    """An offer that is declined, or withdrawn, for a reason."""
    check_offer_move(offer, state, at.date())
    if not reason.strip():
        raise UsageError("A reason is needed.", next_step="Say in a sentence why.")
    return moved(offer, state, at, reason=reason.strip())


def expired(snapshot: Snapshot, at: datetime) -> Expired:
    """Offers and rows of partners whose last day is over."""
    today = at.date()
    over = snapshot.current("offers").filter(pl.col("state").is_in(OPEN) & (pl.col("expires_on") < today))
    theirs = set(over.filter(pl.col("way") == "received")["case_id"].drop_nulls())
    gone = theirs | declined_and_kept(snapshot) | _of_bundles(snapshot, today)
    erased = set(snapshot.current("erasures")["subject"])
    wanted = gone - erased
    kept = held(snapshot, wanted, today) if wanted else set[str]()
    entries = tuple(
        moved(row, "expired", at, reason="")
        for row in over.iter_rows(named=True)
        if row["way"] == "sent" or row["case_id"] not in kept
    )
    return Expired(entries, tuple(sorted(wanted - kept)), len(kept))


def declined_and_kept(snapshot: Snapshot) -> set[str]:
    """Cases that were offered to us and declined: nothing personal of them is to stay."""
    offers = snapshot.current("offers").filter(pl.col("way") == "received")
    still = set(offers.filter(pl.col("state").is_in(OPEN))["case_id"].drop_nulls())
    return set(offers.filter(pl.col("state") == "declined")["case_id"].drop_nulls()) - still


def _of_bundles(snapshot: Snapshot, today: date) -> set[str]:
    """Pseudonyms of rows that came with a last day that is over."""
    bundles = snapshot.current("bundles").filter((pl.col("way") == "received") & (pl.col("expires_on") < today))
    found = set[str]()
    for partner, at in bundles.select("partner", "first_recorded_at").iter_rows():
        for name in ("cases", "contacts", "tests", "stays"):
            rows = snapshot.frames.get(name)
            if rows is None:
                continue
            theirs = rows.filter(pl.col("record_id").str.starts_with(f"{partner}:") & (pl.col("recorded_at") == at))
            for column in ("person_id", "case_id") if name == "cases" else ("person_id",):
                found |= set(theirs[column].drop_nulls())
    return found
