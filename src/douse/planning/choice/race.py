"""Many strategies in the same scenarios; those that are clearly worse are run in fewer (successive halving).

Source: Jamieson and Talwalkar 2016, Non-stochastic best arm identification, arXiv 1502.07943; with common random
numbers, so that plans are compared scenario by scenario (Glasserman and Yao 1992, doi 10.1287/mnsc.38.6.884).
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial

import numpy as np
from numpy.typing import NDArray

from douse.planning.choice.enact import Enacted, rows_of
from douse.planning.choice.futures import Future
from douse.planning.choice.kept import Kept
from douse.planning.choice.tally import Tally, together
from douse.planning.choice.weighed import Weighed, cannot_be_told, clearly_worse
from douse.simulation.ensemble import shared
from douse.stage import Stage

Floats = NDArray[np.float64]
Weigh = Callable[[Enacted, Tally, Floats], Weighed]
ROUNDS = 4
LEAST_SCENARIOS = 16  # before any plan is left behind
KEPT_AT_LEAST = 4  # plans that are run in all scenarios


def race(  # noqa: PLR0913
    enacted: Mapping[str, Enacted],
    futures: Sequence[Future],
    weigh: Weigh,
    *,
    kept: Kept,
    executor: Executor | None = None,
    workers: int | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[dict[str, Weighed], list[str]]:
    """Run all strategies in the first futures, and the better half on and on in twice as many.

    Parameters
    ----------
    enacted : mapping
        Strategies by id.
    futures : sequence of Future
        In the order in which they are run.
    weigh : callable
        Runs of a strategy with their weights to `Weighed`.
    kept : Kept
        Runs done before.
    executor, workers
        As for `run_all`.
    progress : callable
        Is told what is run.

    Returns
    -------
    tuple
        What each comes to, by id, those left behind by the scenarios that they were run in; and the ids of those that
        were run in all.
    """
    rows: dict[str, list[Floats]] = {name: [] for name in enacted}
    weighed: dict[str, Weighed] = {}
    running = list(enacted)
    for upto in steps(len(futures)):
        running = running if not weighed else _go_on({name: weighed[name] for name in running})
        progress(Stage("Running {plans} plans in {scenarios} scenarios", plans=len(running), scenarios=upto))
        _run(enacted, running, rows, futures[:upto], kept, executor, workers)
        weights = np.array([future.weight for future in futures[:upto]])
        for name in running:
            weighed[name] = weigh(enacted[name], together(rows[name]), weights / weights.sum())
    return weighed, running


def steps(scenarios: int) -> tuple[int, ...]:
    """How many scenarios each round goes up to: doubled each time, all at the end."""
    return tuple(sorted({min(scenarios, max(LEAST_SCENARIOS, scenarios >> back)) for back in range(ROUNDS)}))


def _run(  # noqa: PLR0913, PLR0917
    enacted: Mapping[str, Enacted],
    running: Sequence[str],
    rows: dict[str, list[Floats]],
    futures: Sequence[Future],
    kept: Kept,
    executor: Executor | None,
    workers: int | None,
) -> None:
    """Fill up the rows of the plans that go on; runs kept from before are read."""
    done = len(rows[running[0]])  # the same of all that still run
    wanted = [(name, future) for future in futures[done:] for name in running]
    known = {(name, future.number): kept.row(name, future.number) for name, future in wanted}
    missing = [(name, future) for name, future in wanted if known[name, future.number] is None]
    answers = shared(partial(rows_of, dict(enacted)), missing, executor=executor, workers=workers)
    for (name, future), row in zip(missing, answers, strict=True):
        known[name, future.number] = row
    kept.keep({key: row for key, row in known.items() if row is not None})
    for name, future in wanted:
        if (done_row := known[name, future.number]) is not None:
            rows[name].append(done_row)


def _go_on(weighed: Mapping[str, Weighed]) -> list[str]:
    """Who goes on, of those that are not clearly worse: the less burdensome half, and whichever misses least so far.

    First come those that may hold the floor, or cannot be told from the one that misses it least: of few scenarios one
    or two decide who leads. Capacities do not decide here: the mean of the worst few of few scenarios says little.
    """
    left = {name: plan for name, plan in weighed.items() if not clearly_worse(plan, weighed)}
    most = max(KEPT_AT_LEAST, (len(weighed) + 1) // 2)
    surest = min(left, key=lambda name: (left[name].missed_by, left[name].expected_burden, name))

    def rank(name: str) -> tuple[float, float, str]:
        plan = left[name]
        behind = 0.0 if plan.may_miss_by == 0 or cannot_be_told(plan, left[surest]) else plan.missed_by[0]
        return behind, plan.expected_burden, name

    best = sorted(left, key=rank)[:most]
    return [name for name in weighed if name in best or name == surest]
