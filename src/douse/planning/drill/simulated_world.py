"""`SimulatedWorld`: an outbreak in a made city that nobody can see into, run by the engine of simulations."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from douse.city.draws import stream
from douse.planning.drill.in_force import InForce
from douse.planning.drill.record_tables import tables
from douse.planning.drill.recorded import Recorded
from douse.planning.drill.setting import Setting, Ways
from douse.planning.drill.world import COUNTS, Truth
from douse.records.measure import Measure
from douse.records.records import Records
from douse.simulation.outbreak import Outbreak
from douse.simulation.outcome import outcome_of
from douse.simulation.scenario import HISTORY, MOST_DAYS, Scenario
from douse.simulation.seeds import Seeds, make_seeds
from douse.units import HOURS_PER_DAY


class SimulatedWorld:
    """A hidden outbreak, and the department of a city that comes to know of it.

    People act with caution and wear masks, come for tests sooner, and more of them come, from the day after the first
    case is on record.

    Parameters
    ----------
    setting : Setting
        City, disease, department.
    seed : int
        Of everything that chance decides: who is infected to begin with, how illnesses run, what tests find, how long
        reports take. The same under all measures.
    ways : Ways, optional
        What the department does; that of a department which responds by the protocol by default.
    arrivals_a_week : float
        Infected people who arrive unnoticed, on average.
    """

    def __init__(self, setting: Setting, seed: int, *, ways: Ways | None = None, arrivals_a_week: float = 0.0) -> None:
        self.setting, self._ways = setting, ways or setting.responding
        scenario = Scenario(
            setting.city, setting.rates, self._ways.before, setting.zoning, MOST_DAYS - 1,
            immunity=setting.immunity, weekday=setting.first.weekday(), by_zone=False,
        )  # fmt: skip
        self.run = Outbreak(scenario, hidden(setting, seed, arrivals_a_week), seed=seed, names=True)
        self.run.change(orders=())  # levels may come
        self._recorded = Recorded(self.run, setting, seed)
        self._in_force = InForce(setting.city, setting.protocol.id)
        self._aware = False

    @property
    def day(self) -> int:
        """The last day that has passed, counted from the first; -1 before the first."""
        return self.run.day - HISTORY - 1

    @property
    def today(self) -> date:
        """The last day that has passed."""
        return self.setting.first + timedelta(days=self.day)

    @property
    def known(self) -> bool:
        """Whether a case is on record by now."""
        return self._recorded.first_told() < (self.day + 1) * HOURS_PER_DAY

    @property
    def over(self) -> bool:
        """Nobody who is infected now can infect anybody any more; who may still arrive left aside."""
        return not any((calendar.head[:, self.run.day :] >= 0).any() for calendar in self.run.calendars)

    def advance(self) -> None:
        """Let a day pass."""
        self.run.run(days=1)
        self._recorded.note()
        if not self._aware and self.known:
            self._aware = True
            self.run.change(response=self._ways.after, masks_from=self.day + 1)

    def records(self, day: date) -> Records:
        """What is on record at the end of today."""
        if day != self.today:
            raise ValueError("a world tells what is on record today; earlier days are views as of them")
        frames = {**self.setting.standing, **tables(self._recorded, self.day), "measures": self._in_force.table()}
        return Records(frames, frozenset(frames))

    def apply(self, measures: Sequence[Measure]) -> None:
        """Put measures in force from tomorrow on."""
        if self._in_force.apply(measures, self.today):
            self.run.change(orders=self._in_force.orders(self.setting.first, self.today))

    def truth(self) -> Truth:
        """What really happened."""
        outcome = outcome_of(self.run)
        return Truth(self.setting.first, {name: outcome.of(name).astype(np.float64) for name in COUNTS}, self.over)


def hidden(setting: Setting, seed: int, arrivals_a_week: float = 0.0) -> Seeds:
    """Infections that a drill begins with, and those that arrive later unnoticed."""
    numbers, random = setting.numbers.hidden, stream(seed, "hidden")
    count = int(random.integers(round(numbers.fewest.value), round(numbers.most.value) + 1))
    people = random.choice(len(setting.city), count, replace=False)
    days = random.integers(0, round(numbers.within.value), count)
    come = stream(seed, "arrivals").poisson(arrivals_a_week / 7, MOST_DAYS - 1)
    who = stream(seed, "who arrives").choice(len(setting.city), int(come.sum()))
    on = np.repeat(np.arange(len(come)), come)
    return make_seeds(np.r_[people, who], infected=np.r_[days, on], day=np.r_[days, on])


def first_seen(setting: Setting, seed: int, **world: object) -> SimulatedWorld | None:
    """A world on the first day with a case on record; None where nobody finds one, or there is nobody left to find."""
    made = SimulatedWorld(setting, seed, **world)  # type: ignore[arg-type]
    for _ in range(round(setting.numbers.hidden.longest.value)):
        made.advance()
        if made.known:
            return made
    return None
