"""The race: who goes on, in how many scenarios, and that it takes what running everything would take."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from choice_inputs import tally, weighed
from douse.console.words import speak, staged
from douse.library import Strategy, load
from douse.outputs.words import Words
from douse.planning.choice.kept import Kept
from douse.planning.choice.race import KEPT_AT_LEAST, LEAST_SCENARIOS, race, steps
from douse.planning.choice.tally import names_of_tally
from douse.planning.choice.weighed import Weighed, least_missed
from douse.stage import Stage


@dataclass(frozen=True)
class Lot:
    """A future of which only the luck matters."""

    number: int
    weight: float
    luck: float


@dataclass(frozen=True)
class Plan:
    """Ends in time where the luck is below its chance; keeps people at home for so many person-days."""

    strategy: Strategy
    chance: float
    locked: float

    def row(self, future: Lot) -> np.ndarray:
        days = 10.0 if future.luck < self.chance else 60.0
        return tally(last_infection=[days], people_lockdown=[self.locked]).values[0]


def plan(name: str, chance: float, locked: float) -> Plan:
    return Plan(load(Strategy, "people").model_copy(update={"id": name}), chance, locked)


def lots(many: int, seed: int = 1) -> list[Lot]:
    luck = np.random.default_rng(seed).random(many)
    return [Lot(number, 1 / many, float(one)) for number, one in enumerate(luck)]


def weigh(enacted: Plan, runs, weights) -> Weighed:
    made = weighed(last=runs.of("last_infection"), locked=runs.of("people_lockdown"), weights=weights)
    return replace(made, strategy=enacted.strategy)


CHANCES = (0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.98, 0.99, 0.99)
LOCKED = (0, 50, 200, 500, 900, 1_500, 3_000, 9_000, 20_000)
PLANS = [plan(f"p{n}", *both) for n, both in enumerate(zip(CHANCES, LOCKED, strict=True))]


def run(plans, many, seed=1, kept=None):
    enacted = {one.strategy.id: one for one in plans}
    return race(enacted, lots(many, seed), weigh, kept=kept or Kept(), workers=1)


def test_scenarios_double_from_round_to_round():
    assert steps(200) == (25, 50, 100, 200)
    assert steps(30) == (LEAST_SCENARIOS, 30)
    assert steps(8) == (8,)


@pytest.mark.parametrize("seed", range(1, 21))
def test_the_race_takes_what_running_all_would_take(seed):
    found, finalists = run(PLANS, 200, seed)
    futures = lots(200, seed)
    every = {
        one.strategy.id: weigh(one, tally(last_infection=[one.row(f)[tally_at("last_infection")] for f in futures],
                                          people_lockdown=[one.locked] * 200), np.full(200, 1 / 200))
        for one in PLANS
    }  # fmt: skip
    assert least_missed({name: found[name] for name in finalists}).strategy.id == least_missed(every).strategy.id


def tally_at(name: str) -> int:
    return names_of_tally().index(name)


def test_clearly_worse_plans_are_run_in_fewer_scenarios():
    found, finalists = run(PLANS, 200)
    assert len(finalists) <= KEPT_AT_LEAST + 1
    assert all(len(found[name]) == 200 for name in finalists)
    assert len(found["p8"]) < 200  # costs more than p7 and ends no more often


def test_a_race_that_was_stopped_goes_on_where_it_was(tmp_path):
    class Counted(Plan):
        runs = 0

        def row(self, future):
            Counted.runs += 1
            return super().row(future)

    plans = [Counted(one.strategy, one.chance, one.locked) for one in PLANS]
    first, _ = run(plans, 100, kept=Kept(tmp_path, "m"))
    done = Counted.runs
    again, _ = run(plans, 100, kept=Kept(tmp_path, "m"))
    assert Counted.runs == done
    assert {name: len(one) for name, one in first.items()} == {name: len(one) for name, one in again.items()}


def test_the_stages_of_the_race_can_be_said_in_another_language() -> None:
    stage = Stage("Running {plans} plans in {scenarios} scenarios", plans=12, scenarios=25)
    assert stage == "Running 12 plans in 25 scenarios"
    speak("zh")
    try:
        assert staged(stage) == Words("zh").say(stage.sentence, plans=12, scenarios=25) != stage
        assert staged("Reading the records") != "Reading the records"
    finally:
        speak("en")
    assert staged(stage) == stage
