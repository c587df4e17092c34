"""Who infected whom, in plain Python: a double loop over cases, days added up one by one.

Cases are dictionaries: onset, found, away, quarantined, exposed_from, exposed_to (day numbers or None), away_told,
traced (bool), and whatever `level_names` compares. Distributions are dictionaries from days to chances.
"""

import math


def onset_chances(case, delays, recall):
    """Day of onset -> weight."""
    if case["onset"] is not None:
        return {case["onset"] - 1: recall, case["onset"]: 1 - 2 * recall, case["onset"] + 1: recall}
    return {case["found"] - days: chance for days, chance in delays[case["traced"]].items()}


def infects(case, delays, infectious, recall, leak):
    """Day -> how much the case infects others."""
    made = {}
    for onset, weight in onset_chances(case, delays, recall).items():
        for days, chance in infectious.items():
            day = onset + days
            stopped = case["away"] is not None and day > case["away"]
            factor = (0.0 if case["away_told"] else leak) if stopped else 1.0
            made[day] = made.get(day, 0.0) + weight * chance * factor
    return made


def further(by_day, serial):
    made = {}
    for day, weight in by_day.items():
        for days, chance in serial.items():
            made[day + days] = made.get(day + days, 0.0) + weight * chance
    return made


def infected_on(case, day, delays, incubation, leaks):
    """Chance of what is on record of the case, had it been infected on that day."""
    total = 0.0
    for onset, weight in onset_chances(case, delays, leaks["recall"]).items():
        total += weight * incubation.get(onset - day, 0.0)
    if case["quarantined"] is not None and day > case["quarantined"]:
        total *= leaks["quarantined"]
    before = case["exposed_from"] is not None and day < case["exposed_from"]
    after = case["exposed_to"] is not None and day > case["exposed_to"]
    return total * (leaks["unexposed"] if before or after else 1.0)


def densities(cases, delays, incubation, infectious, serial, leaks):
    """Of each (infector, case): density of the dates directly, and through somebody unseen."""
    found = {}
    for i, one in enumerate(cases):
        direct = infects(one, delays, infectious, leaks["recall"], leaks["confirmed"])
        through = further(direct, serial)
        for j, other in enumerate(cases):
            if i != j:
                chance = {day: infected_on(other, day, delays, incubation, leaks) for day in {*direct, *through}}
                found[i, j] = (
                    sum(direct[day] * chance[day] for day in direct),
                    sum(through[day] * chance[day] for day in through),
                )
    return found


def level_names(one, other):
    """Level of some groups of evidence, if one infected other: the same words as in the library."""
    names = {}
    if one["age"] is None or other["age"] is None:
        names["ages"] = "not_known"
    elif abs(one["age"] - other["age"]) < 10:
        sexes = {one["sex"], other["sex"]}
        names["ages"] = "near_other_sex" if sexes == {"female", "male"} else "near"
    elif abs(one["age"] - other["age"]) < 20:
        names["ages"] = "10_apart"
    elif abs(one["age"] - other["age"]) < 40:
        names["ages"] = "older" if one["age"] > other["age"] else "younger"
    else:
        names["ages"] = "40_apart"
    age = one["age"]
    names["age"] = "not_known" if age is None else "child" if age < 20 else "adult" if age < 60 else "old"
    both = (one["cluster"], other["cluster"])
    if both == (None, None):
        names["cluster"] = "neither"
    elif None in both:
        names["cluster"] = "infector_only" if other["cluster"] is None else "case_only"
    else:
        names["cluster"] = "same" if one["cluster"] == other["cluster"] else "different"
    if one["zone"] is None or other["zone"] is None:
        names["zone"] = "not_known"
    else:
        above = [zone for zone in one["zone"] if zone in other["zone"]]
        names["zone"] = above[0][1] if above else "nothing"
    names["found"] = (
        "imported" if one["origin"] == "imported" else
        "cluster" if one["cluster"] is not None else "traced" if one["traced"] else "other"
    )  # fmt: skip
    if other["traced"]:
        days = other["told"] - one["told"]
        steps = ((-7, "8_before"), (0, "1_before"), (1, "0_after"), (2, "1_after"), (3, "2_after"), (5, "3_after"),
                 (8, "5_after"), (15, "8_after"))  # fmt: skip
        names["told"] = next((name for below, name in steps if days < below), "later")
    else:
        names["told"] = "not_traced"
    names["documented"] = "neither" if one["onset"] is None else "onset"
    return names


def posterior(dates, weights, imported, missed, settings):
    """Of each case: {infector: direct}, {infector: through}, imported, unknown; without named pairs.

    `dates` as of `densities`, `weights` the log weight of each pair, `imported` log odds, `missed` odds.
    """
    slip, least, between, temper, background = settings
    counted = {pair: (one + slip if one >= least else one, two) for pair, (one, two) in dates.items()
               if one >= least or two >= least}  # fmt: skip
    total = sum(one for one, _ in counted.values())
    weighed = sum(one * math.exp(weights[pair]) for pair, (one, _) in counted.items())
    typical = math.log(weighed / total) if total > 0 else 0.0
    answer = []
    for j in range(len(imported)):
        mine = {i: pair for (i, k), pair in counted.items() if k == j}
        direct = {i: (1 - between) * one * math.exp(weights[i, j] - typical) for i, (one, _) in mine.items()}
        through = {i: between * two * math.exp(temper * (weights[i, j] - typical)) for i, (_, two) in mine.items()}
        near = sum((1 - between) * one + between * two for one, two in mine.values())
        unknown = missed[j] * near + background
        outside = math.exp(imported[j]) * (near + unknown)
        whole = sum(direct.values()) + sum(through.values()) + unknown + outside
        answer.append(
            (
                {i: weight / whole for i, weight in direct.items()},
                {i: weight / whole for i, weight in through.items()},
                outside / whole,
                unknown / whole,
            )
        )
    return answer
