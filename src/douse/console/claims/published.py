"""What the public sees of the register: answers that a second person agreed to, as they were published, and no more.

Read without an actor, because nobody signs in: only columns of published versions leave here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from douse.console.claims.register import joined
from douse.console.reach import ground_of
from douse.console.remembered import Remembered
from douse.outputs.claims.answered import Answered, of_row
from douse.outputs.claims.similar import Alike, Likenesses
from douse.outputs.public import ADDRESSES
from douse.records.ledger import Snapshot


@dataclass(frozen=True)
class Published:
    """A claim on the public list.

    Attributes
    ----------
    answered : Answered
        The answer that was published last.
    before : tuple of Answered
        Answers that it corrects, the latest first.
    times : int
        How often the claim was brought.
    being_answered : bool
        Whether it is being looked at again.
    withdrawn_at : datetime or None
        When the answer was taken back; then `reason` says why.
    """

    answered: Answered
    before: tuple[Answered, ...]
    times: int
    being_answered: bool
    withdrawn_at: datetime | None = None
    reason: str | None = None


_published: Remembered[dict[str, Published]] = Remembered(2)
_likenesses: Remembered[Likenesses] = Remembered(2)


def published(snapshot: Snapshot) -> dict[str, Published]:
    """All claims that were ever published, by identifier, the latest first."""
    rows = snapshot.frames.get("claims")
    if rows is None:
        return {}
    return _published.get("published", (rows, snapshot.current("zones")), lambda: _all(snapshot, rows))


def alike(snapshot: Snapshot, text: str, *, most: int) -> list[tuple[Published, Alike]]:
    """Published claims that say much the same, the likest first."""
    every = {name: one for name, one in published(snapshot).items() if one.withdrawn_at is None}
    rows = snapshot.frames.get("claims")
    made = _likenesses.get("published", (rows,), lambda: Likenesses(_texts(every)))
    return [(every[one.id], one) for one in made.like(text, most=most) if one.id in every]


def _all(snapshot: Snapshot, rows: pl.DataFrame) -> dict[str, Published]:
    of_claim: dict[str, list[dict[str, Any]]] = {}
    out = rows.filter(pl.col("state") == "published", pl.col("answer").is_not_null())["claim_id"]
    rows = rows.filter(pl.col("claim_id").is_in(out.implode()))
    for row in rows.sort("recorded_at", maintain_order=True).iter_rows(named=True):
        of_claim.setdefault(row["claim_id"], []).append(row)
    times = _times(snapshot)
    found = {
        claim: one
        for claim, versions in of_claim.items()
        if (one := _one(snapshot, versions, times.get(claim, 1))) is not None
    }
    latest = sorted(found.items(), key=lambda pair: (pair[1].answered.published_at or datetime.min, pair[0]))
    return dict(reversed(latest))


def _one(snapshot: Snapshot, versions: list[dict[str, Any]], times: int) -> Published | None:
    out = [row for row in versions if row["state"] == "published" and row["answer"]]
    if not out:
        return None
    answers = [_named(snapshot, of_row(row)) for row in out]
    now = versions[-1]
    withdrawn = [row for row in versions[versions.index(out[-1]) :] if row["state"] == "withdrawn"]
    last = withdrawn[-1] if withdrawn else None
    return Published(
        answered=answers[-1],
        before=tuple(reversed(answers[:-1])),
        times=times,
        being_answered=last is None and now["state"] in {"open", "answered"},
        withdrawn_at=None if last is None else last["recorded_at"],
        reason=None if last is None else last["reason"],
    )


def _named(snapshot: Snapshot, answered: Answered) -> Answered:
    """An answer without a zone that may not be named in public."""
    ground = ground_of(snapshot)
    kind = ground.kind.get(answered.zone or "")
    return answered if kind is not None and kind not in ADDRESSES else answered.without_zone()


def _times(snapshot: Snapshot) -> dict[str, int]:
    root = pl.col("claim_id").replace(joined(snapshot)).alias("root")
    rows = snapshot.current("claims").group_by(root).agg(pl.col("seen").fill_null(1).sum())
    return dict(rows.iter_rows())


def _texts(every: dict[str, Published]) -> Iterator[tuple[str, str]]:
    for name, one in every.items():
        yield name, one.answered.said.claim
        yield from ((name, said.claim) for said in one.answered.versions.values())
