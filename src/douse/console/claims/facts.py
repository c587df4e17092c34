"""Figures of the ledger that a claim is weighed against: offered as of now, kept as they were shown, looked at again.

A figure that is offered carries our signature, so that what a form cites is what the page showed: its value, the moment
whose knowledge it tells, and the number of the last entry of the ledger then. Figures of a zone are made from the whole
area's records, as a level of the area around counts there; they are shown within reach only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.core.signing import BadSignature, dumps, loads

from douse.console import clock, scene
from douse.console.claims import bulletin_facts
from douse.console.permissions import Actor
from douse.console.reach import ground_of, reach
from douse.console.remembered import Answer, Background
from douse.console.writing import on_erasure
from douse.errors import UsageError
from douse.outputs.claims.evidence import Fact, Value
from douse.outputs.claims.figures import figures_of
from douse.question import Knowledge, of_pathogen
from douse.records import Records, ZoneTree
from douse.records.ledger import Snapshot
from douse.situation import describe

_SALT = "douse.claims.fact"
_LASTS = timedelta(days=1)
# Threads of its own: what takes a fifth of a second is not to wait for detectors that take half a minute.
_background = Background(threads=1, most=64)
on_erasure(_background.forget)


@dataclass(frozen=True)
class Told:
    """What the ledger tells of some zones (None: the whole area): figures, their moment, the last entry then."""

    as_of: datetime
    sequence: int
    figures: dict[str | None, dict[str, Value]]


@dataclass(frozen=True)
class Offered:
    """A figure to cite, and the signed text by which a form names it."""

    fact: Fact
    key: str


@dataclass(frozen=True)
class Checked:
    """A cited figure, and what the ledger says now of that moment: the same, or another value since rows came later."""

    fact: Fact
    value: Value
    is_known: bool  # False while it is being computed, or where nothing can be computed

    @property
    def holds(self) -> bool:
        """Whether the ledger still says so."""
        return self.is_known and _same(self.value, self.fact.value)


def offered(actor: Actor, snapshot: Snapshot, zone: str | None, wait: float) -> Answer[tuple[Offered, ...]]:
    """Figures within reach of the claim's zone and of the whole area: first those that a published bulletin says."""
    try:
        knowledge = scene.knowledge_on(snapshot, clock.now().date())
    except UsageError:
        return Answer((), is_fresh=True)
    places = [place for place in dict.fromkeys((zone, None)) if may_see(actor, snapshot, place)]
    key, now = ("claims", "now", zone), clock.now()
    found = _background.get(
        key, _sources(snapshot, knowledge), lambda: _told(snapshot, now, knowledge, (zone, None)), wait
    )
    told = found.value
    if told is None:
        return Answer(None, is_fresh=False, has_failed=found.has_failed)
    facts = [
        Fact(figure, place, told.as_of, told.sequence, value)
        for place in places
        for figure, value in told.figures[place].items()
    ]
    return Answer(tuple(sign([*bulletin_facts.of(zone), *facts])), found.is_fresh)


def may_see(actor: Actor, snapshot: Snapshot, zone: str | None) -> bool:
    """Whether figures of a zone (None: the whole area) lie within reach."""
    return reach(actor, "read cases", ground_of(snapshot)).holds(zone)


def sign(facts: Iterable[Fact]) -> list[Offered]:
    """Figures with the text by which a form names them."""
    return [Offered(fact, dumps({**asdict(fact), "as_of": fact.as_of.isoformat()}, salt=_SALT)) for fact in facts]


def read(keys: Sequence[str]) -> list[Fact]:
    """The figures that a form names.

    Raises
    ------
    UsageError
        When one was not offered by us, or too long ago.
    """
    found = []
    for key in keys:
        try:
            said = loads(key, salt=_SALT, max_age=_LASTS)
        except BadSignature:
            raise UsageError(
                "A figure that the form cites is not one that was offered, or it was offered too long ago.",
                next_step="Open the page again, and choose the figures anew.",
            ) from None
        found.append(Fact(**{**said, "as_of": datetime.fromisoformat(said["as_of"])}))
    return list(dict.fromkeys(found))


def looked_at(actor: Actor, snapshot: Snapshot, facts: Sequence[Fact], wait: float) -> list[Checked]:
    """Cited figures with what the ledger says now of their moments, of those within reach."""
    seen = [fact for fact in facts if fact.bulletin or may_see(actor, snapshot, fact.zone)]
    zones = tuple(dict.fromkeys(fact.zone for fact in seen if not fact.bulletin))
    return [_looked_at(snapshot, fact, zones, wait) for fact in seen]


def _looked_at(snapshot: Snapshot, fact: Fact, zones: tuple[str | None, ...], wait: float) -> Checked:
    if fact.bulletin is not None:
        return Checked(fact, bulletin_facts.value_of(fact), is_known=True)
    try:
        knowledge = scene.knowledge_on(snapshot, fact.as_of.date())
    except UsageError:
        return Checked(fact, None, is_known=False)
    found = _background.get(
        ("claims", fact.as_of, zones, _rows(snapshot)), _sources(snapshot, knowledge),
        lambda: _told(snapshot, fact.as_of, knowledge, zones), wait,
    )  # fmt: skip
    # What was made before the last rows came does not tell whether the ledger still says so.
    value = None if found.value is None else found.value.figures[fact.zone].get(fact.figure)
    return Checked(fact, value, is_known=found.value is not None and found.is_fresh)


def _rows(snapshot: Snapshot) -> tuple[int, ...]:
    """How many rows the tables hold: another key when some came, so that nobody is shown what was made before."""
    return tuple(frame.height for name in scene.USED if (frame := snapshot.frames.get(name)) is not None)


def _sources(snapshot: Snapshot, knowledge: Knowledge) -> tuple[object, ...]:
    return (*scene.sources_of(snapshot), f"{knowledge.pathogen.id} {knowledge.protocol.id}")


def _told(snapshot: Snapshot, moment: datetime, knowledge: Knowledge, zones: Iterable[str | None]) -> Told:
    known = of_pathogen(_as_of(snapshot, moment), knowledge.pathogen)
    tree = ZoneTree(known)
    situation = describe(known, tree, knowledge.pathogen, knowledge.protocol)
    figures = {zone: figures_of(situation, known, tree, zone) for zone in zones}
    return Told(moment, snapshot.sequence, figures)


def _as_of(snapshot: Snapshot, moment: datetime) -> Records:
    frames = {name: snapshot.frames[name] for name in (*scene.USED, "merges") if name in snapshot.frames}
    return Records(frames, frozenset(frames) - {"merges"}).as_of(moment)


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, str) or isinstance(other, str) or one is None or other is None:
        return one == other
    return abs(one - other) < 5e-3  # as R is shown
