"""Reports of residents are looked through: the most urgent first, those that say the same in one line."""

from typing import Any

import polars as pl
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe
from uuid_utils import uuid7

from douse.console import clock, instance
from douse.console.actors import actor_of
from douse.console.cases.names import look_up
from douse.console.listing import sliced
from douse.console.pages import page
from douse.console.permissions import Actor, may
from douse.console.public.self_report.alike import LOOKED_AT, alike, grouped
from douse.console.public.self_report.fields import AGES, COMPARED, kind_words
from douse.console.public.self_report.repeats import repeated
from douse.console.public.self_report.views import ORDER
from douse.console.public.states import REPORT
from douse.console.reach import ground_of, reach
from douse.console.reading import follow, seen, visible
from douse.console.rows import corrected
from douse.console.states import NotNow, check_move, may_move
from douse.console.templating import url
from douse.console.words import say, with_names, words
from douse.console.writing import record
from douse.library import Triage, load
from douse.records.codes import REPORT_KINDS, REPORT_STATES
from douse.records.ledger import NewEntry, Snapshot

_EACH = "each"  # show every report by itself


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The list."""
    actor, snapshot = actor_of(request), follow()
    ground = ground_of(snapshot)
    with_names(ground)
    asked = {name: request.GET.get(name, "") for name in ("state", "kind", "zone", "show", "like")}
    everything = visible(actor, snapshot, "self_reports")
    rows = grouped(filtered(everything, asked, ground.subtree(asked["zone"]) if asked["zone"] else None))
    total = len(rows)
    if asked["like"]:
        rows = rows.filter(_says_the_same(rows, asked["like"]))
    elif asked["show"] != _EACH:
        rows = rows.filter("is_first")
    rows = rows.sort("weight", "sent_at", descending=[True, False], nulls_last=True)
    slice_ = sliced(rows, request.GET.get("page"))
    seen(actor, "self_reports", [row["record_id"] for row in slice_.rows], "list of reports")
    waiting = everything.filter(pl.col("state") == "received")
    oldest = waiting["sent_at"].min()
    return page(
        request, "residents/triage.html", ages=AGES, slice=slice_, asked=asked, total=total, lines=len(rows),
        waiting=len(waiting), oldest=oldest, danger=set(load(Triage, ORDER).danger),
        states=[(state, words().label(state)) for state in REPORT_STATES],
        kinds=list(kind_words().items()), kind_words=kind_words(), zones=zones_to_choose(actor, snapshot),
        address=lambda n: url("residents:triage", query={**asked, "page": n}), each=_EACH,
    )  # fmt: skip


def zones_to_choose(actor: Actor, snapshot: Snapshot, right: str = "read self_reports") -> list[tuple[str, str]]:
    """Zones in which somebody has a right, each below the one it lies in."""
    ground = ground_of(snapshot)
    within = reach(actor, right, ground)
    return [
        (zone, "\u00a0\u00a0" * depth + ground.names[zone]) for zone, depth in ground.in_order() if within.holds(zone)
    ][:600]


def filtered(rows: pl.DataFrame, asked: dict[str, str], zones: frozenset[str] | None) -> pl.DataFrame:
    """Reports that a filter asks for; without a state those that wait."""
    state = asked["state"] or "received"
    if state in REPORT_STATES:
        rows = rows.filter(pl.col("state") == state)
    if asked["kind"] in REPORT_KINDS:
        rows = rows.filter(pl.col("kind") == asked["kind"])
    if zones is not None:
        rows = rows.filter(pl.col("zone").is_in(sorted(zones)))
    return rows


def _says_the_same(rows: pl.DataFrame, report_id: str) -> pl.Series:
    one = rows.filter(pl.col("report_id") == report_id).select(COMPARED)
    if one.is_empty():
        return pl.repeat(value=False, n=len(rows), dtype=pl.Boolean, eager=True)
    return rows.select(
        pl.all_horizontal(pl.col(name).eq_missing(pl.lit(one[name][0], one.schema[name])) for name in COMPARED)
    ).to_series()


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, report_id: str) -> HttpResponse:
    """One report, those like it beside it, and what becomes of it."""
    actor, snapshot = actor_of(request), follow()
    with_names(ground_of(snapshot))
    reports = visible(actor, snapshot, "self_reports")
    found = reports.filter(pl.col("report_id") == report_id)
    if found.is_empty():
        raise Http404
    row = found.row(0, named=True)
    if request.method == "POST":
        _decide(request, actor, reports, row)
        return redirect("residents:triage")
    beside = alike(row, reports, _same_phone(row, reports))
    seen(actor, "self_reports", [row["record_id"], *beside["record_id"]], "report")
    contact = look_up(actor, snapshot, {row["person_id"]: row["zone"]}, "report") if row["person_id"] else {}
    return page(
        request, "residents/report.html", kind_words=kind_words(), row=row, ages=AGES, beside=beside.rows(named=True),
        contact=contact.get(row["person_id"], {}),
        moves=[to for to in REPORT.get(row["state"], ()) if to not in {"withdrawn", "case", "duplicate"}],
        may_be_same=may_move(REPORT, row["state"], "duplicate"),
        makes_case=may(actor, "write cases") and may_move(REPORT, row["state"], "case"),
        symptoms=row["symptoms"].split(";") if row["symptoms"] else [], writes=may(actor, "write self_reports"),
    )  # fmt: skip


def _same_phone(row: dict[str, Any], reports: pl.DataFrame) -> set[str]:
    """Who of the last reports left the same phone: compared here, shown to nobody."""
    vault = instance.current().stores.vault
    own = _digits((vault.get(row["person_id"]) or {}).get("phone", "")) if row["person_id"] else ""
    if not own:
        return set()
    last = reports.sort("sent_at", descending=True).head(LOOKED_AT)["person_id"].drop_nulls()
    known = vault.known(last.to_list())
    return {
        person for person, fields in known.items()
        if person != row["person_id"] and _digits(fields.get("phone", "")) == own
    }  # fmt: skip


def _digits(phone: str) -> str:
    return "".join(letter for letter in phone if letter.isdigit())


def _decide(request: HttpRequest, actor: Actor, reports: pl.DataFrame, row: dict[str, Any]) -> None:
    """Append what becomes of a report, with the case where one is made of it."""
    to = request.POST.get("to", "")
    check_move(REPORT, row["state"], to)
    entries, changes = list[NewEntry](), dict[str, Any]()
    if to == "withdrawn":  # that is for who sent it
        raise NotNow("Only who sent a report takes it back.", next_step="Say what became of it.")
    if to == "duplicate":
        same_as = repeated(reports, request.POST.get("same_as", ""))
        if same_as is None or same_as == row["report_id"]:
            raise NotNow("Name the report that it repeats.", next_step="Choose one of those beside it.")
        changes["same_as"] = same_as
    elif to == "case":
        case_id = str(uuid7())
        entries.append(NewEntry("cases", {
            "case_id": case_id, "person_id": row["person_id"], "zone": row["zone"], "onset": row["onset"],
            "reported_at": clock.now(), "classification": "suspected", "found_by": "symptoms",
        }))  # fmt: skip
        changes["case_id"] = case_id
    else:
        changes["same_as"] = None
    entries.append(corrected("self_reports", row, state=to, **changes))
    record(actor, entries, action="triage")
    messages.success(request, say("It is noted: {state}.", state=words().code(to)))
