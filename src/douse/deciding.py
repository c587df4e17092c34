"""The choice between whole plans, from what is known of a day: simulate, then choose."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

from douse.city.from_records import Peopled
from douse.city.saved import is_city, open_city
from douse.library import Costs, Stresses, load
from douse.planning.areas import hidden_infections
from douse.planning.basis import Basis
from douse.planning.choice.choose import SCENARIOS, Asked, choose, days_ahead
from douse.planning.choice.floor import floor_of
from douse.planning.choice.rules import strategies_for
from douse.planning.choice.today import Chosen, ordered_today
from douse.planning.testing.capacity import screening_capacity
from douse.signals import Scene
from douse.simulation.simulate import Outlook, today
from douse.situation import estimate
from douse.tracing.trace import Trace

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


def decide(  # noqa: PLR0913  what is known, and how it is decided
    scene: Scene,
    traced: Trace,
    costs: Costs,
    how: Choosing,
    *,
    peopled: Peopled | None = None,
    progress: Progress = lambda _: None,
) -> Chosen | None:
    """The plan chosen for a day; None where there is no case, so that there is nothing to choose.

    Parameters
    ----------
    scene : Scene
        What is known, and the rules.
    traced : Trace
        Of the same view: where infections may be hidden.
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
    progress("Drawing scenarios from the records (the first time on a machine compiles for half a minute)")
    estimates = estimate(scene.known, scene.situation, scene.zones, scene.pathogen)
    outlook = Outlook(days=days_ahead(scene.pathogen, floor), runs=how.scenarios, seed=how.seed, peopled=peopled)
    found = today(scene, estimates, outlook, executor=how.executor)
    basis = Basis(
        scene.known,
        scene.situation,
        traced,
        scene.zones,
        scene.pathogen,
        scene.protocol,
        costs,
        asked.floor.horizon_days,
    )
    hidden = hidden_infections(basis)
    ordered = {one.id: ordered_today(one, basis, hidden) for one in strategies}
    choice = choose(
        found, scene.known, asked, ordered=ordered, sampled_a_day=screening_capacity(basis).people,
        keep_in=how.keep_in, executor=how.executor, progress=progress,
    )  # fmt: skip
    return Chosen(next(one for one in strategies if one.id == choice.chosen), choice, ordered[choice.chosen])


def kept_city(data: Path) -> Peopled | None:
    """The city that was made with the records, where there is one."""
    folder = data / ARRAYS
    return Peopled(open_city(folder), None) if data.is_dir() and is_city(folder) else None
