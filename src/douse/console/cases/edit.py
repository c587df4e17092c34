"""Forms of the tables: add a row, correct one. Names go to the vault, never into the ledger."""

import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import polars as pl
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from douse.console import clock, instance
from douse.console.actors import actor_of
from douse.console.cases import names
from douse.console.cases.choices import MOST_TO_CHOOSE, references
from douse.console.cases.fields import Field, as_typed, made
from douse.console.cases.filled import (
    WHO,
    Filled,
    check_new,
    check_row,
    is_new,
    may_name,
    person_meant,
    says_the_same,
)
from douse.console.cases.layout import LAYOUTS, OF_PERSONS, groups_of
from douse.console.cases.problems import of_entry
from douse.console.masks import personal
from douse.console.pages import page
from douse.console.permissions import Refused, may
from douse.console.reach import ground_of, personal_reach, zones_of_rows
from douse.console.reading import follow, seen, visible
from douse.console.words import say
from douse.console.writing import record
from douse.records.ledger import EntryError, NewEntry
from douse.records.vault import Vault

View = Callable[..., HttpResponse]
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that looks like another
# Days that a new row most often has: filled in, to be changed.
_TODAY = {"cases": "reported_at", "contacts": "found_at", "follow_ups": "at", "tests": "sampled_at"}
_WITH_TIME = ("follow_ups", "tests")


def adding(table: str) -> View:
    """The view that adds rows of a table."""

    def view(request: HttpRequest) -> HttpResponse:
        typed = _sent(request) if request.method == "POST" else _blank(request, table)
        form = Filled(actor_of(request), follow(), table, typed, names=table in OF_PERSONS)
        done = _add(request, form) if request.method == "POST" else None
        return done or _show(request, form)

    return view


def correcting(table: str) -> View:
    """The view that corrects a row of a table."""

    def view(request: HttpRequest, record_id: str) -> HttpResponse:
        actor, snapshot = actor_of(request), follow()
        rows = visible(actor, snapshot, table).filter(pl.col("record_id") == record_id)
        if rows.is_empty():
            raise Http404
        before = snapshot.frames[table].filter(pl.col("record_id") == record_id).row(0, named=True)
        zone = zones_of_rows(snapshot, table, rows)[0]
        shown = personal_reach(actor, table, ground_of(snapshot)).holds(zone)
        form = Filled(
            actor, snapshot, table, {}, before, frozenset() if shown else frozenset(personal(table)),
            names=table in OF_PERSONS and names.may_see(actor, snapshot, zone),
        )  # fmt: skip
        form.typed = _sent(request) if request.method == "POST" else _as_it_is(form, rows.row(0, named=True))
        done = _correct(request, form) if request.method == "POST" else None
        return done or _show(request, form)

    return view


def _as_it_is(form: Filled, now: Mapping[str, Any]) -> dict[str, str]:
    """A row as its form shows it; what is personal in it is a look that is logged."""
    typed = as_typed(now, form.columns)
    if any(typed.get(name) for name in personal(form.table) if name not in form.hidden):
        seen(form.actor, form.table, [str(now["record_id"])], "form")
    if form.names:
        person = _person_of(form.table, now)
        zones = names.zones_of_persons(form.snapshot, [person])
        known = names.look_up(form.actor, form.snapshot, zones, "form").get(person, {})
        typed |= {WHO + name: value for name, value in known.items()}
    return typed


def _add(request: HttpRequest, form: Filled) -> HttpResponse | None:
    """Save a new row; None where something is wrong, or somebody on record may be meant."""
    row, named, new = form.row, any(form.who.values()), False
    check_row(form, row)
    if form.problems:
        return None
    if form.table in OF_PERSONS:
        row["person_id"] = person_meant(form, row)
        if row["person_id"] is None:
            return None
        new = is_new(form, row["person_id"])
        if named and not new and not may_name(form, row["person_id"]):
            form.problems.add("who_name", say("You may not change the name of somebody who is on record already."))
    check_new(form, row)
    if form.problems or not _written(request, form, NewEntry(form.table, row), f"added_{form.table}"):
        return None
    if named and form.table in OF_PERSONS:
        known = {} if new else instance.current().stores.vault.get(row["person_id"]) or {}
        names.keep(form.actor, row["person_id"], known | {name: value for name, value in form.who.items() if value})
    messages.success(request, say("Saved."))
    return redirect(_after(form, row))


def _correct(request: HttpRequest, form: Filled) -> HttpResponse | None:
    row = form.row
    check_row(form, row)
    if form.problems:
        return None
    entry = NewEntry(form.table, row, supersedes=str(form.before["record_id"]))
    changed = not says_the_same(form, row)
    if changed and not _written(
        request, form, entry, f"corrected_{form.table}", form.typed.get("reason", "").strip()[:500]
    ):
        return None
    if form.names:
        person = _person_of(form.table, form.before)
        known = instance.current().stores.vault.get(person) or {}
        if known != {name: value for name, value in form.who.items() if value}:
            names.keep(form.actor, person, form.who)
            changed = True
    messages.success(request, say("Corrected.") if changed else say("Nothing was changed."))
    return redirect(_after(form, row))


