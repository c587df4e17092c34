"""The page of a case and the page of a person: facts, timeline, contacts, infector, what became of the record."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from douse.console.actors import actor_of
from douse.console.cases import dossier, history, names
from douse.console.cases.dossier import Dossier, Row
from douse.console.cases.labels import label
from douse.console.cases.layout import LAYOUTS, columns_of
from douse.console.cases.timeline import events, shown
from douse.console.pages import page
from douse.console.permissions import Actor, may
from douse.console.reach import ground_of, personal_reach
from douse.console.reading import follow, seen
from douse.records.ledger import Snapshot
from douse.records.tables import TABLES, column_facts

_NAMED = 200  # contacts whose names are looked up for one page
# Forms that a person's page leads to.
_ADD = ("contacts", "tests", "follow_ups", "stays", "visits", "arrivals")


def case(request: HttpRequest, case_id: str) -> HttpResponse:
    """The page of a case."""
    actor, snapshot = actor_of(request), follow()
    found = dossier.of_case(actor, snapshot, case_id)
    if found is None:
        raise Http404
    return _page(request, actor, snapshot, found)


def person(request: HttpRequest, person_id: str) -> HttpResponse:
    """The page of a person: a contact, a traveller, somebody under watch."""
    actor, snapshot = actor_of(request), follow()
    found = dossier.of_person(actor, snapshot, person_id)
    if found is None:
        raise Http404
    return _page(request, actor, snapshot, found)


def _page(request: HttpRequest, actor: Actor, snapshot: Snapshot, found: Dossier) -> HttpResponse:
    ground, case_row = ground_of(snapshot), found.case
    open_here = personal_reach(actor, "cases", ground).holds(found.zone)
    changes = history.corrections(snapshot, "cases", case_row["case_id"], shown=open_here) if case_row else ()
    persons = [found.person, *dict.fromkeys(row["person_id"] for row in found.contacts)][:_NAMED]
    who = names.look_up(actor, snapshot, names.zones_of_persons(snapshot, persons), "case page")
    table, row = ("cases", case_row) if case_row else ("people", next(iter(found.tables["people"]), None))
    if open_here:
        seen(actor, table, [row["record_id"] if row else found.person], "case page" if case_row else "person page")
    ids = [*sorted(found.known_as), *(row["record_id"] for row in found.cases)]
    return page(
        request, "cases/case.html",
        found=found, case=case_row, who=who, zone_names=ground.names,
        facts=_facts(table, row, ground.names) if row else [], open_here=open_here,
        events=events(found, changes, ground.names), audit=history.audit(actor, snapshot, ids),
        author=history.first_author("cases", case_row["record_id"]) if case_row else "",
        add=[name for name in _ADD if may(actor, f"write {name}") and (name != "contacts" or case_row)],
        titles={name: layout.add() for name, layout in LAYOUTS.items()}, table=table, row=row,
        erased=_is_erased(snapshot, found), contacts=_contacts(found), may_name=may(actor, "see_names"),
    )  # fmt: skip


def _facts(table: str, row: Row, zone_names: dict[str, str]) -> list[tuple[str, str]]:
    """Columns of a row that are filled, with what they are called; the point on the map is left out."""
    skipped = {"classification", "latitude", "longitude", "person_id", "case_id", "infector", "same_as"}
    return [
        (label(table, name), zone_names.get(row[name], str(row[name])) if _is_zone(table, name) else shown(row[name]))
        for name in columns_of(table)
        if name not in skipped and row[name] is not None
    ]


def _is_zone(table: str, name: str) -> bool:
    return str(column_facts(TABLES[table], name).get("references", "")) == "zones.zone_id"


def _contacts(found: Dossier) -> list[dict[str, Any]]:
    """Contacts of a case, each person once, the latest contact first."""
    oldest_first = sorted(found.contacts, key=lambda row: row["last_contact"] or date.min)
    once = {row["person_id"]: row for row in oldest_first}
    return sorted(once.values(), key=lambda row: row["last_contact"] or date.min, reverse=True)


def _is_erased(snapshot: Snapshot, found: Dossier) -> bool:
    erased = snapshot.current("erasures")["subject"]
    return bool(erased.is_in(sorted(found.known_as)).any())
