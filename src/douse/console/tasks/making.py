"""Today's tasks out of the worklist: only what is new is appended, shared out among the tracers of each zone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import polars as pl

from douse.console import clock
from douse.console.knowledge import in_force
from douse.console.models import User
from douse.console.permissions import Actor
from douse.console.policy import EVERYWHERE
from douse.console.reach import ground_of, reach, zones_of_rows
from douse.console.reading import follow
from douse.console.remembered import Background
from douse.console.states import NotNow
from douse.console.tasks.answers import OPEN
from douse.console.tasks.spread import spread
from douse.console.tasks.todo import with_state
from douse.console.writing import on_erasure, record
from douse.library import Links, load
from douse.question import DEFAULT_LINKS, Knowledge, of_pathogen
from douse.records import ZoneTree
from douse.records.ledger import NewEntry, Snapshot
from douse.records.tables import TABLES
from douse.situation import describe
from douse.tracing import trace
from douse.tracing.infectors import Known, likely_infectors
from douse.tracing.tasks import make_work
from douse.tracing.tasks.watch import daily_visits

_WAIT, _OLD = 15.0, 300.0  # seconds that a request waits for the worklist, and that it may be old
_background = Background(1)
on_erasure(_background.forget)
_NAMES = UUID("6d6f7573-6500-5000-8000-7461736b7300")  # of identifiers of tasks: the same task twice is one


def make_today(actor: Actor) -> int:
    """Append today's tasks of the zones of somebody who shares tasks; how many are new."""
    snapshot, now = follow(), clock.now()
    wanted = within(actor, snapshot, new_tasks(snapshot, worked_out(snapshot, now)))
    if wanted.is_empty():
        return 0
    visits = [list(group["zone"]) for group in wanted.partition_by("visit", maintain_order=True)]
    names = spread(visits, tracers(snapshot), loads(snapshot, now))
    hands = dict(zip(wanted["visit"].unique(maintain_order=True), names, strict=True))
    entries = [NewEntry("tasks", _row_of(row, hands[row["visit"]])) for row in wanted.iter_rows(named=True)]
    record(actor, entries, action="make_tasks")
    return len(entries)


def worked_out(snapshot: Snapshot, now: datetime) -> pl.DataFrame:
    """As of `wanted_today`, made beside the requests: the first time it takes long.

    Raises
    ------
    NotNow
        When it is not ready yet.
    """
    sources = tuple(snapshot.frames.get(table) for table in TABLES)
    knowledge = in_force(snapshot.as_of(now), now.date())
    files = f"{knowledge.pathogen.id} {knowledge.protocol.id}"
    made = _background.get(
        ("worklist", now.date()), (*sources, files), lambda: wanted_today(snapshot, now, knowledge), _WAIT
    )
    if made.value is None or made.age > _OLD:
        raise NotNow("The worklist is being worked out.", next_step="Ask for the tasks again in a minute.")
    return made.value


def wanted_today(snapshot: Snapshot, now: datetime, knowledge: Knowledge) -> pl.DataFrame:
    """All that tracers have to do today: kind, person_id, case_id, zone, due_at, visit; in the order of visits."""
    records = snapshot.as_of(now)
    known = of_pathogen(records, knowledge.pathogen)
    zones = ZoneTree(known)
    situation = describe(known, zones, knowledge.pathogen, knowledge.protocol)
    traced = trace(known, situation, zones, knowledge.pathogen, knowledge.protocol)
    likely = likely_infectors(Known(known, situation.cases, zones), knowledge.pathogen, load(Links, DEFAULT_LINKS))
    work = make_work(known, situation, traced, knowledge.pathogen, knowledge.protocol, links=likely)
    tasks = work.tasks.select(
        kind="task", person_id="person", case_id="case_id", zone="zone", due_at="deadline", visit="visit"
    )
    watch = daily_visits(known, traced.contacts).select(
        kind=pl.lit("follow_up"), person_id="person", case_id="case_id", zone="zone", due_at="deadline",
        visit=pl.coalesce("household", "person"),
    )  # fmt: skip
    return pl.concat([tasks, watch])


def new_tasks(snapshot: Snapshot, wanted: pl.DataFrame) -> pl.DataFrame:
    """Of wanted tasks those that are on no list: not open for the person, and not settled for the same deadline."""
    there = with_state(snapshot.current("tasks"), datetime.max).with_columns(kind=pl.col("kind").cast(pl.String))
    pending = there.filter(pl.col("state").is_in(OPEN))
    named = wanted.with_columns(zones_of_rows(snapshot, "tasks", wanted).alias("zone")).with_columns(
        visit=pl.concat_str(pl.col("zone").fill_null(""), "visit", separator="|"),  # households are named by zone
        task_id=pl.struct("kind", "person_id", "case_id", "due_at").map_elements(_task_id, return_dtype=pl.String),
    )
    return named.join(there.select("task_id"), on="task_id", how="anti", maintain_order="left").join(
        pending.select("kind", "person_id").unique(), on=["kind", "person_id"], how="anti", nulls_equal=True,
        maintain_order="left",
    )  # fmt: skip


def within(actor: Actor, snapshot: Snapshot, tasks: pl.DataFrame) -> pl.DataFrame:
    """Tasks of the zones in which somebody may write them."""
    return tasks.filter(reach(actor, "write tasks", ground_of(snapshot)).rows(tasks["zone"]))


def tracers(snapshot: Snapshot, roles: Sequence[str] = ("tracer",)) -> dict[str, frozenset[str] | None]:
    """Name of each user with one of some roles -> zones in which they work; None: the whole area."""
    ground, found = ground_of(snapshot), dict[str, frozenset[str] | None]()
    given = User.objects.filter(is_active=True, assignments__role__in=roles)
    for name, zone in given.values_list("name", "assignments__zone"):
        if zone == EVERYWHERE:
            found[name] = None
        elif found.get(name, frozenset()) is not None:
            found[name] = (found.get(name) or frozenset()) | ground.subtree(zone)
    return found


def loads(snapshot: Snapshot, now: datetime) -> dict[str, int]:
    """Name -> open tasks."""
    tasks = with_state(snapshot.current("tasks"), now).filter(pl.col("state").is_in(OPEN))
    return dict(tasks.drop_nulls("assigned_to").group_by("assigned_to").len().iter_rows())


def _task_id(facts: Mapping[str, Any]) -> str:
    due = facts["due_at"]
    parts = (facts["kind"], facts["person_id"], facts["case_id"], due.date() if due else "")
    return str(uuid5(_NAMES, "|".join(str(part or "") for part in parts)))


def _row_of(task: Mapping[str, Any], name: str | None) -> dict[str, Any]:
    columns = ("task_id", "kind", "person_id", "case_id", "zone", "due_at")
    return {column: task[column] for column in columns} | {"assigned_to": name}
