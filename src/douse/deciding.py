"""The choice between whole plans, from what is known of a day: simulate, then choose."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

from douse.city.from_records import Peopled
from douse.city.saved import is_city, open_city
from douse.library import Costs, Stresses, load
from douse.planning.choice.choose import SCENARIOS, Asked, choose, days_ahead
from douse.planning.choice.floor import floor_of
from douse.planning.choice.rules import strategies_for
from douse.planning.choice.today import Chosen
from douse.records.measure import Because
from douse.signals import Scene
from douse.simulation.simulate import simulate
from douse.situation import estimate

ARRAYS = "city"  # folder beside the records of a made city
DEFAULT_STRESSES = "generic"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Choosing:
    """How a plan is chosen.

    Attributes
    ----------
    floor : mapping
        Conditions in place of the protocol's: extinct=0.95, beds=1.0 ...
    scenarios : int
        In how many the plans are run.
    strategies : sequence of str
        Names in the library, or files; none: all that fit the protocol.
    stresses : str
        What may go wrong: name in the library, or a file.
    seed : int
        The same choice again.
    keep_in : pathlib.Path or None
        Folder for finished runs.
    executor : concurrent.futures.Executor or None
        Who runs them.
    """

    floor: Mapping[str, float] = field(default_factory=dict)
    scenarios: int = SCENARIOS
    strategies: Sequence[str] = ()
    stresses: str = DEFAULT_STRESSES
    seed: int = 1
    keep_in: Path | None = None
    executor: Executor | None = None


def decide(
    scene: Scene, costs: Costs, how: Choosing, *, peopled: Peopled | None = None, progress: Progress = lambda _: None
) -> Chosen | None:
    """The plan chosen for a day; None where there is no case, so that there is nothing to choose.

    Parameters
    ----------
    scene : Scene
        What is known, and the rules.
    costs : Costs
        Prices.
    how : Choosing
        Floor, strategies, scenarios.
    peopled : Peopled, optional
        A city that was made before of the same zones.
    progress : callable
        Is told of each stage.
    """
    if scene.situation.cases.is_empty():
        return None
    floor = floor_of(scene.protocol, scene.pathogen, how.floor)
    strategies = strategies_for(scene.protocol, how.strategies)
    asked = Asked(
        scene.pathogen, scene.protocol, costs, load(Stresses, how.stresses), strategies, floor, how.scenarios, how.seed
    )
    simulated = simulate(
        scene.known, scene.situation, estimate(scene.known, scene.situation, scene.zones, scene.pathogen), scene.zones,
        scene.pathogen, scene.protocol, days=days_ahead(scene.pathogen, floor), runs=how.scenarios, seed=how.seed,
        peopled=peopled, executor=how.executor,
    )  # fmt: skip
    choice = choose(
        simulated, scene.known, asked, keep_in=how.keep_in, executor=how.executor, progress=progress
    )  # fmt: skip
    return Chosen(next(one for one in strategies if one.id == choice.chosen), choice)


def kept_city(data: Path) -> Peopled | None:
    """The city that was made with the records, where there is one."""
    folder = data / ARRAYS
    return Peopled(open_city(folder), None) if data.is_dir() and is_city(folder) else None


def nothing_to_choose() -> Because:
    """Said where there is no case."""
    return Because("There is no case on record, so there is no choice between plans.")
