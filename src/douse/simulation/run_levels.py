"""`RunLevels`: which level holds in which zone on each day of a run, and where a round of screening is due."""

import numpy as np
from numpy.typing import NDArray

from douse.kernels import epidemic_levels as kernel
from douse.kernels.epidemic_layout import CALENDAR, LEVEL_MASK, PAST
from douse.simulation.scenario import HISTORY
from douse.simulation.zoning import Zoning


class RunLevels:
    """Levels of one run, in memory that is used again.

    Attributes
    ----------
    zoning : Zoning
        Orders and rules that hold now.
    act : bool
        Whether anything can hold in a zone.
    regime : numpy.ndarray[uint8], shape (PAST, Z)
        Level and closed places of each zone, by day in a ring.
    recent, last_case, since, held_until : numpy.ndarray
        Of each level and unit; see `kernels/epidemic_levels.py`.
    ordered : numpy.ndarray[uint8], shape (Z,)
        What is ordered for the next day.
    due_zones : numpy.ndarray[uint8], shape (Z,)
        1 where a round was due on the day of the last one.
    day_people : numpy.ndarray[int64], shape (LEVELS, CALENDAR)
        People under each level, by day.
    changes_on : numpy.ndarray[uint8], shape (CALENDAR + PAST,)
        1 on days on which a level may come or go.
    """

    def __init__(self, zoning: Zoning, zone_start: NDArray[np.uint32]) -> None:
        """Room for the zones; `zone_start`, shape (Z + 1,): first person of each."""
        people = zone_start.astype(np.int64)
        zones, units = len(people) - 1, zoning.threshold.shape[1]
        self.zoning, self.act = zoning, zoning.acts
        self.regime = np.zeros((PAST, zones), np.uint8)
        self.recent = np.zeros((kernel.LEVELS, units, kernel.RING_DAYS), np.uint16)
        self.last_case = np.empty((kernel.LEVELS, units), np.int16)
        self.since = np.empty((kernel.LEVELS, units), np.int16)
        self.held_until = np.empty((kernel.LEVELS, units), np.int16)
        self.ordered = np.zeros(zones, np.uint8)
        self.due_zones = np.zeros(zones, np.uint8)
        self.day_people = np.zeros((kernel.LEVELS, CALENDAR), np.int64)
        self.changes_on = np.zeros(CALENDAR + PAST, np.uint8)
        self._people = people[1:] - people[:-1]

    def clear(self) -> None:
        """Take back what the run before wrote."""
        for counts in (self.regime, self.recent, self.day_people, self.changes_on):
            counts[:] = 0

    def begin(self, zoning: Zoning) -> None:
        """Settle what holds on the first day of a run."""
        self.zoning, self.act = zoning, zoning.acts
        self.last_case[:], self.since[:], self.held_until[:] = (kernel.NEVER,) * 3
        self._order(HISTORY - 1)
        self._decide(HISTORY - 1, 0, changed=True)

    def change(self, zoning: Zoning, day: int) -> None:
        """Let other orders hold from `day` on."""
        self.zoning, self.act = zoning, True
        self.ordered = zoning.ordered_on(day - HISTORY)
        self._decide(day - 1, 0, changed=True)

    def round_due(self, day: int) -> int:
        """People of the zones in which a round is due on a day; 0 where none is."""
        ordered = self.zoning.rounds_on(day - HISTORY, self.regime[day % PAST] & LEVEL_MASK)
        rounds = kernel.rounds(
            day, self.since, self.zoning.unit_of, self.regime, self.zoning.level_rules, ordered, self.due_zones
        )
        return int(self._people[self.due_zones > 0].sum()) if rounds else 0

    def end_day(self, day: int, zones: NDArray[np.uint32], cases: int) -> None:
        """Count the community cases of a day, the first `cases` of `zones`, and settle what holds on the next."""
        kernel.count_cases(day, zones, cases, self.zoning.unit_of, self.recent, self.last_case)
        decides = day >= self.zoning.rules_from + HISTORY
        self._decide(day, cases if decides else 0, changed=self._order(day))

    def _order(self, day: int) -> bool:
        """Take down what is ordered for the day after `day`; whether that differs from what was ordered before."""
        tomorrow = day + 1 - HISTORY
        changed = tomorrow <= 0 or self.zoning.changes_on(tomorrow)
        if changed:
            self.ordered = self.zoning.ordered_on(tomorrow)
        return changed

    def _decide(self, day: int, cases: int, *, changed: bool) -> None:
        zoning = self.zoning
        kernel.decide(
            day, cases, zoning.unit_of, zoning.threshold, zoning.level_rules, zoning.delay, self.recent,
            self.last_case, self.since, self.held_until, self.ordered, int(changed), self.regime, self._people,
            self.day_people, self.changes_on,
        )  # fmt: skip
