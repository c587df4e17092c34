"""Beds given out by trying everything: the slow twin of `planning/beds/`. It shares no helper with what it checks."""

from itertools import product

CLASSES = {
    0: (0,),
    1: (1, 2),
    2: (2, 1),
    3: (3, 2),
}  # kinds of bed for a need: rooms, shelter, hospital, intensive care
GROUPS = 6  # critical, severe, moderate, mild, asymptomatic, contact
CONTACT = 5


def none_free(group):
    return 200 * 8 ** (GROUPS - 1 - group)


def cheapest(parties, free, hours, needs):
    """The least cost of dealing with every party; `parties` are dicts of area, members, rooms, beside, lies, left."""

    def solve(left, beds):
        if not left:
            return 0.0
        party, rest = left[0], left[1:]
        best = float("inf")
        for facility, used, cost in together(party, beds, hours, needs):
            after = [list(row) for row in beds]
            for kind, number in enumerate(used):
                after[facility][kind] -= number
            best = min(best, cost + solve(rest, after))
        if len(party["members"]) == 1 and party["beside"] is None:
            short = none_free(party["members"][0]) / (2 if party["lies"] >= 0 else 1)
            return min(best, short + solve(rest, beds))
        singles = [party | {"members": [one], "beside": None, "rooms": 1} for one in party["members"]]
        return min(best, 60 + solve(singles + rest, beds))

    return solve(list(parties), [list(row) for row in free])


def together(party, beds, hours, needs):
    """(facility, beds by kind, cost) of every way in which a party can lie at one facility."""
    members = party["members"]
    cases = [member for member in members if member != CONTACT]
    contacts = len(members) - len(cases)
    wanted = sorted({needs[case] for case in cases})
    for facility in range(len(beds)):
        if party["beside"] is not None and party["beside"] != facility:
            continue
        way = hours[party["area"]][facility]
        travel = len(members) * (min(way, 100) + (20 if 0 < party["left"] < way else 0))
        if not cases:
            if beds[facility][0] >= party["rooms"]:
                yield facility, [party["rooms"], 0, 0, 0], travel
            continue
        for given in product(*(CLASSES[need] for need in wanted)):
            if any(bed < need and bed <= party["lies"] for need, bed in zip(wanted, given, strict=True)):
                continue
            used, extra = [0, 0, 0, 0], 0.0
            for case in cases:
                bed = given[wanted.index(needs[case])]
                used[bed] += 1
                if bed > needs[case]:
                    extra += 30
                elif bed < needs[case]:
                    extra += none_free(case) / 2
            used[min(given)] += contacts
            if all(used[kind] <= beds[facility][kind] for kind in range(4)):
                yield facility, used, travel + extra


def missing(need, capacity):
    """Beds missing a day by kind; free hospital beds (kind 2) take patients of shelters (kind 1)."""
    short = [max(n - c, 0) for n, c in zip(need, capacity, strict=True)]
    spare = max(capacity[2] - need[2], 0)
    short[1] = max(short[1] - spare, 0)
    return short


def cheapest_openings(need, there, beds, lead, price):
    """Least cost of the ways to open facilities that leave no more missing on any day than opening all of them at once.

    `need` by kind and day. Returns (cost, missing by day and kind).
    """
    days = len(need[0])

    def short(opens):
        found = []
        for day in range(days):
            capacity = [
                there[kind] + sum(b[kind] for b, o in zip(beds, opens, strict=True) if o is not None and o <= day)
                for kind in range(4)
            ]
            found.append(missing([need[kind][day] for kind in range(4)], capacity))
        return found

    at_best = short(lead)
    best = float("inf")
    for opens in product(*([None, *range(first, days)] for first in lead)):
        now = short(opens)
        if all(n <= b + 1e-9 for row, least in zip(now, at_best, strict=True) for n, b in zip(row, least, strict=True)):
            cost = sum(
                (days - o) * sum(p * n for p, n in zip(price, b, strict=True))
                for o, b in zip(opens, beds, strict=True)
                if o is not None
            )
            best = min(best, cost)
    return best, at_best
