"""The same coverage by what is usually done: circles around cases, and whole districts."""

from dataclasses import dataclass

import numpy as np

from douse.kernels.earth import KM_A_DEGREE
from douse.planning.areas.choices import Land, choices_of
from douse.planning.areas.cover import Cover, cover
from douse.planning.areas.hidden import HiddenByArea

DISTRICTS = ("district", "county")


@dataclass(frozen=True)
class Circles:
    """Circles of one radius around the areas of recent cases, all at one level."""

    level: str
    radius_km: float
    people: float
    person_days: float
    share: float  # of the expected undetected infections, covered


def whole_districts(hidden: HiddenByArea, land: Land, *, target: float, level: str, days: float) -> Cover:
    """The cheapest whole districts and counties that cover as much, at levels up to one, whatever its largest kind."""
    return cover(hidden, land, target=target, level=level, days=days, kinds=DISTRICTS)


def circles(hidden: HiddenByArea, land: Land, *, target: float, level: str, days: float) -> Circles | None:
    """The smallest circles around the areas where infectious cases live that cover a share; None without coordinates.

    Every smallest area whose centre lies within the radius of the centre of an area with cases has the level.
    """
    choices = choices_of(hidden, land, level=level, days=days)
    if choices.levels[-1] != level:
        return None
    zones = land.zones
    north, east = zones.latitude[hidden.zones] * KM_A_DEGREE, zones.longitude[hidden.zones] * KM_A_DEGREE
    if np.isnan(north).any() or np.isnan(east).any() or not (hidden.counts["cases"] > 0).any():
        return None
    east = east * np.cos(np.radians(zones.latitude[hidden.zones].mean()))
    here = hidden.counts["cases"] > 0
    distance = np.full(len(north), np.inf)
    for at in np.flatnonzero(here).tolist():
        distance = np.minimum(distance, np.hypot(north - north[at], east - east[at]))
    order = np.argsort(distance, kind="stable")
    covers = float(choices.covers[-1])
    reached = np.cumsum(hidden.expected[order]) * covers
    enough = np.flatnonzero(reached >= target * hidden.total * (1 - 1e-9))
    if not len(enough):
        return None
    radius = float(distance[order][enough[0]])
    inside = distance <= radius
    people = float(hidden.people[inside].sum())
    return Circles(
        level=level,
        radius_km=radius,
        people=people,
        person_days=people * float(choices.burden[-1]),
        share=float(hidden.expected[inside].sum()) * covers / hidden.total,
    )
