"""The pages of chains: the picture with its table, and why a link is believed."""

from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from douse.console import clock
from douse.console.actors import actor_of
from douse.console.chains import believed as beliefs
from douse.console.chains.layout import Case, Drawn, draw
from douse.console.forms_read import day_of, text_of
from douse.console.ground import Ground
from douse.console.listing import sliced
from douse.console.pages import page
from douse.console.plan.names import named
from douse.console.plan.progress import going_on, progress
from douse.console.reach import ground_of
from douse.console.reading import follow, visible
from douse.console.remembered import Remembered
from douse.console.states import NotNow
from douse.console.words import say

PER_PAGE = 50
_drawn: Remembered[Drawn] = Remembered(32)
_FILTERS = ("zone", "since", "until", "cluster", "start")


def show(request: HttpRequest) -> HttpResponse:
    """The picture of chains within reach, and the same as a table."""
    actor, snapshot = actor_of(request), follow()
    named(snapshot)
    found = beliefs.latest()
    work = going_on(beliefs.KIND)
    today = clock.now().date()
    if found is None:
        return page(request, "chains/none.html", work=work, today=today)
    ground = ground_of(snapshot)
    every = beliefs.within(actor, snapshot, found)
    asked = {name: text_of(request.GET, name) for name in _FILTERS}
    cases = _filtered(every, asked, request, ground)
    drawn = _drawn.get(
        (actor.key, tuple(asked.values())),
        (found, visible(actor, snapshot, "cases"), snapshot.current("zones")),
        lambda: draw(_cases(cases), start=asked["start"] or None),
    )
    in_picture = cases.filter(pl.col("case_id").is_in([node.case for node in drawn.nodes]))
    used = {zone for one in every["zone"].drop_nulls().unique() for zone in ground.line(one)}
    single = len(cases) - _linked(cases)
    return page(
        request,
        "chains/show.html",
        believed=found,
        work=work,
        changed=beliefs.changed(found, snapshot),
        today=today,
        asked=asked,
        drawn=drawn,
        facts={row["case_id"]: row for row in in_picture.iter_rows(named=True)},
        total=len(cases),
        single=single,
        zones=[(zone, depth) for zone, depth in ground.in_order() if zone in used],
        clusters=every["cluster"].drop_nulls().unique().sort().to_list(),
        slice=sliced(
            cases.sort("day", "case_id", descending=[True, False], nulls_last=True), request.GET.get("page"), PER_PAGE
        ),
    )


def _linked(cases: pl.DataFrame) -> int:
    """Cases that have an infector or an infected among them."""
    in_it = cases["case_id"].implode()
    linked = cases.filter(pl.col("infector").is_in(in_it))
    return len(set(linked["case_id"]) | set(linked["infector"]))


def _filtered(cases: pl.DataFrame, asked: dict[str, str], request: HttpRequest, ground: Ground) -> pl.DataFrame:
    if asked["zone"]:
        cases = cases.filter(pl.col("zone").is_in(sorted(ground.subtree(asked["zone"]))))
    since, until = day_of(request.GET, "since"), day_of(request.GET, "until")
    if since:
        cases = cases.filter(pl.col("day") >= since)
    if until:
        cases = cases.filter(pl.col("day") <= until)
    if asked["cluster"]:
        cases = cases.filter(pl.col("cluster") == asked["cluster"])
    return cases


def _cases(cases: pl.DataFrame) -> list[Case]:
    columns = cases.select("case_id", "infector", "day", "probability", "through")
    return [
        Case(case, infector, day, p or 0.0, bool(through)) for case, infector, day, p, through in columns.iter_rows()
    ]


def make(request: HttpRequest) -> HttpResponse:
    """Have the chains worked out from the records of now."""
    del request
    beliefs.ask(follow(), clock.now().date())
    return redirect("chains:show")


def show_progress(request: HttpRequest) -> HttpResponse:
    """How far the chains are."""
    return progress(request, beliefs.KIND, "chains:progress")


def case(request: HttpRequest, case_id: str) -> HttpResponse:
    """Why it is believed who infected a case: as a part of the page of chains, or as a page of its own."""
    actor, snapshot = actor_of(request), follow()
    named(snapshot)
    rows = visible(actor, snapshot, "cases").filter(pl.col("case_id") == case_id)
    if rows.is_empty():
        raise NotNow("There is no such case within your zones.", next_step="Go back to the chains.")
    found = beliefs.latest()
    values: dict[str, Any] = {"case": rows.row(0, named=True), "believed": found, "basis": basis()}
    if found is not None:
        within = beliefs.within(actor, snapshot, found)
        seen = frozenset(within["case_id"])
        infected = within.filter(pl.col("infector") == case_id).sort("probability", descending=True)
        values |= {
            "answers": beliefs.answers(found, case_id, seen),
            "infected": infected.to_dicts(),
            "sources": found.sources.filter(pl.col("case_id") == case_id)
            .sort("rank")
            .with_columns(source_case=pl.when(pl.col("source_case").is_in(list(seen))).then("source_case"))
            .to_dicts(),
        }
    is_part = bool(getattr(request, "htmx", False))
    return page(request, "chains/why.html" if is_part else "chains/case.html", **values)


def basis() -> dict[str, str]:
    """What speaks for an infector, as `tracing/infectors/belief` names it -> in words."""
    return {
        "declared": say("named in the investigation"),
        "dates": say("their dates fit"),
        "contact": say("on record as contacts"),
        "household": say("of one household"),
        "daytime_place": say("of one school or workplace"),
        "zone": say("they live in one zone, or in zones near one another"),
        "distance": say("they live near one another"),
        "number": say("their numbers in the register follow one another"),
        "told": say("days between the reports fit"),
        "ages": say("their ages are such as often infect one another"),
        "age": say("the age of the infector"),
        "found": say("how the infector was found"),
        "contacts_found": say("many contacts of the infector are known"),
        "cluster": say("of one recognised cluster"),
        "documented": say("much is on record of the infector"),
        "visited": say("one visited the zone of the other"),
        "before": say("few cases before the infector in that zone"),
        "after": say("many cases after the infector in that zone"),
        "place": say("they were at one place on one day"),
    }
