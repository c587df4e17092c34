"""Offspring, fatality, forecast and beds in the plainest form; shares no helper with what it checks."""

import math


def slow_offspring_likelihood(r, k, counts, shown):
    """Log-likelihood of offspring counts, one case after the other, with all its constants."""
    total = 0.0
    for caused, seen in zip(counts, shown, strict=True):
        p = k / (k + r * seen)
        ways = math.lgamma(caused + k) - math.lgamma(k) - math.lgamma(caused + 1)
        total += ways + k * math.log(p) + caused * math.log(1 - p)
    return total


def slow_chain_size_chance(r, k, size):
    """Chance that a chain ends with a size: by the recursion over offspring of the first case."""
    offspring = [
        math.exp(
            math.lgamma(n + k)
            - math.lgamma(k)
            - math.lgamma(n + 1)
            + k * math.log(k / (k + r))
            + n * math.log(r / (k + r))
        )
        for n in range(size)
    ]
    # total[j][s]: chance that j chains together end with s cases
    one = [0.0] * (size + 1)
    for s in range(1, size + 1):
        for n, chance in enumerate(offspring[:s]):
            one[s] += chance * together(one, n, s - 1)
    return one[size]


def together(one, chains, cases):
    """Chance that so many chains together have so many cases."""
    reached = {0: 1.0}
    for _ in range(chains):
        later = {}
        for before, chance in reached.items():
            for s in range(1, cases - before + 1):
                later[before + s] = later.get(before + s, 0.0) + chance * one[s]
        reached = later
    return reached.get(cases, 0.0)


def slow_filter(counts, force, base, factor, grid, keeps, step, k, start):
    """Distribution of log R after the last count, and log chance of the counts: one value after the other."""
    state, evidence = list(start), 0.0
    for count, infectious, today in zip(counts, force, factor, strict=True):
        moved = [0.0] * len(grid)
        for a, before in enumerate(grid):
            for b in range(len(grid)):
                low = -math.inf if b == 0 else (grid[b - 1] + grid[b]) / 2
                high = math.inf if b == len(grid) - 1 else (grid[b] + grid[b + 1]) / 2
                moved[b] += state[a] * (normal((high - keeps * before) / step) - normal((low - keeps * before) / step))
        for b, value in enumerate(grid):
            mean = today * (math.exp(value) * infectious + base)
            log = math.lgamma(count + k) - math.lgamma(k) - math.lgamma(count + 1)
            moved[b] *= math.exp(log + k * math.log(k / (k + mean)) + count * math.log(mean / (k + mean)))
        total = sum(moved)
        evidence += math.log(total)
        state = [share / total for share in moved]
    return state, evidence


def normal(x):
    return 0.5 * (1 + math.erf(x / math.sqrt(2)))


def slow_outcome_based(deaths, recoveries, pending):
    """Cumulative incidence of death over that of death or recovery, day by day."""
    ill, alive, dead, well = sum(deaths) + sum(recoveries) + sum(pending), 1.0, 0.0, 0.0
    for d, r, p in zip(deaths, recoveries, pending, strict=True):
        if ill:
            dead += alive * d / ill
            well += alive * r / ill
            alive *= 1 - (d + r) / ill
        ill -= d + r + p
    return dead / (dead + well)


def slow_stay_curve(stays, ended, days):
    """Share still in bed, day by day, while anybody was followed so long."""
    share = [1.0]
    for day in range(1, days):
        watched = [e for s, e in zip(stays, ended, strict=True) if s >= day]
        if not watched:
            return share
        left = sum(1 for s, e in zip(stays, ended, strict=True) if e and s == day)
        share.append(share[-1] * (1 - left / len(watched)))
    return share
