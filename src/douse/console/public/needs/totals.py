"""Unmet needs of the whole area, for the public: once a day, small numbers hidden."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

import numpy as np
import polars as pl
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from douse.console import clock
from douse.console.public.door import open_to_all, public_page
from douse.console.public.needs.clock import protocol_today, with_clock
from douse.console.reading import follow
from douse.console.remembered import Remembered
from douse.library.goods import RequestRules
from douse.library.stand_in import part_of
from douse.outputs.suppress import suppress
from douse.records.codes import REQUEST_KINDS
from douse.records.ledger import Snapshot

COLUMNS = ("in_time", "late", "met")
_WEEK = timedelta(days=7)
_KEPT = 300  # seconds that a browser or a cache in between may keep it


@dataclass(frozen=True)
class Totals:
    """Requests by kind: open and in time, open and late, met in the last week; None: hidden. The last row is all."""

    as_of: datetime
    minimum: int
    rows: list[tuple[str, list[int | None]]]


_totals: Remembered[Totals] = Remembered(4)


def totals(snapshot: Snapshot) -> Totals:
    """As of the last midnight, so that whoever looks often cannot tell one request from the next."""
    day = datetime.combine(clock.now().date(), time.min)
    protocol = protocol_today()
    rules = part_of(protocol, lambda rules: rules.requests)
    minimum = round(protocol.privacy.small_cell_min.value)
    return _totals.get((day, protocol.id), (), lambda: _made(snapshot, day, rules, minimum))


def _made(snapshot: Snapshot, day: datetime, rules: RequestRules, minimum: int) -> Totals:
    rows = with_clock(snapshot.as_of(day).table("requests"), day, rules).with_columns(pl.col("kind").cast(pl.String))
    is_open = pl.col("state").is_in(["asked", "promised"])
    met = pl.col("state").is_in(["met", "delivered"]) & (
        pl.coalesce("met_at", "delivered_at") >= day - _WEEK
    )  # fmt: skip
    counted = rows.group_by("kind").agg(
        in_time=(is_open & ~pl.col("late")).sum(), late=(is_open & pl.col("late")).sum(), met=met.sum()
    )
    of_kind = {row["kind"]: [row[name] for name in COLUMNS] for row in counted.iter_rows(named=True)}
    counts = np.array([of_kind.get(kind, [0, 0, 0]) for kind in REQUEST_KINDS], dtype=np.int64)
    shown = suppress(counts, minimum).shown()
    return Totals(day, minimum, [(kind, row[:-1]) for kind, row in zip((*REQUEST_KINDS, "all"), shown, strict=True)])


@open_to_all
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The table, as a page."""
    answer = public_page(request, "public/totals.html", totals=totals(follow()))
    patch_cache_control(answer, private=True, max_age=_KEPT)
    return answer


@open_to_all
@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """The table, for programs: hidden numbers are null."""
    del request
    made = totals(follow())
    answer = JsonResponse({
        "as_of": made.as_of.isoformat(), "numbers_below_are_hidden": made.minimum,
        "requests": {kind: dict(zip(COLUMNS, row, strict=True)) for kind, row in made.rows},
    })  # fmt: skip
    patch_cache_control(answer, public=True, max_age=_KEPT)
    return answer
