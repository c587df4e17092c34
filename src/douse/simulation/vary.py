"""Runs that differ in more than luck: in who comes for a test, and in how transmission changes from day to day."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from douse.simulation.ensemble import Draw, shared
from douse.simulation.outbreak import Outbreak
from douse.simulation.scenario import Scenario

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


def read_varied(  # noqa: PLR0913  what is run, what is read, and by whom
    base: Scenario,
    variations: Sequence[Variation],
    read: Callable[[Outbreak], Answer],
    *,
    upto: int | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
) -> list[Answer]:
    """What is read from each run, in the order of the variations, after so many days or at its end; as `read_all`."""
    return shared(partial(_share, base, read, upto), variations, executor=executor, workers=workers)


def _share(
    base: Scenario, read: Callable[[Outbreak], Answer], upto: int | None, variations: list[Variation]
) -> list[Answer]:
    return [read(begun(base, variation).run(upto)) for variation in variations]


def begun(base: Scenario, variation: Variation) -> Outbreak:
    """One run of its own, on its first day."""
    scenario = replace(base, response=replace(base.response, seek_share=variation.seek_share), season=variation.season)
    return Outbreak(scenario, variation.draw.seeds, seed=variation.draw.seed, scale=variation.draw.scale)
