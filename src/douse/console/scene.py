"""What may be computed from: the records within reach as of a day, and the situation that they make.

Figures are made from whole rows, also for those who are not shown personal columns: what leaves here are counts and
estimates, never rows. What shows rows goes through `reading.visible`.
"""

from datetime import date, datetime

import polars as pl

from douse.console.knowledge import in_force
from douse.console.permissions import Actor
from douse.console.reach import OF_ALL, Reach, ground_of, reach, zones_of_rows
from douse.console.reading import visible
from douse.console.remembered import Answer, Background, Remembered
from douse.console.writing import on_erasure
from douse.question import Knowledge, of_pathogen
from douse.records import Records, ZoneTree
from douse.records.ledger import Snapshot
from douse.signals import Scene, Signal, detect
from douse.situation import describe

# Tables that the situation, signals and plan read; the large ones that only tracing reads are left out.
USED = (
    "zones", "places", "facilities", "cases", "contacts", "tests", "stays", "measures", "arrivals", "indicators",
    "stock", "requests", "shipments", "crews", "production",
)  # fmt: skip

background = Background()
_views: Remembered[Records] = Remembered(8)
_within: Remembered[Records] = Remembered(48)
_scenes: Remembered[Scene] = Remembered(48)
for _kept in (background, _views, _within, _scenes):
    on_erasure(_kept.forget)


def sources_of(snapshot: Snapshot) -> tuple[object, ...]:
    """What everything here is made from: the key of whatever is kept of it."""
    return tuple(snapshot.frames.get(table) for table in (*USED, "merges"))


def known_on(snapshot: Snapshot, day: date) -> Records:
    """What the whole department knew at the end of a day."""
    return _views.get(day, sources_of(snapshot), lambda: _view(snapshot, day))


def _view(snapshot: Snapshot, day: date) -> Records:
    frames = {name: snapshot.frames[name] for name in (*USED, "merges") if name in snapshot.frames}
    return Records(frames, frozenset(frames) - {"merges"}).as_of(day)


def known_within(actor: Actor, snapshot: Snapshot, day: date) -> Records:
    """What was known at the end of a day of the zones that somebody sees. Whole rows: for figures only."""
    return _within.get((day, actor.key), sources_of(snapshot), lambda: _cut(actor, snapshot, day))


def _cut(actor: Actor, snapshot: Snapshot, day: date) -> Records:
    known, ground = known_on(snapshot, day), ground_of(snapshot)
    frames = {}
    for table, rows in known.frames.items():
        seen = reach(actor, f"read {table}", ground)
        if not seen.everywhere:
            rows = rows.filter(_seen(seen, snapshot, table, known))  # noqa: PLW2901
        frames[table] = rows
    return Records(frames, known.sent, known.known_at)


def _seen(seen: Reach, snapshot: Snapshot, table: str, known: Records) -> pl.Series:
    zones = zones_of_rows(snapshot, table, known.table(table), known.frames)
    rows = seen.rows(zones)
    return rows | zones.is_null() if table in OF_ALL and seen.zones else rows


def knowledge_on(snapshot: Snapshot, day: date) -> Knowledge:
    """The library files in force on a day.

    Raises
    ------
    UsageError
        When nothing tells which pathogen it is.
    """
    now = Records({"cases": snapshot.current("cases")})
    return in_force(now if is_latest(snapshot, day) else known_on(snapshot, day), day)


def is_latest(snapshot: Snapshot, day: date) -> bool:
    """Whether all cases in force had been told by the end of a day, as on the day that is today."""
    told = snapshot.current("cases")["recorded_at"].max()
    return not isinstance(told, datetime) or told.date() <= day


def any_cases(actor: Actor, snapshot: Snapshot, day: date) -> bool:
    """Whether somebody sees a case that was known at the end of a day."""
    if is_latest(snapshot, day):
        return not visible(actor, snapshot, "cases").is_empty()
    return not known_within(actor, snapshot, day).cases.is_empty()


def look(actor: Actor, snapshot: Snapshot, day: date, knowledge: Knowledge) -> Scene:
    """The scene of a day within reach: situation, zones, pathogen, protocol. Reads no users: any thread may call it."""
    files = f"{knowledge.pathogen.id} {knowledge.protocol.id}"
    return _scenes.get(
        (day, actor.key), (*sources_of(snapshot), files), lambda: _look(actor, snapshot, day, knowledge)
    )  # fmt: skip


def _look(actor: Actor, snapshot: Snapshot, day: date, knowledge: Knowledge) -> Scene:
    known = of_pathogen(known_within(actor, snapshot, day), knowledge.pathogen)
    zones = ZoneTree(known)
    situation = describe(known, zones, knowledge.pathogen, knowledge.protocol)
    return Scene(known, situation, zones, knowledge.pathogen, knowledge.protocol)


def signals(
    actor: Actor, snapshot: Snapshot, day: date, knowledge: Knowledge, *, wait: float
) -> Answer[tuple[Signal, ...]]:
    """What is unusual on a day within reach, loudest first: made in the background, waited for so many seconds."""
    files = f"{knowledge.pathogen.id} {knowledge.protocol.id}"
    return background.get(
        ("signals", day, actor.key), (*sources_of(snapshot), files),
        lambda: detect(look(actor, snapshot, day, knowledge)), wait,
    )  # fmt: skip
