"""Many runs of a scenario: cores go to runs first. On one machine in threads; on a cluster by an executor."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from douse.simulation.carried import carried
from douse.simulation.outbreak import Outbreak
from douse.simulation.outcome import Outcome, outcome_of
from douse.simulation.scenario import Scenario
from douse.simulation.seeds import Seeds
from douse.tracing.index.cores import cores, shares_of

Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Draw:
    """What differs between the runs of a scenario: the luck, the infections to begin with, and transmission."""

    seed: int
    seeds: Seeds
    scale: float | None = None  # None: the scenario's


def run_all(
    scenario: Scenario, draws: Sequence[Draw], *, executor: Executor | None = None, workers: int | None = None
) -> list[Outcome]:
    """Outcomes of all draws, in their order, whoever works on them.

    Parameters
    ----------
    scenario : Scenario
        Shared by all; other processes map its arrays.
    draws : sequence of Draw
        One a run.
    executor : concurrent.futures.Executor, optional
        Dask's or another; threads of this process by default.
    workers : int, optional
        Shares of the draws; as many as there are cores by default.
    """
    return read_all(scenario, draws, outcome_of, executor=executor, workers=workers)


def read_all(
    scenario: Scenario,
    draws: Sequence[Draw],
    read: Callable[[Outbreak], Answer],
    *,
    executor: Executor | None = None,
    workers: int | None = None,
) -> list[Answer]:
    """What is read from each finished run, in the order of the draws."""
    return shared(partial(_share, scenario, read), draws, executor=executor, workers=workers)


def shared(
    work: Callable[[list[Item]], list[Answer]],
    items: Sequence[Item],
    *,
    executor: Executor | None = None,
    workers: int | None = None,
) -> list[Answer]:
    """Answers to all items, in their order; each worker gets one share. `executor`, `workers`: see `run_all`."""
    parts = max(1, min(workers or cores(), len(items)))
    shares = [list(items[first:end]) for first, end in shares_of(len(items), parts)]
    if executor is None and parts == 1:
        return work(shares[0])
    if executor is None or isinstance(executor, ThreadPoolExecutor):
        with nullcontext(executor) if executor is not None else ThreadPoolExecutor(parts) as threads:
            return _answers(threads, work, shares)
    with carried(work) as light:
        return _answers(executor, light, shares)


def _answers(
    executor: Executor, work: Callable[[list[Item]], list[Answer]], shares: Sequence[list[Item]]
) -> list[Answer]:
    futures = [executor.submit(work, share) for share in shares]
    return [answer for future in futures for answer in future.result()]


def _share(scenario: Scenario, read: Callable[[Outbreak], Answer], draws: list[Draw]) -> list[Answer]:
    answers: list[Answer] = []
    run: Outbreak | None = None
    for draw in draws:
        if run is None:
            run = Outbreak(scenario, draw.seeds, seed=draw.seed, scale=draw.scale)
        else:
            run.begin(draw.seeds, draw.seed, draw.scale)
        answers.append(read(run.run()))
    return answers
