"""Published answers of the ledger, remembered from page to page.

Read without an actor, because nobody signs in: only columns of published versions leave here.
"""

from collections.abc import Iterator

import polars as pl

from douse.console.claims.register import joined
from douse.console.reach import ground_of
from douse.console.remembered import Remembered
from douse.outputs.claims.published import Published, published_claims
from douse.outputs.claims.similar import Alike, Likenesses
from douse.records.ledger import Snapshot

_published: Remembered[dict[str, Published]] = Remembered(2)
_likenesses: Remembered[Likenesses] = Remembered(2)


def published(snapshot: Snapshot) -> dict[str, Published]:
    """All claims that were ever published, by identifier, the latest first."""
    rows = snapshot.frames.get("claims")
    if rows is None:
        return {}
    return _published.get(
        "published", (rows, snapshot.current("zones")),
        lambda: published_claims(rows, ground_of(snapshot).kind, _times(snapshot)),
    )  # fmt: skip


def alike(snapshot: Snapshot, text: str, *, most: int) -> list[tuple[Published, Alike]]:
    """Published claims that say much the same, the likest first."""
    every = {name: one for name, one in published(snapshot).items() if one.withdrawn_at is None}
    rows = snapshot.frames.get("claims")
    made = _likenesses.get("published", (rows,), lambda: Likenesses(_texts(every)))
    return [(every[one.id], one) for one in made.like(text, most=most) if one.id in every]


def _times(snapshot: Snapshot) -> dict[str, int]:
    root = pl.col("claim_id").replace(joined(snapshot)).alias("root")
    rows = snapshot.current("claims").group_by(root).agg(pl.col("seen").fill_null(1).sum())
    return dict(rows.iter_rows())


def _texts(every: dict[str, Published]) -> Iterator[tuple[str, str]]:
    for name, one in every.items():
        yield name, one.answered.said.claim
        yield from ((name, said.claim) for said in one.answered.versions.values())
