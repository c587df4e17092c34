"""The forms of resources: counts of stock, shipments sent and received, what a facility has."""

from collections.abc import Callable
from typing import Any

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from uuid_utils import uuid7

from douse.console import clock
from douse.console.actors import actor_of
from douse.console.forms_read import moment_of, number_of, text_of
from douse.console.pages import page
from douse.console.plan.names import named
from douse.console.reach import ground_of, reach
from douse.console.reading import follow, visible
from douse.console.resources import there
from douse.console.rows import corrected
from douse.console.states import NotNow
from douse.console.words import say, words
from douse.console.writing import record
from douse.errors import DouseError, UsageError
from douse.records.codes import ITEMS
from douse.records.ledger import NewEntry, Snapshot
from douse.records.ledger.checking import EntryError


def count(request: HttpRequest) -> HttpResponse:
    """Enter what was counted at one facility: several items at once."""
    snapshot = follow()
    named(snapshot)
    if request.method == "POST":
        return shown_again(request, "resources/count.html", lambda: _count(request), _count_values(request, snapshot))
    return page(request, "resources/count.html", problem="", sent=request.GET, **_count_values(request, snapshot))


def _count_values(request: HttpRequest, snapshot: Snapshot) -> dict[str, Any]:
    actor = actor_of(request)
    place = text_of(request.POST, "place") or text_of(request.GET, "place")
    last = there.last_counts(actor, snapshot).filter(pl.col("facility_id") == place)
    return {
        "places": places(request, snapshot, "write stock"),
        "place": place,
        "items": [(item, words().label(item)) for item in ITEMS],
        "last": {row["item"]: row for row in last.iter_rows(named=True)},
        "now": clock.now().strftime("%Y-%m-%dT%H:%M"),
        "tab": "stock",
    }


def _count(request: HttpRequest) -> HttpResponse:
    sent = request.POST
    place, counted_at = (
        text_of(sent, "place"),
        moment_of(sent, "counted_at") or clock.now().replace(second=0, microsecond=0),
    )
    if counted_at > clock.now():
        raise UsageError("Nothing can have been counted in the future.", next_step="Correct the moment.")
    counted = {item: number_of(sent, f"item-{item}") for item in ITEMS}
    rows = [
        NewEntry("stock", {"facility_id": place, "item": item, "counted_at": counted_at, "quantity": quantity})
        for item, quantity in counted.items()
        if quantity is not None
    ]
    if not place or not rows:
        raise UsageError("Name the facility, and what was counted there.", next_step="Fill in at least one item.")
    record(request, _instead(rows), action="counted_stock")
    messages.success(request, say("{n} {n:count is|counts are} on record.", n=len(rows)))
    return redirect("resources:stock")


def _instead(rows: list[NewEntry]) -> list[NewEntry]:
    """Counts; one of the same item, place and moment corrects the one that is there."""
    there_now = follow().current("stock")
    found = []
    for entry in rows:
        same = there_now.filter(
            pl.col("facility_id") == entry.row["facility_id"],
            pl.col("item") == entry.row["item"],
            pl.col("counted_at") == entry.row["counted_at"],
        )
        found.append(NewEntry("stock", entry.row, supersedes=same["record_id"][-1]) if len(same) else entry)
    return found


def send(request: HttpRequest) -> HttpResponse:
    """Enter a shipment that leaves."""
    snapshot = follow()
    named(snapshot)
    ground = ground_of(snapshot)
    values: dict[str, Any] = {
        "places": places(request, snapshot, "write shipments"),
        "senders": [(row["facility_id"], row["name"] or row["facility_id"]) for row in _facilities(request, snapshot)],
        "zones": [(zone, depth) for zone, depth in ground.in_order() if _writes(request, snapshot).holds(zone)],
        "items": [(item, words().label(item)) for item in ITEMS],
        "now": clock.now().strftime("%Y-%m-%dT%H:%M"),
        "tab": "shipments",
    }
    if request.method == "POST":
        return shown_again(request, "resources/send.html", lambda: _send(request), values)
    return page(request, "resources/send.html", problem="", sent=request.GET, **values)


