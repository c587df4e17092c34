"""`Choice`: which whole plan is proposed, and why. Values only."""

from dataclasses import dataclass
from datetime import date

from douse.planning.choice.floor import Condition
from douse.records.measure import Because


@dataclass(frozen=True)
class Range:
    """A figure over the scenarios: its mean, and the 90% of the scenarios around the middle."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class PlanLine:
    """What one line of the books comes to under a plan."""

    book: str
    item: str
    unit: str
    cause: str  # measures | epidemic
    quantity: Range
    amount: float | None  # money, in the mean; None where it is only counted


@dataclass(frozen=True)
class PlanFigures:
    """One strategy, by what it comes to over its scenarios.

    Attributes
    ----------
    strategy : str
        Its id.
    name : dict[str, str]
        In each language.
    scenarios : int
        In how many it was run.
    holds : bool
        Whether it holds the floor.
    missed_by : tuple[float, float]
        Share of the chance to end in time that is missing, and sum of the shares of capacities that are.
    conditions : tuple[Condition, ...]
        Of the floor.
    burden, measures, epidemic : Range
        Money of all books, of the measures and of the epidemic.
    books : dict[str, Range]
        Money of the measures by book.
    restricted, infections, cases, deaths, tests : Range
        Person-days on which a level keeps people from leaving home; people; tubes.
    last_infection : Range
        Days from the as-of day to the last infection.
    community_zero : Range
        Days from the as-of day to the first of those without a community case.
    burden_low, burden_high : float
        Mean burden with all prices at the low, or high, end of their range.
    by_stress : dict[str, tuple[float, int]]
        Chance that the outbreak ends in time, and number of scenarios, by what goes wrong.
    lines : tuple[PlanLine, ...]
        Of the books.
    on_frontier : bool
        No other plan has both a higher chance to end in time and a lower burden.
    beyond : tuple[str, ...]
        Levels that it puts on larger areas than the protocol does.
    """

    strategy: str
    name: dict[str, str]
    scenarios: int
    holds: bool
    missed_by: tuple[float, float]
    conditions: tuple[Condition, ...]
    burden: Range
    measures: Range
    epidemic: Range
    books: dict[str, Range]
    restricted: Range
    infections: Range
    cases: Range
    deaths: Range
    tests: Range
    last_infection: Range
    community_zero: Range
    burden_low: float
    burden_high: float
    by_stress: dict[str, tuple[float, int]]
    lines: tuple[PlanLine, ...]
    on_frontier: bool
    beyond: tuple[str, ...]

    @property
    def extinct(self) -> Condition:
        """The condition on when the outbreak ends."""
        return self.conditions[0]


@dataclass(frozen=True)
class More:
    """What more of one capacity would be worth to the plan chosen.

    Attributes
    ----------
    resource : str
        beds, rooms, tests, tracers or samplers.
    there, added : float
        What there is, and what is added.
    unit : str
        Code of its unit.
    earlier_days : float
        By how many days the last infection comes earlier, in the mean of the same scenarios.
    error : float
        Standard error of it.
    chance_gained : float
        Chance to end in time that is gained.
    saved : float
        Money of all books saved, in the mean; the price of the capacity itself is not in it.
    """

    resource: str
    there: float
    added: float
    unit: str
    earlier_days: float
    error: float
    chance_gained: float
    saved: float


@dataclass(frozen=True)
class Choice:
    """The plan that is proposed among those that were tried.

    Attributes
    ----------
    as_of : date
        The day of it.
    chosen : str
        Id of the strategy.
    holds : bool
        Whether it holds the floor; else none does, and it misses it least.
    because : Because
        Why it.
    lesser : str or None
        The next lesser plan: of those with fewer restricted days the one with most; None where there is none.
    lesser_fails : Because
        Why it does not do.
    horizon_days, days : int
        Days ahead by which the outbreak should end; days ahead that were run.
    scenarios, seed : int
        Scenarios of the plans that were run in all; seed of what was drawn.
    floor : dict[str, float]
        Conditions of the floor, as `--floor` takes them.
    stresses : dict[str, dict[str, str]]
        Id -> name in each language of what may go wrong.
    plans : tuple[PlanFigures, ...]
        All that were tried, the least restrictive first.
    nothing : PlanFigures
        What comes of doing nothing while people act with caution: what the measures are compared with.
    more : tuple[More, ...]
        What more of each capacity that runs short would be worth.
    currency : str
        Of all money.
    notes : tuple[Because, ...]
        What stood in, and what the runs could not represent.
    """

    as_of: date
    chosen: str
    holds: bool
    because: Because
    lesser: str | None
    lesser_fails: Because
    horizon_days: int
    days: int
    scenarios: int
    seed: int
    floor: dict[str, float]
    stresses: dict[str, dict[str, str]]
    plans: tuple[PlanFigures, ...]
    nothing: PlanFigures
    more: tuple[More, ...]
    currency: str
    notes: tuple[Because, ...]

    def plan(self, strategy: str) -> PlanFigures:
        """Figures of a plan by the id of its strategy."""
        return next(plan for plan in self.plans if plan.strategy == strategy)
