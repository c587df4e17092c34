"""Runs that differ in more than luck: in who comes for a test, and in how transmission changes from day to day."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from douse.simulation.ensemble import Draw
from douse.simulation.outbreak import Outbreak
from douse.simulation.scenario import Scenario
from douse.tracing.index.cores import cores, shares_of

Floats = NDArray[np.float64]
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Variation:
    """One run.

    Attributes
    ----------
    draw : Draw
        Luck, infections and transmission.
    seek_share : float
        Of people with symptoms, those who come for a test.
    season : numpy.ndarray[float64], shape (days,)
        Factor on transmission outside the home by day; 1 at most.
    """

    draw: Draw
    seek_share: float
    season: Floats


def read_varied(
    base: Scenario,
    variations: Sequence[Variation],
    read: Callable[[Outbreak], Answer],
    *,
    executor: Executor | None = None,
    workers: int | None = None,
) -> list[Answer]:
    """What is read from each finished run, in the order of the variations; as `read_all`."""
    parts = max(1, min(workers or cores(), len(variations)))
    shares = [list(variations[first:end]) for first, end in shares_of(len(variations), parts)]
    work = partial(_share, base, read)
    if executor is None and parts == 1:
        return work(shares[0])
    if executor is None:
        with ThreadPoolExecutor(parts) as threads:
            return _gather(threads, work, shares)
    return _gather(executor, work, shares)


def _gather(
    executor: Executor, work: Callable[[list[Variation]], list[Answer]], shares: list[list[Variation]]
) -> list[Answer]:
    futures = [executor.submit(work, share) for share in shares]
    return [answer for future in futures for answer in future.result()]


def _share(base: Scenario, read: Callable[[Outbreak], Answer], variations: list[Variation]) -> list[Answer]:
    return [read(begun(base, variation).run()) for variation in variations]


def begun(base: Scenario, variation: Variation) -> Outbreak:
    """One run of its own, on its first day."""
    scenario = replace(base, response=replace(base.response, seek_share=variation.seek_share), season=variation.season)
    return Outbreak(scenario, variation.draw.seeds, seed=variation.draw.seed, scale=variation.draw.scale)
