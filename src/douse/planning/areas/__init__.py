"""Where infections may be hidden, and the smallest areas that cover them."""

from douse.planning.areas.compare import Circles, circles, whole_districts
from douse.planning.areas.cover import Area, Cover, cover
from douse.planning.areas.hidden import HiddenByArea, hidden_infections
from douse.planning.areas.measures import cover_levels, cover_measures
from douse.planning.areas.propose import propose_areas

__all__ = [
    "Area", "Circles", "Cover", "HiddenByArea", "circles", "cover", "cover_levels", "cover_measures",
    "hidden_infections", "propose_areas", "whole_districts",
]  # fmt: skip
