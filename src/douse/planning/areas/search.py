"""The cheapest levels that cover a number of infections: a price on what is not covered, then what is left exactly."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from douse.kernels.tree import nearest_marked
from douse.kernels.tree_levels import best_levels, forced
from douse.planning.areas.choices import Choices
from douse.planning.programme import Programme

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
GAP = 1e-3  # share of the cost: nearer to the bound than this is not looked further
_SLACK = 2e-6  # of what is to be covered: HiGHS keeps a limit to one in a million
_SCALE = 1_000.0  # person-days of the best choice in the programme, where all that is wanted is 1
_HALVINGS = 100
_TRIES = 12
_MOST_OPEN = 6_000  # choices left open beyond which the programme would not be solved in time


@dataclass(frozen=True)
class Found:
    """Level of each zone, and how good the choice is.

    Attributes
    ----------
    level : numpy.ndarray[int64], shape (Z,)
        Position in `Choices.levels`.
    cost, bound : float
        Person-days; no choice that covers as much costs less than the bound.
    covered, most : float
        Expected infections covered, and the most that could be.
    """

    level: Ints
    cost: float
    bound: float
    covered: float
    most: float


def search(choices: Choices, depth: Ints, wanted: float, *, seconds: float, gap: float = GAP) -> Found:
    """Cover at least `wanted` infections, or as many as can be, at the least person-days.

    With a price on each infection covered, the zones no longer depend on one another but through the tree, and the
    best choice is found zone by zone from below. The price at which just enough is covered gives a choice and a bound
    (Lagrange). Between the choices on either side of that price the difference is taken piece by piece. What could
    still be better is solved as an integer programme (HiGHS) over the choices that the bound leaves open.

    Parameters
    ----------
    choices : Choices
        What may be chosen.
    depth : numpy.ndarray[int64], shape (Z,)
        Of the tree.
    wanted : float
        Expected infections.
    seconds : float
        For the integer programme; then the best choice so far is taken, with its bound.
    gap : float
        Share of the cost that a better choice may save at most before more is looked for.
    """
    nothing = np.zeros(len(choices.parent), np.int64)
    _, _, all_of_it = best_levels(
        choices.parent, -choices.hidden[:, None] * choices.covers, np.where(np.isfinite(choices.hold), 0.0, np.inf)
    )
    most = choices.covered(all_of_it)
    wanted = min(wanted, most)
    enough = wanted * (1 - _SLACK)  # a choice that covers so much is taken; bounds hold for `wanted`
    if wanted <= 0 or not len(nothing):
        return Found(nothing, 0.0, 0.0, 0.0, most)
    price, best, bound = _by_price(choices, depth, enough, all_of_it, gap)
    if choices.cost(best) > bound * (1 + gap):
        best, bound = _exactly(choices, depth, best, price, enough, bound, seconds, gap)
    cost = choices.cost(best)
    return Found(best, cost, min(bound, cost), choices.covered(best), most)


def _by_price(choices: Choices, depth: Ints, enough: float, all_of_it: Ints, gap: float) -> tuple[float, Ints, float]:
    """The price, the best choice that prices lead to, and the bound.

    Where one piece of the tree makes the step from too little to more than enough, the choice is too dear: it is looked
    for once more without the levels that begin there, a few times.
    """
    price, below, above, bound = _price(choices, enough, all_of_it)
    best, without = above, choices
    for _ in range(_TRIES):
        level, largest = _piece_by_piece(without, depth, below, above, enough)
        best = _cheaper(choices, _cheaper(choices, best, above), level)
        if choices.cost(best) <= bound * (1 + gap) or not len(largest):
            break
        hold = without.hold.copy()
        begins = largest[without.put(above)[largest]]
        hold[begins, above[begins]] = np.inf
        without = replace(without, hold=hold)
        _, _, all_left = best_levels(
            without.parent, -without.hidden[:, None] * without.covers, np.where(np.isfinite(hold), 0.0, np.inf)
        )
        if not len(begins) or without.covered(all_left) < enough:
            break
        _, below, above, _ = _price(without, enough, all_left)
    return price, best, bound


def _price(choices: Choices, enough: float, all_of_it: Ints) -> tuple[float, Ints, Ints, float]:
    """The price of an infection at which just enough is covered; choices below and above it; the bound."""
    low, high = 0.0, max(1.0, float(choices.people.sum() * choices.burden.max() / enough))
    below, above, bound, price = np.zeros_like(all_of_it), all_of_it, 0.0, 0.0
    for _ in range(_HALVINGS):  # up to a price at which enough is covered
        value, level = _at(choices, high, enough)
        if value > bound:
            bound, price = value, high
        if choices.covered(level) >= enough:
            above = _cheaper(choices, above, level)
            break
        low, below, high = high, level, high * 4
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        value, level = _at(choices, middle, enough)
        if value > bound:
            bound, price = value, middle
        if choices.covered(level) >= enough:
            high, above = middle, _cheaper(choices, above, level)
        else:
            low, below = middle, level
        if high - low <= 1e-13 * high:
            break
    return price, below, above, bound


def _at(choices: Choices, price: float, enough: float) -> tuple[float, Ints]:
    """Bound and choice at a price."""
    at_least, _, level = best_levels(choices.parent, choices.own(price), choices.hold)
    return float(at_least[choices.parent < 0, 0].sum() + price * enough), level


def _cheaper(choices: Choices, one: Ints, other: Ints) -> Ints:
    return other if choices.cost(other) < choices.cost(one) else one


def _piece_by_piece(choices: Choices, depth: Ints, below: Ints, above: Ints, enough: float) -> tuple[Ints, Ints]:
    """From the choice that covers too little, take over pieces of the tree from the other until enough is covered.

    Gives the choice, and the zones of the piece that covers most.
    """
    differs: Bools = np.not_equal(below, above)
    outermost = differs & (nearest_marked(choices.parent, depth, differs) < 0)
    top = np.where(outermost, np.arange(len(below)), nearest_marked(choices.parent, depth, outermost))
    pieces = np.flatnonzero(outermost)
    gain = choices.hidden * (choices.covers[above] - choices.covers[below])
    by_piece = np.bincount(top[top >= 0], gain[top >= 0], minlength=len(below))[pieces]
    if not len(pieces):
        return above, pieces
    largest = np.flatnonzero(top == pieces[np.argmax(by_piece)])
    level, missing = below.copy(), enough - choices.covered(below)
    for at in np.lexsort((pieces, -by_piece)).tolist():
        if by_piece[at] <= missing:
            level[top == pieces[at]] = above[top == pieces[at]]
            missing -= by_piece[at]
            by_piece[at] = 0.0
    if missing > 0:
        left = np.flatnonzero(by_piece >= missing)
        if not len(left):
            return above, largest
        last = pieces[left[np.argmin(by_piece[left])]]
        level[top == last] = above[top == last]
    return (level if choices.covered(level) >= enough else above), largest


def _exactly(  # noqa: PLR0913, PLR0917  the choices, and what is known of them by now
    choices: Choices,
    depth: Ints,
    best: Ints,
    price: float,
    enough: float,
    bound: float,
    seconds: float,
    gap: float,
) -> tuple[Ints, float]:
    """Solve what the bound leaves open: choices that would cost more than the best one found are left out."""
    at_least, held, _ = best_levels(choices.parent, choices.own(price), choices.hold)
    least = forced(choices.parent, at_least, held, choices.hold) + price * enough
    cost = choices.cost(best)
    is_open = least < cost * (1 - 1e-12)
    at = np.flatnonzero(choices.put(best))
    is_open[at, best[at]] = True
    is_open[:, 0] = False
    if is_open.sum() > _MOST_OPEN:
        return best, bound
    try:
        level, proven = _programme(choices, depth, is_open, enough, cost, seconds, gap)
    except RuntimeError:  # no answer in the time given
        return best, bound
    better = _cheaper(choices, best, level) if choices.covered(level) >= enough else best
    return better, max(bound, min(cost, proven))


def _programme(  # noqa: PLR0913, PLR0917
    choices: Choices, depth: Ints, is_open: Bools, enough: float, cost: float, seconds: float, gap: float
) -> tuple[Ints, float]:
    """Levels that begin only where they are open, by an integer programme; and its bound.

    Zones where nothing is open are one with the nearest zone around them that has an open choice. `holds[n, k]`: the
    n-th zone has level k or a higher one.
    """
    kept: Bools = np.asarray(is_open.any(axis=1))
    zone = np.flatnonzero(kept)
    number = np.full(len(kept), -1, np.int64)
    number[zone] = np.arange(len(zone))
    near = nearest_marked(choices.parent, depth, kept)
    joined = np.where(kept, number, np.where(near >= 0, number[near], -1))
    within = joined >= 0
    people, hidden = (
        np.bincount(joined[within], values[within], minlength=len(zone)) for values in (choices.people, choices.hidden)
    )
    around = np.where(near[zone] >= 0, number[near[zone]], -1)

    steps = len(choices.levels) - 1
    model = Programme()
    unit, share = _SCALE / cost, 1 / (enough * (1 + _SLACK / 2))
    restricted = np.outer(people, np.diff(choices.burden)) * unit
    holds = model.add(restricted.size, restricted, high=1.0).reshape(len(zone), steps)
    where, level = np.nonzero(is_open[zone][:, 1:])  # level 0 .. steps - 1 stands for 1 .. steps
    begins = model.add(len(where), choices.hold[zone[where], level + 1] * unit, high=1.0, whole=True)
    # No variable for what is missing: the best choice so far is open, and covers enough.
    model.limit(
        1, np.zeros(holds.size), holds.ravel(), np.outer(hidden * share, np.diff(choices.covers)).ravel(), least=1.0
    )
    inner = np.flatnonzero(around >= 0)
    for k in range(steps):
        # Held only where it begins here or holds around: holds[n, k] <= holds[around, k] + begins of k and higher.
        up = level >= k
        rows = [np.arange(len(zone)), inner, where[up]]
        model.limit(
            len(zone),
            np.concatenate(rows),
            np.concatenate([holds[:, k], holds[around[inner], k], begins[up]]),
            np.concatenate([np.ones(len(zone)), -np.ones(len(inner)), -np.ones(up.sum())]),
            most=0.0,
        )
        # A level on a zone holds for all within it, and where it begins.
        for held_by in (holds[around[inner], k], None):
            of = holds[inner, k] if held_by is not None else holds[where[up], k]
            by = held_by if held_by is not None else begins[up]
            if len(of):
                model.limit(
                    len(of),
                    np.tile(np.arange(len(of)), 2),
                    np.concatenate([of, by]),
                    np.repeat([1.0, -1.0], len(of)),
                    least=0.0,
                )
    answer = model.solve(seconds=seconds, gap=gap / 2)
    put = np.zeros(len(kept), np.int64)
    on = answer.values[begins] > 0.5
    np.maximum.at(put, zone[where[on]], level[on] + 1)
    return inherited(choices.parent, put), answer.bound / unit


def inherited(parent: Ints, put: Ints) -> Ints:
    """Level of each zone: its own or a higher one from around it; shape (Z,)."""
    level = put.copy()
    for at in np.flatnonzero(parent >= 0).tolist():
        level[at] = max(level[at], level[parent[at]])
    return level
