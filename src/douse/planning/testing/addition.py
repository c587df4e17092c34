"""The cheapest addition that makes a day end in time, where more of anything never makes it end later."""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Counts = tuple[int, ...]


@dataclass(frozen=True)
class Cheapest:
    """The best addition found, and what none could cost less than.

    Attributes
    ----------
    counts : tuple[int, ...] or None
        Of each kind; None where even the most of all is not enough.
    cost, bound : float
        Equal where the addition is proved to be the cheapest.
    least : tuple[int, ...]
        Of each kind, what is needed whatever is added of the others.
    """

    counts: Counts | None
    cost: float
    bound: float
    least: Counts

    @property
    def gap(self) -> float:
        """Share of the cost that a better addition could save at most."""
        return max(0.0, self.cost - self.bound) / max(self.cost, 1e-12) if self.counts else 0.0


def cheapest(
    enough: Callable[[Counts], bool],
    prices: Sequence[float],
    most: Counts,
    evaluations: int = 200,
    *,
    near: float = 0.0,
) -> Cheapest:
    """Find the cheapest counts that are enough, by halving boxes of counts.

    A box is dropped where its upper corner is not enough (nothing in it is), or where its lower corner costs no less
    than the best so far (nothing in it is cheaper). What is left when the evaluations are used up bounds the cost.

    Parameters
    ----------
    enough : Callable
        Whether counts are enough: true of any that are larger where it is true of some.
    prices : Sequence[float]
        Of one of each kind, above 0.
    most : tuple[int, ...]
        Counts above which more is no use.
    evaluations : int
        Times that `enough` may be asked, beyond those that find a first answer.
    near : float
        Share of the cost below which nothing cheaper is looked for.
    """
    known = _Known(enough)
    ask = known.ask

    def price(counts: Counts) -> float:
        return sum(n * one for n, one in zip(counts, prices, strict=True))

    if not ask(most):
        return Cheapest(None, 0.0, 0.0, most)
    least = tuple(_smallest(ask, most, kind, 0) for kind in range(len(most)))
    if ask(least):
        return Cheapest(least, price(least), price(least), least)
    best = most
    for order in _orders(len(most)):
        if price(best) * (1 - near) > price(least):
            best = min(best, _climbed(ask, least, most, order), key=lambda c: (price(c), c))
    boxes = [(price(least), least, most)]
    limit = known.asked + evaluations
    while boxes and boxes[0][0] < price(best) * (1 - near) and known.asked < limit:
        _, low, high = heapq.heappop(boxes)
        if ask(low):
            best = min(best, low, key=lambda c: (price(c), c))
            continue
        side = max(range(len(low)), key=lambda kind: (high[kind] - low[kind]) * prices[kind])
        middle = (low[side] + high[side]) // 2
        for first, last in ((low[side], middle), (middle + 1, high[side])):
            lower = (*low[:side], first, *low[side + 1 :])
            upper = (*high[:side], last, *high[side + 1 :])
            if first <= last and price(lower) < price(best) and ask(upper):
                heapq.heappush(boxes, (price(lower), lower, upper))
    bound = min([price(best), *(cost for cost, _, _ in boxes)])
    return Cheapest(best, price(best), bound, least)


class _Known:
    """Answers so far: what is at least as much as something that is enough is too, and the other way round."""

    def __init__(self, enough: Callable[[Counts], bool]) -> None:
        self._enough = enough
        self._yes: list[Counts] = []
        self._no: list[Counts] = []
        self.asked = 0

    def ask(self, counts: Counts) -> bool:
        """Whether counts are enough."""
        if any(all(n >= there for n, there in zip(counts, yes, strict=True)) for yes in self._yes):
            return True
        if any(all(n <= there for n, there in zip(counts, no, strict=True)) for no in self._no):
            return False
        self.asked += 1
        answer = self._enough(counts)
        (self._yes if answer else self._no).append(counts)
        return answer


def _smallest(ask: Callable[[Counts], bool], counts: Counts, kind: int, low: int) -> int:
    """Fewest of one kind that are enough with counts of the others, with which all of this one's are."""

    def does(n: int) -> bool:
        return ask((*counts[:kind], n, *counts[kind + 1 :]))

    step, high = 1, low
    while high < counts[kind] and not does(high):
        low, high, step = high + 1, min(high + step, counts[kind]), step * 2
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if does(middle) else (middle + 1, high)
    return low


def _climbed(ask: Callable[[Counts], bool], least: Counts, most: Counts, order: Sequence[int]) -> Counts:
    """Counts that are enough, each kind in turn made as small as the later ones at their most allow."""
    counts = most
    for kind in order:
        counts = (*counts[:kind], _smallest(ask, counts, kind, least[kind]), *counts[kind + 1 :])
    return counts


def _orders(kinds: int) -> list[tuple[int, ...]]:
    """Each kind first once, the others after it in turn."""
    return [tuple((first + n) % kinds for n in range(kinds)) for first in range(kinds)]
