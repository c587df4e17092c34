"""What goes from where to where on which day: a linear programme over all days.

Least sum of: what is missing, by the protocol's order; what would be missing in the worst 5% of courses, which counts
one twentieth; hours on the way; and goods that lie with receivers before they need them. See
`docs/planning/supplies.md`.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from douse.planning.goods.needed import WORST
from douse.planning.goods.network import Floats, Network
from douse.planning.programme import Programme

Ints = NDArray[np.int64]
STEP = 10.0  # a missing item counts so many times one of the next turn, by hours of delivery
LEAST = 100.0  # and one of the last turn so many times its way
EARLY = 1e-3  # of its way: an item that lies with its receiver for a day
SECONDS = 20.0


@dataclass(frozen=True)
class Flow:
    """The answer.

    Attributes
    ----------
    sent : numpy.ndarray[float64], shape (D, P, R, H)
        From each depot to each region on each day.
    moved : numpy.ndarray[float64], shape (D, D, K, H)
        From depot to depot.
    missing : numpy.ndarray[float64], shape (P, R, H)
        Missing on a day; of items that wait, what is late at its end.
    unheld : numpy.ndarray[float64], shape (P, H)
        By the end of each day missing for the worst 5% of courses.
    used : numpy.ndarray[float64], shape (D, H)
        Hours of crews.
    cost, bound : float
        Cost, and what no plan can go below.
    """

    sent: Floats
    moved: Floats
    missing: Floats
    unheld: Floats
    used: Floats
    cost: float
    bound: float

    @property
    def gap(self) -> float:
        """Share of the cost that a better plan could save at most."""
        return max(0.0, self.cost - self.bound) / max(abs(self.cost), 1e-12)


def usual_hours(network: Network) -> Floats:
    """Hours of delivery of one item of each pair, the mean over depots and regions; shape (P,)."""
    hours: Floats = np.maximum(network.hours.mean(axis=(0, 2)), 1e-9)
    return hours


def prices(network: Network) -> Floats:
    """What one missing item of each pair costs on a day; shape (P,)."""
    last = network.turn.max(initial=0)
    costs: Floats = LEAST * STEP ** (last - network.turn) * usual_hours(network)
    return costs


def solve(network: Network) -> Flow:
    """The plan of least cost.

    Items are counted by the hours that one usually takes, so that all numbers of the programme are of one size: it
    is solved several times faster than in pieces of masks and kilograms of food.
    """
    usual = usual_hours(network)
    of_item = np.array([usual[network.item == item].mean() for item in range(network.stock.shape[1])])
    found = _solve(network.counted_in(of_item))
    of_pair = of_item[network.item]
    return replace(
        found,
        sent=found.sent / of_pair[:, None, None],
        moved=found.moved / of_item[:, None],
        missing=found.missing / of_pair[:, None, None],
        unheld=found.unheld / of_pair[:, None],
    )


def _solve(network: Network) -> Flow:
    depots, items, pairs, regions, days = network.shape
    plan = Programme()
    price, usual = prices(network), usual_hours(network)
    routes = np.argwhere(np.broadcast_to(network.near[:, None, :], (depots, pairs, regions)))
    d, p, r = routes.T
    sent = plan.add(len(routes) * days, np.repeat(network.hours[d, p, r], days)).reshape(-1, days)
    legs = np.argwhere(np.isfinite(network.between))
    moved = plan.add(len(legs) * days, np.repeat(network.between[tuple(legs.T)], days)).reshape(-1, days)
    lies = plan.add(depots * items * days).reshape(depots, items, days)
    cells = (pairs, regions, days)
    with_them = plan.add(pairs * regions * days, np.repeat(EARLY * usual, regions * days)).reshape(cells)
    given = plan.add(pairs * regions * days).reshape(cells)
    missing = plan.add(pairs * regions * days, np.outer(np.repeat(price, regions), _by_day(days))).reshape(cells)

    _depots(plan, network, (d, p), legs, sent, moved, lies)
    _receivers(plan, network, (p, r), sent, with_them, given, missing)
    used = _crews(plan, network, routes, legs, sent, moved)
    unheld = _reserve(plan, network, price, lies, with_them)
    _spare_hours(plan, network, used, price, usual)

    answer = plan.solve(seconds=SECONDS)
    values = np.maximum(answer.values, 0.0)
    all_sent = np.zeros((depots, pairs, regions, days))
    all_sent[d, p, r] = values[sent]
    all_moved = np.zeros((depots, depots, items, days))
    all_moved[tuple(legs.T)] = values[moved]
    return Flow(
        sent=all_sent,
        moved=all_moved,
        missing=values[missing],
        unheld=values[unheld],
        used=values[used],
        cost=answer.cost,
        bound=answer.bound,
    )


def _by_day(days: int) -> Floats:
    """What a missing item costs on each day, against the price: more on earlier days, shape (H,).

    So much more that nothing that is needed today is kept back for a later day, or for the worst 5% of courses.
    """
    weights: Floats = 1 + 2 * WORST * (1 - np.arange(days) / max(days, 1))
    return weights


def _depots(  # noqa: PLR0913, PLR0917  the parts of one programme
    plan: Programme, network: Network, route: tuple[Ints, Ints], legs: Ints, sent: Ints, moved: Ints, lies: Ints
) -> None:
    """What lies in a depot: what lay there, and came, and was brought the day before, less what went out."""
    depots, items, _, _, days = network.shape
    row = np.arange(depots * items * days).reshape(depots, items, days)
    d, p = route
    out, brought = legs[:, [0, 2]], legs[:, [1, 2]]
    rows = [
        row.ravel(),
        row[:, :, 1:].ravel(),
        row[d, network.item[p]].ravel(),
        row[out[:, 0], out[:, 1]].ravel(),
        row[brought[:, 0], brought[:, 1], 1:].ravel(),
    ]
    variables = [lies.ravel(), lies[:, :, :-1].ravel(), sent.ravel(), moved.ravel(), moved[:, :-1].ravel()]
    there = network.coming.copy()
    there[:, :, :1] += network.stock[:, :, None]
    _equal(plan, rows, variables, (1.0, -1.0, 1.0, 1.0, -1.0), there)


def _receivers(  # noqa: PLR0913, PLR0917
    plan: Programme, network: Network, route: tuple[Ints, Ints], sent: Ints, with_them: Ints, given: Ints, missing: Ints
) -> None:
    """What lies with receivers; what is given and what is missing make the need."""
    _, _, pairs, regions, days = network.shape
    row = np.arange(pairs * regions * days).reshape(pairs, regions, days)
    there = network.own_coming.copy()
    there[:, :, :1] += network.own_stock[:, :, None]
    _equal(
        plan,
        [row.ravel(), row[:, :, 1:].ravel(), row[route].ravel(), row.ravel()],
        [with_them.ravel(), with_them[:, :, :-1].ravel(), sent.ravel(), given.ravel()],
        (1.0, -1.0, -1.0, 1.0),
        there,
    )
    waits = np.flatnonzero(network.waits)
    _equal(
        plan,
        [row.ravel(), row.ravel(), row[waits, :, 1:].ravel()],
        [given.ravel(), missing.ravel(), missing[waits, :, :-1].ravel()],
        (1.0, 1.0, -1.0),
        network.mean,
    )


def _crews(  # noqa: PLR0913, PLR0917
    plan: Programme, network: Network, routes: Ints, legs: Ints, sent: Ints, moved: Ints
) -> Ints:
    """Hours used from each depot, no more than there are; gives their variables, shape (D, H)."""
    depots, _, _, _, days = network.shape
    row = np.arange(depots * days).reshape(depots, days)
    used = plan.add(depots * days).reshape(depots, days)
    way, between = network.hours[tuple(routes.T)], network.between[tuple(legs.T)]
    plan.limit(
        depots * days,
        np.concatenate([row.ravel(), row[routes[:, 0]].ravel(), row[legs[:, 0]].ravel()]),
        np.concatenate([used.ravel(), sent.ravel(), moved.ravel()]),
        np.concatenate([np.full(used.size, -1.0), np.repeat(way, days), np.repeat(between, days)]),
        least=0.0,
        most=0.0,
    )
    if network.crews is None:
        return used
    share = plan.add(depots * days).reshape(depots, days)
    plan.limit(
        depots * days,
        np.concatenate([row.ravel(), row.ravel()]),
        np.concatenate([used.ravel(), share.ravel()]),
        np.concatenate([np.ones(used.size), np.full(share.size, -1.0)]),
        most=network.crews.ravel(),
    )
    plan.limit(days, np.tile(np.arange(days), depots), share.ravel(), most=network.anywhere)
    return used


def _reserve(plan: Programme, network: Network, price: Floats, lies: Ints, with_them: Ints) -> Ints:
    """Goods left at the end of each day that cover the worst 5% of courses so far; gives what is not held."""
    depots, items, pairs, regions, days = network.shape
    wanted = np.cumsum((network.worst - network.mean).sum(axis=1), axis=1)
    row = np.arange(pairs * days).reshape(pairs, days)
    near, far = (plan.add(pairs * days).reshape(pairs, days) for _ in range(2))
    unheld = plan.add(pairs * days, np.repeat(WORST * price / max(days, 1), days)).reshape(pairs, days)
    _equal(plan, [row.ravel()] * 3, [near.ravel(), far.ravel(), unheld.ravel()], (1.0, 1.0, 1.0), wanted)
    plan.limit(
        pairs * days,
        np.concatenate([row.ravel(), np.repeat(row[:, None, :], regions, axis=1).ravel()]),
        np.concatenate([near.ravel(), with_them.ravel()]),
        np.concatenate([np.ones(near.size), np.full(with_them.size, -1.0)]),
        most=0.0,
    )
    of_item = np.arange(items * days).reshape(items, days)
    plan.limit(
        items * days,
        np.concatenate([of_item[network.item].ravel(), np.repeat(of_item[None], depots, axis=0).ravel()]),
        np.concatenate([far.ravel(), lies.ravel()]),
        np.concatenate([np.ones(far.size), np.full(lies.size, -1.0)]),
        most=0.0,
    )
    return unheld


def _spare_hours(plan: Programme, network: Network, used: Ints, price: Floats, usual: Floats) -> None:
    """Hours left on each day for what the worst 5% of courses needs more on it; what is not there has its price."""
    depots, _, _, _, days = network.shape
    more = usual @ (network.worst - network.mean).sum(axis=1)
    # An hour counts as the goods of the last turn that it carries.
    an_hour = WORST * float((price / usual).min(initial=LEAST))
    if network.crews is None:
        return
    unheld = plan.add(days, an_hour)
    there = network.crews.sum(axis=0) + network.anywhere
    plan.limit(
        days,
        np.concatenate([np.tile(np.arange(days), depots), np.arange(days)]),
        np.concatenate([used.ravel(), unheld]),
        np.concatenate([np.ones(used.size), np.full(days, -1.0)]),
        most=there - more,
    )


def _equal(plan: Programme, rows: list[Ints], variables: list[Ints], weights: tuple[float, ...], right: Floats) -> None:
    plan.limit(
        right.size,
        np.concatenate(rows),
        np.concatenate(variables),
        np.concatenate([np.full(len(part), weight) for part, weight in zip(rows, weights, strict=True)]),
        least=right.ravel(),
        most=right.ravel(),
    )
