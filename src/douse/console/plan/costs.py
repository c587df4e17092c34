"""What measures cost, in the three books."""

from dataclasses import dataclass

from douse.console.plan.made import Made
from douse.planning.plan import CostLine, Costs
from douse.records.measure import Measure

BOOKS = ("economic", "social", "livelihood")
# Lines that go with restricted person-days, so that a measure has its share of them.
_BY_RESTRICTED_DAYS = frozenset(
    {"output_lost", "output_lost_elsewhere", "days_restricted", "school_days_lost", "household_income_lost",
     "care_delayed"}
)  # fmt: skip


@dataclass(frozen=True)
class Book:
    """One book: its lines and their sum (None: nothing in it has a price)."""

    name: str
    lines: tuple[CostLine, ...]
    total: float | None


def books(costs: Costs) -> list[Book]:
    """The books of the measures; the epidemic's own cost stands apart."""
    found = []
    for name in BOOKS:
        lines = tuple(line for line in costs.lines if line.book == name and line.cause == "measures" and line.quantity)
        amounts = [line.amount for line in lines if line.amount is not None]
        found.append(Book(name, lines, sum(amounts) if amounts else None))
    return found


def cost_of(measure: Measure, made: Made) -> list[tuple[str, float]]:
    """What the restricted person-days of one measure cost within the horizon, by book.

    The account has one line an item; a measure has the share of it that its person-days have of all restricted days.
    """
    costs = made.briefing.plan.costs
    restricted = next((line.quantity for line in costs.lines if line.item == "days_restricted"), None)
    if not measure.person_days or not restricted:
        return []
    length = (measure.expires_on - made.asked.day).days
    within = measure.person_days * min(1.0, costs.horizon_days / length) if length > 0 else measure.person_days
    share = min(1.0, within / restricted)
    found = []
    for name in BOOKS:
        amounts = [
            line.amount
            for line in costs.lines
            if line.book == name and line.cause == "measures" and line.item in _BY_RESTRICTED_DAYS and line.amount
        ]
        if amounts:
            found.append((name, share * sum(amounts)))
    return found
