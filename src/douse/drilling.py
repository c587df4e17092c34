"""The verb `drill`: policies against hidden outbreaks in a made city."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from douse.city.saved import is_city, open_city
from douse.deciding import ARRAYS
from douse.errors import DataError
from douse.library import Costs, Pathogen, Protocol, load, names
from douse.planning.drill.decider import Brief
from douse.planning.drill.many import Result, play_all, tasks_of
from douse.planning.drill.registry import POLICIES, named
from douse.planning.drill.setting import Setting, setting_of
from douse.question import DEFAULT_COSTS, DEFAULT_PROTOCOL

DEFAULT_POLICY = "douse" if "douse" in POLICIES else "rules"
DEFAULT_AGAINST = "trace-only"


@dataclass(frozen=True)
class Played:
    """What came of the drills of some policies; `against` is the one that the others are compared with."""

    setting: Setting
    results: tuple[Result, ...]
    against: str


def drill(  # noqa: PLR0913  (what the command may say)
    city: Path,
    *,
    policies: Sequence[str] = (DEFAULT_POLICY,),
    against: str = DEFAULT_AGAINST,
    drills: int = 10,
    days: int = 60,
    seed: int = 1,
    pathogen: str = "sars-cov-2-wild",
    protocol: str | None = None,
    costs: str = DEFAULT_COSTS,
    immune: float | None = None,
    arrivals_a_week: float = 0.0,
    executor: Executor | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Played:
    """Play each policy, and the one to compare with, against the same hidden outbreaks.

    Raises
    ------
    DataError
        When the folder holds no made city.
    UsageError
        When a name is not known, or there is nothing to play.
    """
    folder = city / ARRAYS if is_city(city / ARRAYS) else city
    if not is_city(folder):
        raise DataError(
            f"There is no made city in {city.name}.", next_step="Make one with `douse city new`, and name its folder."
        )
    known = load(Pathogen, pathogen)
    rules = load(Protocol, protocol or (known.id if known.id in names(Protocol) else DEFAULT_PROTOCOL))
    prices = load(Costs, costs)
    played = list(dict.fromkeys([*policies, against]))
    for name in played:
        named(name, Brief(known, rules, prices))
    tasks = tasks_of(played, drills, seed=seed, days=days, arrivals_a_week=arrivals_a_week)
    progress("Preparing the city")
    setting = setting_of(open_city(folder), known, rules, prices, immune=immune)
    progress("Playing")
    results = play_all(setting, tasks, executor=executor)
    return Played(setting, tuple(results), against)
