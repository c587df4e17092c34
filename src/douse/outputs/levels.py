"""Which level holds in a zone: its own, or a stricter one of a zone that contains it."""

from collections.abc import Mapping

from douse.records.codes import LEVELS
from douse.records.zone_tree import ZoneTree


def effective_levels(zones: ZoneTree, levels: Mapping[str, str]) -> dict[str, str]:
    """Level that holds in each zone.

    Parameters
    ----------
    zones : ZoneTree
        Who contains whom.
    levels : Mapping[str, str]
        Zone -> its own level; zones that are not there are open. A zone that the tree does not hold keeps its own.
    """
    step: list[int] = []
    for zone, parent in zip(zones.ids, zones.parent.tolist(), strict=True):
        above = step[parent] if parent >= 0 else 0
        step.append(max(above, LEVELS.index(levels.get(zone, "open"))))
    return {**levels, **{zone: LEVELS[s] for zone, s in zip(zones.ids, step, strict=True)}}
