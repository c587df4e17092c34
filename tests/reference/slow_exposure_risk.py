"""The risk of an exposure, a day and a delay at a time. Shares no helper with what it checks."""

import math

from scipy import stats


def frozen(delay):
    """A delay of the library as a distribution of SciPy."""
    mean, sd = delay.mean.value, delay.sd.value
    if delay.family == "gamma":
        return stats.gamma((mean / sd) ** 2, scale=sd**2 / mean)
    assert delay.family == "lognormal"
    sigma = math.sqrt(math.log(1 + (sd / mean) ** 2))
    return stats.lognorm(sigma, scale=mean * math.exp(-(sigma**2) / 2))


def chance(delay, day, at_most):
    """Of a delay that rounds to `day`, among those of at most `at_most` days."""
    shape = frozen(delay)
    low = 0.0 if day == 0 else shape.cdf(day - 0.5)
    return (shape.cdf(day + 0.5) - low) / shape.cdf(at_most + 0.5)


def infectiousness(pathogen, after):
    """Day from onset -> share of transmission, from the presymptomatic share and two delays."""
    longest = math.ceil(3 * pathogen.max_incubation.value)
    incubation = math.ceil(pathogen.max_incubation.value)
    generation = pathogen.generation_time or pathogen.serial_interval
    found = {}
    for infected in range(longest + 1):
        for ill in range(incubation + 1):
            day = infected - ill
            if day <= after:
                both = chance(generation, infected, longest) * chance(pathogen.incubation, ill, incubation)
                found[day] = found.get(day, 0.0) + both
    early = pathogen.presymptomatic_share.value
    before = sum(w for day, w in found.items() if day < 0)
    later = sum(w for day, w in found.items() if day >= 0)
    return {day: w * (early / before if day < 0 else (1 - early) / later) for day, w in found.items()}


def probability(row, shares, attack, usual_hours, usual_days, factors):
    """Of one exposure.

    row : dict with since, until (days from onset), minutes (None: not known); shares : as of `infectiousness`;
    factors : times the risk.
    """
    square = sum(w * w for w in shares.values())
    relative = {day: w / square for day, w in shares.items()}
    whole = sum(relative.values())
    days = range(row["since"], row["until"] + 1)
    rate = -math.log(1 - attack) / (usual_hours * min(usual_days, whole))
    hours = usual_hours * min(usual_days, len(days)) if row["minutes"] is None else row["minutes"] / 60
    hazard = sum(rate * hours / len(days) * relative.get(day, 0.0) for day in days)
    return 1 - math.exp(-hazard * factors)
