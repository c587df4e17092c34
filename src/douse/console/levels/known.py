"""What returns and assessments are made from: whole rows of a zone within reach, for figures only."""

from dataclasses import dataclass, replace
from datetime import date

from douse.console import clock
from douse.console.permissions import Actor, Refused
from douse.console.plan.names import named
from douse.console.reach import ground_of, reach
from douse.console.remembered import Remembered
from douse.console.scene import USED, knowledge_on
from douse.console.writing import on_erasure
from douse.outputs.words import Words
from douse.question import Knowledge, of_pathogen
from douse.records import Records, ZoneTree
from douse.records.ledger import Snapshot

_TABLES = (*USED, "people", "follow_ups", "merges")
_views: Remembered[Records] = Remembered(4)
_trees: Remembered[ZoneTree] = Remembered(4)
on_erasure(_views.forget)


@dataclass(frozen=True)
class Ready:
    """All that is needed to fill something in today."""

    known: Records
    knowledge: Knowledge
    words: Words


def ready(snapshot: Snapshot) -> Ready:
    """What is known today of the whole area: cut it to a zone before anything of it is shown."""
    day = clock.now().date()
    knowledge = knowledge_on(snapshot, day)
    known = of_pathogen(known_today(snapshot, day), knowledge.pathogen)
    return Ready(known, knowledge, named(snapshot))


def known_today(snapshot: Snapshot, day: date) -> Records:
    """The tables that returns and assessments read, as known on a day."""
    sources = tuple(snapshot.frames.get(table) for table in _TABLES)

    def make() -> Records:
        frames = {name: snapshot.frames[name] for name in _TABLES if name in snapshot.frames}
        return Records(frames, frozenset(frames) - {"merges"}).as_of(day)

    return replace(_views.get(day, sources, make))


def tree_of(snapshot: Snapshot, day: date) -> ZoneTree:
    """The tree of zones as known on a day."""
    known = known_today(snapshot, day)
    return _trees.get(day, tuple(known.frames.values()), lambda: ZoneTree(known))


def check_zone(actor: Actor, right: str, snapshot: Snapshot, zone: str | None) -> None:
    """Raise `Refused` unless somebody has a right in a zone; no zone: in the whole area."""
    if not reach(actor, right, ground_of(snapshot)).holds(zone):
        raise Refused(
            "This zone lies outside your zones.", allowed="zones of your roles",
            next_step="Ask somebody who works there.",
        )  # fmt: skip


def zones_with(actor: Actor, right: str, snapshot: Snapshot) -> list[tuple[str, int]]:
    """Zones where somebody has a right, in the order of the tree, with their depth."""
    ground = ground_of(snapshot)
    allowed = reach(actor, right, ground)
    return [(zone, depth) for zone, depth in ground.in_order() if allowed.holds(zone)]


def title_of(actor: Actor, right: str, zone: str | None, snapshot: Snapshot) -> str:
    """Role and zone in which somebody answers for something."""
    ground = ground_of(snapshot)
    for grant in actor.grants_with(right):
        if grant.zone == "*" or (zone is not None and zone in ground.subtree(grant.zone)):
            return f"{grant.role}, {grant.zone}"
    return actor.author
