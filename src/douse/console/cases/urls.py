"""Addresses of cases and contacts."""

from django.urls import path

from douse.console.cases import duplicates, edit, erasure, lists, show
from douse.console.cases.layout import LAYOUTS

app_name = "cases"
urlpatterns = [
    path("", lists.cases, name="list"),
    path("contacts", lists.contacts, name="contacts"),
    path("tests", lists.tests, name="tests"),
    path("export/cases", lists.export_cases, name="export_cases"),
    path("export/contacts", lists.export_contacts, name="export_contacts"),
    path("case/<path:case_id>", show.case, name="case"),
    path("person/<path:person_id>", show.person, name="person"),
    path("duplicates", duplicates.show, name="duplicates"),
    path("duplicates/pair", duplicates.pair, name="pair"),
    path("duplicates/undo", duplicates.undo, name="undo"),
    path("erase/<path:person_id>", erasure.erase, name="erase"),
    *(path(f"add/{table}", edit.adding(table), name=f"add_{table}") for table in LAYOUTS),
    *(path(f"correct/{table}/<path:record_id>", edit.correcting(table), name=f"correct_{table}") for table in LAYOUTS),
]
