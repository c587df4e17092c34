"""How long each level takes to tell the one above: public to both levels of a hop. Figures only, no rows."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from douse.console import clock
from douse.console.actors import actor_of
from douse.console.levels.known import Ready, known_today, ready, tree_of
from douse.console.pages import page
from douse.console.reach import Reach, ground_of, reach
from douse.console.reading import follow
from douse.console.remembered import Remembered
from douse.console.writing import on_erasure
from douse.levels import first_day
from douse.library import Return
from douse.outputs.returns.standing import Clocks, clocks, hops, shipped, standings
from douse.outputs.returns.within import around, zones_of_kind
from douse.records import ZoneTree

_KINDS, _MOST_ZONES = ("city", "district", "county"), 40
_kept: Remembered[list[Clocks]] = Remembered(8)
on_erasure(_kept.forget)


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Hops between levels, and 7-1-7 of the zones that take part in them."""
    actor, snapshot = actor_of(request), follow()
    made = ready(snapshot)
    now = clock.now()
    zones, seen = tree_of(snapshot, now.date()), reach(actor, "read returns", ground_of(snapshot))
    rows = snapshot.current("returns")  # of every zone of a hop: times and counts, never what a return tells
    found = standings(shipped(), zones, rows, first_day(snapshot, now), now)
    shown = {one.id: hop_zones(one, zones, seen) for one in shipped()}
    told = [one for one in hops(found) if one.zone in shown[one.definition.id]]
    named = frozenset[str]().union(*shown.values())
    frames = tuple(known_today(snapshot, now.date()).frames.values())
    return page(
        request, "levels/delays.html", hops=told, clocks=_clocks(made, named, zones, frames),
        targets=made.knowledge.protocol.seven_one_seven,
    )  # fmt: skip


def hop_zones(definition: Return, zones: ZoneTree, seen: Reach) -> frozenset[str]:
    """Zones of a hop that somebody's zones take part in: those that report to the same zone as theirs, or to theirs."""
    above = around(zones, definition.asked_by)
    asking = {above.get(zone) for zone in zones.ids if seen.holds(zone)}
    return frozenset(
        zone for zone in zones_of_kind(zones, definition.of) if seen.holds(zone) or above.get(zone) in asking
    )


def _clocks(made: Ready, named: frozenset[str], zones: ZoneTree, frames: tuple[object, ...]) -> list[Clocks]:
    """7-1-7 of the zones that are named, of kinds that are not too many to look at one by one."""
    kinds = [kind for kind in _KINDS if 0 < len(zones_of_kind(zones, kind)) <= _MOST_ZONES]
    known, knowledge = made.known, made.knowledge
    sources = (*frames, knowledge.protocol)
    found = _kept.get("clocks", sources, lambda: clocks(known, kinds, knowledge.pathogen, knowledge.protocol))
    return [one for one in found if one.zone in named]
