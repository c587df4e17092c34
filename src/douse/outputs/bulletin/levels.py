"""Levels in force as they may be told, and what changed since the bulletin before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from douse.outputs.bulletin.areas import is_public, public_ancestor
from douse.outputs.bulletin.numbers import Seen
from douse.outputs.bulletin.values import Bulletin, Change, LevelOfZone, Meaning, Said
from douse.records.codes import LEVELS
from douse.records.zone_tree import ZoneTree
from douse.situation.lifting import lift_countdown


def levels(today: Seen, *, everything: bool) -> tuple[tuple[LevelOfZone, ...], tuple[str, ...]]:
    """Levels in force in zones that may be named, and the zones within which one that may not has a stricter one.

    Parameters
    ----------
    today : Seen
        Of the day. What is proposed is no part of it: only measures in force.
    everything : bool
        For partners: buildings are named too.
    """
    zones = today.zones
    public = np.ones(len(zones), dtype=np.bool_) if everything else is_public(zones)
    nearest = np.arange(len(zones)) if everything else public_ancestor(zones)
    table = lift_countdown(today.known, today.situation.cases, zones, today.pathogen, today.protocol)
    own: dict[int, str] = {}
    found = []
    for row in table.iter_rows(named=True):
        zone = zones.position[row["zone"]]
        own[zone] = row["level"]
        if public[zone]:
            found.append(_of_zone(today, zone, row))
    stricter = {
        zones.ids[nearest[zone]]
        for zone, level in own.items()
        if not public[zone] and nearest[zone] >= 0 and _rank(level) > _rank(_holds(zones.ancestors(zone)[1:], own))
    }
    found.sort(key=lambda one: (-_rank(one.level), one.within, one.name, one.zone))
    return tuple(found), tuple(sorted(stricter))


def meanings(today: Seen) -> tuple[Meaning, ...]:
    """What each level means, as the protocol says it."""
    return tuple(
        Meaning(str(rule.level), Said(rule.name.en, rule.name.zh), tuple(Said(text.en, text.zh) for text in rule.means))
        for rule in today.protocol.level
    )


def changes(
    now: Sequence[LevelOfZone], before: Sequence[Bulletin], zones: ZoneTree | None = None
) -> tuple[Change, ...]:
    """Zones whose own level is another than in the last bulletin; none beside the first.

    Parameters
    ----------
    zones : ZoneTree, optional
        Tells what holds where a level was lifted: that of a zone around it may be left, and the change is to that one.
        None: own levels only, as earlier formats told them.
    """
    if not before:
        return ()
    old = {one.zone: one for one in before[-1].levels}
    new = {one.zone: one for one in now}
    told = [
        Change(zone, (new.get(zone) or old[zone]).name, _held(zone, old, zones), _held(zone, new, zones))
        for zone in {**old, **new}
        if _level(old.get(zone)) != _level(new.get(zone))
    ]
    return tuple(sorted(
        (one for one in told if one.before != one.after), key=lambda one: (-_rank(one.after), one.name, one.zone)
    ))  # fmt: skip


def _held(zone: str, levels: Mapping[str, LevelOfZone], zones: ZoneTree | None) -> str:
    """The level that holds in a zone: its own, or a stricter one of a zone around it."""
    if zones is None or zone not in zones.position:
        return _level(levels.get(zone))
    around = (zones.ids[at] for at in zones.ancestors(zones.position[zone]))
    return max((_level(levels.get(one)) for one in around), key=_rank)


def _of_zone(today: Seen, zone: int, row: dict[str, object]) -> LevelOfZone:
    zones = today.zones
    people = zones.population[zone]
    parent = int(zones.parent[zone])
    made = LevelOfZone(
        zone=zones.ids[zone],
        name=zones.names[zone],
        within=zones.names[parent] if parent >= 0 else "",
        level=str(row["level"]),
        since=_day(row["since"]) or today.situation.as_of,
        review_on=_day(row["review_on"]),
        until=_day(row["expires_on"]),
        lift_on=_day(row["lift_on"]),
        people=None if np.isnan(people) else int(people),
    )
    # A countdown that is over waits for a round or a decision: its day is past, and says nothing.
    return replace(made, lift_on=None) if made.lift_on and made.lift_on < today.situation.as_of else made


def _holds(line: Sequence[int], own: dict[int, str]) -> str:
    """The strictest level of some zones."""
    return max((own.get(zone, "open") for zone in line), key=_rank, default="open")


def _level(one: LevelOfZone | None) -> str:
    return "open" if one is None else one.level


def _rank(level: str) -> int:
    return LEVELS.index(level)


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


def steps(first: date, last: date, every: int) -> Iterator[date]:
    """Days from one to another, so many apart."""
    ordinal = first.toordinal()
    while ordinal <= last.toordinal():
        yield date.fromordinal(ordinal)
        ordinal += every
