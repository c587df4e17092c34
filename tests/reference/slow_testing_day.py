"""The testing day, slow and obvious: every tube is followed by itself. Shares nothing with the kernels."""

import itertools
import math

MASK = (1 << 64) - 1
STEP = 0x9E3779B97F4A7C15


def mixed(state):
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & MASK
    return state ^ (state >> 31)


def uniform(state):
    return (mixed(state) >> 11) * 2.0**-53


def pickups(phase, period, places):
    """Hours at which any courier calls at a site, for ever."""
    fractions = sorted(phase - place if place <= phase else phase - place + 1.0 for place in places)
    for around in itertools.count():
        for fraction in fractions:
            yield (fraction + float(around)) * period


def next_free(begun, turn, before, after):
    if begun + before <= turn:
        return begun + before
    if begun >= turn:
        return begun + after
    return turn + (1.0 - (turn - begun) / before) * after


def day(sites, laboratories, *, most, since, plate, every, result_hours, retest_hours, key):
    """Run a day.

    `sites`: dicts with units (start, pace), quota, tubes, people, pool, laboratory, phase, way, back.
    `laboratories`: dicts with period, places, gaps (first, second, whole), chance, pick: (cumulated share, site).
    Gives the events: for each laboratory the sorted arrivals, results and second results, and the last of each site.
    """
    last = [[0.0, 0.0, 0.0] for _ in sites]
    events = []
    for number, laboratory in enumerate(laboratories):
        waiting = []  # hour of arrival, site, order
        for at, site in enumerate(sites):
            if site["laboratory"] != number:
                continue
            full = sorted(begin + (n + 1) * pace for begin, pace in site["units"] for n in range(site["quota"]))
            full = full[: site["tubes"]]
            last[at][0] = full[-1]
            calls = pickups(site["phase"], laboratory["period"], laboratory["places"])
            while full:
                call = next(calls)
                load = [hour for hour in full if hour <= call][:most]
                full = full[len(load) :]
                waiting += [(call + site["way"], at)] * len(load)
        waiting.sort(key=lambda tube: tube[0])
        taken, free = [], 0.0
        for hour, _ in waiting:
            taken.append(max(hour, free))
            free = next_free(taken[-1], since, laboratory["gaps"][2], laboratory["gaps"][0])
        results = []
        for tube, hour in enumerate(taken):
            mates = [taken[n] for n in range(len(taken)) if n // plate == tube // plate]
            results.append(min(math.ceil(hour / every) * every, max(mates)) + result_hours)
        for (_, at), hour in zip(waiting, results, strict=True):
            last[at][1] = max(last[at][1], hour)
        own = mixed((key + number * STEP) & MASK)
        again = []
        for rank, hour in enumerate(results):
            state = mixed((own + rank * STEP) & MASK)
            if uniform(state) < laboratory["chance"]:
                luck = uniform((state + STEP) & MASK)
                at = next((s for share, s in laboratory["pick"] if luck < share), laboratory["pick"][-1][1])
                again.append((hour + sites[at]["back"], at))
        again.sort(key=lambda pool: pool[0])
        ends, free = free, 0.0
        second = []
        for hour, at in again:
            for _ in range(sites[at]["pool"]):
                begun = max(hour, free)
                second.append(begun + retest_hours)
                last[at][2] = max(last[at][2], second[-1])
                free = next_free(begun, ends, laboratory["gaps"][1], laboratory["gaps"][2])
        events.append(([hour for hour, _ in waiting], results, second))
    for hours in last:
        hours[2] = max(hours[1], hours[2])
    return last, events


def cheapest(enough, prices, most):
    """The cheapest counts that are enough, by asking for every combination; None where none is."""
    every = itertools.product(*(range(many + 1) for many in most))
    good = [counts for counts in every if enough(counts)]
    cost = [sum(n * price for n, price in zip(counts, prices, strict=True)) for counts in good]
    return min(cost, default=None)


def best_sharing(tubes, way, per_hour):
    """Fewest hours of the busiest laboratory and of the mean way, over every way to give sites to laboratories."""
    best = math.inf
    for chosen in itertools.product(range(len(per_hour)), repeat=len(tubes)):
        busy = max(
            sum(t for t, c in zip(tubes, chosen, strict=True) if c == lab) / per_hour[lab]
            for lab in range(len(per_hour))
        )
        mean = sum(t * way[s][c] for s, (t, c) in enumerate(zip(tubes, chosen, strict=True))) / sum(tubes)
        best = min(best, busy + mean)
    return best
