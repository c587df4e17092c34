"""The audit log: searched and paged on the server."""

from collections.abc import Mapping
from datetime import date, datetime, time

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from douse.console.actors import actor_of
from douse.console.listing import sliced
from douse.console.pages import page
from douse.console.reach import ground_of
from douse.console.reading import follow, visible
from douse.console.words import with_names, words

_TEXT = ("author", "object_table", "object_id", "zone", "reason", "role")


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Events within reach, newest first: by words, action, author and days."""
    actor, snapshot = actor_of(request), follow()
    with_names(ground_of(snapshot))
    rows = visible(actor, snapshot, "audit")
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "action", "author", "since", "until")}
    found = search(rows, asked).sort("recorded_at", "audit_id", descending=True)
    shown = sliced(found, request.GET.get("page"))
    return page(
        request,
        "admin/audit.html",
        slice=shown,
        asked=asked,
        actions=[(name, words().label(name)) for name in rows["action"].unique().sort()],
        address=lambda number: f"{reverse('admin:audit')}?{urlencode({**asked, 'page': number})}",
    )


def search(rows: pl.DataFrame, asked: Mapping[str, str]) -> pl.DataFrame:
    """Rows of the log that meet every condition that is not empty: q (words), action, author, since, until."""
    action, author = asked["action"], asked["author"]
    if action:
        rows = rows.filter(pl.col("action") == action)
    if author:
        rows = rows.filter(pl.col("author").str.contains(author, literal=True))
    first, last = _day(asked["since"]), _day(asked["until"])
    if first is not None:
        rows = rows.filter(pl.col("recorded_at") >= datetime.combine(first, time.min))
    if last is not None:
        rows = rows.filter(pl.col("recorded_at") <= datetime.combine(last, time.max))
    for word in asked["q"].lower().split():
        among = [pl.col(name).str.to_lowercase().str.contains(word, literal=True) for name in (*_TEXT, "action")]
        rows = rows.filter(pl.any_horizontal(among).fill_null(value=False))
    return rows


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
