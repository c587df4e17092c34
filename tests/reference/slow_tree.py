"""Log posterior of a whole transmission tree, case by case from what is on record, and all trees of a few cases."""

import itertools
import math


def convolved(pmf, times):
    out = {0: 1.0}
    for _ in range(times):
        step = {}
        for day, chance in out.items():
            for lag, more in enumerate(pmf):
                step[day + lag] = step.get(day + lag, 0.0) + chance * more
        out = step
    return out


def slow_log_posterior(o, tree, unknown):
    """`o`: the outbreak as plain lists; `tree`: (infector or None, generations, day) a case; `unknown`: by name."""
    n, u = len(o["days"]), unknown
    total = math.log(u["pi"]) * (o["pi"][0] - 1) + math.log(1 - u["pi"]) * (o["pi"][1] - 1) - math.log(u["theta"])
    if o["spread"]:
        total -= (u["shift"] / o["spread"]) ** 2 / 2
    first, last = min(min(d) for d in o["days"]), max(max(d) for d in o["days"])
    had_time = 0.0
    for days in o["days"]:
        whole = sum(math.exp(v) for v in days.values())
        had_time += sum(
            math.exp(v) / whole * sum(p for lag, p in enumerate(o["pmf"]) if lag <= last - day)
            for day, v in days.items()
        )
    drawn = {}
    for case, (infector, kappa, day) in enumerate(tree):
        if day not in o["days"][case]:
            return -math.inf
        total += o["days"][case][day]
        odds = o["imported"][case] + (u["shift"] if math.isfinite(o["imported"][case]) else 0.0)
        share = 1.0 if odds == math.inf else 0.0 if odds == -math.inf else 1 / (1 + math.exp(-odds))
        if infector is None:
            total += (math.log(share) if share > 0 else -math.inf) - math.log(last - first + 1)
        else:
            lag = convolved(o["pmf"], kappa).get(day - tree[infector][2], 0.0)
            shortest = min(lag for lag, p in enumerate(o["pmf"]) if p > 0)
            if lag <= 0 or share == 1 or day - (kappa - 1) * shortest > o["isolated"][infector]:
                return -math.inf
            total += math.log(1 - share) - math.log(max(had_time, 1)) + math.log(lag)
            total += math.log(u["pi"]) + (kappa - 1) * math.log(1 - u["pi"])
            total += o["direct" if kappa == 1 else "through"][infector][case]
        total += place_log(o, case, infector, kappa, u)
        total += sequence_log(o, tree, case, u)
    if o["contacts"] is not None:
        links = {frozenset((case, t[0])) for case, t in enumerate(tree) if t[0] is not None and t[1] == 1}
        for pair in map(frozenset, itertools.combinations(range(n), 2)):
            chance = u["eps"] if pair in links else u["eps"] * u["lambda"]
            total += math.log(chance if pair in o["contacts"] else 1 - chance)
    if o["label"] is not None:
        for root in (case for case in range(n) if tree[case][0] is None):
            seen = {
                o["label"][case] for case in range(n) if root_of(tree, case) == root and o["label"][case] is not None
            }
            if len(seen) > 1:
                return -math.inf
            for label in seen:
                total += math.log((drawn.get(label, 0) + 1) / (sum(drawn.values()) + o["labels"]))
                drawn[label] = drawn.get(label, 0) + 1
    return total


def root_of(tree, case):
    return case if tree[case][0] is None else root_of(tree, tree[case][0])


def place_log(o, case, infector, kappa, u):
    if o["place"] is None or o["place"][case] is None or (infector is not None and o["place"][infector] is None):
        return 0.0
    here, people = o["place"][case], o["people"]
    weight = [p ** u["power"] for p in people]
    if infector is not None:
        a, away = math.exp(u["log_scale"]), o["km"][o["place"][infector]]
        weight = [w * math.exp(-a * d / math.sqrt(kappa)) for w, d in zip(weight, away, strict=True)]
    return math.log(weight[here] / sum(weight) / (people[here] / sum(people)))


def sequence_log(o, tree, case, u):
    if o["snp"] is None or o["sequence"][case] is None:
        return 0.0
    mine, at, k = o["sequence"][case], tree[case][0], tree[case][1]
    while at is not None and o["sequence"][at] is None:
        k += tree[at][1]
        at = tree[at][0]
    if at is None:
        if mine == o["centre"]:
            return 0.0
        differ = o["snp"][o["centre"]][mine]
        return differ * math.log(u["theta"]) + (o["sites"] - differ) * math.log(1 - u["theta"])
    differ = o["snp"][o["sequence"][at]][mine]
    changed = math.log(k * u["mu"] * (1 - u["mu"]) ** (k - 1))
    return differ * changed + (o["sites"] - differ) * k * math.log(1 - u["mu"])


def slow_infectors(o, unknown, most):
    """Posterior of each case's infector (None: import) with the unknowns known: the sum over all trees and days."""
    n = len(o["days"])
    weight = [{} for _ in range(n)]
    choices = [[(None, 1)] + [(j, k) for j in range(n) if j != i for k in range(1, most + 1)] for i in range(n)]
    for links in itertools.product(*choices):
        if any(loops([link[0] for link in links], case) for case in range(n)):
            continue
        for days in itertools.product(*[list(d) for d in o["days"]]):
            tree = [(*link, day) for link, day in zip(links, days, strict=True)]
            value = math.exp(slow_log_posterior(o, tree, unknown))
            for case in range(n):
                weight[case][links[case][0]] = weight[case].get(links[case][0], 0.0) + value
    return [{who: w / sum(row.values()) for who, w in row.items()} for row in weight]


def loops(infector, case):
    at = infector[case]
    for _ in infector:
        if at is None:
            return False
        at = infector[at]
    return at is not None
