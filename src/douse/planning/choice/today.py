"""What the plan chosen puts on zones today, whatever their cases."""

from dataclasses import dataclass

import numpy as np

from douse.library import Strategy
from douse.planning.basis import Basis
from douse.planning.choice.choice import Choice
from douse.planning.levels import Ordered
from douse.records.measure import Because


@dataclass(frozen=True)
class Chosen:
    """The strategy that was chosen, and the choice."""

    strategy: Strategy
    choice: Choice


def ordered_today(strategy: Strategy, basis: Basis) -> dict[int, Ordered]:
    """Zone -> level that it gets today: the entire area for some days, and areas that cover hidden infections."""
    return _everywhere(strategy, basis)


def _everywhere(strategy: Strategy, basis: Basis) -> dict[int, Ordered]:
    ordered = {}
    for chosen in strategy.level:
        if chosen.everywhere_days is None or basis.situation.cases.is_empty():
            continue
        facts: dict[str, str | int | float] = {"days": chosen.everywhere_days, "level": chosen.level}
        for zone in np.flatnonzero(basis.zones.parent < 0).tolist():
            ordered[zone] = Ordered(
                chosen.level,
                Because(
                    "The plan chosen begins with {level} in the entire area for {days} days, so that all who are "
                    "infected and not known yet are found before they infect others.",
                    facts,
                ),
                Because("Measures on the areas of known cases alone leave those out whom nobody knows yet.", facts),
                days=chosen.everywhere_days,
            )
    return ordered
