"""One tree out of probabilities: the most probable infectors that make no loop."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def best_forest(start: Ints, infector: Ints, probability: Floats, imported: Floats) -> Ints:
    """Infectors with the greatest product of probabilities among all without loops (Edmonds 1967).

    Parameters
    ----------
    start, infector, probability : shapes (N + 1,), (L,), (L,)
        Candidates in compressed rows, and their probability.
    imported : numpy.ndarray[float64], shape (N,)
        Probability of an import.

    Returns
    -------
    numpy.ndarray[int64], shape (N,)
        -1 for an import.
    """
    cases = len(imported)
    outside = cases  # the root of all: imports hang on it
    edges: list[tuple[int, int, float]] = []
    with np.errstate(divide="ignore"):
        log_p, log_import = np.log(probability), np.log(np.maximum(imported, 1e-300))
    for case in range(cases):
        edges.append((outside, case, float(log_import[case])))
        edges.extend(
            (int(infector[row]), case, float(log_p[row]))
            for row in range(int(start[case]), int(start[case + 1]))
            if probability[row] > 0
        )
    chosen = _branching(edges, outside)
    answer = np.full(cases, -1, dtype=np.int64)
    for edge in chosen:
        source, case, _ = edges[edge]
        answer[case] = source if source != outside else -1
    return answer


def _branching(edges: list[tuple[int, int, float]], root: int) -> set[int]:
    """Edges (by position) of the heaviest tree from a root: loops are drawn together into one point, and again."""
    best: dict[int, int] = {}
    for at, (source, target, weight) in enumerate(edges):
        if target not in {root, source} and (target not in best or weight > edges[best[target]][2]):
            best[target] = at
    loop = _loop(best, edges)
    if not loop:
        return set(best.values())
    point = max(max(source, target) for source, target, _ in edges) + 1
    smaller: list[tuple[int, int, float]] = []
    origin: list[int] = []
    for at, (source, target, weight) in enumerate(edges):
        if source in loop and target in loop:
            continue
        if target in loop:
            # Coming in here gives up the loop's own edge to the target.
            smaller.append((source, point, weight - edges[best[target]][2]))
        else:
            smaller.append((point if source in loop else source, target, weight))
        origin.append(at)
    chosen = {origin[at] for at in _branching(smaller, root)}
    entered = {edges[at][1] for at in chosen}
    return chosen | {best[target] for target in loop if target not in entered}


def _loop(best: dict[int, int], edges: list[tuple[int, int, float]]) -> set[int]:
    """Points of a loop among the best edges; empty where there is none."""
    done: set[int] = set()
    for begin in best:
        path: list[int] = []
        at = begin
        while at in best and at not in done:
            done.add(at)
            path.append(at)
            at = edges[best[at]][0]
        if at in path:
            return set(path[path.index(at) :])
    return set()