def _send(request: HttpRequest) -> HttpResponse:
    sent = request.POST
    quantity, item = number_of(sent, "quantity"), text_of(sent, "item")
    to_facility, to_zone = text_of(sent, "to_facility"), text_of(sent, "to_zone")
    if item not in ITEMS or not quantity:
        raise UsageError("Say what is sent, and how much.", next_step="Choose an item, and give a quantity above 0.")
    if bool(to_facility) == bool(to_zone):
        raise UsageError("Say where it goes: to a facility, or to a zone.", next_step="Choose one of the two.")
    row = {
        "shipment_id": str(uuid7()),
        "item": item,
        "quantity": quantity,
        "from_facility": text_of(sent, "from_facility") or None,
        "to_facility": to_facility or None,
        "to_zone": to_zone or None,
        "sent_at": moment_of(sent, "sent_at") or clock.now().replace(second=0, microsecond=0),
        "due_at": moment_of(sent, "due_at"),
    }
    record(request, [NewEntry("shipments", row)], action="sent_shipment")
    messages.success(request, say("The shipment is on record."))
    return redirect("resources:shipments")


def receive(request: HttpRequest, shipment_id: str) -> HttpResponse:
    """Note that a shipment arrived."""
    rows = there.on_the_way(actor_of(request), follow()).filter(pl.col("shipment_id") == shipment_id)
    if rows.is_empty():
        raise NotNow(
            "This shipment is not on its way any more.", next_step="Go back to the list: somebody may have received it."
        )
    row = rows.row(0, named=True)
    at = clock.now().replace(second=0, microsecond=0)
    record(request, [corrected("shipments", row, received_at=max(at, row["sent_at"]))], action="received_shipment")
    messages.success(request, say("Received. Count the stock when it is put away."))
    return redirect("resources:shipments")


def facility(request: HttpRequest, facility_id: str) -> HttpResponse:
    """Change what a facility has."""
    snapshot = follow()
    named(snapshot)
    rows = visible(actor_of(request), snapshot, "facilities").filter(pl.col("facility_id") == facility_id)
    if rows.is_empty():
        raise NotNow("There is no such facility within your zones.", next_step="Go back to the list.")
    row = rows.row(0, named=True)
    values: dict[str, Any] = {"row": row, "fields": facility_fields(), "tab": "beds"}
    if request.method == "POST":
        return shown_again(request, "resources/facility.html", lambda: _facility(request, row), values)
    return page(request, "resources/facility.html", problem="", sent={}, **values)


def facility_fields() -> dict[str, str]:
    """What a facility may be changed in here: column and label."""
    return {
        "beds": say("Beds for this outbreak"),
        "icu_beds": say("Intensive-care beds for this outbreak"),
        "rooms": say("Single quarantine rooms"),
        "tests_per_day": say("Tubes that it can process in 24 h"),
        "staff": say("Staff for this outbreak"),
        "lead_time_days": say("Days from the decision until it is open; 0 when open"),
    }


def _facility(request: HttpRequest, row: dict[str, Any]) -> HttpResponse:
    changes: dict[str, object] = {}
    for column in facility_fields():
        value = number_of(request.POST, column)
        if value is not None and value != int(value):
            raise UsageError("Beds, rooms, tubes and people are whole numbers.", next_step="Leave out the decimals.")
        changes[column] = None if value is None else int(value)
    record(request, [corrected("facilities", row, **changes)], action="changed_facility")
    messages.success(request, say("The facility is changed."))
    return redirect("resources:beds")


def shown_again(
    request: HttpRequest, template: str, write: Callable[[], HttpResponse], values: dict[str, Any]
) -> HttpResponse:
    """What the write answers; where something was wrong in the form, the form with what was sent and what was wrong."""
    try:
        return write()
    except (UsageError, EntryError) as error:
        return page(request, template, status=400, problem=_problem(error), sent=request.POST, **values)


def _problem(error: DouseError) -> str:
    if isinstance(error, EntryError):
        return " ".join(f"{problem.column}: {problem.message}." for problem in error.problems[:5])
    return " ".join(say(part) for part in (error.what, error.next_step) if part)


def _facilities(request: HttpRequest, snapshot: Snapshot) -> list[dict[str, Any]]:
    return there.facilities(actor_of(request), snapshot)


def _writes(request: HttpRequest, snapshot: Snapshot) -> Any:
    return reach(actor_of(request), "write shipments", ground_of(snapshot))


def places(request: HttpRequest, snapshot: Snapshot, right: str) -> list[tuple[str, str]]:
    """Facilities of which the person may write, to choose from."""
    writes = reach(actor_of(request), right, ground_of(snapshot))
    return [
        (row["facility_id"], row["name"] or row["facility_id"])
        for row in _facilities(request, snapshot)
        if writes.holds(row["zone"])
    ]
