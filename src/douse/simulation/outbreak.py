"""`Outbreak`: one run, day by day. It can be stopped, saved, continued, and begun again in the same memory."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.kernels import epidemic_agenda as agenda
from douse.kernels import epidemic_columns as columns
from douse.kernels import epidemic_control as control
from douse.kernels import epidemic_infect as infect
from douse.kernels import epidemic_spread as spread
from douse.kernels import epidemic_testing as testing
from douse.kernels.epidemic_layout import BLOCK, CALENDAR, MOST_SIDE, SIDE_WIDTH, STAYS, TAIL
from douse.kernels.squares import key_of
from douse.simulation.response import Response
from douse.simulation.room import Agenda, Calendar, at_least
from douse.simulation.run_levels import RunLevels
from douse.simulation.scenario import HISTORY, Scenario
from douse.simulation.seeds import Seeds
from douse.simulation.zoning import Order

_ROOM = 4096  # rows of the tables of a run, to begin with
Answer = TypeVar("Answer")


class Outbreak:
    """A run of a scenario.

    Everything that chance decides is a function of the seed and of what it is for, so the result does not depend on
    shards or threads, and two scenarios with one seed meet the same luck.

    Parameters
    ----------
    scenario : Scenario
        City, disease, measures.
    seeds : Seeds
        Infections to begin with, and arrivals.
    seed : int
        Of the luck.
    scale : float, optional
        Factor on all transmission, where it is not that of the scenario.
    shards : int
        Parts of the city that are worked on at the same time.
    keep : bool
        Keep who infected whom (12 bytes an infection); without it a large run needs less memory. A run in which
        anything is done keeps it anyway.
    names : bool
        Keep whom cases name (`names`, columns as in `kernels/epidemic_columns.py`; 28 bytes a meeting).
    """

    def __init__(  # noqa: PLR0913
        self,
        scenario: Scenario,
        seeds: Seeds,
        *,
        seed: int = 1,
        scale: float | None = None,
        shards: int = 1,
        keep: bool = True,
        names: bool = False,
    ) -> None:
        people = len(scenario.city)
        if shards < 1:
            raise UsageError(f"A city cannot be worked on in {shards} parts.", allowed="1 and more")
        self.shards = shards
        self._kept_anyway = keep
        self.shard_end = np.array([people * (part + 1) // shards for part in range(shards)], np.int64)
        self.state = np.zeros(people, np.uint32)
        self.calendars = [Calendar(shards) for _ in range(shards)]
        self.agenda = Agenda()
        rows = _ROOM if scenario.controls or seeds.stays else 2
        self.side = np.empty((rows, SIDE_WIDTH), np.int16)
        self.side_person = np.empty(rows, np.uint32)
        self.community = np.empty(_ROOM, np.uint32)
        self.lines = np.empty((_ROOM, columns.LINE_WIDTH), np.int32)
        self.waiting = np.empty(_ROOM, np.uint64)
        self.names = np.empty((2 * columns.MOST_NAMED if names else 0, columns.NAME_WIDTH), np.int32)
        self.log = np.empty((_ROOM, 3), np.uint32)
        self.log_end = np.zeros(CALENDAR + 1, np.int64)
        reported = int(scenario.report.max()) + 1
        self.by_zone = np.zeros((shards, 2, HISTORY + scenario.days + 1, reported), np.int32)
        self.by_age = np.zeros((shards, len(columns.COUNTED), CALENDAR, 16), np.int32)
        self.beds = np.zeros((shards, 2, CALENDAR + 1), np.int32)
        self.staying = np.zeros((len(STAYS), CALENDAR + 1), np.int32)
        self.series = np.zeros((columns.SERIES, CALENDAR), np.int64)
        self.bed_ends = np.zeros(CALENDAR, np.int32)
        self.levels = RunLevels(scenario.zoning, scenario.city.zone_start)
        self.scalars = np.zeros(columns.SCALARS, np.int64)
        self.new = [np.empty((_ROOM, 3), np.uint32) for _ in range(shards)]
        self.twice = [np.empty((_ROOM, 3), np.uint32) for _ in range(shards)]
        self.drunk = [np.empty((1, 3), np.uint32) for _ in range(shards)]
        self._slots = scenario.rates.contacts.slot_table
        self._holds = scenario.immunity.holds()
        self._kept = np.array([1.0, scenario.variant.protection_left])
        self._pool: ThreadPoolExecutor | None = None
        self._first, self._fresh = scenario, True
        self.begin(seeds, seed, scale)

    def begin(self, seeds: Seeds, seed: int, scale: float | None = None) -> None:
        """Begin again with another seed or other infections, in the same memory; what was done is undone.

        `scale` is the factor on all transmission where it is not that of the scenario.
        """
        persons = seeds.rows[:, columns.S_PERSON]
        if len(persons) and not 0 <= persons.min() <= persons.max() < len(self.state):
            raise UsageError(
                "An infection to begin with is of somebody who does not live in the city.",
                allowed=f"people 0 to {len(self.state) - 1}",
                next_step="Choose the infections from the people of this city.",
            )
        if not self._fresh:
            self._undo()
        self._fresh = False
        self.acts = self._first.controls or seeds.stays
        self.keep = self._kept_anyway or self.acts
        self._take(self._first)
        self.seeds, self.seed, self.key = seeds, seed, np.uint64(key_of(seed))
        self.between = self.scenario.rates.contacts.neighbourhoods(self.key, len(self.state))
        self.scale = self.scenario.scale if scale is None else scale
        self._named = self.keep or seeds.variants
        self._variant_rate = self.scale * np.array([1.0, self.scenario.variant.transmission])
        self.day = HISTORY
        self.scalars[:] = 0
        self.scalars[columns.SIDE_ROWS] = 1
        self.scalars[columns.ITEMS_LEFT] = self.agenda.blocks
        self.levels.begin(self.scenario.zoning)
        self.log_end[: HISTORY + 1] = 0

    def change(
        self,
        *,
        response: Response | None = None,
        orders: Sequence[Order] | None = None,
        masks_from: int | None = None,
    ) -> None:
        """Let something else be done from the next day on; `begin` goes back to what was done at first.

        Infections so far stay as they are, and so does what was noted for later days: who was told to come for a test
        comes. The rules by which levels come and go by themselves are not changed.

        Parameters
        ----------
        response : Response, optional
            What people and the department do from the next day on.
        orders : sequence of Order, optional
            All that holds in zones from the next day on, whatever was ordered before.
        masks_from : int, optional
            First day of the run on which people wear masks.

        Raises
        ------
        UsageError
            When nothing was done in the run before: whom it tests and traces is noted from its first day on.
        """
        if not self.acts:
            raise UsageError(
                "A run in which nobody did anything cannot begin to respond on a later day.",
                next_step="Begin it with a response, of a small share of people who come for tests at least.",
            )
        changed: dict[str, Any] = {}
        if response is not None:
            if response.ill_at_home != self.scenario.response.ill_at_home:
                raise UsageError("Who stays at home when ill is settled at the start of a run and cannot change in it.")
            changed["response"] = response
        if masks_from is not None:
            changed["masks_from"] = masks_from
        if orders is not None:
            changed["zoning"] = replace(self.scenario.zoning, orders=tuple(orders))
        self._take(replace(self.scenario, **changed))
        if orders is not None:
            self.levels.change(self.scenario.zoning, self.day)

    def _take(self, scenario: Scenario) -> None:
        """Work by this scenario from now on."""
        response = scenario.response
        self.scenario = scenario
        self._rules, self._regime_open = response.rules(), response.regime_open()
        self._rules[columns.RESPONDS_FROM] += HISTORY
        self._recall = np.array([response.recall, response.recalled_before])
        self._test_days = np.asarray(response.test_days, np.int64)
        self._knobs = scenario.knobs.copy()
        self._knobs[columns.GUARDED] = float(self.acts)

    def run(self, days: int | None = None, threads: int = 1) -> "Outbreak":
        """Go on for some days, or to the end. Returns itself."""
        last = HISTORY + self.scenario.days if days is None else min(self.day + days, HISTORY + self.scenario.days)
        if threads > 1 and self.shards > 1:
            with ThreadPoolExecutor(min(threads, self.shards)) as self._pool:
                while self.day < last:
                    self._step()
            self._pool = None
        else:
            while self.day < last:
                self._step()
        return self

    # --- a day -----------------------------------------------------------------------------------------------------

    def _step(self) -> None:
        day, acts = self.day, self.acts
        if acts:
            self._morning(day)
        arrived = self._arrive(day)
        found = self._spread(day, arrived)
        if acts:
            self._register(day, found)
        self.day += 1

    def _morning(self, day: int) -> None:
        rules, scalars = self._rules, self.scalars
        control.begin_morning(day, rules, self.series, scalars, self.bed_ends)
        items = agenda.take(day, *self.agenda.arrays, self.waiting, scalars)
        done = 0
        while True:
            done = self._work(day, done, items)
            if done == len(items):
                break
            self._more_room()
        self.series[columns.WAITING_PEOPLE, day] = scalars[columns.WAITING]
        if self.levels.act:
            cases = int(scalars[columns.COMMUNITY])
            self._screen(day)
            self.levels.end_day(day, self.community, cases)

    def _work(self, day: int, since: int, items: NDArray[np.uint64]) -> int:
        city, rates, response = self.scenario.city, self.scenario.rates, self.scenario.response
        course = rates.course
        return int(
            control.morning(
                day, since, items, self.key, city.word, self.state, self.side, self.side_person, self.staying,
                city.members, city.group_start, city.institution, city.institution_start, city.zone_start,
                self.between, self._slots, response.stay_open, self.levels.regime,
                self._regime_open, course.incubation, rates.strength, course.symptomatic, response.reach_delay,
                self._recall, course.sensitivity, self._test_days, self.scenario.knobs, self._rules, self.series,
                self.scalars, self.bed_ends, self.by_zone[0], self.scenario.report, self.community, self.lines,
                self.names, self.waiting, *self.agenda.arrays,
            )
        )  # fmt: skip

    def _screen(self, day: int) -> None:
        due = self.levels.round_due(day)
        if due == 0:
            return
        recent = self.log[self.log_end[max(day - TAIL, 0)] : self.log_end[day]]
        self._rules[columns.SCREENED_SHARE] = self.scenario.response.share_screened(due)
        while not testing.screen(
            day, self.levels.due_zones, recent, self.key, self.scenario.city.word, self.state, self.side,
            self.scenario.city.zone_start, self.scenario.rates.course.sensitivity, self._rules, self.series,
            self.scalars, *self.agenda.arrays,
        ):  # fmt: skip
            self._more_room(len(recent) // BLOCK)

    def _arrive(self, day: int) -> int:
        rows = self.seeds.of_day(day)
        if len(rows) == 0:
            return 0
        noted = len(rows) * len(self.seeds.entry_tests)
        while self.scalars[columns.ITEMS_LEFT] < TAIL + len(self.seeds.entry_tests) + noted // BLOCK + 1 or (
            self.scalars[columns.SIDE_ROWS] + len(rows) >= len(self.side)
        ):
            self._more_room(max(len(rows), noted))
        self.new[0] = at_least(self.new[0], len(rows))
        return int(
            control.arrive(
                day, rows, self.seeds.entry_tests, self.state, self.side, self.side_person, self.staying, self.new[0],
                self.scalars, self.bed_ends, *self.agenda.arrays,
            )
        )  # fmt: skip

    def _spread(self, day: int, arrived: int) -> NDArray[np.uint32]:
        """Infections of a day, in order of person where that matters."""
        self._pass_on(day, 0, 0, arrived)  # before what falls due: they may infect somebody today
        since = [arrived if shard == 0 else 0 for shard in range(self.shards)]
        counts = self._each(lambda shard: self._due(day, shard, since[shard]))
        self._each(lambda shard: self._after(day, shard, since[shard], *counts[shard]))
        total = sum(found for found, _ in counts)
        self.series[columns.NEW_INFECTIONS, day] = total
        self.log_end[day + 1] = self.log_end[day]
        if not self.keep:
            return self.new[0][:0]
        found = np.concatenate([self.new[shard][: counts[shard][0]] for shard in range(self.shards)])
        found = found[np.argsort(found[:, 0], kind="stable")]
        end = int(self.log_end[day])
        self.log = at_least(self.log, end + total, kept=end)
        self.log[end : end + total] = found
        self.log_end[day + 1] += total
        return found

    def _due(self, day: int, shard: int, arrived: int) -> tuple[int, int]:
        due = sum(spread.waiting(shard, day, one.following, one.head) for one in self.calendars)
        self.new[shard] = at_least(self.new[shard], arrived + due, kept=arrived)
        self.twice[shard] = at_least(self.twice[shard], due)
        if self.scenario.rates.water > 0:
            self.drunk[shard] = at_least(self.drunk[shard], due)
        scenario, new = self.scenario, self.new[shard][arrived:]
        found, dups, drunk = 0, 0, 0
        for calendar in self.calendars:
            found, dups, drunk = spread.due(
                day, shard, self.key, scenario.city.word, self.state, self.side, calendar.events, calendar.following,
                calendar.head, calendar.fill, self._slots, scenario.rates.course.susceptibility, scenario.risk,
                scenario.immunity.cover, self._holds, self._kept, scenario.susceptible_again,
                scenario.response.stay_open, self.levels.regime, self._regime_open, self._knobs, found, dups, drunk,
                new, self.twice[shard], self.drunk[shard],
            )  # fmt: skip
        if self._named:  # else nobody asks who did it
            spread.settle(new, found, self.twice[shard], dups, self.state)
        return arrived + found, drunk

    def _after(self, day: int, shard: int, since: int, found: int, drunk: int) -> None:
        """What follows from a day's infections, and from what went into the water."""
        calendar = self.calendars[shard]
        spread.give_back(day, *calendar.arrays[1:])
        self._pass_on(day, shard, since, found)
        if drunk:
            while calendar.left[0] < TAIL * self.shards + drunk // BLOCK + 1:
                calendar.grow(drunk // BLOCK)
            infect.swallow(
                day, self.key, self.drunk[shard], drunk, self.shard_end, self.scenario.knobs[columns.SURVIVAL],
                CALENDAR - 1, *calendar.arrays,
            )  # fmt: skip

    def _pass_on(self, day: int, shard: int, done: int, found: int) -> None:
        calendar, scenario = self.calendars[shard], self.scenario
        city, rates, course = scenario.city, scenario.rates, scenario.rates.course
        keeps, other = rates.alias
        while done < found:
            done = infect.infect(
                done, found, day, self.key, city.word, self.state, city.members, city.group_start, city.institution,
                city.institution_start, city.zone_start, self.shard_end, scenario.report, self.between,
                course.incubation, rates.strength, course.symptomatic, scenario.severity, course.onset_to_admission,
                course.onset_to_death, course.days_in_hospital, course.days_in_icu, keeps, other, rates.total,
                rates.layer_upto, self._slots, self._variant_rate, scenario.immunity.cover, scenario.knobs,
                self.new[shard], *calendar.arrays, self.by_zone[shard, 0], self.by_age[shard], self.beds[shard],
            )  # fmt: skip
            if done < found:
                calendar.grow()

    def _register(self, day: int, found: NDArray[np.uint32]) -> None:
        rates, course, done = self.scenario.rates, self.scenario.rates.course, 0
        while True:
            done = control.register(
                day, done, found, self.key, self.scenario.city.word, self.state, course.incubation, rates.strength,
                course.symptomatic, self.scenario.response.seek_delay, self._rules, self.scalars, *self.agenda.arrays,
            )  # fmt: skip
            if done == len(found):
                return
            self._more_room()

    # --- memory ----------------------------------------------------------------------------------------------------

    def _more_room(self, needed: int = 0) -> None:
        """Room for more items, people under measures, and cases."""
        scalars = self.scalars
        scalars[columns.ITEMS_LEFT] = self.agenda.grow(int(scalars[columns.ITEMS_LEFT]), needed // BLOCK)
        rows = int(scalars[columns.SIDE_ROWS])
        if rows + needed + 2 >= MOST_SIDE:
            raise UsageError(
                f"More than {MOST_SIDE} people would be tested, traced or kept apart one by one in one run.",
                allowed=f"at most {MOST_SIDE}",
                next_step="Give the measures fewer tracers and tests a day, or put levels on zones instead.",
            )
        if 2 * (rows + needed + 2) >= len(self.side):
            size = min(MOST_SIDE, 2 * len(self.side) + needed)
            self.side = at_least(self.side, size, kept=rows)
            self.side_person = at_least(self.side_person, size, kept=rows)
        self.lines = _doubled(self.lines, int(scalars[columns.LINES]))
        self.community = _doubled(self.community, int(scalars[columns.COMMUNITY]))
        self.waiting = _doubled(self.waiting, int(scalars[columns.WAITING]))
        if len(self.names):
            self.names = _doubled(self.names, int(scalars[columns.NAMES]))

    def _undo(self) -> None:
        """Take back what the run before wrote: the people it touched, or all where it did not keep them."""
        if self.keep:
            self.state[self.log[: self.log_end[self.day], 0]] = 0
            self.state[self.side_person[1 : self.scalars[columns.SIDE_ROWS]]] = 0
        else:
            self.state[:] = 0
        for calendar in self.calendars:
            calendar.clear()
        self.agenda.clear()
        for counts in (
            self.by_zone, self.by_age, self.beds, self.staying, self.series, self.bed_ends, self.log_end,
        ):  # fmt: skip
            counts[:] = 0
        self.levels.clear()

    def _each(self, call: Callable[[int], Answer]) -> list[Answer]:
        """Answers for every shard, at the same time where there are threads."""
        if self._pool is None:
            return [call(shard) for shard in range(self.shards)]
        return list(self._pool.map(call, range(self.shards)))


def _doubled(array: NDArray[Any], kept: int) -> NDArray[Any]:
    """The array, twice as long where it is half full; the first `kept` rows stay."""
    return at_least(array, 2 * len(array), kept=kept) if 2 * kept >= len(array) else array