def _written(request: HttpRequest, form: Filled, entry: NewEntry, action: str, reason: str = "") -> bool:
    try:
        record(request, [entry], action=action, reason=reason)
    except EntryError as error:
        of_entry(form.table, error.problems, form.problems)
    except Refused:
        form.refused = say(
            "This lies outside your zones, or says nothing of where it belongs: name the zone, or ask somebody there."
        )
    return not form.problems and not form.refused


def _show(request: HttpRequest, form: Filled) -> HttpResponse:
    layout, problems, who = LAYOUTS[form.table], form.problems, _who_fields(form)
    groups, labels = [], {one.name: one.label for one in who}
    for group in groups_of(form.table):
        fields = [_field(form, name) for name in group.columns if name not in form.hidden]
        labels |= {one.name: one.label for one in fields}
        is_open = any(one.problem or (one.value and not one.fixed) for one in fields)
        asked = who if group.named and form.names else []
        if fields or asked:
            groups.append(
                {"title": group.title(), "fields": fields, "who": asked, "folded": group.folded, "open": is_open}
            )
    return page(
        request, "cases/form.html", HTTPStatus.UNPROCESSABLE_ENTITY if problems or form.refused else HTTPStatus.OK,
        table=form.table, title=(layout.correct if form.before else layout.add)(), groups=groups, problems=problems,
        refused=form.refused, found=form.found, zone_names=ground_of(form.snapshot).names, correct=bool(form.before),
        typed=form.typed, pseudonym=form.typed.get("pseudonym") or Vault.new_pseudonym(), back=_back(form),
        wrong=[(name, labels.get(name, name)) for name in problems.at],
    )  # fmt: skip


def _field(form: Filled, name: str) -> Field:
    options = references(form.actor, form.snapshot, form.table, name, f"write {form.table}")
    return made(
        form.table, name, form.typed, options=options, problem=form.problems.at.get(name, ""),
        fixed=bool(form.before) and name in LAYOUTS[form.table].identity, choose=0 < len(options) <= MOST_TO_CHOOSE,
    )  # fmt: skip


def _who_fields(form: Filled) -> list[Field]:
    said = {
        "name": (say("Name of the person"), say("Kept in the vault, apart from the records.")),
        "phone": (say("Phone"), ""),
        "address": (say("Address"), ""),
        "identity_number": (say("Number of an identity document"), ""),
    }
    return [
        Field(
            WHO + name, label, hint, "text", form.typed.get(WHO + name, ""),
            problem=form.problems.at.get(WHO + name, ""),
        )
        for name, (label, hint) in said.items()
    ]  # fmt: skip


def _sent(request: HttpRequest) -> dict[str, str]:
    return {name: str(value).replace("\x00", "") for name, value in request.POST.items()}


def _blank(request: HttpRequest, table: str) -> dict[str, str]:
    """A new form: with what the page that it was opened from knows."""
    typed = {name: request.GET[name] for name in ("case_id", "person_id", "zone", "of_case") if name in request.GET}
    now, today = clock.now(), _TODAY.get(table)
    if today is not None:
        typed[today] = now.date().isoformat()
        if table in _WITH_TIME:
            typed[f"{today}.time"] = now.strftime("%H:%M")
    if table == "cases":
        typed["case_id"] = "C" + now.strftime("%y%m%d") + "-" + "".join(secrets.choice(_LETTERS) for _ in range(4))
    return typed


def _person_of(table: str, row: Mapping[str, Any]) -> str:
    return str(row["person_id"] or row["case_id"]) if table == "cases" else str(row["person_id"])


def _after(form: Filled, row: Mapping[str, Any]) -> str:
    """Where a form leads when it is saved: the case, the person, or the next row of the same kind."""
    case = row["case_id"] if form.table in {"cases", "contacts"} else form.typed.get("of_case")
    if case and may(form.actor, "read cases"):
        return reverse("cases:case", args=[case])
    if may(form.actor, "read contacts"):
        return reverse("cases:person", args=[row["person_id"]])
    return reverse("cases:tests" if form.before and form.table == "tests" else f"cases:add_{form.table}")


def _back(form: Filled) -> str:
    if form.before and form.table in {"cases", "contacts"}:
        return reverse("cases:case", args=[form.before["case_id"]])
    case = form.typed.get("of_case") or form.typed.get("case_id", "")
    return reverse("cases:case", args=[case]) if case and form.table != "cases" else ""
