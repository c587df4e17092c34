"""Where a resident stays: zones that people know by name, looked for without script."""

from collections.abc import Sequence
from dataclasses import dataclass

from douse.console.ground import Ground
from douse.console.reach import ground_of
from douse.console.remembered import Remembered
from douse.records.codes import ZONE_KINDS
from douse.records.ledger import Snapshot

FEW = 12  # zones that are shown as a list right away
_FOUND = 15
_LONGEST = 80
# Whoever says that they live in a building says who they are: the smallest that is offered is an estate.
_KINDS = tuple(kind for kind in ZONE_KINDS[ZONE_KINDS.index("estate") :] if kind not in {"grid", "country"})


@dataclass(frozen=True)
class Place:
    """A zone as it is offered: its identifier, its name, and what it lies in."""

    zone: str
    name: str
    within: str
    rank: int

    @property
    def in_full(self) -> str:
        """The name with what it lies in."""
        return f"{self.name} ({self.within})" if self.within else self.name


_offered: Remembered[tuple[Place, ...]] = Remembered(2)


def offered(snapshot: Snapshot) -> tuple[Place, ...]:
    """All places that a resident may name, the smallest kinds first."""
    ground = ground_of(snapshot)
    return _offered.get("places", (snapshot.current("zones"),), lambda: _places(ground))


def _places(ground: Ground) -> tuple[Place, ...]:
    found = []
    for zone, kind in ground.kind.items():
        if kind in _KINDS:
            within = " · ".join(ground.names[above] for above in ground.line(zone)[1:3] if above in ground.names)
            found.append(Place(zone, ground.names[zone], within, _KINDS.index(kind)))
    return tuple(sorted(found, key=lambda place: (place.rank, place.name, place.zone)))


def smallest(places: Sequence[Place]) -> tuple[Place, ...]:
    """Those of the smallest kind that there is."""
    least = min((place.rank for place in places), default=0)
    return tuple(place for place in places if place.rank == least)


def found(places: Sequence[Place], asked: str) -> tuple[Place, ...]:
    """Places whose name or identifier holds what somebody typed, those that begin with it first."""
    wanted = asked.strip()[:_LONGEST].casefold()
    if not wanted:
        return ()
    hits = [place for place in places if wanted in place.name.casefold() or wanted in place.zone.casefold()]
    return tuple(sorted(hits, key=lambda place: not place.name.casefold().startswith(wanted))[:_FOUND])


def place_of(places: Sequence[Place], zone: str) -> Place | None:
    """The place of a zone that was named; None where there is none that is offered."""
    return next((place for place in places if place.zone == zone), None)
