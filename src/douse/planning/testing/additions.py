"""What to add to a day that does not end in time: the cheapest samplers, couriers and laboratory lines, and less."""

import math
from dataclasses import dataclass

import numpy as np

from douse.planning.basis import Basis
from douse.planning.testing.addition import Counts, cheapest
from douse.planning.testing.check import Day, Staffing, nearly_all
from douse.planning.testing.describe import hours_or_none
from douse.planning.testing.schedule import needed, room_for_more
from douse.planning.testing.values import Addition
from douse.units import HOURS_PER_DAY

_QUICKEST = 0.25  # hours between couriers at a site, or in which a laboratory takes in all its tubes: no use of more
_STEPS = 100  # additions are looked for in steps of about this share of what a day needs
_EVALUATIONS = 200
_FEW = 8  # where steps are larger than one
_NEAR = 0.02  # share of the cost that is not looked for where steps are larger than one


@dataclass(frozen=True)
class Found:
    """The cheapest addition (None: none is enough), what is less than it, and how far it may be from the cheapest."""

    cheapest: Addition | None
    alternatives: tuple[Addition, ...]
    gap: float
    at_best: float | None  # where none is enough: hours with all that can be used; None: never
    line: float  # tubes a day of one laboratory line


def additions(basis: Basis, day: Day, staffing: Staffing, tubes: int, evaluations: int = _EVALUATIONS) -> Found:
    """Find the cheapest addition with which 95% of days end within the window.

    Parameters
    ----------
    basis : Basis
        Window and prices.
    day : Day
        Sites and laboratories.
    staffing : Staffing
        What is there.
    tubes : int
        To be bought in any case.
    evaluations : int
        Most checks of a day beyond those that find a first answer.
    """
    window = day.screening.window_hours.value
    steps, most = _steps(day, staffing)
    worst_first = np.argsort(-day.check(_with(staffing, steps, most)).last, kind="stable").tolist()

    def enough(counts: Counts) -> bool:
        return day.ends_within(_with(staffing, steps, counts), window, worst_first)

    def late(counts: Counts) -> float:
        return float(nearly_all(day.check(_with(staffing, steps, counts)).last))

    prices = tuple(step * price for step, price in zip(steps, unit_prices(basis), strict=True))
    large = max(steps) > 1
    answer = cheapest(
        enough, prices, most, min(evaluations, _FEW) if large else evaluations, near=_NEAR if large else 0.0
    )

    def said(counts: Counts) -> Addition:
        samplers, couriers, added = (n * step for n, step in zip(counts, steps, strict=True))
        cost = sum(n * price for n, price in zip(counts, prices, strict=True)) + tubes * basis.costs.sample_tube.value
        last = late(counts)
        return Addition(samplers, couriers, added, tubes, cost, hours_or_none(last), last <= window)

    best = answer.counts
    at_best = hours_or_none(late(most)) if best is None else None
    if best is None:
        return Found(None, (), 0.0, at_best, day.line)
    nothing = (0,) * len(best)
    lesser = {(*best[:kind], 0, *best[kind + 1 :]) for kind in range(len(best)) if best[kind]} | {nothing}
    less = sorted(
        (said(counts) for counts in lesser if counts != best), key=lambda a: (-a.cost, a.samplers, a.couriers)
    )
    return Found(said(best), tuple(less), answer.gap, None, day.line)


def unit_prices(basis: Basis) -> tuple[float, float, float]:
    """Of one sampler, one courier, one laboratory line for the day."""
    costs, ratios = basis.costs, basis.protocol.resources
    return (
        costs.staff_day.value + ratios.sets_per_sampler_shift.value * costs.protective_set.value,
        costs.staff_day.value + costs.vehicle_day.value,
        costs.laboratory_line_day.value,
    )


def _with(staffing: Staffing, steps: Counts, counts: Counts) -> Staffing:
    samplers, couriers, added = (n * step for n, step in zip(counts, steps, strict=True))
    return Staffing(staffing.samplers + samplers, staffing.couriers + couriers, staffing.lines + added)


def _steps(day: Day, staffing: Staffing) -> tuple[Counts, Counts]:
    """Size of a step of each kind, and the steps above which more is no use."""
    units = int(needed(day.sites).sum())
    _, period = day.rounds_of_couriers
    called_on = np.unique(day.laboratory)
    couriers = math.ceil(period[called_on].sum() / _QUICKEST) + len(called_on)
    a_day = day.load * HOURS_PER_DAY / _QUICKEST
    added = int(np.ceil(np.maximum(a_day - day.laboratories.tubes_per_day, 0) / day.line).sum())
    usual = max(1, math.ceil(day.load.sum() / day.line))
    of = (units, max(1, staffing.couriers), usual)
    use = (
        max(0, units + room_for_more(day.sites, day.rules) - staffing.samplers),
        max(0, couriers - staffing.couriers),
        added,
    )
    steps = tuple(max(1, many // _STEPS) for many in of)
    return steps, tuple(-(-most // step) for most, step in zip(use, steps, strict=True))
