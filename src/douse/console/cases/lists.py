"""Lists of cases and of contacts: filters, order and pages on the server; what is seen, as CSV."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse

from douse.console import clock, instance
from douse.console.actors import actor_of
from douse.console.cases import listed
from douse.console.cases.choices import MOST_TO_CHOOSE, zones
from douse.console.cases.filters import NONE, NOT_TODAY, WAITING, Asked, asked, keep, order_of
from douse.console.listing import sliced
from douse.console.pages import page
from douse.console.permissions import Actor, may
from douse.console.reach import ground_of
from douse.console.reading import follow, seen
from douse.console.words import say, words
from douse.console.writing import note
from douse.records import codes
from douse.records.finding import write_csv
from douse.records.ledger import Snapshot
from douse.records.ledger_tables import LEDGER_TABLES

_MOST_ALIKE = 200  # persons that a search by name may give
_NAME_LIKE = 0.75


@dataclass(frozen=True)
class Listing:
    """A list: where its rows come from, what free text looks at, what it can be sorted by, its filters by code."""

    table: str
    rows: Callable[[Actor, Snapshot], pl.DataFrame]
    identifiers: tuple[str, ...]
    sorts: tuple[str, ...]
    codes: tuple[str, ...]


CASES = Listing(
    "cases",
    listed.cases,
    ("case_id", "person_id", "infector", "cluster"),
    ("case_id", "classification", "zone", "age", "onset", "day", "found_by", "contacts"),
    ("classification", "found_by"),
)
CONTACTS = Listing(
    "contacts",
    listed.contacts,
    ("person_id", "case_id"),
    ("person_id", "case_id", "zone_of_row", "setting", "day", "follow_up", "seen_on"),
    ("follow_up", "setting"),
)
TESTS = Listing(
    "tests",
    listed.tests,
    ("person_id", "laboratory"),
    ("person_id", "day", "kind", "purpose", "zone_of_row", "laboratory", "result_at"),
    ("result", "kind", "purpose"),
)
_CODES = {
    "classification": codes.CLASSIFICATIONS,
    "found_by": codes.FOUND_BY,
    "follow_up": codes.FOLLOW_UPS,
    "setting": codes.SETTINGS,
    "result": codes.TEST_RESULTS,
    "kind": codes.TEST_KINDS,
    "purpose": codes.TEST_PURPOSES,
}


def cases(request: HttpRequest) -> HttpResponse:
    """The list of cases."""
    return _list(request, CASES, "cases/list.html")


def contacts(request: HttpRequest) -> HttpResponse:
    """The list of contacts."""
    return _list(request, CONTACTS, "cases/contacts.html")


def tests(request: HttpRequest) -> HttpResponse:
    """The list of tests: for a laboratory those first that wait for a result."""
    return _list(request, TESTS, "cases/tests.html")


def export_cases(request: HttpRequest) -> HttpResponse:
    """The cases of a list, as CSV."""
    return _export(request, CASES)


def export_contacts(request: HttpRequest) -> HttpResponse:
    """The contacts of a list, as CSV."""
    return _export(request, CONTACTS)


def _found(actor: Actor, snapshot: Snapshot, listing: Listing, asks: Asked) -> pl.DataFrame:
    outside = bool(asks.outside) and listing is CASES and may(actor, "see_outside")
    rows = listed.cases(actor, snapshot, outside=True) if outside else listing.rows(actor, snapshot)
    rows = keep(rows, asks, ground_of(snapshot), clock.now().date(), listing.identifiers)
    if asks.name and may(actor, "see_names"):
        rows = rows.filter(pl.col("within")) if outside else rows
        rows = rows.filter(pl.col("person").is_in(_named(actor, rows, asks.name)))
    return rows


def _named(actor: Actor, rows: pl.DataFrame, name: str) -> list[str]:
    """Persons of some rows whose name is like one; a look that is logged."""
    found = instance.current().stores.vault.alike_to(name, at_least=_NAME_LIKE)
    within = found.filter(pl.col("person_id").is_in(rows["person"].unique().implode()))
    persons: list[str] = within.sort("likeness", descending=True)["person_id"].head(_MOST_ALIKE).to_list()
    if persons:
        seen(actor, "vault", persons, "search by name")
    return persons


def _list(request: HttpRequest, listing: Listing, template: str) -> HttpResponse:
    actor, snapshot, asks = actor_of(request), follow(), asked(request.GET.dict())
    ground = ground_of(snapshot)
    found = _found(actor, snapshot, listing, asks)
    htmx: Any = getattr(request, "htmx", None)
    partly = bool(htmx) and not htmx.history_restore_request
    options = zones(actor, snapshot, f"read {listing.table}")
    shown = sliced(found, request.GET.get("page"), order=order_of(found, asks.sort, listing.sorts))
    if listing is TESTS:
        seen(actor, "tests", [row["record_id"] for row in shown.rows if row["result"] is not None], "list of tests")
    return page(
        request, "cases/results.html" if partly else template,
        table=listing.table, slice=shown, asks=asks, zone_names=ground.names,
        zones=options, choose_zone=0 < len(options) <= MOST_TO_CHOOSE,
        choices={name: _choices(name) for name in listing.codes}, names=may(actor, "see_names"),
        outside=listing is CASES and may(actor, "see_outside"),
    )  # fmt: skip


def _choices(name: str) -> list[tuple[str, str]]:
    more = {"follow_up": [(NOT_TODAY, say("Not seen today"))], "result": [(WAITING, say("Waiting for a result"))]}
    return [*more.get(name, []), *((code, words().label(code)) for code in _CODES[name]), (NONE, say("Not on record"))]


def _export(request: HttpRequest, listing: Listing) -> HttpResponse:
    actor, snapshot, asks = actor_of(request), follow(), replace(asked(request.GET.dict()), outside="")
    found = _found(actor, snapshot, listing, asks)
    rows = found[order_of(found, asks.sort, listing.sorts)].select(LEDGER_TABLES[listing.table].column_names())
    said = ", ".join(f"{name}={value}" for name, value in asks.filled.items() if name != "name")
    note(actor, "export_persons", object_table=listing.table, rows=len(rows), reason=said or "all")
    return as_csv(rows, f"{listing.table}-{clock.now():%Y%m%d-%H%M}.csv")


def as_csv(rows: pl.DataFrame, name: str) -> HttpResponse:
    """A table to be kept as a file; cells that a spreadsheet would take for formulas are guarded."""
    text = BytesIO()
    write_csv(rows, text)
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
