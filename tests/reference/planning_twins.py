"""Slow, obvious twins of the planning kernels. They share no helper with what they check."""

import itertools
import math


def smallest_units(parents, evidence, covered, need, forced, counts):
    """Zones with the level, walking the tree by names: a dict zone -> parent (or None), a dict zone -> list a rule."""
    children = {zone: [z for z in parents if parents[z] == zone] for zone in parents}
    placed = set()

    def visit(zone):
        """Evidence of a subtree, and of it what no zone within covers: two lists, one entry a rule."""
        total = list(evidence[zone])
        left = [0.0] * len(total) if zone in covered else list(evidence[zone])
        for child in children[zone]:
            inner_total, inner_left = visit(child)
            for rule in range(len(total)):
                total[rule] += 1.0 if counts[rule] and child in placed else inner_total[rule]
                if child in placed:
                    left[rule] += 1.0 if counts[rule] else 0.0
                else:
                    left[rule] += inner_left[rule]
        holds = any(total[rule] >= need[zone][rule] and left[rule] > 0 for rule in range(len(total)))
        if holds or zone in forced:
            placed.add(zone)
        return total, left

    for root in [zone for zone in parents if parents[zone] is None]:
        visit(root)
    return placed


def line_of(parents, zone):
    """The zone, its parent, and so on."""
    line = []
    while zone is not None:
        line.append(zone)
        zone = parents[zone]
    return line


def inherited(parents, own, zone):
    """Highest level of a zone and of those around it."""
    return max(own[z] for z in line_of(parents, zone))


def dorfman(prevalence, size):
    """Expected tubes a person, by going through every outcome of a pool."""
    if size == 1:
        return 1.0
    expected = 0.0
    for outcome in itertools.product([0, 1], repeat=size):
        chance = math.prod(prevalence if positive else 1 - prevalence for positive in outcome)
        tubes = 1 + (size if any(outcome) else 0)
        expected += chance * tubes
    return expected / size


def census(arrivals, stays):
    """Present each day: each day's arrivals followed one by one."""
    present = [0.0] * len(arrivals)
    for came, number in enumerate(arrivals):
        for day in range(came, len(arrivals)):
            if day - came < len(stays):
                present[day] += number * stays[day - came]
    return present


def renew(history, r, weights, days, residents):
    """New cases on the days ahead, lag by lag."""
    series = list(history)
    for _ in range(days):
        force = 0.0
        for lag in range(1, len(weights)):
            if lag <= len(series):
                force += weights[lag] * series[len(series) - lag]
        left = 1.0 if residents is None else max(1 - sum(series) / residents, 0.0)
        series.append(r * left * force)
    return series[len(history) :]


def poisson_quantile(means, probability):
    """Smallest count that is enough, adding up the probabilities of an equal mixture."""
    count, below = 0, 0.0
    while True:
        terms = [
            math.exp(-m + count * math.log(m) - math.lgamma(count + 1)) if m > 0 else float(count == 0) for m in means
        ]
        below += sum(terms) / len(means)
        if below >= probability:
            return count
        count += 1


def days_left(phases, elapsed):
    """Days still to stay in, counting day by day. `phases`: (stays in, days)."""
    day, staying = 0, []
    for stays_in, length in phases:
        for _ in range(length):
            day += 1
            if stays_in:
                staying.append(day)
    return len([d for d in staying if d > elapsed])
