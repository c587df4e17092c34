"""Operations on every table: list, get, history, append, correct; by the same reading and writing as the pages."""

from collections.abc import Callable
from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Body, NinjaAPI, Path, Query, Schema
from pydantic import Field, create_model

from douse.console import instance
from douse.console.actors import actor_of
from douse.console.api.answers import answer, new_entry, receipt
from douse.console.api.schemas import (
    MOST_ROWS,
    PROBLEMS,
    Receipt,
    Strict,
    corrected_row,
    filterable,
    filters,
    new_row,
    page_of,
    shown_row,
)
from douse.console.listing import sliced
from douse.console.masks import personal
from douse.console.permissions import Actor, may
from douse.console.policy import ALL_TABLES, BY_OPERATION
from douse.console.reach import ground_of, personal_reach, zones_of_rows
from douse.console.reading import follow, seen, visible
from douse.console.states import NotNow
from douse.console.writing import record
from douse.records.ledger import NewEntry, Snapshot
from douse.records.ledger.checking import name_of
from douse.records.ledger_tables import LEDGER_TABLES


class TableFacts(Schema):
    """A table and what may be done with it."""

    table: str
    says: str
    key: list[str]
    read: bool
    write: bool


class Version(Schema):
    """One entry of a record's history."""

    sequence: int
    record_id: str
    supersedes: str | None = None
    recorded_at: str | None = None
    appended_at: str
    author: str
    redacted: bool = Field(description="Its personal fields were erased.")
    row: dict[str, Any] = Field(description="The row; personal fields only where they may be seen.")


def add_to(api: NinjaAPI) -> None:
    """Add the operations of all tables to the API."""
    _add_index(api)
    for table in ALL_TABLES:
        _add_reads(api, table)
        if table not in BY_OPERATION:
            _add_writes(api, table)


def _add_index(api: NinjaAPI) -> None:
    @api.get("/tables", url_name="tables", tags=["tables"], response={200: list[TableFacts], **PROBLEMS})
    def tables(request: HttpRequest) -> HttpResponse:
        """Tables that there are, and what this token may do with each."""
        actor = actor_of(request)
        return answer(
            [
                {
                    "table": table, "says": (LEDGER_TABLES[table].__doc__ or "").strip().splitlines()[0],
                    "key": LEDGER_TABLES[table].key, "read": may(actor, f"read {table}"),
                    "write": table not in BY_OPERATION and may(actor, f"write {table}"),
                }
                for table in ALL_TABLES
            ]
        )  # fmt: skip


def _add_reads(api: NinjaAPI, table: str) -> None:
    asked = filters(table)

    def listed(request: HttpRequest, query: Query[asked]) -> HttpResponse:  # type: ignore[valid-type]
        return _list(request, table, query)

    def one(request: HttpRequest, record_id: Path[str]) -> HttpResponse:
        return _one(request, table, record_id)

    def history(request: HttpRequest, record_id: Path[str]) -> HttpResponse:
        return _history(request, table, record_id)

    _add(
        api.get, f"/tables/{table}", f"list_{table}", f"table_{table}", f"Rows of {table} in force within reach.",
        page_of(table), listed, table,
    )  # fmt: skip
    _add(
        api.get, f"/records/{table}/{{path:record_id}}", f"get_{table}", f"record_{table}",
        f"One row of {table} in force, by its record_id.", shown_row(table), one, table,
    )  # fmt: skip
    _add(
        api.get, f"/history/{table}/{{path:record_id}}", f"history_of_{table}", f"history_{table}",
        f"All versions of a row of {table}, the oldest first.", list[Version], history, table,
    )  # fmt: skip


def _add_writes(api: NinjaAPI, table: str) -> None:
    rows = create_model(
        f"{new_row(table).__name__}Rows", __base__=Strict, __doc__=f"Rows to append to {table}: all or none.",
        rows=(list[new_row(table)], Field(min_length=1, max_length=MOST_ROWS)),  # type: ignore[arg-type,misc]
    )  # fmt: skip
    whole = corrected_row(table)

    def append(request: HttpRequest, body: Body[rows]) -> HttpResponse:  # type: ignore[valid-type]
        return _append(request, table, [row.model_dump() for row in body.rows])  # type: ignore[attr-defined]

    def correct(request: HttpRequest, record_id: Path[str], body: Body[whole]) -> HttpResponse:  # type: ignore[valid-type]
        entry = new_entry(table, body.model_dump(), supersedes=record_id)  # type: ignore[attr-defined]
        _check_new(follow(), table, [entry])
        return receipt(record(request, [entry], action=f"corrected_{table}"), 1)

    _add(
        api.post, f"/tables/{table}", f"append_{table}", f"table_{table}", f"Append rows to {table}: all or none.",
        Receipt, append, table, created=True,
    )  # fmt: skip
    _add(
        api.post, f"/corrections/{table}/{{path:record_id}}", f"correct_{table}", f"correction_{table}",
        f"Correct a row of {table}: a whole row takes its place; the old one stays in the history.",
        Receipt, correct, table, created=True,
    )  # fmt: skip


