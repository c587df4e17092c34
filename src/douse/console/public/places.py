"""Where a resident stays: zones that people know by name, looked for without script."""

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


class Places:
    """All places that a resident may name, the smallest kinds first."""

    def __init__(self, ground: Ground) -> None:
        found = []
        for zone, kind in ground.kind.items():
            if kind in _KINDS:
                within = " · ".join(ground.names[above] for above in ground.line(zone)[1:3] if above in ground.names)
                found.append(Place(zone, ground.names[zone], within, _KINDS.index(kind)))
        self.all = tuple(sorted(found, key=lambda place: (place.rank, place.name, place.zone)))
        self._of = {place.zone: place for place in self.all}

    @property
    def smallest(self) -> tuple[Place, ...]:
        """Those of the smallest kind that there is."""
        return tuple(place for place in self.all if place.rank == self.all[0].rank)

    def found(self, asked: str) -> tuple[Place, ...]:
        """Places whose name or identifier holds what somebody typed, those that begin with it first."""
        wanted = asked.strip()[:_LONGEST].casefold()
        if not wanted:
            return ()
        hits = [one for one in self.all if wanted in one.name.casefold() or wanted in one.zone.casefold()]
        return tuple(sorted(hits, key=lambda place: not place.name.casefold().startswith(wanted))[:_FOUND])

    def of(self, zone: str) -> Place | None:
        """The place of a zone that was named; None where there is none that is offered."""
        return self._of.get(zone)


_places: Remembered[Places] = Remembered(2)


def offered(snapshot: Snapshot) -> Places:
    """What residents may name, as the table of zones is now."""
    ground = ground_of(snapshot)
    return _places.get("places", (ground,), lambda: Places(ground))
