"""Slow twins of the programmes of goods and of requests: try everything. They share no helper with what they check."""

from itertools import product


def cheapest_goods(network, most):
    """Least cost of one item for one kind of receiver, without transfers, over all whole shipments up to `most`.

    Of each try the days are walked: depots give what they have, receivers use what they need as soon as they have it.
    """
    depots, regions, days = len(network.stock), network.mean.shape[1], network.mean.shape[2]
    cells = list(product(range(depots), range(regions), range(days)))
    best = None
    for amounts in product(range(most + 1), repeat=len(cells)):
        cost = _cost(network, dict(zip(cells, amounts, strict=True)), depots, regions, days)
        if cost is not None and (best is None or cost < best):
            best = cost
    return best


def _cost(network, sent, depots, regions, days):
    hours = [[float(network.hours[d, 0, r]) for r in range(regions)] for d in range(depots)]
    usual = sum(map(sum, hours)) / (depots * regions)
    price = 100.0 * usual  # the only turn is the last
    lies = [float(network.stock[d, 0]) for d in range(depots)]
    with_them = [float(network.own_stock[0, r]) for r in range(regions)]
    late = [0.0] * regions
    extra = cost = 0.0
    for t in range(days):
        used = [0.0] * depots
        for d in range(depots):
            lies[d] += float(network.coming[d, 0, t])
            for r in range(regions):
                lies[d] -= sent[d, r, t]
                used[d] += sent[d, r, t] * hours[d][r]
                with_them[r] += sent[d, r, t]
            if lies[d] < -1e-9:
                return None
        cost += sum(used)
        for r in range(regions):
            wanted = float(network.mean[0, r, t]) + (late[r] if network.waits[0] else 0.0)
            given = min(wanted, with_them[r])
            with_them[r] -= given
            late[r] = wanted - given
            cost += price * (1 + 0.1 * (days - t) / days) * late[r] + 1e-3 * usual * with_them[r]
        more = sum(float(network.worst[0, r, t] - network.mean[0, r, t]) for r in range(regions))
        extra += more
        cost += 0.05 * price / days * max(0.0, extra - sum(lies) - sum(with_them))
        if network.crews is not None:
            over = [max(0.0, used[d] - float(network.crews[d, t])) for d in range(depots)]
            if sum(over) > float(network.anywhere[t]) + 1e-9:
                return None
            there = sum(float(network.crews[d, t]) for d in range(depots)) + float(network.anywhere[t])
            cost += 0.05 * price / usual * max(0.0, sum(used) + usual * more - there)
    return cost


def best_match(market):
    """The best of all ways to hand out trips: most medical in time, least medical waiting, least waiting, least km."""
    ways = [
        (k, g, s)
        for k in range(len(market.number))
        for g in range(market.trips.shape[0])
        for s in range(market.trips.shape[1])
        if market.km[k, g] < 1e9 and market.trips[g, s] > 0
    ]
    end = max(market.hour) + 1
    best = None
    for numbers in product(*(range(int(market.number[k]) + 1) for k, _, _ in ways)):
        if any(
            sum(n for n, way in zip(numbers, ways, strict=True) if way[0] == k) > market.number[k]
            for k in range(len(market.number))
        ):
            continue
        full = {}
        for n, (k, g, s) in zip(numbers, ways, strict=True):
            full[g, s] = full.get((g, s), 0.0) + n * market.takes[k]
        if any(used > market.trips[at] + 1e-9 for at, used in full.items()):
            continue
        met = [(n, way) for n, way in zip(numbers, ways, strict=True) if n]
        medical = [(n, way) for n, way in met if market.medical[way[0]]]
        score = (
            sum(n for n, (k, _, s) in medical if s < market.slots_in_time[k]),
            round(sum(n * (end - market.hour[s]) for n, (_, _, s) in medical), 6),
            round(sum(n * (end - market.hour[s]) for n, (_, _, s) in met), 6),
            -round(sum(n * market.km[k, g] for n, (k, g, _) in met), 6),
        )
        if best is None or score > best:
            best = score
    return best
