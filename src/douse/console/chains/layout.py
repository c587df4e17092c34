"""Where the cases of chains stand in the picture: a row a case, in the order of who infected whom; time to the right.

Chains of thousands stay readable: what does not fit is folded into the case that it comes from, largest branches open
first.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

ROW, TOP, LEFT, RIGHT = 24, 34, 16, 150  # pixels
MOST_ROWS = 240
LEAST_STEP, MOST_STEP, WIDTH = 9.0, 44.0, 1000  # pixels a day; of the whole where days allow
LABEL_EVERY = 72  # pixels


@dataclass(frozen=True)
class Node:
    """One case in the picture. `folded`: cases of its branch that are not drawn."""

    case: str
    x: float
    y: float
    folded: int
    root: bool


@dataclass(frozen=True)
class Edge:
    """A believed link, from the infector to the case."""

    x: float
    y: float
    to_x: float
    to_y: float
    probability: float
    through: bool


@dataclass(frozen=True)
class Drawn:
    """The picture: its size, cases, links, days along the top, and chains that are not in it."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    days: tuple[tuple[date, float], ...]
    chains: int
    left_out: int


@dataclass(frozen=True)
class Case:
    """What the layout needs of a case."""

    case: str
    infector: str | None
    day: date | None
    probability: float
    through: bool


def draw(cases: Sequence[Case], *, start: str | None = None, most: int = MOST_ROWS) -> Drawn:
    """Lay out the chains of some cases, the largest first.

    Parameters
    ----------
    cases : sequence of Case
        Infectors that are not among them count as none.
    start : str, optional
        Only the branch that begins with this case.
    most : int
        Rows.
    """
    by_name = {one.case: one for one in cases}
    children: dict[str, list[str]] = {}
    for one in sorted(cases, key=lambda c: (c.day or date.max, c.case)):
        if one.infector in by_name:
            children.setdefault(one.infector, []).append(one.case)
    roots = [one.case for one in cases if one.infector not in by_name]
    sizes = _sizes(roots, children)
    if start is not None:
        chosen = [start] if start in by_name else []
    else:
        chosen = sorted((r for r in roots if sizes[r] > 1), key=lambda r: (-sizes[r], r))
    shown = chosen[: max(1, most // 4)]
    opened = _opened(shown, children, sizes, most)
    order = _in_order(shown, children, opened)
    return _placed(order, by_name, children, sizes, opened, len(chosen), len(chosen) - len(shown))


def _sizes(roots: Sequence[str], children: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Cases of the branch of each case, itself included."""
    sizes: dict[str, int] = {}
    stack = [(root, False) for root in roots]
    while stack:
        case, is_done = stack.pop()
        inner = children.get(case, ())
        if is_done or not inner:
            sizes[case] = 1 + sum(sizes[child] for child in inner)
        else:
            stack.append((case, True))
            stack += [(child, False) for child in inner]
    return sizes


def _opened(
    shown: Sequence[str], children: Mapping[str, Sequence[str]], sizes: Mapping[str, int], most: int
) -> frozenset[str]:
    """Cases whose infected are drawn: the largest branches first, as long as the rows last."""
    opened, rows = set[str](), len(shown)
    queue = [(-sizes[case], case) for case in shown if children.get(case)]
    heapq.heapify(queue)
    while queue:
        _, case = heapq.heappop(queue)
        inner = children[case]
        if rows + len(inner) > most and opened:
            continue
        opened.add(case)
        rows += len(inner)
        for child in inner:
            if children.get(child):
                heapq.heappush(queue, (-sizes[child], child))
    return frozenset(opened)


def _in_order(shown: Sequence[str], children: Mapping[str, Sequence[str]], opened: frozenset[str]) -> list[str]:
    order, stack = list[str](), list(reversed(shown))
    while stack:
        case = stack.pop()
        order.append(case)
        if case in opened:
            stack += reversed(children[case])
    return order


def _placed(  # noqa: PLR0913, PLR0917  (all that places a case)
    order: Sequence[str],
    by_name: Mapping[str, Case],
    children: Mapping[str, Sequence[str]],
    sizes: Mapping[str, int],
    opened: frozenset[str],
    chains: int,
    left_out: int,
) -> Drawn:
    days = [by_name[case].day for case in order]
    known = [day for day in days if day is not None]
    first, last = (min(known), max(known)) if known else (date(2000, 1, 1), date(2000, 1, 1))
    span = (last - first).days + 1
    step = min(MOST_STEP, max(LEAST_STEP, (WIDTH - LEFT - RIGHT) / span))

    def x_of(day: date | None) -> float:
        return round(LEFT + step * ((day or first) - first).days, 1)

    places = {case: (x_of(by_name[case].day), TOP + ROW * n + ROW / 2) for n, case in enumerate(order)}
    nodes, edges = list[Node](), list[Edge]()
    for case in order:
        x, y = places[case]
        one = by_name[case]
        folded = sizes.get(case, 1) - 1 if case not in opened and children.get(case) else 0
        parent = places.get(one.infector or "")
        nodes.append(Node(case, x, y, folded, parent is None))
        if parent is not None:
            edges.append(Edge(*parent, x, y, one.probability, one.through))
    every = max(1, round(LABEL_EVERY / step))
    labels = tuple((day, x_of(day)) for day in (first + timedelta(days=n) for n in range(0, span, every)))
    width = round(LEFT + RIGHT + step * (span - 1))
    return Drawn(width, TOP + ROW * len(order) + ROW // 2, tuple(nodes), tuple(edges), labels, chains, left_out)
