"""What the public sees of the register: answers that a second person agreed to, as they were published, and no more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from douse.outputs.bulletin.areas import ADDRESSES
from douse.outputs.claims.answered import Answered, of_row
from douse.outputs.claims.site import Listed


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


def published_claims(
    rows: pl.DataFrame, kinds: Mapping[str, str | None], times: Mapping[str, int] | None = None
) -> dict[str, Published]:
    """All claims that were ever published, by identifier, the latest first.

    Parameters
    ----------
    rows : pl.DataFrame
        Every row of the table of claims that was ever appended, in order.
    kinds : Mapping[str, str or None]
        Zone -> its kind: one that may not be named in public is left out.
    times : Mapping[str, int], optional
        How often each claim was brought; once, where it is not said.
    """
    of_claim: dict[str, list[dict[str, Any]]] = {}
    out = rows.filter(pl.col("state") == "published", pl.col("answer").is_not_null())["claim_id"]
    rows = rows.filter(pl.col("claim_id").is_in(out.implode()))
    for row in rows.sort("recorded_at", maintain_order=True).iter_rows(named=True):
        of_claim.setdefault(row["claim_id"], []).append(row)
    found = {
        claim: one
        for claim, versions in of_claim.items()
        if (one := _one(versions, kinds, (times or {}).get(claim, 1))) is not None
    }
    latest = sorted(found.items(), key=lambda pair: (pair[1].answered.published_at or datetime.min, pair[0]))
    return dict(reversed(latest))


def listed(published: Iterable[Published]) -> list[Listed]:
    """Claims for the pages of a site of bulletins."""
    return [
        Listed(one.answered, corrected=bool(one.before), withdrawn=one.withdrawn_at is not None) for one in published
    ]


def _one(versions: list[dict[str, Any]], kinds: Mapping[str, str | None], times: int) -> Published | None:
    out = [row for row in versions if row["state"] == "published" and row["answer"]]
    if not out:
        return None
    answers = [_named(of_row(row), kinds) for row in out]
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


def _named(answered: Answered, kinds: Mapping[str, str | None]) -> Answered:
    """An answer without a zone that may not be named in public."""
    kind = kinds.get(answered.zone or "")
    return answered if kind is not None and kind not in ADDRESSES else answered.without_zone()
