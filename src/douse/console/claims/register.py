"""Reading the register: claims within reach with what repeats them, their history, and those that are alike."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from douse.console import instance
from douse.console.permissions import Actor
from douse.console.reading import visible
from douse.console.remembered import Remembered
from douse.console.states import NotNow
from douse.outputs.claims.answered import versions_of
from douse.outputs.claims.similar import Alike, Likenesses
from douse.records.ledger import Snapshot

# Columns that are the answer: who writes one of them cannot agree to it as the second person.
CONTENT = ("claim", "language", "answer", "because", "evidence", "versions", "zone")
_likenesses: Remembered[Likenesses] = Remembered(16)
_joined: Remembered[dict[str, str]] = Remembered(4)


@dataclass(frozen=True)
class Version:
    """A version of a claim in the ledger: its row, and who wrote it."""

    row: Mapping[str, Any]
    author: str


def register(actor: Actor, snapshot: Snapshot) -> pl.DataFrame:
    """Claims within reach that repeat no other, with `times` (how often each was brought, with its repeats) and `of`.

    `of` is how many rows they are: the claim and what repeats it.
    """
    rows = visible(actor, snapshot, "claims")
    root = pl.col("claim_id").replace(joined(snapshot))
    brought = rows.group_by(root.alias("root")).agg(times=pl.col("seen").fill_null(1).sum(), of=pl.len())
    own = rows.filter(root == pl.col("claim_id"))
    return own.join(brought, left_on="claim_id", right_on="root", how="left", maintain_order="left")


def find(actor: Actor, snapshot: Snapshot, claim_id: str) -> dict[str, Any]:
    """The row in force of a claim within reach. Raises NotNow where there is none."""
    rows = visible(actor, snapshot, "claims").filter(pl.col("claim_id") == claim_id)
    if rows.is_empty():
        raise NotNow("There is no such claim within your zones.", next_step="Go back to the list of claims.")
    return rows.row(0, named=True)


def repeats(actor: Actor, snapshot: Snapshot, claim_id: str) -> list[dict[str, Any]]:
    """What repeats a claim, the latest first."""
    rows = visible(actor, snapshot, "claims").filter(
        pl.col("claim_id").replace(joined(snapshot)) == claim_id, pl.col("claim_id") != claim_id
    )
    return rows.sort("first_seen_at", "claim_id", descending=True).to_dicts()


def joined(snapshot: Snapshot) -> dict[str, str]:
    """Claim -> the claim that it repeats, in the end; those that repeat none are left out. A circle is cut."""
    rows = snapshot.current("claims")
    return _joined.get("joined", (rows,), lambda: _roots(rows))


def _roots(rows: pl.DataFrame) -> dict[str, str]:
    next_of = dict(rows.filter(pl.col("same_as").is_not_null()).select("claim_id", "same_as").iter_rows())
    found = {}
    for claim in next_of:
        at, seen = claim, {claim}
        while (step := next_of.get(at)) is not None and step not in seen:
            seen.add(step)
            at = step
        if at != claim:
            found[claim] = at
    return found


def history(snapshot: Snapshot, row: Mapping[str, Any]) -> list[Version]:
    """All versions of a claim up to the row in force, the first first."""
    rows = list(_back(snapshot, row))
    entries = instance.current().stores.ledger.entries(
        tables=["claims"], record_ids=[version["record_id"] for version in rows]
    )
    authors = {entry.record_id: entry.author for entry in entries}
    return [Version(version, authors.get(version["record_id"], "")) for version in reversed(rows)]


def answered_by(versions: list[Version]) -> frozenset[str]:
    """Who wrote the answer that stands: everybody who changed something of it since the claim was last open."""
    found = set[str]()
    for before, now in zip([None, *versions[:-1]], versions, strict=True):
        if now.row["state"] != "answered":
            found = set()
        elif before is None or before.row["state"] != "answered" or _content(before) != _content(now):
            found.add(now.author)
    return frozenset(found)


def published_version(versions: list[Version]) -> Version | None:
    """The version that was published last."""
    return next((one for one in reversed(versions) if one.row["state"] == "published"), None)


def alike(
    actor: Actor, snapshot: Snapshot, text: str, *, but: tuple[str, ...] = (), most: int = 5
) -> list[tuple[dict[str, Any], Alike]]:
    """Claims within reach that say much the same, the likest first; of repeats the claim that they repeat, once."""
    rows = visible(actor, snapshot, "claims")
    made = _likenesses.get(actor.key, (rows,), lambda: Likenesses(texts_of(rows)))
    roots = joined(snapshot)
    found: dict[str, Alike] = {}
    for one in made.like(text, most=4 * most, but=but):
        root = roots.get(one.id, one.id)
        if root not in but:
            found.setdefault(root, one)
    by_id = {row["claim_id"]: row for row in rows.filter(pl.col("claim_id").is_in(list(found))).iter_rows(named=True)}
    return [(by_id[root], one) for root, one in list(found.items())[:most] if root in by_id]


def texts_of(rows: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """Each claim in each language that it is there in."""
    for claim, text, versions in rows.select("claim_id", "claim", "versions").iter_rows():
        yield claim, text or ""
        yield from ((claim, said.claim) for said in versions_of(versions).values())


def _back(snapshot: Snapshot, row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    every = snapshot.frames["claims"].filter(pl.col("claim_id") == row["claim_id"])
    by_record = {one["record_id"]: one for one in every.iter_rows(named=True)}
    at: Mapping[str, Any] | None = by_record.get(row["record_id"])
    while at is not None:
        yield at
        at = by_record.pop(at["supersedes"], None) if at["supersedes"] else None


def _content(version: Version) -> tuple[Any, ...]:
    return tuple(version.row[name] for name in CONTENT)
