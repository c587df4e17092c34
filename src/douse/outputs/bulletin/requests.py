"""What residents asked for, and what became of it, as it may be told: counted as cases and their outcomes are.

Two tables of cumulative counts: requests by kind, and those whose time is up by what became of them. Those that still
have time are the difference, as those still ill are, so the same rules hide what must be hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from douse.library.goods import RequestRules
from douse.library.stand_in import part_of
from douse.outputs.bulletin.book import Column
from douse.outputs.bulletin.numbers import Seen, agrees, sizes, told
from douse.outputs.bulletin.values import IN_TIME, NOT_IN_TIME, TAKEN_BACK, Bulletin, books_of_requests
from douse.records.codes import REQUEST_KINDS

FATES = (IN_TIME, NOT_IN_TIME, TAKEN_BACK)
Groups = dict[str, set[str]]


@dataclass(frozen=True)
class Requests:
    """Counts as they are shown, and whether earlier ones no longer hold."""

    asked: Column
    answered: Column
    changed: bool


def requests(today: Seen, before: Sequence[Bulletin], earlier: Seen | None, minimum: int, moment: datetime) -> Requests:
    """Requests of the whole area as they may be shown.

    Parameters
    ----------
    today : Seen
        Of the day.
    before : Sequence[Bulletin]
        All earlier bulletins of the audience, the oldest first.
    earlier : Seen or None
        What was known on the day of the last of them: what has left a row since is a correction.
    minimum : int
        Counts from 1 to below it are small.
    moment : datetime
        By which time is up, or not: the end of the day, or earlier where the bulletin is made before.
    """
    kinds, fates = _groups(today, moment)
    changed_kinds: set[str] = set()
    changed_fates: set[str] = set()
    last = before[-1] if before else None
    if last is not None and last.asked is not None and last.answered is not None and earlier is not None:
        old_kinds, old_fates = _groups(earlier, last.by)
        rewritten = not (agrees(last.asked, old_kinds) and agrees(last.answered, old_fates))
        changed_kinds = {row for row in kinds if rewritten or old_kinds[row] - kinds[row]}
        changed_fates = {row for row in fates if rewritten or old_fates[row] - fates[row]}
    asked, answered = told(books_of_requests(before), sizes(kinds), sizes(fates), changed_kinds, changed_fates, minimum)
    return Requests(asked, answered, bool(changed_kinds or changed_fates))


def due(rules: RequestRules) -> pl.Expr:
    """When a request is due: at its own time, else by the protocol's clock for its kind."""
    hours = {name: number.value for name, number in rules.clock.items()}
    lasts = pl.col("kind").cast(pl.String).replace_strict(hours, return_dtype=pl.Float64, default=None)
    return pl.coalesce("wanted_by", pl.col("requested_at") + pl.duration(minutes=lasts * 60))


def _groups(seen: Seen, moment: datetime) -> tuple[Groups, Groups]:
    """Requests by kind, and those whose time is up by what became of them, at a moment.

    One that was handed over is met, as long as the household does not say otherwise. One that was taken back was never
    unmet.
    """
    met = pl.min_horizontal("delivered_at", "met_at")
    fate = (
        pl.when(pl.col("withdrawn_at").is_not_null())
        .then(pl.lit(TAKEN_BACK))
        .when(met <= pl.col("due"))
        .then(pl.lit(IN_TIME))
        .when(met.is_not_null() | (pl.col("due") < moment))
        .then(pl.lit(NOT_IN_TIME))
    )
    rules = part_of(seen.protocol, lambda protocol: protocol.requests)
    rows = seen.known.table("requests").with_columns(due=due(rules)).select(
        "request_id", pl.col("kind").cast(pl.String), fate=fate
    )  # fmt: skip
    kinds: Groups = {kind: set() for kind in REQUEST_KINDS}
    fates: Groups = {name: set() for name in FATES}
    for request, kind, became in rows.iter_rows():
        kinds[kind].add(request)
        if became is not None:
            fates[became].add(request)
    return kinds, fates
