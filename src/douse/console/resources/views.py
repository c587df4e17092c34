"""The pages of resources: who goes short first, beds and laboratories, stock, shipments, crews."""

from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse

from douse.console import clock
from douse.console.actors import actor_of
from douse.console.forms_read import text_of
from douse.console.listing import sliced
from douse.console.pages import page
from douse.console.permissions import Actor, may
from douse.console.plan.made import Made, changed_since
from douse.console.plan.names import named
from douse.console.plan.progress import going_on
from douse.console.plan.workshop import Work
from douse.console.reach import ground_of, reach
from douse.console.reading import follow, visible
from douse.console.resources import planned, there
from douse.records.codes import ITEMS
from douse.records.ledger import Snapshot

PER_PAGE = 40


def show(request: HttpRequest) -> HttpResponse:
    """Who goes short first and why; figures of what there is."""
    actor, snapshot = actor_of(request), follow()
    said = named(snapshot)
    known = there.facilities(actor, snapshot)
    ids = frozenset(row["facility_id"] for row in known)
    made = planned.latest(actor)
    return page(
        request,
        "resources/show.html",
        tab="show",
        totals=_totals(known),
        lateness=_late_shipments(actor, snapshot),
        goods=[] if made is None else planned.goods_blocks(actor, snapshot, made, said, ids),
        beds=[] if made is None else planned.bed_blocks(actor, snapshot, made, said, ids),
        **_plan(actor, snapshot, made),
    )


def _plan(actor: Actor, snapshot: Snapshot, made: Made | None) -> dict[str, Any]:
    work: Work | None = going_on("plan") if may(actor, "see_plan") else None
    return {
        "made": made,
        "work": work,
        "stale": [] if made is None else changed_since(made, snapshot),
        "today": clock.now().date(),
    }


def _totals(known: list[dict[str, Any]]) -> dict[str, int]:
    is_open = [row for row in known if not row["lead_time_days"]]
    names = ("beds", "icu_beds", "rooms", "tests_per_day")
    return {name: sum(row[name] or 0 for row in is_open) for name in names} | {
        "closed": len(known) - len(is_open),
        "all": len(known),
    }


def _late_shipments(actor: Actor, snapshot: Snapshot) -> int:
    if not may(actor, "read shipments"):
        return 0
    return len(there.on_the_way(actor, snapshot).filter(pl.col("due_at") < clock.now()))


def beds(request: HttpRequest) -> HttpResponse:
    """Facilities: beds, rooms, laboratories; how full they are by the plan."""
    actor, snapshot = actor_of(request), follow()
    named(snapshot)
    known = there.facilities(actor, snapshot)
    made = planned.latest(actor)
    loads: dict[str, int] = {}
    if made is not None and made.briefing.plan.beds is not None:
        for load in made.briefing.plan.beds.facilities:
            loads[load.facility_id] = loads.get(load.facility_id, 0) + load.occupied
    writes = reach(actor, "write facilities", ground_of(snapshot))
    rows = [{**row, "in_use": loads.get(row["facility_id"]), "may_write": writes.holds(row["zone"])} for row in known]
    return page(
        request,
        "resources/beds.html",
        tab="beds",
        places=[row for row in rows if there.has_beds(row)],
        laboratories=[row for row in rows if row["kind"] == there.LABORATORY],
        others=[row for row in rows if row["kind"] != there.LABORATORY and not there.has_beds(row)],
        **_plan(actor, snapshot, made),
    )


def stock(request: HttpRequest) -> HttpResponse:
    """Stock by its last counts, with days of cover of the plan."""
    actor, snapshot = actor_of(request), follow()
    said = named(snapshot)
    known = there.facilities(actor, snapshot)
    item, place = text_of(request.GET, "item"), text_of(request.GET, "place")
    counts = there.last_counts(actor, snapshot)
    made = planned.latest(actor)
    listed = counts
    if item in ITEMS:
        listed = listed.filter(pl.col("item") == item)
    if place:
        listed = listed.filter(pl.col("facility_id") == place)
    return page(
        request,
        "resources/stock.html",
        tab="stock",
        items=_by_item(counts, made, actor, snapshot),
        slice=sliced(listed, request.GET.get("page"), PER_PAGE),
        names=there.names(known),
        item=item,
        place=place,
        item_choices=[(one, said.label(one)) for one in ITEMS],
        place_choices=[
            (one, there.names(known).get(one, one)) for one in counts["facility_id"].unique(maintain_order=True).sort()
        ],
        whole=reach(actor, "read stock", ground_of(snapshot)).everywhere,
        **_plan(actor, snapshot, made),
    )


def _by_item(counts: pl.DataFrame, made: Made | None, actor: Actor, snapshot: Snapshot) -> list[dict[str, Any]]:
    """Each item: what lies within reach, what comes, and what the plan says of the whole area."""
    coming: dict[str, float] = {}
    if may(actor, "read shipments"):
        coming = dict(there.on_the_way(actor, snapshot).group_by("item").agg(pl.col("quantity").sum()).iter_rows())
    supplies = {} if made is None else {one.item: one for one in made.briefing.plan.supplies}
    stock = dict(counts.group_by("item").agg(pl.col("quantity").sum()).iter_rows())
    used = [item for item in ITEMS if item in stock or item in coming or item in supplies]
    return [
        {"item": item, "stock": stock.get(item), "coming": coming.get(item), "plan": supplies.get(item)}
        for item in used
    ]


def shipments(request: HttpRequest) -> HttpResponse:
    """Shipments on their way, and those that arrived."""
    actor, snapshot = actor_of(request), follow()
    named(snapshot)
    ground = ground_of(snapshot)
    known = there.facilities(actor, snapshot)
    coming = there.on_the_way(actor, snapshot)
    arrived = visible(actor, snapshot, "shipments").filter(pl.col("received_at").is_not_null())
    return page(
        request,
        "resources/shipments.html",
        tab="shipments",
        coming=coming.to_dicts(),
        slice=sliced(arrived.sort("received_at", descending=True), request.GET.get("page"), PER_PAGE),
        names=there.names(known),
        now=clock.now(),
        writes=reach(actor, "write shipments", ground) if may(actor, "write shipments") else None,
    )
