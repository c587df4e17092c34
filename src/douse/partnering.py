"""The story of partners: what goes to them, what comes from them, cases who travelled, and what is let go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from douse.errors import UsageError
from douse.ledgers import Place
from douse.outputs.partners.cut import Cut, cut
from douse.outputs.partners.offers import Expired, accepted, answered, expired, offered
from douse.outputs.partners.policy import InForce, policy_of
from douse.outputs.partners.take import Brought, brought, last_of
from douse.records.ledger import Ledger, Live, NewEntry, Snapshot
from douse.records.ledger.erasure import erase, held
from douse.records.ledger.keys import public_text, signing_key
from douse.records.ledger.shared import Head, read_shared, write_shared
from douse.records.vault import open_vault

WHY_ERASED = "the time for which a partner gave it is over, or the partner took it back"


@dataclass(frozen=True)
class Prepared:
    """A bundle that was written, and the row that tells of it."""

    number: int
    cut: Cut
    entry: NewEntry


def policy(place: Place) -> InForce:
    """The policy of sharing of an instance."""
    return policy_of(place.folder)


def own_key(place: Place) -> str:
    """The public key that partners write into their policies."""
    return public_text(signing_key(place.keys))


def prepare(  # noqa: PLR0913  (what it is made from, for whom, when)
    ledger: Ledger, snapshot: Snapshot, rules: InForce, *, keys: Path, name: str, out: Path, at: datetime, again: bool
) -> Prepared:
    """Write the next bundle for a partner; `again`: the last one anew, which never arrived."""
    partner = rules.partner(name, at.date())
    last = last_of(snapshot, name, "sent")
    before = last
    if again:
        if last is None:
            raise UsageError(
                "No bundle was made for {partner} yet.", facts={"partner": name},
                next_step="Make the next one, not the last one anew.",
            )  # fmt: skip
        earlier = snapshot.current("bundles").filter(
            (pl.col("partner") == name) & (pl.col("way") == "sent") & (pl.col("number") == last["number"] - 1)
        )
        before = None if earlier.is_empty() else earlier.row(0, named=True)
    since = 0 if before is None else before["upto"]
    made = cut(ledger, snapshot, rules, partner, since=since, today=at.date())
    number = 1 if before is None else before["number"] + 1
    head = Head(
        ledger.origin, partner.key, number, None if before is None else before["bundle_id"],
        at.replace(microsecond=0), made.upto, rules.hash, made.expires_on,
    )  # fmt: skip
    bundle_id = write_shared(out, head, made.rows, signing_key(keys))
    row: dict[str, Any] = {
        "bundle_id": bundle_id, "partner": name, "way": "sent", "number": number, "previous": head.previous,
        "made_at": head.made_at, "upto": made.upto, "policy": rules.hash, "expires_on": made.expires_on,
        "tables": ", ".join(f"{table} {many}" for table, many in sorted(made.tables.items())) or None,
    }  # fmt: skip
    supersedes = last["record_id"] if again and last is not None else None
    return Prepared(number, made, NewEntry("bundles", row, record_id=bundle_id, supersedes=supersedes))


def send(  # noqa: PLR0913  (what goes where, by whom and when)
    place: Place, name: str, out: Path, *, author: str, at: datetime, again: bool = False
) -> Prepared:
    """Cut the next bundle for a partner, and say on the ledger that it went."""
    ledger = place.open()
    snapshot = Live(ledger).follow()
    made = prepare(ledger, snapshot, policy(place), keys=place.keys, name=name, out=out, at=at, again=again)
    ledger.append([made.entry], author=author, at=at, in_force_only=True)
    return made


def take(place: Place, path: Path, *, author: str, at: datetime) -> tuple[Brought, int]:
    """Take in the bundle of a partner, or refuse it; what is past its time goes first. Also: how many were erased."""
    expire(place, author=author, at=at)
    live = Live(place.open())
    found = brought(read_shared(path), policy(place), own_key(place), live.follow(), at)
    live.ledger.append(found.entries, author=author, at=at, in_force_only=True)
    return found, _erase(place, live, found.erase, author, at)


def offer(  # noqa: PLR0913  (what an offer says)
    place: Place, case_id: str, name: str, purpose: str, until: date, *, author: str, at: datetime,
    destination: str = "",
) -> str:  # fmt: skip
    """Offer a case who travelled to a partner; it goes with the next bundle. The identifier of the offer."""
    live = Live(place.open())
    cases = live.follow().current("cases").filter(pl.col("case_id") == case_id)
    if cases.is_empty():
        raise UsageError("There is no case of that identifier on the ledger.", next_step="Look it up in the console.")
    partner = policy(place).partner(name, at.date())
    entry = offered(cases.row(0, named=True), partner, purpose=purpose, until=until, at=at, destination=destination)
    live.ledger.append([entry], author=author, at=at)
    return str(entry.row["offer_id"])


def answer(  # noqa: PLR0913  (what an answer says)
    place: Place, offer_id: str, state: str, *, author: str, at: datetime, zone: str = "", reason: str = ""
) -> None:
    """Accept, decline or withdraw an offer; the answer goes with the next bundle."""
    live = Live(place.open())
    row = offer_named(live.follow(), offer_id)
    if state == "accepted":
        entries = accepted(row, policy(place).partner(row["partner"], at.date()), zone, at)
    else:
        entries = [answered(row, state, at, reason)]
    live.ledger.append(entries, author=author, at=at, in_force_only=True)
    if state == "declined":
        _erase(place, live, (row["case_id"],), author, at)


def offer_named(snapshot: Snapshot, offer_id: str) -> dict[str, Any]:
    """An offer in force. Raises UsageError where there is none."""
    rows = snapshot.current("offers").filter(pl.col("offer_id") == offer_id)
    if rows.is_empty():
        raise UsageError("There is no offer of that identifier.", next_step="`douse partners offers` lists them.")
    return rows.row(0, named=True)


def offers(place: Place) -> Sequence[dict[str, Any]]:
    """Offers on the ledger, the newest first."""
    return Live(place.open()).follow().current("offers").sort("offered_at", descending=True).to_dicts()


def expire(place: Place, *, author: str, at: datetime) -> Expired:
    """Let go what is past its time: offers end, and personal fields that partners gave until a day are erased."""
    live = Live(place.open())
    found = expired(live.follow(), at)
    if found.entries:
        live.ledger.append(found.entries, author=author, at=at, in_force_only=True)
    _erase(place, live, found.erase, author, at)
    return found


def _erase(place: Place, live: Live, subjects: Sequence[str], author: str, at: datetime) -> int:
    """Erase persons whom no legal hold keeps; how many."""
    free = sorted(set(subjects) - held(live.follow(), subjects, at.date())) if subjects else []
    if not free:
        return 0
    erased = erase(live, free, author=author, at=at, why="retention", reason=WHY_ERASED)
    open_vault(place.ledger, place.keys).forget(free)
    return erased.subjects
