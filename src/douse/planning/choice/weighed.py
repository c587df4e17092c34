"""`Weighed`: what a strategy comes to over the scenarios it was run in: floor, burden, and how sure that is."""

from collections.abc import Mapping
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
    def missed_by(self) -> float:
        """Sum of the shares by which conditions are missed; 0 where the floor holds."""
        return sum(condition.missed_by for condition in self.conditions)

    @property
    def may_miss_by(self) -> float:
        """The same with the chance of extinction at the upper end of its interval."""
        return sum(condition.may_miss_by for condition in self.conditions)

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

    Where none holds it: the one that misses it least; of those that the scenarios cannot tell from it, the one with the
    least burden. Two plans cannot be told apart where the difference in what they miss is no more than one standard
    error, over scenarios drawn anew from those that both were run in.
    """
    holding = [plan for plan in plans.values() if plan.holds]
    if holding:
        return min(holding, key=lambda plan: (plan.expected_burden, plan.strategy.id))
    best = min(plans.values(), key=lambda plan: (plan.missed_by, plan.expected_burden, plan.strategy.id))
    alike = [plan for plan in plans.values() if plan is best or _alike(plan, best)]
    return min(alike, key=lambda plan: (plan.expected_burden, plan.strategy.id))


def difference(one: Floats, other: Floats, weights: Floats) -> tuple[float, float]:
    """Weighted mean of the difference scenario by scenario, and its standard error."""
    many = min(len(one), len(other))
    apart, weight = one[:many] - other[:many], weights[:many] / weights[:many].sum()
    mean = float(weight @ apart)
    error = float(np.sqrt((weight**2) @ (apart - mean) ** 2))
    return mean, error


NO_GAIN = 0.01  # a chance of extinction that is higher by no more than this is not a reason to bear more
DRAWN_ANEW = 200  # times that scenarios are drawn anew


def dominated(plan: Weighed, others: Mapping[str, Weighed], horizon: int, errors: float = 2.0) -> bool:
    """Whether another plan is surely no worse in risk and surely of less burden: beyond so many standard errors."""
    for other in others.values():
        if other is plan or other.missed_by > plan.missed_by:
            continue
        cost, cost_error = difference(plan.burden, other.burden, plan.weights)
        gain, gain_error = difference(plan.extinct(horizon), other.extinct(horizon), plan.weights)
        if cost > errors * cost_error and gain + errors * gain_error <= NO_GAIN:
            return True
    return False


def _alike(plan: Weighed, best: Weighed) -> bool:
    many = min(len(plan), len(best))
    rng = np.random.default_rng([many, DRAWN_ANEW])
    counts = rng.multinomial(many, np.full(many, 1 / many), size=DRAWN_ANEW)
    apart = [_missed(plan, many, count) - _missed(best, many, count) for count in counts]
    return plan.missed_by - best.missed_by <= float(np.std(apart))


def _missed(plan: Weighed, many: int, count: Floats) -> float:
    weights = plan.weights[:many] * count
    kept = Tally(plan.tally.values[:many])
    return sum(one.missed_by for one in conditions(kept, weights, plan.floor, plan.there))
