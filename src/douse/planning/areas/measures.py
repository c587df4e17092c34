"""A cover as levels and measures, with what each zone is chosen for."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from douse.kernels.tree import inherit
from douse.planning.areas.cover import Area, Cover
from douse.planning.areas.hidden import HiddenByArea
from douse.planning.basis import Basis
from douse.planning.evidence import gather
from douse.planning.levels import LevelMap, Placement
from douse.planning.lifting import held, judge
from douse.planning.zones import level_measures
from douse.records.codes import LEVELS
from douse.records.measure import Because, Measure

Facts = dict[str, str | int | float]


def cover_levels(basis: Basis, chosen: Cover, keeps: Mapping[int, str]) -> LevelMap:
    """Levels of a cover, with those in force that may not be lifted yet.

    Parameters
    ----------
    basis : Basis
        Zones.
    chosen : Cover
        Areas with levels.
    keeps : Mapping[int, str]
        Zone -> level that it keeps whatever is chosen (see `planning.lifting.held`).
    """
    zones = basis.zones
    own = np.zeros(len(zones), dtype=np.int64)
    for zone, level in [*keeps.items(), *((area.zone, area.level) for area in chosen.areas)]:
        own[zone] = max(own[zone], LEVELS.index(level))
    reach, source = inherit(zones.parent, zones.depth, own)
    at = np.flatnonzero((own > 0) & (source == np.arange(len(zones))))
    placements = {int(zone): Placement(int(zone), LEVELS[own[zone]]) for zone in at}
    return LevelMap(placements, reach, source, ())


def cover_measures(basis: Basis, hidden: HiddenByArea, chosen: Cover) -> tuple[Measure, ...]:
    """Level measures of a cover: what to start, change, keep and lift, each with its numbers.

    As `planning.zones.level_measures` makes them, for the levels of `cover_levels`; the areas of the cover say what
    they are chosen for and what the next lower level would leave open.
    """
    verdicts = judge(basis)
    levels = cover_levels(basis, chosen, held(verdicts))
    made = level_measures(basis, gather(basis), verdicts, levels)
    areas = {(basis.zones.ids[area.zone], area.level): area for area in chosen.areas}
    return tuple(
        _explained(hidden, chosen, measure, area)
        if (area := areas.get((measure.zone or "", measure.level or "")))
        else measure
        for measure in made
    )


def _explained(hidden: HiddenByArea, chosen: Cover, measure: Measure, area: Area) -> Measure:
    return replace(measure, reason=why(hidden, area), lesser=area.lesser, lesser_fails=why_not_lesser(chosen, area))


def why(hidden: HiddenByArea, area: Area) -> Because:
    """What an area is chosen for, with its numbers."""
    mean = hidden.total / max(float(hidden.people.sum()), 1e-12)
    here = area.hidden / max(area.people, 1e-12)
    facts: Facts = {
        "hidden": round(area.hidden, 2),
        "people": round(area.people),
        "times": round(here / mean, 1) if mean > 0 else 0.0,
        **{name: round(area.counts[name]) for name in ("cases", "contacts", "unknown_source", "sites")},
    }
    return Because(
        "Undetected infections expected here: {hidden} among {people} residents, {times} times the mean of all areas. "
        "On record here: recent cases {cases}, contacts not in quarantine {contacts}, cases without a known source "
        "{unknown_source}, places of exposure {sites}.",
        facts,
    )


def why_not_lesser(chosen: Cover, area: Area) -> Because:
    """What the next lower level would leave open."""
    facts: Facts = {
        "lesser": area.lesser,
        "covered": round(100 * area.share_lesser, 1),
        "asked": round(100 * min(chosen.target, chosen.share), 1),
    }
    if area.share_lesser >= min(chosen.target, chosen.share):
        return Because("With {lesser} here no cheaper choice was found that covers as much.", facts)
    return Because(
        "With {lesser} here {covered}% of the expected undetected infections would be covered, not {asked}%.", facts
    )
