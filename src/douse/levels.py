"""The story of what goes between levels: fill in a return, keep, sign, send it; who is late."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
from uuid_utils import uuid7

from douse.errors import UsageError
from douse.ledgers import Place
from douse.library import Return, load
from douse.outputs.json_text import dumped
from douse.outputs.returns.files import as_csv, document, signed
from douse.outputs.returns.fill import fill
from douse.outputs.returns.keeping import kept_row, next_row
from douse.outputs.returns.standing import Hop, Standing, definition_of, hops, shipped, standings
from douse.outputs.returns.values import Filled, filled_from, period_of
from douse.outputs.words import Words
from douse.question import Question, open_data
from douse.records import ZoneTree
from douse.records.ledger import Live, Snapshot
from douse.records.ledger.keys import signing_key


@dataclass(frozen=True)
class Made:
    """A return that was filled in, and the words to say it with."""

    filled: Filled
    words: Words


def fill_return(  # noqa: PLR0913  (what the command may say)
    question: Question,
    name: str,
    *,
    zone: str | None,
    day: date | None,
    typed: Mapping[str, str],
    language: str = "en",
) -> Made:
    """Fill in a return of a zone and of the period that a day lies in, from what is known as of the question."""
    definition = load(Return, name)
    opened = open_data(question)
    known = opened.records.as_of(opened.day)
    zones = ZoneTree(known)
    if unknown := set(typed) - {column.id for column in definition.typed}:
        raise UsageError(
            f"Nobody types {', '.join(sorted(unknown))} into the return {definition.id}.",
            allowed=", ".join(column.id for column in definition.typed) or "nothing: it is filled in from the records",
        )
    filled = fill(
        definition, known, zone=zone or _only(definition, zones), period=period_of(definition.every, day or opened.day),
        pathogen=opened.knowledge.pathogen, protocol=opened.knowledge.protocol,
    )  # fmt: skip
    names = dict(zip(zones.ids, zones.names, strict=True))
    return Made(filled.with_typed(typed), Words(language, zones=names))


def _only(definition: Return, zones: ZoneTree) -> str:
    found = [zone for zone, kind in zip(zones.ids, zones.kinds, strict=True) if kind == definition.of]
    if len(found) != 1:
        raise UsageError(
            f"Which zone of kind {definition.of} reports?", allowed=", ".join(sorted(found)[:20]) or "there is none",
            next_step="Name it with --zone.",
        )  # fmt: skip
    return found[0]


def write_return(filled: Filled, out: Path, words: Words) -> None:
    """Write a return into a file: CSV or JSON by its ending, else by the definition."""
    form = out.suffix.lstrip(".") or filled.definition.format
    if form not in {"csv", "json"}:
        raise UsageError("A return is written as CSV or JSON.", allowed=".csv, .json")
    if form == "csv":
        out.write_bytes(as_csv(filled, words))
    else:
        out.write_text(dumped(document(filled, return_id="", signed_by=None, sent_at=None)), "utf-8")


def keep_return(place: Place, filled: Filled, *, author: str, at: datetime) -> str:
    """Put a return that was filled in on the ledger, as a draft; its identifier."""
    ledger = place.open()
    entry = kept_row(filled, return_id=str(uuid7()), ledger=ledger.head, at=at)
    ledger.append([entry], author=author, at=at)
    return str(entry.row["return_id"])


def sign_return(place: Place, return_id: str, by: str, *, author: str, at: datetime) -> None:
    """Say who answers for a return."""
    ledger = place.open()
    row = _row(Live(ledger).follow(), return_id)
    ledger.append([next_row(row, "signed", at=at, signed_by=by)], author=author, at=at, in_force_only=True)


def send_return(place: Place, return_id: str, out: Path, *, author: str, at: datetime) -> None:
    """Write the signed file of a return that somebody answers for, and say on the ledger that it went."""
    ledger = place.open()
    row = _row(Live(ledger).follow(), return_id)
    entry = next_row(row, "sent", at=at)
    filled = filled_from(definition_of(row["definition"]), row)
    content = document(
        filled, return_id=return_id, signed_by=row["signed_by"], sent_at=at.isoformat(timespec="seconds")
    )
    out.write_bytes(signed(content, signing_key(place.keys)))
    ledger.append([entry], author=author, at=at, in_force_only=True)


def standing(place: Place, now: datetime, *, language: str = "en") -> tuple[list[Standing], list[Hop], Words]:
    """How every return stands, and how long each zone takes to tell the level above."""
    snapshot = Live(place.open()).follow()
    zones = ZoneTree(snapshot.as_of(now))
    found = standings(shipped(), zones, snapshot.current("returns"), first_day(snapshot, now), now)
    names = dict(zip(zones.ids, zones.names, strict=True))
    return found, hops(found), Words(language, zones=names)


def first_day(snapshot: Snapshot, now: datetime) -> date:
    """The day of the first case told: returns are owed from then on."""
    told = snapshot.current("cases")["first_recorded_at"].drop_nulls()
    first = told.min()
    return first.date() if isinstance(first, datetime) else now.date()


def _row(snapshot: Snapshot, return_id: str) -> dict[str, Any]:
    rows = snapshot.current("returns").filter(pl.col("return_id") == return_id)
    if rows.is_empty():
        raise UsageError(
            "There is no return of that identifier on the ledger.",
            next_step="`douse returns late` lists them; `douse returns fill … --keep` puts one there.",
        )
    return rows.row(0, named=True)
