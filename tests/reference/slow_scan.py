"""The scan statistic in the plainest form: every circle and every window, one at a time."""

from math import dist, log


def slow_ratio(inside, expected, cases):
    outside, rest = cases - inside, cases - expected
    return (inside * log(inside / expected) if inside else 0) + (outside * log(outside / rest) if outside else 0)


def slow_scan(counts, expected, places, windows, max_share, fewest=2):
    """Best (ratio, centre, members, window) of a table of counts[zone][day]; ratio 0 where nothing stands out.

    The smallest circle and the first window of equal ones.
    """
    cases = sum(map(sum, counts))
    whole = sum(map(sum, expected))
    best = (0.0, None, (), None)
    for centre, here in enumerate(places):
        nearest = sorted(range(len(places)), key=lambda zone: (dist(here, places[zone]), zone))
        for size in range(1, len(places) + 1):
            members = nearest[:size]
            if sum(sum(expected[zone]) for zone in members) > max_share * whole + 1e-9:
                break
            for first, last in windows:
                inside = sum(sum(counts[zone][first : last + 1]) for zone in members)
                mean = sum(sum(expected[zone][first : last + 1]) for zone in members)
                if inside >= fewest and inside > mean > 0:
                    ratio = slow_ratio(inside, mean, cases)
                    if ratio > best[0] + 1e-9:
                        best = (ratio, centre, tuple(sorted(members)), (first, last))
    return best
