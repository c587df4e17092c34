"""Evidence to levels: which zone gets which level, on the smallest zones that cover the evidence."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from douse.kernels.tree import inherit, smallest_units
from douse.library.protocol import EnterRule, LevelRule, Protocol
from douse.planning.evidence import Bools, Evidence, Floats, Ints, needed, rank_of
from douse.records.codes import LEVELS
from douse.records.measure import Because
from douse.records.zone_tree import ZoneTree

ABOVE_OPEN = LEVELS[1:]
_ON_CASES = ("case", "community_case", "unlinked_case", "weekly_incidence")


@dataclass(frozen=True)
class TooCoarse:
    """Cases known only to a zone larger than a level's largest kind."""

    zone: int
    cases: int
    rule: EnterRule
    wanted: str  # highest level that their number would call for
    kind: str  # an address of this kind would allow a smaller area
    instead: str | None  # highest lower level that admits the zone


@dataclass(frozen=True)
class Ordered:
    """A level that the plan chosen puts on a zone today whatever its cases, and why."""

    level: str
    because: Because
    less_fails: Because
    days: int  # that it lasts
    everywhere: bool = False  # one of the zones that make up the entire area, all of which get it


@dataclass(frozen=True)
class Placement:
    """One level on one zone. `rule` holds there; None: it was ordered, or in force and not lifted yet."""

    zone: int
    level: str
    rule: EnterRule | None = None
    reached: float = 0.0  # evidence under the rule in the zone and all within it
    coarse: TooCoarse | None = None
    ordered: Ordered | None = None


@dataclass(frozen=True)
class LevelMap:
    """Levels after the plan.

    Attributes
    ----------
    placements : dict[int, Placement]
        By position of the zone; none lies within a zone of an equal or higher level.
    reach : numpy.ndarray[int64], shape (Z,)
        Index in `LEVELS` of the level that applies in each zone, its own or that of a zone around it.
    source : numpy.ndarray[int64], shape (Z,)
        The zone that the level comes from; the zone itself where none applies.
    coarse : tuple[TooCoarse, ...]
        By zone.
    """

    placements: dict[int, Placement]
    reach: Ints
    source: Ints
    coarse: tuple[TooCoarse, ...]


def place_levels(
    evidence: Evidence,
    zones: ZoneTree,
    protocol: Protocol,
    held: Mapping[int, str],
    ordered: Mapping[int, Ordered] | None = None,
) -> LevelMap:
    """Put each level on the smallest zones that cover its evidence.

    A zone gets a level where one of its rules holds on all cases within the zone, and some of these cases lie in no
    smaller zone that has the level, or a higher one. So the level where a rule's evidence lies never falls with more.
    The surroundings of a zone get a level of their own only by a rule that says so (`contains`).

    Parameters
    ----------
    evidence : Evidence
        Recent cases and sites.
    zones : ZoneTree
        The tree.
    protocol : Protocol
        Its levels.
    held : Mapping[int, str]
        Zone -> level that it keeps whatever the evidence (in force, and not lifted yet).
    ordered : Mapping[int, Ordered], optional
        Zone -> level that it gets whatever the evidence.

    Returns
    -------
    LevelMap
    """
    coarse = known_too_coarsely(evidence, zones, protocol)
    ordered = ordered or {}
    own = np.zeros(len(zones), dtype=np.int64)
    reach, source = inherit(zones.parent, zones.depth, own)
    placements: dict[int, Placement] = {}
    for level in reversed(ABOVE_OPEN):
        rule = protocol.level_rule(level)
        instead = {c.zone: c for c in coarse if c.instead == level}
        forced = np.zeros(len(zones), dtype=np.bool_)
        forced[[*instead, *(zone for zone, kept in held.items() if kept == level)]] = True
        forced[[zone for zone, order in ordered.items() if order.level == level]] = True
        placed, total, holds = smallest_units(
            zones.parent,
            zones.depth,
            _known(rule, evidence, zones, own, reach),
            reach > 0,
            need=_need(rule, zones),
            forced=forced & (reach == 0),
            counts=np.array([_counts_as(level, enter) for enter in rule.enter], dtype=np.bool_),
        )
        own[placed] = LEVELS.index(level)
        reach, source = inherit(zones.parent, zones.depth, own)
        own[source != np.arange(len(zones))] = 0
        for zone in np.flatnonzero(placed & (own > 0)).tolist():
            which = np.flatnonzero(holds[zone])
            first = int(which[0]) if len(which) else None
            placements[zone] = Placement(
                zone=zone,
                level=level,
                rule=None if first is None else rule.enter[first],
                reached=0.0 if first is None else float(total[zone, first]),
                coarse=instead.get(zone) if first is None else None,
                ordered=_order(ordered.get(zone), level) if first is None else None,
            )
    return LevelMap(dict(sorted(placements.items())), reach, source, coarse)


