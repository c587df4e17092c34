"""Work in several threads: kernels run without Python's lock."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Share = TypeVar("Share")
Answer = TypeVar("Answer")


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(call: Callable[[Share], Answer], shares: list[Share]) -> list[Answer]:
    """Answers in the order of the shares, each share in a thread of its own."""
    if len(shares) == 1:
        return [call(shares[0])]
    with ThreadPoolExecutor(len(shares)) as pool:
        return list(pool.map(call, shares))


def shares_of(count: int, parts: int) -> list[tuple[int, int]]:
    """`count` things in as many runs of nearly one size: first and past the last of each."""
    edges = [count * part // parts for part in range(parts + 1)]
    return list(pairwise(edges))


def runs(groups: NDArray[np.int32], parts: int) -> list[tuple[int, int]]:
    """Runs of nearly one size that do not part what has one group number; `groups` ascends."""
    edges = [0]
    for _, end in shares_of(len(groups), parts)[:-1]:
        edges.append(max(int(np.searchsorted(groups, groups[end])), edges[-1]) if end < len(groups) else len(groups))
    edges.append(len(groups))
    return list(pairwise(edges))
