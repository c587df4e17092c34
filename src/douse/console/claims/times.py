"""How long claims wait for an answer: figures of the Today page."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import polars as pl

from douse.console.permissions import Actor
from douse.console.reading import visible
from douse.records.ledger import Snapshot

WINDOW = timedelta(days=7)


@dataclass(frozen=True)
class Waiting:
    """Claims as they were known at a moment, within reach.

    Attributes
    ----------
    open, for_second : int
        Claims without an answer, and answers that wait for a second person.
    oldest_hours : float or None
        Hours since the longest waiting of the open ones was first seen.
    answered, published : int
        Claims first answered, and first published, in the last seven days.
    to_answer_hours, to_published_hours : float or None
        Median hours from first sight to the first answer, and to its publication, of those.
    """

    open: int
    for_second: int
    oldest_hours: float | None
    answered: int
    published: int
    to_answer_hours: float | None
    to_published_hours: float | None


def waiting(actor: Actor, snapshot: Snapshot, day: date, now: datetime) -> Waiting:
    """Figures as of the end of a day, or as of now on the day that is today. Repeats of a claim are no claims."""
    at = min(now, datetime.combine(day, time.max))
    return _measured(_versions(actor, snapshot, at), at)


def _versions(actor: Actor, snapshot: Snapshot, at: datetime) -> pl.DataFrame:
    """All versions, told by a moment, of the claims within reach that repeat no other, in order."""
    seen = visible(actor, snapshot, "claims")["claim_id"]
    rows = snapshot.frames.get("claims", snapshot.current("claims"))
    told = rows.filter((pl.col("recorded_at") <= at) & pl.col("claim_id").is_in(seen.implode()))
    told = told.sort("recorded_at", maintain_order=True)
    return told.filter(pl.col("same_as").last().over("claim_id").is_null())


def _measured(versions: pl.DataFrame, at: datetime) -> Waiting:
    claims = versions.group_by("claim_id").agg(
        pl.col("first_seen_at").first(),
        state=pl.col("state").last().cast(pl.String),
        answered=pl.col("answered_at").filter(pl.col("state") == "answered").first(),
        published=pl.col("published_at").filter(pl.col("state") == "published").first(),
    )
    still = claims.filter(pl.col("state") == "open")
    oldest = still["first_seen_at"].min()
    found = {name: _since(claims, name, at) for name in ("answered", "published")}
    return Waiting(
        open=still.height,
        for_second=claims.filter(pl.col("state") == "answered").height,
        oldest_hours=_hours(at - oldest) if isinstance(oldest, datetime) else None,
        answered=found["answered"].len(),
        published=found["published"].len(),
        to_answer_hours=_median(found["answered"]),
        to_published_hours=_median(found["published"]),
    )


def _since(claims: pl.DataFrame, name: str, at: datetime) -> pl.Series:
    """Time from first sight, of what came in the last days."""
    recent = claims.filter((pl.col(name) > at - WINDOW) & (pl.col(name) <= at))
    return recent.select((pl.col(name) - pl.col("first_seen_at")).alias("since"))["since"]


def _median(times: pl.Series) -> float | None:
    middle = times.median()
    return _hours(middle) if isinstance(middle, timedelta) else None


def _hours(span: timedelta) -> float:
    return span.total_seconds() / 3600
