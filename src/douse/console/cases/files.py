"""Bring in files: what the door finds is shown first; rows are saved when a person says so."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import polars as pl
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from douse.console import clock
from douse.console.actors import actor_of
from douse.console.cases import upload
from douse.console.cases.lists import as_csv
from douse.console.cases.upload import Upload
from douse.console.pages import page
from douse.console.permissions import Actor, Refused, may
from douse.console.reach import ground_of, reach, zones_of_rows
from douse.console.reading import follow
from douse.console.words import say, words
from douse.console.writing import bring_in
from douse.errors import DouseError
from douse.records.finding import Checked
from douse.records.ledger import Snapshot
from douse.records.ledger.intake import told_apart
from douse.records.ledger_tables import LEDGER_TABLES
from douse.records.sentences import SENTENCES

_ROWS_SHOWN = 12  # row numbers of one finding
_MOST_FINDINGS = 200  # kinds of findings on the page
_ORDER = {"row_set_aside": 0, "value_set_aside": 1, "note": 2}


@dataclass(frozen=True)
class Grouped:
    """One kind of finding, with the rows that it was found in."""

    file: str
    column: str
    action: str
    message: str
    next_step: str
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Coming:
    """What a table of an upload would bring."""

    table: str
    passed: int
    set_aside: int
    new: int
    corrected: int
    known: int
    outside: int  # rows that lie outside of the sender's zones
    allowed: bool  # whether the sender may write the table


def choose(request: HttpRequest) -> HttpResponse:
    """Choose files; when they are sent they are kept apart, and looked at."""
    if request.method == "POST":
        try:
            kept = upload.keep(request.FILES.getlist("files"), actor_of(request).author)
        except DouseError as error:
            return _choose(request, error)
        return redirect("files:look", kept.token)
    return _choose(request)


def _choose(request: HttpRequest, error: DouseError | None = None) -> HttpResponse:
    said = (error.what, error.allowed, error.next_step) if error else ("", "", "")
    what, allowed, next_step = (words().translated(text) if text else "" for text in said)
    return page(
        request, "cases/upload.html", HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
        what=what, allowed=allowed, next_step=next_step, largest=upload.LARGEST >> 20, most=upload.MOST_FILES,
        tables=[words().label(name) for name in LEDGER_TABLES if may(actor_of(request), f"write {name}")],
    )  # fmt: skip


def look(request: HttpRequest, token: str) -> HttpResponse:
    """What the door found in an upload, and what it would bring."""
    kept = _kept(request, token)
    checked = upload.through_the_door(kept)
    return _look(request, kept, checked)


def _look(request: HttpRequest, kept: Upload, checked: Checked, refused: DouseError | None = None) -> HttpResponse:
    coming = coming_of(actor_of(request), follow(), checked)
    findings = grouped(checked.findings)
    return page(
        request, "cases/findings.html", HTTPStatus.OK if refused is None else HTTPStatus.FORBIDDEN,
        upload=kept, coming=coming, findings=findings[:_MOST_FINDINGS], more=max(0, len(findings) - _MOST_FINDINGS),
        rejected={name: len(rows) for name, rows in checked.rejected.items()},
        refused=refused, brings=sum(row.new + row.corrected for row in coming),
        possible=bool(coming) and all(row.allowed and not row.outside for row in coming if row.passed),
    )  # fmt: skip


def take(request: HttpRequest, token: str) -> HttpResponse:
    """Save the rows of an upload that passed; what the ledger knows already adds nothing."""
    kept = _kept(request, token)
    checked = upload.through_the_door(kept)
    try:
        taken = bring_in(request, checked.records, action="import", reason=f"{', '.join(kept.files)}"[:500])
    except Refused as refused:
        return _look(request, kept, checked, refused)
    upload.drop(kept)
    messages.success(
        request,
        say(
            "Saved: {new} {new:row|rows} new, {corrected} corrected, {known} known already.",
            new=sum(taken.new.values()), corrected=sum(taken.corrected.values()), known=sum(taken.known.values()),
        ),
    )  # fmt: skip
    return redirect("files:choose")


def drop(request: HttpRequest, token: str) -> HttpResponse:
    """Delete an upload without saving anything."""
    upload.drop(_kept(request, token))
    messages.info(request, say("The files were deleted; nothing was saved."))
    return redirect("files:choose")


def rejected(request: HttpRequest, token: str, table: str) -> HttpResponse:
    """Rows that were set aside, as they were sent, to be corrected and sent again."""
    rows = upload.through_the_door(_kept(request, token)).rejected.get(table)
    if rows is None:
        raise Http404
    return as_csv(rows, f"{table}-to-correct.csv")


def findings(request: HttpRequest, token: str) -> HttpResponse:
    """All findings as CSV, row by row."""
    checked = upload.through_the_door(_kept(request, token))
    return as_csv(checked.findings.drop("recorded_at"), "findings.csv")


def _kept(request: HttpRequest, token: str) -> Upload:
    kept = upload.find(token, actor_of(request).author)
    if kept is None:
        raise Http404
    return kept


def grouped(findings: pl.DataFrame) -> list[Grouped]:
    """Findings of one kind together, the gravest first."""
    kinds = ["file", "column", "rule", "action", "message", "next_step"]
    rows = findings.group_by(kinds, maintain_order=True).agg(
        pl.len().alias("count"), pl.col("row").drop_nulls().head(_ROWS_SHOWN).alias("rows")
    )
    made = [_in_words(row) for row in rows.rows(named=True)]
    return sorted(made, key=lambda one: (_ORDER.get(one.action, 3), -one.count))


def _in_words(row: dict[str, Any]) -> Grouped:
    """A kind of finding in the reader's language: findings are written in English, by the sentences of their rules."""
    rule = row.pop("rule")
    said = SENTENCES.get(rule, SENTENCES["row_rule"])
    facts = _facts(said.message, row["message"]) | _facts(said.next_step, row["next_step"])
    if "words" in facts:
        facts["words"] = words().translated(facts["words"])
    told = {"message": say(said.message, **facts), "next_step": say(said.next_step, **facts)} if facts else {
        "message": words().translated(row["message"]), "next_step": words().translated(row["next_step"])
    }  # fmt: skip
    return Grouped(**{**row, **told, "column": row["column"] or "", "rows": tuple(row["rows"])})


