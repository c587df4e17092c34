"""`Weighed`: what a strategy comes to over the scenarios it was run in: floor, burden, and how sure that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from douse.library import Strategy
from douse.planning.choice.bill import Bill
from douse.planning.choice.floor import Condition, Floor, conditions
from douse.planning.choice.tally import Tally

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Weighed:
    """A strategy in its first N scenarios; scenario by scenario beside the others, as all meet the same luck.

    Attributes
    ----------
    strategy : Strategy
        The strategy.
    tally : Tally
        N runs.
    weights : numpy.ndarray[float64], shape (N,)
        Sum 1.
    bill : Bill
        What each run costs.
    restricted : numpy.ndarray[float64], shape (N,)
        Person-days on which a level keeps people from leaving home.
    floor : Floor
        What must hold.
    there : mapping
        What there is of each resource.
    """

    strategy: Strategy
    tally: Tally
    weights: Floats
    bill: Bill
    restricted: Floats
    floor: Floor
    there: Mapping[str, float]

    def __len__(self) -> int:
        return len(self.tally)

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Of the floor."""
        return conditions(self.tally, self.weights, self.floor, self.there)

    @property
    def holds(self) -> bool:
        """Whether every condition of the floor holds."""
        return all(condition.holds for condition in self.conditions)

    @property
    def missed_by(self) -> tuple[float, float]:
        """Share of the chance to end in time that is missing, and sum of the shares of capacities that are."""
        return _missed(self.conditions)

    @property
    def may_miss_by(self) -> float:
        """Share of the chance to end in time that is missing even at the upper end of its interval."""
        return self.conditions[0].may_miss_by

    @cached_property
    def burden(self) -> Floats:
        """Money of all books, measures and epidemic, in each run; shape (N,)."""
        return self.bill.money()

    @property
    def expected_burden(self) -> float:
        """Its mean."""
        return float(self.weights @ self.burden)

    @property
    def expected_restricted(self) -> float:
        """Mean of restricted person-days."""
        return float(self.weights @ self.restricted)

    def extinct(self, horizon: int) -> Floats:
        """1 in each scenario in which the last infection lies within the horizon; shape (N,)."""
        found: Floats = (self.tally.of("last_infection") <= horizon).astype(np.float64)
        return found


def least_missed(plans: Mapping[str, Weighed]) -> Weighed:
    """The plan to take: of those that hold the floor the one with the least expected burden.

    Where none holds it, the one that misses it least: first in the chance that the outbreak ends in time, then in
    capacities; of those that the scenarios cannot tell from it, the one with the least burden. Two plans cannot be told
    apart where what they miss differs by no more than two standard errors, over scenarios drawn anew from those that
    both were run in: whoever wants to restrict people more has to show that it helps.
    """
    holding = [plan for plan in plans.values() if plan.holds]
    if holding:
        return min(holding, key=lambda plan: (plan.expected_burden, plan.strategy.id))
    left = list(plans.values())
    for part in (0, 1):
        best = min(left, key=lambda plan: (plan.missed_by[part], plan.expected_burden, plan.strategy.id))
        left = [plan for plan in left if plan is best or _alike(plan, best, part)]
    return min(left, key=lambda plan: (plan.expected_burden, plan.strategy.id))


def difference(one: Floats, other: Floats, weights: Floats) -> tuple[float, float]:
    """Weighted mean of the difference scenario by scenario, and its standard error."""
    many = min(len(one), len(other))
    apart, weight = one[:many] - other[:many], weights[:many] / weights[:many].sum()
    mean = float(weight @ apart)
    error = float(np.sqrt((weight**2) @ (apart - mean) ** 2))
    return mean, error


SURELY = 2.0  # standard errors beyond which a difference counts as shown
DRAWN_ANEW = 200  # times that scenarios are drawn anew


def clearly_worse(plan: Weighed, others: Mapping[str, Weighed], errors: float = SURELY) -> bool:
    """Whether another plan surely holds the floor, and this one surely does not, or surely costs more.

    Surely: by the 95% interval of the chance; by so many standard errors of the difference in burden, scenario by
    scenario.
    """
    for other in others.values():
        if other is plan or not other.holds or (other.conditions[0].low or 0.0) < other.conditions[0].allowed:
            continue
        cost, error = difference(plan.burden, other.burden, plan.weights)
        if plan.may_miss_by > 0 or cost > errors * error:
            return True
    return False


def cannot_be_told(plan: Weighed, best: Weighed, errors: float = SURELY) -> bool:
    """Whether a plan may end the outbreak in time as often as another: within some standard errors, and one scenario.

    One scenario, because none in which the two differ does not mean that there is none (rule of three).
    """
    behind, error = difference(
        best.extinct(best.floor.horizon_days), plan.extinct(plan.floor.horizon_days), plan.weights
    )
    return behind <= errors * error + 1 / len(plan)


def _alike(plan: Weighed, best: Weighed, part: int) -> bool:
    many = min(len(plan), len(best))
    rng = np.random.default_rng([many, DRAWN_ANEW])
    counts = rng.multinomial(many, np.full(many, 1 / many), size=DRAWN_ANEW)
    apart = [_drawn(plan, many, count)[part] - _drawn(best, many, count)[part] for count in counts]
    return plan.missed_by[part] - best.missed_by[part] <= SURELY * float(np.std(apart))


def _drawn(plan: Weighed, many: int, count: Floats) -> tuple[float, float]:
    weights = plan.weights[:many] * count
    return _missed(conditions(Tally(plan.tally.values[:many]), weights, plan.floor, plan.there))


def _missed(found: Sequence[Condition]) -> tuple[float, float]:
    return found[0].missed_by, sum(one.missed_by for one in found[1:])