def _order(order: Ordered | None, level: str) -> Ordered | None:
    return order if order is not None and order.level == level else None


def known_too_coarsely(evidence: Evidence, zones: ZoneTree, protocol: Protocol) -> tuple[TooCoarse, ...]:
    """Zones whose own cases would suffice for a level that is never put on a zone so large; one entry a zone."""
    found: dict[int, TooCoarse] = {}
    for level in ABOVE_OPEN:
        rule = protocol.level_rule(level)
        too_large = zones.rank > rank_of(rule.largest)
        for enter in rule.enter:
            if enter.evidence not in _ON_CASES:
                continue
            known = evidence.known_to(enter)
            suffices = too_large & (known > 0) & (known >= needed(enter, zones))
            for zone in np.flatnonzero(suffices).tolist():
                kind = found[zone].kind if zone in found else rule.largest
                instead = admitted(level, int(zones.rank[zone]), protocol)
                found[zone] = TooCoarse(zone, int(known[zone]), enter, level, kind, instead)
    return tuple(found[zone] for zone in sorted(found))


def admitted(below: str, rank: int, protocol: Protocol) -> str | None:
    """Highest level below another that the protocol proposes for zones of a rank; None for no such level."""
    for level in reversed(ABOVE_OPEN[: ABOVE_OPEN.index(below)]):
        rule = protocol.level_rule(level)
        if rule.enter and rank <= rank_of(rule.largest):
            return level
    return None


def next_lower(level: str, protocol: Protocol) -> str:
    """Next lower level that the protocol ever proposes; open at the end."""
    return admitted(level, 0, protocol) or LEVELS[0]


def _known(rule: LevelRule, evidence: Evidence, zones: ZoneTree, own: Ints, reach: Ints) -> Floats:
    """Evidence known to each zone itself under each rule of a level; shape (Z, R)."""
    columns = [
        _around(own, zones, enter, reach) if enter.evidence == "contains" else evidence.known_to(enter)
        for enter in rule.enter
    ]
    return np.stack(columns, axis=1) if columns else np.zeros((len(zones), 0))


def _around(own: Ints, zones: ZoneTree, enter: EnterRule, reach: Ints) -> Floats:
    """Outermost zones of a level or higher, counted at the zone around each; shape (Z,)."""
    outermost = (zones.parent >= 0) & (reach[zones.parent] == 0)
    inner = np.flatnonzero(outermost & (own >= _inner_level(enter)))
    return np.bincount(zones.parent[inner], minlength=len(zones)).astype(np.float64)


def _need(rule: LevelRule, zones: ZoneTree) -> Floats:
    """Evidence that suffices in each zone; infinite where the level or the rule does not admit the zone; (Z, R).

    Where the tree has no zone between the smallest and the largest kind, the largest zone below will do; not so
    for a rate, which in a small zone is one case.
    """
    columns = [np.where(_admits(rule, enter, zones), needed(enter, zones), np.inf) for enter in rule.enter]
    return np.stack(columns, axis=1) if columns else np.zeros((len(zones), 0))


def _admits(rule: LevelRule, enter: EnterRule, zones: ZoneTree) -> Bools:
    small_enough: Bools = zones.rank <= rank_of(enter.largest or rule.largest)
    if enter.evidence == "weekly_incidence":
        return small_enough & (zones.rank >= rank_of(enter.smallest or rule.largest))
    around = zones.rank[zones.parent] if len(zones) else zones.rank
    topmost = (zones.parent < 0) | (around > rank_of(rule.largest))
    return small_enough & ((zones.rank >= rank_of(enter.smallest or rule.smallest)) | topmost)


def _counts_as(level: str, enter: EnterRule) -> bool:
    return enter.evidence == "contains" and LEVELS.index(level) >= _inner_level(enter)


def _inner_level(enter: EnterRule) -> int:
    return LEVELS.index(enter.level or ABOVE_OPEN[0])
