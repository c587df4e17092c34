"""Who met whom, and whom the met may have met, by loops over visits as an investigator would go through a list.

Visits are (person, place, entered, left, exact, told_on), hosts are (host, person, since, until), as plain tuples.
"""

from collections import defaultdict
from datetime import timedelta

NOTHING = timedelta(0)


def slow_encounters(visits, hosts, as_of, crowd):
    """Ring 1: (host, person, place, day, seconds, meetings, day_only, first, last), sorted."""
    found = defaultdict(list)
    for host, other, place, begin, end, exact in slow_pairs(visits, hosts, as_of, crowd):
        found[host, other, place, begin.date()].append((begin, end, exact))
    rows = []
    for where, met in found.items():
        lengths = [(end - begin) // timedelta(seconds=1) for begin, end, exact in met if exact]
        first, last = min(begin for begin, _, _ in met), max(end for _, end, _ in met)
        rows.append((*where, sum(lengths), len(lengths), len(met) - len(lengths), first, last))
    return sorted(rows)


def slow_crowded(visits, hosts, as_of, crowd):
    """(place, day, visits, hosts), sorted: crowds in which a visit of a host began."""
    began, hosted = defaultdict(int), defaultdict(set)
    for person, place, entered, left, _, told_on in visits:
        if told_on > as_of:
            continue
        began[place, entered.date()] += 1
        for host, alias, since, until in hosts:
            if alias == person and slow_cut(entered, left, since, until) is not None:
                hosted[place, entered.date()].add(host)
    return sorted((*where, began[where], len(who)) for where, who in hosted.items() if began[where] > crowd)


def slow_further(visits, hosts, left_out, as_of, crowd, min_seconds):
    """Ring 2: (person, via, place, seconds, first, last), sorted by person."""
    not_asked = set(left_out) | {person for _, person, _, _ in hosts}
    found = defaultdict(list)
    for host, other, place, begin, end, exact in slow_pairs(visits, hosts, as_of, crowd):
        seconds = (end - begin) // timedelta(seconds=1)
        if exact and seconds >= min_seconds and other not in not_asked:
            found[other].append((-seconds, host, place, begin, end))
    rows = []
    for other, met in found.items():
        seconds, via, place, _, _ = min(met)
        rows.append((other, via, place, -seconds, min(m[3] for m in met), max(m[4] for m in met)))
    return sorted(rows)


def slow_pairs(visits, hosts, as_of, crowd):
    """(host, person met, place, begin, end, exact): every pair of visits that met and is not in a crowd."""
    told = [visit for visit in visits if visit[5] <= as_of]
    began = defaultdict(int)
    for _, place, entered, _, _, _ in told:
        began[place, entered.date()] += 1
    aliases = {(host, person) for host, person, _, _ in hosts}
    for host, person, since, until in hosts:
        for own, place, entered, left, exact, _ in told:
            cut = slow_cut(entered, left, since, until)
            if own != person or cut is None or began[place, entered.date()] > crowd:
                continue
            start, stop = cut
            for other, same, came, went, other_exact, _ in told:
                if same != place or (host, other) in aliases or began[place, came.date()] > crowd:
                    continue
                if start < went and came < stop:
                    yield host, other, place, max(start, came), min(stop, went), exact and other_exact


def slow_cut(entered, left, since, until):
    """The part of a visit within a window, or nothing."""
    if left - entered == NOTHING:
        return (entered, left) if since <= entered < until else None
    start, stop = max(entered, since), min(left, until)
    return (start, stop) if start < stop else None