def _add(  # noqa: PLR0913, PLR0917  (what an operation is made of)
    method: Callable[..., Any], path: str, operation: str, url_name: str, says: str, model: Any,
    view: Callable[..., HttpResponse], table: str, *, created: bool = False,
) -> None:  # fmt: skip
    view.__name__ = operation
    method(
        path, url_name=url_name, operation_id=operation, summary=says, tags=[table],
        response={201 if created else 200: model, **PROBLEMS},
    )(view)  # fmt: skip


def _list(request: HttpRequest, table: str, query: Any) -> HttpResponse:
    actor, snapshot = actor_of(request), follow()
    rows = _asked(visible(actor, snapshot, table, outside=query.outside), table, query, snapshot)
    part = sliced(rows, query.page, query.size)
    _log_look(actor, table, part.rows)
    return answer(
        {"rows": part.rows, "page": part.page, "pages": part.pages, "total": part.total, "sequence": snapshot.sequence}
    )


def _asked(rows: pl.DataFrame, table: str, query: Any, snapshot: Snapshot) -> pl.DataFrame:
    for name in filterable(table):
        value = getattr(query, name)
        if value is None:
            continue
        if name == "zone":
            inner = sorted(ground_of(snapshot).subtree(value))
            rows = rows.filter(pl.col("zone").cast(pl.String).is_in(inner))
        else:
            rows = rows.filter((pl.col(name).cast(pl.String) == value).fill_null(value=False))
    rows = _between(rows, "recorded_at", query.recorded_from, query.recorded_to)
    occurred = LEDGER_TABLES[table].occurred
    return rows if occurred is None else _between(rows, occurred, query.occurred_from, query.occurred_to)


def _between(rows: pl.DataFrame, column: str, first: Any, last: Any) -> pl.DataFrame:
    day = pl.col(column).cast(pl.Date)
    if first is not None:
        rows = rows.filter((day >= first).fill_null(value=False))
    return rows if last is None else rows.filter((day <= last).fill_null(value=False))


def _row(actor: Actor, snapshot: Snapshot, table: str, record_id: str) -> dict[str, Any]:
    found = visible(actor, snapshot, table).filter(pl.col("record_id") == record_id)
    if found.is_empty():
        raise Http404
    return found.row(0, named=True)


def _one(request: HttpRequest, table: str, record_id: str) -> HttpResponse:
    actor, snapshot = actor_of(request), follow()
    row = _row(actor, snapshot, table, record_id)
    _log_look(actor, table, [row])
    return answer(row)


def _history(request: HttpRequest, table: str, record_id: str) -> HttpResponse:
    actor, snapshot = actor_of(request), follow()
    row = _row(actor, snapshot, table, record_id)
    hidden = {name for name in personal(table) if not _sees(actor, snapshot, table, row)}
    entries = instance.current().stores.ledger.entries(tables=[table], record_ids=_versions(snapshot, table, record_id))
    _log_look(actor, table, [row])
    return answer(
        [
            {
                "sequence": entry.sequence, "record_id": entry.record_id, "supersedes": entry.supersedes,
                "recorded_at": entry.recorded_at, "appended_at": entry.appended_at, "author": entry.author,
                "redacted": entry.redacted,
                "row": {name: value for name, value in entry.row.items() if name not in hidden},
            }
            for entry in entries
        ]
    )  # fmt: skip


def _versions(snapshot: Snapshot, table: str, record_id: str) -> list[str]:
    """record_id of a row and of all that it corrects, step by step."""
    earlier = dict(snapshot.frames[table].select("record_id", "supersedes").drop_nulls().iter_rows())
    found = [record_id]
    while (before := earlier.get(found[-1])) is not None and before not in found:
        found.append(before)
    return found


def _sees(actor: Actor, snapshot: Snapshot, table: str, row: dict[str, Any]) -> bool:
    """Whether personal fields of a row are shown."""
    frame = visible(actor, snapshot, table).filter(pl.col("record_id") == row["record_id"])
    zone = zones_of_rows(snapshot, table, frame)[0]
    own = table == "tasks" and row["assigned_to"] == actor.name and any(role.personal for role in actor.roles)
    return own or personal_reach(actor, table, ground_of(snapshot)).holds(zone)


def _log_look(actor: Actor, table: str, rows: list[dict[str, Any]]) -> None:
    columns = personal(table)
    shown = [row["record_id"] for row in rows if any(row.get(name) is not None for name in columns)]
    if shown:
        seen(actor, table, shown, "API")


def _append(request: HttpRequest, table: str, rows: list[dict[str, Any]]) -> HttpResponse:
    entries = [new_entry(table, row) for row in rows]
    _check_new(follow(), table, entries)
    return receipt(record(request, entries, action=f"added_{table}"), len(entries))


def _check_new(snapshot: Snapshot, table: str, entries: list[NewEntry]) -> None:
    """Raise `NotNow` where a record by the same name is there: it would not count."""
    names = [
        entry.record_id or name_of(table, {**entry.row, "supersedes": entry.supersedes}, None) for entry in entries
    ]
    there = snapshot.frames.get(table)
    known = set() if there is None else set(there.filter(pl.col("record_id").is_in(names))["record_id"])
    new = [name for name, entry in zip(names, entries, strict=True) if entry.supersedes is None or entry.record_id]
    if known & set(new) or len(set(new)) < len(new):
        raise NotNow(
            "A row by this key is there already, or is sent twice.",
            next_step="Correct the row that is there, or leave it out.",
        )
