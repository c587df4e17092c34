"""The check of a day: the schedule run event by event, on several days of luck."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from douse.kernels.testing_day import testing_day
from douse.library.protocol import Screening
from douse.library.testing_day import TestingDayRules
from douse.planning.testing.candidates import kilometres
from douse.planning.testing.laboratories import Laboratories, share_out
from douse.planning.testing.luck import LABORATORIES, POOLS, SAMPLERS, WAYS, address, factors
from douse.planning.testing.schedule import courier_round, dealt, lines, shifts, turns
from douse.planning.testing.sites import Sites
from douse.units import HOURS_PER_DAY

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DRAWS = 20
NEARLY_ALL = 0.95
_MOST_RESERVE = 0.9


@dataclass(frozen=True)
class Staffing:
    """What a day is run with."""

    samplers: int
    couriers: int
    lines: int = 0  # added to the laboratories


@dataclass(frozen=True)
class Outcome:
    """Days drawn (D) of one schedule. See `kernels.testing_day` for the columns; hours are infinite where never.

    Attributes
    ----------
    by_site, by_lab, by_hour : numpy.ndarray[float64], shape (D, S, 3), (D, L, 5), (D, 3, H)
    """

    by_site: Floats
    by_lab: Floats
    by_hour: Floats

    @property
    def last(self) -> Floats:
        """Hour of the last result of each day drawn; shape (D,)."""
        last: Floats = self.by_site[:, :, 2].max(axis=1)
        return last


@dataclass(frozen=True)
class _Schedule:
    """Shifts and turns; `site` and `rank` of each unit."""

    first_unit: Ints
    start: Floats
    site: Ints
    rank: Ints
    first_turn: Ints
    places: Floats


@dataclass(frozen=True)
class Day:
    """Sites and laboratories of a day, and the rules; the schedule and its check for any staffing."""

    sites: Sites
    laboratories: Laboratories
    screening: Screening
    rules: TestingDayRules
    shift_hours: float
    seed: int = 0
    draws: int = DRAWS

    @cached_property
    def ways(self) -> Floats:
        """Hours from each site to each laboratory, handing over included; shape (S, L)."""
        rules = self.rules
        far = kilometres(self.sites.spot, self.laboratories.spot)
        hours = far * rules.courier_detour.value / rules.courier_speed.value
        ways: Floats = np.where(np.isnan(hours), rules.courier_way.value, hours) + rules.courier_stop.value
        return ways

    @cached_property
    def shared(self) -> tuple[Ints, float]:
        """Laboratory of each site, and the gap."""
        a_day = np.where(self.laboratories.tubes_per_day > 0, self.laboratories.tubes_per_day, self.line)
        return share_out(self._expected_tubes, self.ways, a_day / HOURS_PER_DAY)

    @property
    def laboratory(self) -> Ints:
        """Laboratory of each site; shape (S,)."""
        return self.shared[0]

    @property
    def _expected_tubes(self) -> Ints:
        return np.ceil(self.sites.tubes * (1 + self.sites.positive * self.sites.pool)).astype(np.int64)

    @cached_property
    def way(self) -> Floats:
        """Hours from each site to its laboratory; shape (S,)."""
        way: Floats = self.ways[np.arange(len(self.laboratory)), self.laboratory]
        return way

    @cached_property
    def rounds_of_couriers(self) -> tuple[Floats, Floats]:
        """See `courier_round`: there and back, one stop."""
        trips = 2 * self.way - self.rules.courier_stop.value
        return courier_round(self.laboratory, trips, len(self.laboratories.name))

    @property
    def line(self) -> float:
        """Tubes a day of one more line: a plate at a time."""
        return self.rules.plate_tubes.value * HOURS_PER_DAY / self.rules.plate_hours.value

    @cached_property
    def load(self) -> Ints:
        """Tubes expected at each laboratory, second tests with them; shape (L,)."""
        return np.bincount(self.laboratory, weights=self._expected_tubes, minlength=len(self.laboratories.name)).astype(
            np.int64
        )

    def couriers_of(self, couriers: int) -> Ints:
        """Couriers of each laboratory, one at least where it has sites; shape (L,)."""
        work = np.bincount(self.laboratory, weights=2 * self.way, minlength=len(self.laboratories.name))
        return dealt(work.astype(np.float64), couriers, least=1)

    def tubes_per_day(self, added: int) -> Floats:
        """Of each laboratory with lines added; shape (L,)."""
        return lines(self.load, self.laboratories.tubes_per_day, added, self.line)

    def check(self, staffing: Staffing, hours: int = 0) -> Outcome:
        """Run the day on all draws of luck.

        Parameters
        ----------
        staffing : Staffing
            One sampler at least where there are tubes.
        hours : int
            Length of the counts by hour.
        """
        per_day = self.tubes_per_day(staffing.lines)
        if staffing.samplers < 1 or (per_day[self.load > 0] <= 0).any():
            size = len(self.sites.name), len(self.laboratories.name)
            by_site, by_lab = np.full((self.draws, size[0], 3), np.inf), np.full((self.draws, size[1], 5), np.inf)
            return Outcome(by_site, by_lab, np.zeros((self.draws, 3, hours)))
        schedule = self._schedule(staffing)
        days = [self._draw(schedule, per_day, draw, hours) for draw in range(self.draws)]
        by_site, by_lab, by_hour = (np.stack(part) for part in zip(*days, strict=True))
        return Outcome(by_site, by_lab, by_hour)

    def ends_within(self, staffing: Staffing, window: float, order: Sequence[int]) -> bool:
        """Whether 95% of days drawn end within so many hours; as soon as too many did not, the others are not run.

        Parameters
        ----------
        staffing : Staffing
            What the day is run with.
        window : float
            Hours.
        order : Sequence[int]
            Draws in the order in which they are run; those that are likely to end late first.
        """
        per_day = self.tubes_per_day(staffing.lines)
        if staffing.samplers < 1 or (per_day[self.load > 0] <= 0).any():
            return False
        schedule = self._schedule(staffing)
        allowed = self.draws - math.ceil(NEARLY_ALL * self.draws)
        for draw in order:
            by_site, _, _ = self._draw(schedule, per_day, draw, 0)
            allowed -= bool(by_site[:, 2].max() > window)
            if allowed < 0:
                return False
        return True

    def _schedule(self, staffing: Staffing) -> _Schedule:
        first_unit, start = shifts(self.sites, staffing.samplers, self.rules, self.shift_hours)
        units = np.diff(first_unit)
        site = np.repeat(np.arange(len(units)), units)
        rank = np.arange(len(site)) - np.repeat(first_unit[:-1], units)
        return _Schedule(first_unit, start, site, rank, *turns(self.couriers_of(staffing.couriers)))

    def _draw(self, schedule: _Schedule, per_day: Floats, draw: int, hours: int) -> tuple[Floats, Floats, Floats]:
        sites, rules, site = self.sites, self.rules, schedule.site
        fast = factors(address(self.seed, draw, SAMPLERS), rules.sampling_spread.value, site, schedule.rank)
        slow = factors(address(self.seed, draw, WAYS), rules.travel_spread.value, np.arange(len(sites.name)))
        way = (self.way - rules.courier_stop.value) * slow + rules.courier_stop.value
        labs = len(per_day)
        able = factors(address(self.seed, draw, LABORATORIES), rules.laboratory_spread.value, np.arange(labs))
        phase, period = self.rounds_of_couriers
        chance, first_pick, cumulated, pick = self._pools
        return testing_day(
            schedule.first_unit,
            schedule.start,
            sites.pool[site] / (sites.speed[site] * fast),
            sites.quota,
            np.concatenate([[0], np.cumsum(sites.tubes)]),
            sites.people,
            sites.pool,
            self.laboratory,
            phase,
            way,
            rules.resample_hours.value + way,
            period,
            schedule.first_turn,
            schedule.places,
            int(rules.tubes_per_trip.value),
            self._gaps(per_day * able),
            self.screening.result_hours.value + rules.resample_hours.value,
            chance,
            first_pick,
            cumulated,
            pick,
            int(rules.plate_tubes.value),
            rules.plate_hours.value,
            self.screening.result_hours.value,
            rules.retest_hours.value,
            hours,
            address(self.seed, draw, POOLS)[0],
        )

    @cached_property
    def _pools(self) -> tuple[Floats, Ints, Floats, Ints]:
        """Chance that a tube is a positive pool, by laboratory; and whose it then is: see `second_tests`."""
        sites, labs = self.sites, len(self.laboratories.name)
        expected = sites.tubes * sites.positive
        order = np.argsort(self.laboratory, kind="stable")
        first = np.searchsorted(self.laboratory[order], np.arange(labs + 1))
        tubes = np.bincount(self.laboratory, weights=sites.tubes, minlength=labs)
        pools = np.bincount(self.laboratory, weights=expected, minlength=labs)
        sums = np.cumsum(expected[order])
        before = np.concatenate([[0.0], sums])[first[self.laboratory[order]]]
        cumulated = (sums - before) / np.maximum(pools[self.laboratory[order]], 1e-300)
        return pools / np.maximum(tubes, 1.0), first.astype(np.int64), cumulated, order.astype(np.int64)

    @cached_property
    def reserve(self) -> Floats:
        """Share of each laboratory that is kept for second tests, from the hour when the first may come; shape (L,)."""
        sites, labs = self.sites, len(self.laboratories.name)
        again = np.bincount(self.laboratory, weights=sites.tubes * sites.positive * sites.pool, minlength=labs)
        tubes = np.bincount(self.laboratory, weights=sites.tubes, minlength=labs)
        share = again / np.maximum(again + tubes, 1e-300)
        kept: Floats = np.minimum(self.rules.retest_reserve.value * share, _MOST_RESERVE)
        return kept

    def _gaps(self, per_day: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            return np.column_stack(
                [
                    HOURS_PER_DAY / (per_day * (1 - self.reserve)),
                    HOURS_PER_DAY / (per_day * self.reserve),
                    HOURS_PER_DAY / per_day,
                ]
            )


def nearly_all(hours: Floats) -> Floats:
    """The value that 95% of days drawn do not exceed, along the first axis."""
    at = math.ceil(NEARLY_ALL * len(hours)) - 1
    kept: Floats = np.sort(hours, axis=0)[at]
    return kept


def median(hours: Floats) -> Floats:
    """The value that half of days drawn do not exceed, along the first axis."""
    kept: Floats = np.sort(hours, axis=0)[(len(hours) - 1) // 2]
    return kept
