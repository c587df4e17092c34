"""A person's list for today: what is theirs, what is free to take, by deadline, a household at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import polars as pl

from douse.console.permissions import Actor, may
from douse.console.reading import visible
from douse.console.tasks.answers import OPEN
from douse.records.ledger import Snapshot

_STATE = pl.coalesce(
    pl.col("outcome").cast(pl.String), pl.when(pl.col("done_at").is_not_null()).then(pl.lit("done")), pl.lit("open")
)


@dataclass(frozen=True)
class Stop:
    """Tasks at one door: a household, a person, or a zone where there is no person."""

    zone: str | None
    household: str | None
    due_at: datetime | None  # of the earliest
    overdue: bool
    tasks: tuple[dict[str, Any], ...]

    @property
    def size(self) -> int:
        """Tasks at the door."""
        return len(self.tasks)


def with_state(tasks: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Tasks with `state` (open, or what came of them) and `overdue`."""
    is_open = _STATE.is_in(OPEN)
    return tasks.with_columns(state=_STATE).with_columns(
        overdue=(is_open & (pl.col("due_at") < now)).fill_null(value=False)
    )


def open_tasks(actor: Actor, snapshot: Snapshot, now: datetime) -> pl.DataFrame:
    """Tasks still to be done that somebody may see, with household, state and overdue."""
    tasks = with_state(visible(actor, snapshot, "tasks"), now).filter(pl.col("state").is_in(OPEN))
    return with_household(actor, snapshot, tasks)


def with_household(actor: Actor, snapshot: Snapshot, tasks: pl.DataFrame) -> pl.DataFrame:
    """Tasks with the household of their person, as far as somebody may see it."""
    known = [
        visible(actor, snapshot, table).select("person_id", "household").drop_nulls()
        for table in ("people", "contacts")
        if may(actor, f"read {table}")
    ]
    if not known:
        return tasks.with_columns(household=pl.lit(None, pl.String))
    homes = pl.concat(known).unique("person_id", keep="first", maintain_order=True)
    return tasks.join(homes, on="person_id", how="left", maintain_order="left")


def today(tasks: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Of open tasks those that are due by the end of the day, or have no deadline."""
    end = datetime.combine(now.date(), time.max)
    return tasks.filter(pl.col("due_at").is_null() | (pl.col("due_at") <= end))


def mine(tasks: pl.DataFrame, name: str) -> pl.DataFrame:
    """Tasks that a user was given."""
    return tasks.filter((pl.col("assigned_to") == name).fill_null(value=False))


def free(tasks: pl.DataFrame) -> pl.DataFrame:
    """Tasks that nobody was given."""
    return tasks.filter(pl.col("assigned_to").is_null())


def stops(tasks: pl.DataFrame) -> list[Stop]:
    """Tasks in the order of visits: what is overdue first, then by deadline; a household is visited once."""
    if tasks.is_empty():
        return []
    door = pl.coalesce(
        pl.when(pl.col("household").is_not_null()).then(pl.concat_str("zone", "household", separator="|")),
        pl.col("person_id"), pl.col("task_id"),
    )  # fmt: skip
    ordered = tasks.with_columns(door=door).sort("due_at", "zone", "kind", "task_id", nulls_last=True)
    groups = ordered.partition_by("door", maintain_order=True)
    found = [_stop(group.drop("door").rows(named=True)) for group in groups]
    latest = datetime.max
    return sorted(found, key=lambda stop: (not stop.overdue, stop.due_at or latest, stop.zone or ""))


def _stop(rows: Sequence[dict[str, Any]]) -> Stop:
    first = rows[0]
    return Stop(first["zone"], first["household"], first["due_at"], any(row["overdue"] for row in rows), tuple(rows))


def last_seen(actor: Actor, snapshot: Snapshot, persons: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The latest follow-up of each person."""
    if not persons or not may(actor, "read follow_ups"):
        return {}
    rows = visible(actor, snapshot, "follow_ups").filter(pl.col("person_id").is_in(list(persons)))
    latest = rows.sort("at").unique("person_id", keep="last")
    return {row["person_id"]: row for row in latest.iter_rows(named=True)}
