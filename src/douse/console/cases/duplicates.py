"""Persons who may be one: candidates, side by side, one pseudonym made of two, and that taken back."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from douse.console import clock, instance
from douse.console.actors import actor_of
from douse.console.cases import names
from douse.console.cases.dossier import Dossier
from douse.console.cases.merging import decide, take_back, two_of
from douse.console.pages import page
from douse.console.permissions import Actor, may
from douse.console.reach import ground_of
from douse.console.reading import follow, visible
from douse.console.words import say
from douse.records.ledger import Snapshot
from douse.records.ledger.duplicates import candidates
from douse.records.records import case_person

_MOST = 100  # pairs on the page
_NEWEST = 500  # persons told last who are looked at
_DAYS = 60
_REASON_MOST = 500


@dataclass(frozen=True)
class Pair:
    """Two persons, side by side."""

    first: Dossier
    second: Dossier


def show(request: HttpRequest) -> HttpResponse:
    """Candidates among those who were told of lately, and merges that are in force."""
    actor, snapshot = actor_of(request), follow()
    ground = ground_of(snapshot)
    merges = (
        visible(actor, snapshot, "merges").filter(pl.col("state") == "merged") if may(actor, "read merges") else None
    )
    in_force = merges.sort("recorded_at", descending=True).head(_MOST).rows(named=True) if merges is not None else []
    return page(
        request, "cases/duplicates.html",
        pairs=_candidates(actor, snapshot).head(_MOST).rows(named=True), merges=in_force, zone_names=ground.names,
        days=_DAYS,
    )  # fmt: skip


def _candidates(actor: Actor, snapshot: Snapshot) -> pl.DataFrame:
    """Pairs within reach that may be one person; those that somebody said are two are left out."""
    told = _told(actor, snapshot)
    since = clock.now() - timedelta(days=_DAYS)
    newest = told.filter(pl.col("told") >= since).sort("told", descending=True).head(_NEWEST)
    alike = instance.current().stores.vault.alike(newest["person_id"].to_list())
    within = told["person_id"].implode()
    pairs = candidates(snapshot, alike).filter(pl.col("first").is_in(within) & pl.col("second").is_in(within))
    two = snapshot.current("merges").filter(pl.col("state") == "undone")
    said = {tuple(sorted(pair)) for pair in two.select("person_id", "into").iter_rows()}
    kept = [tuple(sorted(pair)) not in said for pair in pairs.select("first", "second").iter_rows()]
    return pairs.filter(pl.Series(kept, dtype=pl.Boolean))


def _told(actor: Actor, snapshot: Snapshot) -> pl.DataFrame:
    """Persons on record within reach: person_id, told (last)."""
    parts = [
        visible(actor, snapshot, table).select(
            (case_person() if table == "cases" else pl.col("person_id")).alias("person_id"), told="first_recorded_at"
        )
        for table in ("cases", "contacts", "people")
        if may(actor, f"read {table}")
    ]
    return pl.concat(parts).group_by("person_id").agg(pl.col("told").max())


def pair(request: HttpRequest) -> HttpResponse:
    """Two persons side by side; the decision that they are one, or two."""
    asked = request.POST if request.method == "POST" else request.GET
    actor, snapshot = actor_of(request), follow()
    both = Pair(*two_of(actor, snapshot, asked.get("first", ""), asked.get("second", "")))
    problem = ""
    if request.method == "POST":
        reason, kept = asked.get("reason", "").strip(), asked.get("kept", "")
        one = asked.get("verdict") == "one"
        if not reason:
            problem = say("Say why, in a sentence.")
        elif one and kept not in {both.first.person, both.second.person}:
            problem = say("Choose whose pseudonym stays.")
        else:
            kept = kept if one else both.first.person
            gone, stays = (both.first, both.second) if kept == both.second.person else (both.second, both.first)
            decide(actor, snapshot, gone, stays, reason[:_REASON_MOST], one=one)
            messages.success(
                request,
                say("The two are one person now.") if one else say("It is on record that they are two persons."),
            )
            return redirect("cases:duplicates")
    return page(
        request, "cases/pair.html", HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        sides=[_side(actor, snapshot, side) for side in (both.first, both.second)], problem=problem,
        reason=asked.get("reason", ""), kept=asked.get("kept", "") or _likely_kept(both),
        zone_names=ground_of(snapshot).names,
    )  # fmt: skip


def _likely_kept(both: Pair) -> str:
    """Who is a case stays; of two, the one told first."""
    firsts = [
        (not side.cases, min((row["first_recorded_at"] for row in [*side.cases, *side.exposures]), default=clock.now()))
        for side in (both.first, both.second)
    ]
    return both.first.person if firsts[0] <= firsts[1] else both.second.person


def _side(actor: Actor, snapshot: Snapshot, side: Dossier) -> dict[str, Any]:
    who = names.look_up(actor, snapshot, {side.person: side.zone}, "side by side").get(side.person, {})
    rows = [*side.cases, *side.tables["people"], *side.exposures]

    def first(name: str) -> Any:
        return next((row[name] for row in rows if row.get(name) is not None), None)

    return {
        "person": side.person, "who": who, "zone": side.zone, "age": first("age"), "sex": first("sex"),
        "occupation": first("occupation"), "household": first("household"), "onset": first("onset"),
        "cases": [row["case_id"] for row in side.cases], "exposures": [row["case_id"] for row in side.exposures],
        "contacts": len(side.contacts), "tests": len(side.tables["tests"]),
        "told": min((row["first_recorded_at"] for row in rows), default=None),
    }  # fmt: skip


def undo(request: HttpRequest) -> HttpResponse:
    """Take a merge back: the pseudonyms are two again, and cases count by themselves again."""
    reason = request.POST.get("reason", "").strip()[:_REASON_MOST]
    take_back(actor_of(request), follow(), request.POST.get("merge", ""), reason)
    messages.success(request, say("The merge is undone: they are two persons again."))
    return redirect("cases:duplicates")
