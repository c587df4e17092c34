"""Many drills: each policy against the same worlds, one after the other or at the same time in other processes."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from douse.city.draws import key
from douse.errors import UsageError
from douse.planning.drill.decider import Brief
from douse.planning.drill.loop import run_drill
from douse.planning.drill.registry import named
from douse.planning.drill.score import Score, score_of
from douse.planning.drill.setting import Setting
from douse.planning.drill.simulated_world import first_seen

MOST_TRIES = 100  # worlds in which nobody finds a case, one after another
# What is told of each day of a drill.
SHOWN = ("infections", "cases", "community_cases", "deaths", "tests", "tubes", "in_hospital", "in_intensive_care",
         "in_quarantine_home", "in_quarantine_central", "in_isolation_home", "in_isolation_bed", "people_precaution",
         "people_control", "people_lockdown")  # fmt: skip


@dataclass(frozen=True)
class Task:
    """One drill to play: a policy against the world of a number."""

    policy: str
    number: int
    seed: int
    days: int
    arrivals_a_week: float = 0.0


@dataclass(frozen=True)
class Result:
    """What came of it; `daily` from the day of the first case on record on, names of `SHOWN` to shape (days + 1,)."""

    task: Task
    score: Score
    daily: dict[str, NDArray[np.float64]]


def tasks_of(policies: Sequence[str], drills: int, *, seed: int, days: int, arrivals_a_week: float = 0.0) -> list[Task]:
    """All drills, world by world, so that a stopped run has compared the policies on some."""
    if drills < 1 or days < 1:
        raise UsageError(f"{drills} drills of {days} days are not possible.", allowed="1 and more of each")
    return [Task(policy, number, seed, days, arrivals_a_week) for number in range(drills) for policy in policies]


def play(setting: Setting, task: Task) -> Result:
    """Play one drill. The world is a function of seed and number alone."""
    policy = named(task.policy, Brief(setting.pathogen, setting.protocol, setting.costs, _seed(task, "decides")))
    ways = setting.responding if policy.responds else setting.passive
    for attempt in range(MOST_TRIES):
        world = first_seen(setting, _seed(task, attempt), ways=ways, arrivals_a_week=task.arrivals_a_week)
        if world is not None:
            break
    else:
        raise UsageError(
            f"In {MOST_TRIES} worlds nobody ever found a case.", next_step="Choose a pathogen that makes people ill."
        )
    drilled = run_drill(world, policy, task.days, quiet_from=min(setting.horizon_days, task.days))
    daily = {what: drilled.truth.of(what)[drilled.start :] for what in SHOWN}
    return Result(task, score_of(drilled, setting), daily)


def play_all(
    setting: Setting,
    tasks: Iterable[Task],
    *,
    executor: Executor | None = None,
    done: Callable[[Result], None] | None = None,
) -> list[Result]:
    """Play drills; results in the order of the tasks, whoever plays them.

    Parameters
    ----------
    setting : Setting
        Shared by all.
    tasks : iterable of Task
        One a drill.
    executor : concurrent.futures.Executor, optional
        Processes of this machine or a cluster; one after the other in this process by default.
    done : callable, optional
        Called with every result as it comes, to keep it or to tell of it.
    """
    tasks = list(tasks)
    tell = done or (lambda _: None)
    results: list[Result] = []
    if executor is None:
        for task in tasks:
            results.append(play(setting, task))
            tell(results[-1])
        return results
    futures: dict[Future[Result], int] = {executor.submit(play, setting, task): at for at, task in enumerate(tasks)}
    found: dict[int, Result] = {}
    for future in as_completed(futures):
        found[futures[future]] = future.result()
        tell(found[futures[future]])
    return [found[at] for at in range(len(tasks))]


def _seed(task: Task, what: int | str) -> int:
    return int(key(task.seed, "drill", task.number, what)) >> 2
