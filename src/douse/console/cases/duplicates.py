"""Persons who may be one: candidates, side by side, one pseudonym made of two, and that taken back."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import polars as pl
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from uuid_utils import uuid7

from douse.console import clock, instance
from douse.console.actors import actor_of
from douse.console.cases import dossier, names
from douse.console.cases.dossier import Dossier
from douse.console.pages import page
from douse.console.permissions import Actor, may
from douse.console.reach import ground_of
from douse.console.reading import follow, visible
from douse.console.states import MERGE, NotNow, check_move
from douse.console.words import say
from douse.console.writing import record
from douse.records.ledger import NewEntry, Snapshot
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
    both = _pair(actor, snapshot, asked.get("first", ""), asked.get("second", ""))
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
            _decide(request, snapshot, gone, stays, reason[:_REASON_MOST], one=one)
            return redirect("cases:duplicates")
    return page(
        request, "cases/pair.html", HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        sides=[_side(actor, snapshot, side) for side in (both.first, both.second)], problem=problem,
        reason=asked.get("reason", ""), kept=asked.get("kept", "") or _likely_kept(both),
        zone_names=ground_of(snapshot).names,
    )  # fmt: skip


def _pair(actor: Actor, snapshot: Snapshot, first: str, second: str) -> Pair:
    found = [dossier.of_person(actor, snapshot, person) for person in (first, second)]
    if first == second or found[0] is None or found[1] is None:
        raise Http404
    return Pair(found[0], found[1])


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


def _decide(  # noqa: PLR0913  (who of whom, why)
    request: HttpRequest, snapshot: Snapshot, gone: Dossier, stays: Dossier, reason: str, *, one: bool
) -> None:
    merge = {
        "merge_id": str(uuid7()), "person_id": gone.person, "into": stays.person, "zone": stays.zone or gone.zone,
        "state": "merged" if one else "undone", "reason": reason,
    }  # fmt: skip
    entries = [NewEntry("merges", merge)]
    if one and stays.case:
        entries += [_same_as(snapshot, case["record_id"], stays.case["case_id"]) for case in gone.cases]
    record(request, entries, action="merge_persons", reason=reason)
    if one:
        instance.current().stores.vault.merge(gone.person, stays.person)
    messages.success(
        request, say("The two are one person now.") if one else say("It is on record that they are two persons.")
    )


def undo(request: HttpRequest) -> HttpResponse:
    """Take a merge back: the pseudonyms are two again, and cases count by themselves again."""
    actor, snapshot = actor_of(request), follow()
    rows = visible(actor, snapshot, "merges").filter(pl.col("merge_id") == request.POST.get("merge", ""))
    if rows.is_empty():
        raise Http404
    merge = rows.row(0, named=True)
    check_move(MERGE, merge["state"], "undone")
    reason = request.POST.get("reason", "").strip()[:_REASON_MOST]
    if not reason:
        raise NotNow("Undoing a merge asks for a reason.", next_step="Go back and say why, in a sentence.")
    row = {name: merge[name] for name in ("merge_id", "person_id", "into", "zone")}
    entries = [NewEntry("merges", {**row, "state": "undone", "reason": reason}, supersedes=merge["record_id"])]
    written = snapshot.frames.get("cases")
    if written is not None:
        entries += [_same_as(snapshot, case["record_id"], None) for case in _made_same(snapshot, written, merge)]
    record(request, entries, action="merge_persons", reason=reason)
    messages.success(request, say("The merge is undone: they are two persons again."))
    return redirect("cases:duplicates")


def _made_same(snapshot: Snapshot, written: pl.DataFrame, merge: dict[str, Any]) -> list[dict[str, Any]]:
    """Cases in force of the person that was given up, that the merge made the same as a case of the one who stays."""
    in_force = snapshot.current("cases")
    theirs = written.filter(
        pl.col("record_id").is_in(in_force["record_id"].implode())
        & (case_person() == merge["person_id"])
        & pl.col("same_as").is_not_null()
    )
    kept = set(written.filter(case_person() == merge["into"])["case_id"])
    return [row for row in theirs.rows(named=True) if row["same_as"] in kept]


def _same_as(snapshot: Snapshot, record_id: str, same_as: str | None) -> NewEntry:
    """A correction that says which case a case turned out to be; the rest stays as it was written."""
    row = snapshot.frames["cases"].filter(pl.col("record_id") == record_id).row(0, named=True)
    kept = {name: value for name, value in row.items() if name not in {"record_id", "recorded_at", "supersedes"}}
    return NewEntry("cases", {**kept, "same_as": same_as}, supersedes=record_id)
