"""Zones that a claim may be about: areas, never buildings."""

from collections.abc import Iterator
from itertools import groupby

from douse.console.ground import Ground
from douse.console.reach import Reach, ground_of
from douse.outputs.bulletin.areas import ADDRESSES
from douse.records.codes import ZONE_KINDS
from douse.records.ledger import Snapshot

MOST = 400  # zones in a list to choose from; beyond, those of smaller kinds are left out


def zones_for(snapshot: Snapshot, allowed: Reach, *, most: int = MOST) -> list[tuple[str, str]]:
    """Zones to choose from, with their names set in by their depth: the largest kinds, as many as a list can hold."""
    ground = ground_of(snapshot)
    kept = set(_largest(ground, allowed, most))
    return [(zone, "\u2003" * min(depth, 5) + ground.names[zone]) for zone, depth in ground.in_order() if zone in kept]


def _largest(ground: Ground, allowed: Reach, most: int) -> Iterator[str]:
    ranked = sorted(
        (-ZONE_KINDS.index(kind), zone)
        for zone, kind in ground.kind.items()
        if kind is not None and kind not in ADDRESSES and allowed.holds(zone)
    )
    count = 0
    for _, same_kind in groupby(ranked, key=lambda pair: pair[0]):
        zones = [zone for _, zone in same_kind]
        if count and count + len(zones) > most:
            return
        count += len(zones)
        yield from zones
