"""Slow, obvious twins of the planner of areas and of the order of tracing, sharing no helper with what they check."""

import itertools


def line_of(parents, zone):
    """The zone, its parent, and so on."""
    line = []
    while zone is not None:
        line.append(zone)
        zone = parents[zone]
    return line


def best_cover(parents, people, hidden, covers, burden, hold, wanted):
    """Least person-days of all ways to put at most one level on each zone, so that enough is covered; None: no way.

    parents: dict zone -> parent or None. people, hidden: dict zone -> number of the zone itself. covers, burden: a list
    by level, the first for none. hold: dict (zone, level) -> person-days, only where the level may be put.
    """
    zones = sorted(parents)
    options = [[0, *sorted(level for at, level in hold if at == zone)] for zone in zones]
    best = None
    for choice in itertools.product(*options):
        put = dict(zip(zones, choice, strict=True))
        level = {zone: max(put[at] for at in line_of(parents, zone)) for zone in zones}
        if sum(hidden[zone] * covers[level[zone]] for zone in zones) < wanted - 1e-9:
            continue
        cost = sum(people[zone] * burden[level[zone]] for zone in zones)
        for zone in zones:
            around = level[parents[zone]] if parents[zone] is not None else 0
            if put[zone] > around:
                cost += hold[zone, put[zone]]
        if best is None or cost < best:
            best = cost
    return best


def least_at_price(parents, people, hidden, covers, burden, hold, price):
    """Least person-days less the price of what is covered, over all ways."""
    zones = sorted(parents)
    options = [[0, *sorted(level for at, level in hold if at == zone)] for zone in zones]
    values = {}
    for choice in itertools.product(*options):
        put = dict(zip(zones, choice, strict=True))
        level = {zone: max(put[at] for at in line_of(parents, zone)) for zone in zones}
        value = sum(people[z] * burden[level[z]] - price * hidden[z] * covers[level[z]] for z in zones)
        begun = []
        for zone in zones:
            around = level[parents[zone]] if parents[zone] is not None else 0
            if put[zone] > around:
                value += hold[zone, put[zone]]
                begun.append((zone, put[zone]))
        values[tuple(begun)] = min(value, values.get(tuple(begun), value))
    return values


def best_visits(worth, hours, limit):
    """The most that whole visits prevent within the hours: every set of them."""
    best = 0.0
    for chosen in itertools.product([False, True], repeat=len(worth)):
        takes = sum(h for h, on in zip(hours, chosen, strict=True) if on)
        if takes <= limit + 1e-9:
            best = max(best, sum(w for w, on in zip(worth, chosen, strict=True) if on))
    return best


def passed_on(infections, home, goes, people):
    """Infections by area of the infected: in the same area, and brought; lists by area, goes[a][z] a share."""
    areas, zones = range(len(people)), range(len(goes[0]))
    own, brought = [0.0] * len(people), [0.0] * len(people)
    for by in areas:
        own[by] += infections[by] * home[by]
        for place in zones:
            there = sum(people[a] * goes[a][place] for a in areas)
            for of in areas:
                if there > 0:
                    met = infections[by] * (1 - home[by]) * goes[by][place] * people[of] * goes[of][place] / there
                    if of == by:
                        own[of] += met
                    else:
                        brought[of] += met
    return own, brought


def passed_on_since(infections, shares, reproduction, unseen):
    """Infections by days since infection: by each at large, on each day since their own; unknown still."""
    new = [0.0] * len(infections)
    for age, many in enumerate(infections):
        for after in range(age + 1):
            new[age - after] += many * reproduction * shares[after] * unseen[age - after]
    return new
