"""People a day that can be screened with what is there: for plans that are simulated."""

import math
from dataclasses import dataclass

from douse.kernels.pooling import tubes_per_person
from douse.planning.basis import Basis
from douse.planning.facilities import capacity, today
from douse.planning.screening import best_pool
from douse.planning.testing.rules import day_rules
from douse.units import HOURS_PER_DAY

_ONE_IN_TWENTY = 1.645  # standard deviations below which 5% of days lie


@dataclass(frozen=True)
class ScreeningCapacity:
    """People a day that can be sampled and have their results within the window.

    Attributes
    ----------
    people : float or None
        None where neither samplers nor laboratories are on record.
    share : float or None
        Of all residents, at most 1; None where one of the two is not known.
    by_samplers, by_laboratories : float or None
        What each allows by itself.
    """

    people: float | None
    share: float | None
    by_samplers: float | None
    by_laboratories: float | None


def screening_capacity(basis: Basis, prevalence: float | None = None) -> ScreeningCapacity:
    """What today's samplers and laboratories can do in a day, second tests with it.

    A laboratory has the window less the way of the first tube, its result, and the second test of a positive pool;
    and it does what it does on 95% of days.

    Parameters
    ----------
    basis : Basis
        Facilities and rules.
    prevalence : float, optional
        Share of people infected; left out: active cases and one over residents and one.
    """
    rules, day = basis.protocol.screening, day_rules(basis.protocol)
    if prevalence is None:
        prevalence = 0.0 if basis.residents is None else min((basis.situation.active + 1) / (basis.residents + 1), 1.0)
    pool = best_pool(rules, prevalence, day.pool_loss.value)
    samplers, tubes = today(capacity(basis, "sampler")), today(capacity(basis, "tests"))
    by_samplers = None if samplers is None else samplers * rules.people_per_sampler.value
    way = day.courier_way.value + day.courier_stop.value
    first = pool / day.people_per_desk_hour.value + 3 * way  # filled, waiting for a courier's round, carried
    again = day.resample_hours.value + way + day.retest_hours.value if pool > 1 else 0.0
    hours = max(rules.window_hours.value - first - rules.result_hours.value - again, 0.0)
    slow = math.exp(-_ONE_IN_TWENTY * day.laboratory_spread.value)
    by_laboratories = None if tubes is None else _people(slow * tubes / HOURS_PER_DAY * hours, prevalence, pool)
    known = [limit for limit in (by_samplers, by_laboratories) if limit is not None]
    people = min(known) if known else None
    share = None if people is None or not basis.residents else min(people / basis.residents, 1.0)
    return ScreeningCapacity(people, share, by_samplers, by_laboratories)


def _people(tubes: float, prevalence: float, pool: int) -> float:
    """People whose tubes, second tests with them, are no more than this on 95% of days.

    Second tests come a pool at a time: their standard deviation is the root of their mean and of the pool's size.
    """
    each = tubes_per_person(prevalence, pool)
    again = max(each - 1 / pool, 0.0)
    spread = _ONE_IN_TWENTY * math.sqrt(again * pool)
    return ((math.sqrt(spread**2 + 4 * each * tubes) - spread) / (2 * each)) ** 2
