"""What a task prevents, a day at a time. Shares no helper with what it checks."""

import math

from reference.slow_exposure_risk import chance


def ahead(pathogen, days):
    """Share of an infected person's transmission that comes `days` after infection or later."""
    longest = math.ceil(3 * pathogen.max_incubation.value)
    generation = pathogen.generation_time or pathogen.serial_interval
    return sum(chance(generation, day, longest) for day in range(max(days, 0), longest + 1))


def found(pathogen, days):
    """Chance that a test finds an infection of so many days."""
    points = [(0, 0.0), *((p.day, p.sensitivity.value) for p in pathogen.test_curve)]
    before = [p for p in points if p[0] <= days][-1]
    after = [p for p in points if p[0] >= days]
    if not after:
        return before[1]
    if after[0][0] == before[0]:
        return after[0][1]
    part = (days - before[0]) / (after[0][0] - before[0])
    return before[1] + part * (after[0][1] - before[1])


def of_contact(pathogen, first, last, today, p, negatives):
    """(chance now, prevented by quarantine, prevented by a test) of a contact exposed on days `first` to `last`."""
    days = range(first, last + 1)
    unseen = 1.0
    for sampled in negatives:
        ages = [sampled - day for day in days]
        unseen *= 1 - sum(found(pathogen, age) for age in ages if age >= 0) / len(ages)
    now = p * unseen / (p * unseen + 1 - p)
    left = sum(ahead(pathogen, today - day) for day in days) / len(days)
    sees = sum(found(pathogen, today - day) for day in days if day <= today) / len(days)
    whole = now * pathogen.reproduction_number.value * left
    return now, whole, whole * sees


def of_interview(pathogen, shares, last, now):
    """Infections that those whom a case infected up to day `last` from onset would pass on from day `now` on."""
    r = pathogen.reproduction_number.value
    return sum(r * w * r * ahead(pathogen, now - day) for day, w in shares.items() if day <= min(last, now))
