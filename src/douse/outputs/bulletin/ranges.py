"""What whoever has all bulletins can work out of a number that none of them shows: its range, exactly.

Between two bulletins something came to each row: an increment. A count that was shown of a row tells the sum of its
increments since the count shown before; one of the total tells the same of all rows together. Rows and totals make a
network: increments run from the stretch of a row (all increments between two shown counts) to the day, and the days to
the stretch of the total. The sums at the closed stretches are known and those at the open ones are free, so how far a
number can rise and fall is a maximum flow (Gusfield 1988, SIAM Journal on Computing 17(3), 552-571), and it is the same
in whole numbers as in fractions.

Counts may shrink where a correction was named. The network lets the first such increment of a stretch take away what
was shown before it, and no other: that keeps every count at 0 or above and leaves fewer possibilities than there are,
so a range is never narrower than it says. An area that has left the map holds nothing any more, as everybody sees: its
last increment takes away whatever it held.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, maximum_flow

from douse.outputs.bulletin.book import Book

Ints = NDArray[np.int64]
_ALL = 2**33  # more people than there are: an increment that takes away whatever there was


@dataclass(frozen=True)
class Target:
    """A number that is not shown, as edges of the network whose sum it is.

    A single edge is the increment of a row or of the total in one column; `node` with the edges of its first columns
    is a count that was not shown, less the one shown before.
    """

    row: str | None  # None: the total
    column: int
    node: int
    edges: tuple[int, ...]

    @property
    def single(self) -> bool:
        """Whether it is one increment."""
        return len(self.edges) == 1


class InconsistentError(ValueError):
    """No counts fit what was shown: something was changed without being named."""


class Network:
    """The increments of a book as a network.

    Parameters
    ----------
    book : Book
        All columns.
    need : int
        Ranges are told up to this width.
    """

    def __init__(self, book: Book, need: int) -> None:
        self.book, self.need = book, need
        self._nodes: dict[tuple[object, ...], int] = {("ground",): 0}
        self._known: dict[int, int] = {}  # closed stretch -> sum
        tails: list[int] = []
        heads: list[int] = []
        low: list[int] = []
        self.stretches: list[tuple[str | None, int, list[tuple[int, int]], bool]] = []
        columns = len(book.columns)
        shrinks = np.zeros(columns, dtype=np.int64)  # of all rows together
        for row in (*book.rows, None):
            line = book.line(row)
            corrected = () if row is None else book.corrected(row)
            emptied = (False,) * columns if row is None else book.emptied(row)
            for first, last, closed in _stretches(line):
                node = self._node((row, first))
                base = 0 if first == 0 else line[first - 1] or 0
                if closed:
                    self._known[node] = (line[last] or 0) - base
                shrinking = next((at for at in range(first, last + 1) if row is not None and corrected[at]), None)
                taken = {} if shrinking is None else {shrinking: base}
                taken |= {at: _ALL for at in range(first, last + 1) if emptied[at]}
                for at, most in taken.items():
                    shrinks[at] -= most
                held = []
                for at in range(first, last + 1):
                    held.append((at, len(tails)))
                    day = self._node(("day", at))
                    tails.append(day if row is None else node)
                    heads.append(node if row is None else day)
                    low.append(int(shrinks[at]) if row is None else -taken.get(at, 0))
                self.stretches.append((row, node, held, closed))
        self.tails, self.heads = np.array(tails, dtype=np.int64), np.array(heads, dtype=np.int64)
        self.low = np.array(low, dtype=np.int64)
        self.values = self._fitting()
        self._open = [node for _, node, _, closed in self.stretches if not closed]
        self._fixed = self._settled()

    def targets(self) -> Iterator[Target]:
        """Every number of the book that no bulletin shows: counts, and increments from one bulletin to the next."""
        for row, node, held, closed in self.stretches:
            for place, (column, _) in enumerate(held):
                first = tuple(edge for _, edge in held[: place + 1])
                if not (closed and place == len(held) - 1):
                    yield Target(row, column, node, first)
                if place:
                    yield Target(row, column, node, (first[-1],))

    def touched(self) -> Iterator[Target]:
        """Those of `targets` whose range the last column can have narrowed: all others are as they were before it."""
        last = len(self.book.columns) - 1
        ends = [node for _, node, held, closed in self.stretches if closed and held[-1][0] == last]
        news = {int(self._part[node]) for node in (*ends, self._nodes[("day", last)])}
        for target in self.targets():
            if any(int(self._part_of_edge[edge]) in news for edge in target.edges):
                yield target

    def is_safe(self, target: Target) -> bool:
        """Whether the range has at least `need` values, or only the value 0 (nothing came: no count of people)."""
        if all(self._fixed.get(edge) == 0 for edge in target.edges):
            return True
        rise, fall = self.reach(target)
        if rise + fall >= self.need - 1:
            return True
        return rise == fall == 0 and int(self.values[list(target.edges)].sum()) == 0

    def reach(self, target: Target) -> tuple[int, int]:
        """How far the number can rise and fall from the value that it has in `values`; `need` stands for further."""
        loose = [edge for edge in target.edges if edge not in self._fixed]
        parts = {int(self._part_of_edge[edge]) for edge in loose}
        keep = np.flatnonzero(self._loose & np.isin(self._part_of_edge, list(parts)))
        tails, heads, extra = self.tails[keep], self.heads[keep], len(self._nodes)
        # The node is split: the edges of the number leave (or enter) a node of their own.
        side = heads if target.row is None else tails
        side[np.isin(keep, loose)] = extra
        used, place = np.unique(np.concatenate([tails, heads, [extra, target.node, 0]]), return_inverse=True)
        tails, heads = place[: len(keep)], place[len(keep) : 2 * len(keep)]
        inner, node, ground = (int(at) for at in place[-3:])
        free = np.flatnonzero(np.isin(used, self._open))
        up, down = (node, inner) if target.row is None else (inner, node)
        room = np.minimum(self.values[keep] - self.low[keep], self.need)
        far = np.full(len(free), self.need * 4, dtype=np.int64)
        capacity = np.concatenate([np.full(len(keep), self.need, dtype=np.int64), room, far, far])
        start = np.concatenate([tails, heads, free, np.full_like(free, ground)])
        end = np.concatenate([heads, tails, np.full_like(free, ground), free])
        graph = coo_array((capacity.astype(np.int32), (start, end)), shape=(len(used), len(used))).tocsr()
        return self._flow(graph, up, down), self._flow(graph, down, up)

    def _flow(self, graph: csr_array, source: int, sink: int) -> int:
        return min(int(maximum_flow(graph, source, sink).flow_value), self.need)

    @cached_property
    def _loose(self) -> NDArray[np.bool_]:
        """Edges that have more than one value."""
        loose = np.ones(len(self.tails), dtype=np.bool_)
        loose[list(self._fixed)] = False
        return loose

    @cached_property
    def _part(self) -> Ints:
        """Which part of the network each node is in; parts meet only at open stretches, where nothing is known."""
        shut = self._loose & ~np.isin(self.tails, self._open) & ~np.isin(self.heads, self._open)
        size = len(self._nodes)
        links = coo_array(
            (np.ones(shut.sum(), dtype=np.int8), (self.tails[shut], self.heads[shut])), shape=(size, size)
        )
        part: Ints = connected_components(links.tocsr(), directed=False)[1].astype(np.int64)
        return part

    @cached_property
    def _part_of_edge(self) -> Ints:
        """The part of an edge: that of its end that is not open (a day is never open)."""
        part: Ints = np.where(np.isin(self.tails, self._open), self._part[self.heads], self._part[self.tails])
        return part

    def _fitting(self) -> Ints:
        """Some counts that fit what was shown; any will do, because ranges do not depend on which."""
        if not len(self.tails):
            return np.zeros(0, dtype=np.int64)
        sums = [
            (node, [edge for _, edge in held], self._known[node]) for _, node, held, closed in self.stretches if closed
        ]
        rows = [(edges, [1] * len(edges), total) for _, edges, total in sums]
        days: dict[int, tuple[list[int], list[int]]] = {}
        for row, _, held, _ in self.stretches:
            for column, edge in held:
                edges, signs = days.setdefault(column, ([], []))
                edges.append(edge)
                signs.append(-1 if row is None else 1)
        rows += [(edges, signs, 0) for edges, signs in days.values()]
        at = np.repeat(np.arange(len(rows)), [len(edges) for edges, _, _ in rows])
        matrix = coo_array(
            (np.concatenate([signs for _, signs, _ in rows]), (at, np.concatenate([edges for edges, _, _ in rows]))),
            shape=(len(rows), len(self.tails)),
        )
        # Any vertex is whole, because the matrix is that of a network.
        found = linprog(
            np.where(self.low <= -_ALL, 0.0, 1.0),  # what came is kept small, and with it what an area took along
            A_eq=matrix.tocsr(),
            b_eq=[total for _, _, total in rows],
            bounds=[(low, None) for low in self.low.tolist()],
            method="highs-ds",
        )
        if found.status != 0:
            raise InconsistentError("no counts fit what was shown")
        fitting: Ints = np.rint(found.x).astype(np.int64)
        return fitting

    def _settled(self) -> Mapping[int, int]:
        """Edges that have one value only, because they are alone at a closed node, or all of a sum that is 0."""
        members: dict[int, list[int]] = {}
        for edge, (tail, head) in enumerate(zip(self.tails.tolist(), self.heads.tolist(), strict=True)):
            members.setdefault(tail, []).append(edge)
            members.setdefault(head, []).append(edge)
        days = {node for name, node in self._nodes.items() if name[0] == "day"}
        left = {node: self._known[node] for node in self._known} | dict.fromkeys(days, 0)
        fixed: dict[int, int] = {}
        queue = list(left)
        while queue:
            node = queue.pop()
            loose = [edge for edge in members.get(node, ()) if edge not in fixed]
            if node in days:
                # What comes in from rows goes out to the total.
                rest = -sum(
                    value if self.heads[edge] == node else -value
                    for edge, value in ((e, fixed[e]) for e in members[node] if e in fixed)
                )
                new = [(loose[0], rest if self.heads[loose[0]] == node else -rest)] if len(loose) == 1 else []
                outward = [edge for edge in loose if self.tails[edge] == node]
                if not new and rest == 0 and not outward and not self.low[loose].any():
                    new = [(edge, 0) for edge in loose]
            else:
                rest = left[node] - sum(fixed[edge] for edge in members.get(node, ()) if edge in fixed)
                new = [(loose[0], rest)] if len(loose) == 1 else []
                if not new and rest == 0 and not self.low[loose].any():
                    new = [(edge, 0) for edge in loose]
            for edge, value in new:
                fixed[edge] = value
                queue += [n for n in (int(self.tails[edge]), int(self.heads[edge])) if n in left]
        return fixed

    def _node(self, name: tuple[object, ...]) -> int:
        return self._nodes.setdefault(name, len(self._nodes))


def _stretches(line: tuple[int | None, ...]) -> Iterator[tuple[int, int, bool]]:
    """First column, last column, whether the last one is shown: the columns between shown counts."""
    first = 0
    for at, value in enumerate(line):
        if value is not None:
            yield first, at, True
            first = at + 1
    if first < len(line):
        yield first, len(line) - 1, False
