"""Which level holds in which zone tomorrow: rules of the protocol on the cases of the day, and what was ordered.

A unit of a level is a zone of the tree that the level is put on; each zone of residence lies in at most one unit of
each level. Levels are 1 precaution, 2 control, 3 lockdown; 0 is open and has no units.
"""

import numpy as np
from numba import njit

from douse.kernels.epidemic_layout import LEVEL_MASK, PAST, Numbers, Small, Whole
from douse.kernels.squares import Index

LEVELS = 4
RING_DAYS = 16  # days of cases of a unit that are kept: the longest window of a rule, and one more
NEVER = -1000
# Rules of a level: days of its window, days without a case until it ends, level that it falls to and for how long,
# level within that brings it (0: none), days between rounds of screening (0: none).
WINDOW, LIFT_DAYS, FALLS_TO, FALLS_FOR, CONTAINS, SCREEN_EVERY = range(6)
LEVEL_RULES = 6


@njit(cache=True, nogil=True)
def count_cases(day: Index, zones: Numbers, count: Index, unit_of: Small, recent: Small, last_case: Small) -> None:  # noqa: PLR0913, PLR0917
    """Put the community cases of a day on the units of their zones.

    Parameters
    ----------
    zones : shape (room,)
        Zone of each case, `count` of them.
    unit_of : shape (LEVELS, Z)
        Unit of each zone, -1: none.
    recent : shape (LEVELS, U, RING_DAYS)
        Cases by day, in a ring that ends with `last_case`.
    last_case : shape (LEVELS, U)
        Day; NEVER.
    """
    for at in range(count):
        for level in range(1, LEVELS):
            unit = unit_of[level, zones[at]]
            if unit < 0:
                continue
            if last_case[level, unit] != day:
                for gone in range(max(last_case[level, unit] + 1, day - RING_DAYS + 1), day + 1):
                    recent[level, unit, gone % RING_DAYS] = 0
                last_case[level, unit] = day
            recent[level, unit, day % RING_DAYS] += 1


@njit(cache=True, nogil=True)
def decide(  # noqa: PLR0912, PLR0913, PLR0917  one rule after the other
    day: Index,
    cases: Index,
    unit_of: Small,
    threshold: Small,
    level_rules: Whole,
    delay: Index,
    recent: Small,
    last_case: Small,
    since: Small,
    held_until: Small,
    ordered: Small,
    ordered_changes: int,
    regime: Small,
    people: Small,
    day_people: Small,
    changes_on: Small,
) -> None:
    """Levels of tomorrow, from the cases up to today.

    Parameters
    ----------
    cases : int
        Community cases of today.
    threshold : shape (LEVELS, U)
        Cases within the window that bring the level; 0: none do.
    level_rules : shape (LEVELS, LEVEL_RULES)
        See the names above.
    delay : int
        Days from a decision until it holds, 1 and more: people approve, people prepare.
    since, held_until : shape (LEVELS, U), changed
        First day of the level in a unit, NEVER where it does not hold; last day of a level that follows a higher one.
    ordered : shape (Z,)
        Level and closures that were ordered for tomorrow.
    ordered_changes : int
        1 where they differ from those of today, else 0.
    regime : shape (PAST, Z), tomorrow's row written
        Of each zone.
    people : shape (Z,); day_people : shape (LEVELS, days)
        Residents; under each level by day, written for tomorrow.
    changes_on : shape (days,), changed
        Days on which a decision starts to hold, or a level that follows a higher one has ended.
    """
    tomorrow = day + 1
    units, zones = threshold.shape[1], unit_of.shape[1]
    changed = ordered_changes > 0 or changes_on[tomorrow] > 0
    for level in range(1, LEVELS):
        for unit in range(units):
            last = last_case[level, unit]
            if since[level, unit] == NEVER:
                if cases > 0 and last == day and threshold[level, unit] > 0:
                    total = 0
                    for back in range(min(level_rules[level, WINDOW], RING_DAYS)):
                        total += recent[level, unit, (day - back) % RING_DAYS] if day - back >= 0 else 0
                    if total >= threshold[level, unit]:
                        since[level, unit] = day + delay
                        changes_on[min(day + delay, len(changes_on) - 1)] = 1
                        changed = changed or delay == 1
            elif day - max(last, since[level, unit]) >= level_rules[level, LIFT_DAYS]:
                since[level, unit] = NEVER
                changed = True
                lower = level_rules[level, FALLS_TO]
                if lower > 0:
                    for zone in range(zones):
                        if unit_of[level, zone] == unit and unit_of[lower, zone] >= 0:
                            held_until[lower, unit_of[lower, zone]] = day + level_rules[level, FALLS_FOR]
                    changes_on[min(day + level_rules[level, FALLS_FOR] + 1, len(changes_on) - 1)] = 1
    if not changed:
        regime[tomorrow % PAST, :] = regime[day % PAST, :]
        day_people[:, tomorrow] = day_people[:, day]
        return
    inside = np.zeros((LEVELS, units), np.bool_)
    for zone in range(zones):
        own = ordered[zone] & LEVEL_MASK
        for level in range(LEVELS - 1, own, -1):
            unit = unit_of[level, zone]
            if unit < 0:
                continue
            if NEVER < since[level, unit] <= tomorrow or held_until[level, unit] >= tomorrow:
                own = level
                break
        regime[tomorrow % PAST, zone] = own
    for level in range(LEVELS - 1, 0, -1):
        if level_rules[level, CONTAINS] == 0:
            continue
        for zone in range(zones):
            unit = unit_of[level, zone]
            if unit >= 0 and regime[tomorrow % PAST, zone] >= level_rules[level, CONTAINS]:
                inside[level, unit] = True
        for zone in range(zones):
            unit = unit_of[level, zone]
            if unit >= 0 and inside[level, unit] and regime[tomorrow % PAST, zone] < level:
                regime[tomorrow % PAST, zone] = level
    day_people[:, tomorrow] = 0
    for zone in range(zones):
        day_people[regime[tomorrow % PAST, zone], tomorrow] += people[zone]
        regime[tomorrow % PAST, zone] |= ordered[zone] & ~LEVEL_MASK


@njit(cache=True, nogil=True)
def rounds(  # noqa: PLR0913, PLR0917
    day: Index, since: Small, unit_of: Small, regime: Small, level_rules: Whole, ordered: Small, due: Small
) -> Index:
    """Zones that have a round of screening today, written to `due`; how many.

    A zone has one on the first day that a unit of its level has it and every so many days after; `ordered` (shape (Z,))
    says which have one by order. A level that comes of a zone within brings none.
    """
    found = 0
    for zone in range(len(due)):
        due[zone] = ordered[zone]
        level = regime[day % PAST, zone] & LEVEL_MASK
        if level > 0 and level_rules[level, SCREEN_EVERY] > 0:
            unit = unit_of[level, zone]
            began = since[level, unit] if unit >= 0 else NEVER
            if NEVER < began <= day and (day - began) % level_rules[level, SCREEN_EVERY] == 0:
                due[zone] = 1
        found += due[zone]
    return found
