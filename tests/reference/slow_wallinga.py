"""Wallinga and Teunis 2004 case by case: each later case has one infector among the earlier ones."""

import itertools


def chances(cases, si):
    """Chance that a given case of day j was infected by a given case of day i, as a table [j][i]."""
    days = range(len(cases))

    def weight(i, j):
        return si[j - i] if 0 < j - i < len(si) else 0.0

    force = [sum(weight(i, j) * cases[i] for i in days) for j in days]
    return [[weight(i, j) / force[j] if force[j] > 0 else 0.0 for i in days] for j in days]


def mean_infected(local, cases, si, first, last):
    """Mean number infected by the cases of days first .. last; None without cases."""
    table, count = chances(cases, si), sum(cases[first : last + 1])
    infected = sum(local[j] * table[j][i] * cases[i] for j in range(len(cases)) for i in range(first, last + 1))
    return infected / count if count else None


def distribution(local, cases, si, first, last):
    """Chances of 0, 1, 2 ... infected by the cases of days first .. last: every way in which it may have been."""
    table = chances(cases, si)
    each = [
        sum(table[j][i] * cases[i] for i in range(first, last + 1)) for j in range(len(cases)) for _ in range(local[j])
    ]
    found = [0.0] * (len(each) + 1)
    for ways in itertools.product((0, 1), repeat=len(each)):
        chance = 1.0
        for infected_here, p in zip(ways, each, strict=True):
            chance *= p if infected_here else 1 - p
        found[sum(ways)] += chance
    return found