def _facts(sentence: str, filled: str) -> dict[str, str]:
    """What stands in the fields of a sentence that was filled in."""
    parts = re.split(r"\{(\w+)\}", sentence)
    seen: set[str] = set()
    pattern = ""
    for at, part in enumerate(parts):
        if at % 2 == 0:
            pattern += re.escape(part)
        else:
            pattern += f"(?P={part})" if part in seen else f"(?P<{part}>.*?)"
            seen.add(part)
    found = re.fullmatch(pattern, filled, re.DOTALL)
    return found.groupdict() if found else {}


def coming_of(actor: Actor, snapshot: Snapshot, checked: Checked) -> list[Coming]:
    """What an upload would bring, table by table."""
    found = []
    for table, rows in checked.records.frames.items():
        aside = checked.rejected.get(table)
        new, corrected = _apart(snapshot, table, rows)
        allowed = may(actor, f"write {table}")
        zones = zones_of_rows(snapshot, table, rows, checked.records.frames)
        within = reach(actor, f"write {table}", ground_of(snapshot)).rows(zones)
        outside = 0 if table == "zones" else len(rows) - int(within.sum())
        found.append(
            Coming(
                table, len(rows), 0 if aside is None else len(aside), new, corrected, len(rows) - new - corrected,
                outside, allowed,
            )
        )  # fmt: skip
    return found


def _apart(snapshot: Snapshot, table: str, rows: pl.DataFrame) -> tuple[int, int]:
    versions: Any = snapshot.frames.get(table)
    if versions is None:
        versions = LEDGER_TABLES[table].create_empty()
    new, corrected = told_apart(table, rows, versions, snapshot.current(table), clock.now())
    return len(new), len(corrected)
